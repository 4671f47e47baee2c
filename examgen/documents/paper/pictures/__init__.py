"""Drawings of free graphs: circuits from left to right, recurrences unrolled, and windows over arrays."""
