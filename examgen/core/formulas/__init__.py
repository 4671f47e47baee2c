"""What is typed as formulas and numbers: grammars, whose parser reads the definitions of banks, too."""
