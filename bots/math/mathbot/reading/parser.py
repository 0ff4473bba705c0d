"""Tokens → the tree of one expression. Owns the operands: numbers, brackets, names, functions, and what stands right
behind them; ``operators`` puts them together. Every token is consumed by a rule or declined.
"""

from __future__ import annotations

from mathbot.limits import Declined, Unreadable
from mathbot.numbers.rational import ratio
from mathbot.reading import numerals
from mathbot.reading.operators import ROOT_SIGNS, Operators
from mathbot.syntax import CONSTANTS, Call, Factorial, Measure, Name, Negative, Number, Percent, Power, Product, show

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.reading.lexer import Token
    from mathbot.syntax import Node

_ARTICLES = ("a", "an", "one")
_CLOSING = {"[": "]", "{": "}"}
_COUNTING = ("c", "p", "ncr", "npr")
_BRACKETED = (*_COUNTING, "fibonacci", "div", "power", "totient")
"""Functions whose name stands for something else where no bracket follows."""
_SIGN_UNITS = ("°", "'", '"')


class Parser(Operators):
    """Reads expressions."""

    def operand(self) -> Node:
        node = self._primary()
        while True:
            more = self._behind(node)
            if more is None:
                return node
            node = more

    def _behind(self, node: Node) -> Node | None:
        """Read one sign, power or unit behind ``node``; ``None`` where there is none."""
        token = self.token
        if token.kind == "raised":
            self._doubt_after("power")
            self.at += 1
            return Power(node, Number(token.value, token.text))
        if token.kind == "op":
            return self._sign_behind(node)
        if token.kind != "word":
            return None
        if token.text == "factorial":
            self.at += 1
            return Factorial(node)
        return self._choose(node) or self._unit_behind(node)

    def _sign_behind(self, node: Node) -> Node | None:
        if self.is_op("!"):
            return self._factorial(node)
        if self.is_op("%") and not self._percent_is_mod():
            if self.tokens[self.at - 1].text == "%":
                raise self.unreadable()
            self.at += 1
            return Percent(node)
        if self.take_op("choose"):
            return Call("choose", (node, self._primary()))
        return self._unit_behind(node) if self.is_op(*_SIGN_UNITS) else None

    def _factorial(self, node: Node) -> Node:
        """``7!!`` is 7 * 5 * 3; more signs, or signs with spaces between them, are read in several ways."""
        self.at += 1
        if not self.is_op("!"):
            return Factorial(node)
        start, spaced = self.token.start - 1, self.token.spaced
        self.at += 1
        if spaced or self.is_op("!"):
            raise Unreadable('I can\'t read that many "!": write (n!)!', start, self.token.end)
        self.notes.append(f"the double factorial of {show(node)}")
        return Call("doublefactorial", (node,))

    def _choose(self, node: Node) -> Node | None:
        """``5C2`` and ``5P2``."""
        token, following = self.token, self.tokens[self.at + 1]
        if token.text in _COUNTING and following.kind == "number" and not self.letters:
            self.at += 2
            name = "choose" if token.text in ("c", "ncr") else "npr"
            return Call(name, (node, Number(following.value, following.raw)))
        return None

    def _unit_behind(self, node: Node) -> Node | None:
        if isinstance(node, Measure | Percent) or self._x_is_times():
            return None
        from mathbot.reading import measures

        return measures.read_behind(self, node)

    # What an expression is made of

    def _primary(self) -> Node:
        token = self.token
        if token.kind == "number":
            return numerals.read(self)
        if token.kind == "op":
            return self._bracketed()
        if token.kind == "ordinal":
            return self._ordinal()
        if token.kind == "double":
            return self._doubled()
        if token.kind in ("func", "list"):
            return self._function(token.text)
        if token.kind == "word":
            return self._word()
        if token.kind == "constant":
            from mathbot.reading import measures

            return measures.constant(self)
        if token.kind == "blank":
            self.at += 1
            return Name(token.text, token.start, token.end)
        if token.kind == "raised" and self.tokens[self.at + 1].text == "√":
            self.at += 2
            return Call("root", (self._primary(), Number(token.value, token.text)))
        raise self.unreadable()

    def begins_name(self) -> bool:
        """Is the next word something remembered, or an unknown that could be a unit?"""
        return self.token.text in self.names or (self.letters and len(self.token.text) == 1)

    def _bracketed(self) -> Node:
        token = self.token
        if self.take_op("("):
            inner = self.sum()
            if not self.is_op(")") or self.token.raw != _CLOSING.get(token.raw, self.token.raw):
                raise self._unclosed(token)
            self.at += 1
            return inner
        if token.text == "|" and self._bars == 0:
            return self._absolute()
        if token.text == "mod" and self.tokens[self.at + 1].text == "(":
            return self._function("mod")
        if token.text in ROOT_SIGNS:
            self.at += 1
            return Call(ROOT_SIGNS[token.text], (self._primary(),))
        raise self.unreadable()

    def _unclosed(self, opening: Token) -> Unreadable:
        if self.token.kind == "end":
            return Unreadable('A ")" is missing', opening.start, opening.end)
        return self.unreadable()

    def _absolute(self) -> Node:
        opening = self.token
        self.at += 1
        self._bars += 1
        inner = self.sum()
        if not self.take_op("|"):
            raise self._unclosed(opening)
        self._bars -= 1
        return Call("abs", (inner,))

    def _ordinal(self) -> Node:
        """``fifth root of 32``, ``a third of 9`` (where the article is gone), ``5th power of 2``."""
        token = self.token
        self.at += 1
        following = self.tokens[self.at + 1].text
        if self.is_word("root", "power") and following == "of":
            name = self.token.text
            self.at += 2
            degree = Number(token.value, token.raw)
            argument = self.bare_argument()
            return Power(argument, degree) if name == "power" else Call("root", (argument, degree))
        if self.is_word("of") and token.raw[:1].isalpha():
            return Number(ratio(1, int(token.value)), token.raw)
        raise self.unreadable(token)

    def _doubled(self) -> Node:
        token = self.token
        self.at += 1
        whole = self.bare_argument()
        self._loose = (-1, "") if isinstance(whole, Name) else (self.at, "part")
        return Product((("*", Number(token.value, token.text)), ("*", whole)))

    def _word(self) -> Node:
        token = self.token
        if self.take_word("the"):
            return self._primary()
        if token.text in self.names or token.text in CONSTANTS:
            self._decline_totient()
            self.at += 1
            return Name(token.text, token.start, token.end)
        from mathbot.numbers.functions import FUNCTIONS

        if token.text in FUNCTIONS and (token.text not in _BRACKETED or self.tokens[self.at + 1].text == "("):
            return self._function(token.text)
        if token.text in _ARTICLES and not self.letters:
            from mathbot.reading import measures

            return measures.read_one(self)
        if _is_letter(token):
            self.at += 1
            return Name(token.text, token.start, token.end)
        raise self.unreadable()

    def _begins_factor(self) -> bool:
        """Is this word a constant, something remembered, an unknown or a function with brackets?"""
        token = self.token
        if token.text in self.names or token.text in CONSTANTS:
            return True
        if token.text in ("square", "cube") and self.tokens[self.at + 1].text in ("number", "numbers"):
            return False
        from mathbot.numbers.functions import FUNCTIONS

        if token.text in FUNCTIONS:
            return token.text not in _BRACKETED or self.tokens[self.at + 1].text == "("
        return _is_letter(token) and (token.text != "a" or self.letters)

    def _fraction_below(self) -> Node | None:
        return numerals.read_below(self)

    def _measured(self, factors: list[tuple[str, Node]]) -> Node:
        from mathbot.reading import measures

        return measures.product(self, factors)

    def _decline_totient(self) -> None:
        """``phi(10)``: Euler's function of 10, or the golden ratio times 10?"""
        if self.token.text == "phi" and "phi" not in self.names:
            following = self.tokens[self.at + 1]
            if following.text == "(" and not following.spaced:
                raise Declined(
                    "I can't tell Euler's function from the golden ratio there: write totient(…) or phi * (…)."
                )

    # Functions

    def _function(self, name: str) -> Node:
        from mathbot.reading import calls

        return calls.read(self, name)

    def bare_argument(self) -> Node:
        """Read an argument without brackets; an operator that follows it is not part of it, and may be in doubt."""
        self._deeper()
        self.take_word("the")
        bracketed = self.is_op("(")
        negative = False
        while self.is_op("-", "+"):
            negative ^= self.token.text == "-"
            self.at += 1
        node = numerals.read_tight_fraction(self) if numerals.is_tight_fraction(self, self.at) else self._of()
        self._doubt_power(node)
        self._depth -= 1
        self.loosen(not bracketed)
        return Negative(node) if negative else node


def _is_letter(token: Token) -> bool:
    return len(token.text) == 1 and token.text.isascii() and token.text.isalpha()
