"""What is found of a graph by trying its rules at random numbers: which entries rest on which, and which are equal."""
