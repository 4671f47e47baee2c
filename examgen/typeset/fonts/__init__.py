"""The math font: its tables, its letters, and the subset that goes into a PDF."""
