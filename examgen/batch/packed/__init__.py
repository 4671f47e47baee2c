"""What is made of the papers of a class beside: one file for the printer, zips for groups."""
