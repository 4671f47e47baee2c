"""Files as they are handed in: which are read, and their rows."""
