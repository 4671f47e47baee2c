"""Answers as platforms export them: which paper each is of is told by tags, and whose it is by the key."""
