"""What students type as formulas and numbers: grammars, and whether a formula is right."""
