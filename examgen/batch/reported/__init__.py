"""The report on a class: what its statistics say, put on pages."""
