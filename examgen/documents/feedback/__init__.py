"""What a marked student gets back."""
