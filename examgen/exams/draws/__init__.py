"""Seeded draws of numbers, and the screens that keep those which make a fair paper."""
