"""The host: the one object that every surface talks to."""
