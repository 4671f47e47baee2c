"""The practice page: a question with its numbers, boxes that are marked at once, and hints."""
