"""All that people look at: papers and keys, worked solutions, and what a marked student gets back."""
