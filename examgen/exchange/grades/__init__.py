"""Marks of a class as gradebooks of platforms take them."""
