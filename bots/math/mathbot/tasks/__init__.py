"""Questions that are more than an expression: about whole numbers, lists, sequences and shapes."""
