"""Question papers, keys and answer sheets, from an exam and a student's numbers to HTML and PDF."""
