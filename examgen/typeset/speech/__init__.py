"""Formulas read aloud, by language."""
