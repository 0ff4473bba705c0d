"""What fills the terminal; those beyond the first are imported when they are opened."""
