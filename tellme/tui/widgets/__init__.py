"""One widget a file; each shows one thing and can be mounted with plain data."""
