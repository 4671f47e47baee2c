"""Rules as tapes: lists of elementary steps on single numbers, for readers that know no NumPy."""
