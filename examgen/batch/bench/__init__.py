"""The author's test bench: small classes that sit an exam, to see whether its papers and marks are fair."""
