"""Bubble pages behind the questions: what stands on them, and how they are drawn."""
