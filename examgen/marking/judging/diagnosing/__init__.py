"""Which misconceptions explain wrong answers, and what follows from them."""
