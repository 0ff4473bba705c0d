"""How equations are solved: roots of polynomials isolated with certainty, functions undone, systems by substitution."""
