"""Exercises that are any graph: definitions as texts, read into expressions that can be differentiated."""
