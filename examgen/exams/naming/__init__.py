"""What a paper calls each quantity: notations, and the symbols of quantities and of their entries."""
