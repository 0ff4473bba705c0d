"""Units, and numbers with them."""
