"""Rules: how one quantity follows from others, and how derivatives go back: a row for each."""
