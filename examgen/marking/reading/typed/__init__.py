"""What a student typed into one cell: a number, a shape or a choice."""
