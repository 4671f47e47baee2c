"""Whose rows and files these are, and what counts of those that came more than once."""
