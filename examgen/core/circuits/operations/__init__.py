"""What definitions of a free graph are made of: one row for each operation, with its derivatives."""
