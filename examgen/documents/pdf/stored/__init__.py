"""Layouts kept on the disk between runs."""
