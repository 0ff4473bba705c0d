"""The engine of the Math bot: a question in plain text in, the exact answer out, or ``Declined`` with the reason.

Reading is done by a grammar of its own (``lexer``, ``words``, ``parser``, ``questions``), arithmetic by exact numbers
(``rational``, ``real``). No input is ever run as code, and nothing is answered that is not certain.
"""
