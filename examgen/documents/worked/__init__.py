"""Worked solutions: formulas of rules, numbers put in, and the chain rule for single entries."""
