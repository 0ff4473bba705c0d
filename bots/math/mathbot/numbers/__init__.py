"""Exact numbers, and real ones that are known to any number of digits."""
