"""From MathML to boxes, by TeX's rules."""
