"""From boxes to formulas with slots, and to operators of a PDF."""
