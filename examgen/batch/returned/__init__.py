"""What a marked class gets back, written for each student."""
