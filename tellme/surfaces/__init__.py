"""Where a person meets the host."""
