"""The key of an exam as files: written when papers are made, read and checked when answers are marked."""
