"""From answer sheets to marks: reading, judging, and results."""
