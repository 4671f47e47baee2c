"""Misconceptions: the table, what of it can show on a paper, and what is held in a part of the work only."""
