"""From outcomes to marks: tables, totals, marks set by hand, and what an instructor is told."""
