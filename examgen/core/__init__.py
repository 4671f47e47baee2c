"""The exact mathematics: rules, computation graphs of named quantities, networks, and rounding bands. NumPy only."""
