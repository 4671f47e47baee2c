"""The whole calculation of one mark, for an instructor who answers an appeal."""
