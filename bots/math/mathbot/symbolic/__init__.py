"""Symbolic mathematics: derivatives, integrals, limits, sums and algebra, with sympy in a process of its own.

Nothing that sympy says is passed on before it was confirmed by numbers that sympy had no part in.
"""
