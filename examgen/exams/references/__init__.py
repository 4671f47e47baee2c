"""The right answers that are no numbers, and the spellings of formulas."""
