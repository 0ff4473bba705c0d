"""Operators between operands, by precedence climbing; what an operand is, ``parser`` knows.

Precedence, loosest first: comparison; + and -; *, /, mod and juxtaposition; sign; ``of``; ^ (from the right);
!, %, powers and units behind a number. Where people read differently, ``doubt`` is set, and the answer says how it
was read.
"""

from __future__ import annotations

from mathbot.limits import MAX_DEPTH, Declined, Unreadable, check
from mathbot.reading.cursor import Cursor
from mathbot.syntax import Call, Compare, Measure, Negative, Number, Of, Percent, Power, Product, Sum

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Collection

    from mathbot.reading.lexer import Token
    from mathbot.syntax import Node

COMPARISONS = ("=", "!=", "<", ">", "<=", ">=")
ROOT_SIGNS = {"√": "sqrt", "∛": "cbrt", "∜": "fourthroot"}


class Operators(Cursor):
    """Reads everything that has an operator in it."""

    def __init__(self, tokens: list[Token], names: Collection[str] = (), *, letters: bool = False) -> None:
        super().__init__(tokens)
        self.names = names
        """What the session remembers."""
        self.letters = letters
        """Are single letters unknowns, even where they could be units?"""
        self.doubt = False
        """Could the expression be read in another way?"""
        self.notes: list[str] = []
        """Other remarks on how it was read."""
        self.signs_x = False
        """Was an x read as a multiplication sign?"""
        self.listing = 0
        """Inside how many lists are we? There, ``and`` separates."""
        self._depth = 0
        self._bars = 0
        self._loose = (-1, "")
        """Where an argument without brackets ended, and what it belongs to."""

    if TYPE_CHECKING:  # what ``Parser`` knows

        def operand(self) -> Node:
            """Read what stands between two operators."""

        def _fraction_below(self) -> Node | None:
            """Return the fraction that is divided by, where the signs tell the two lines apart."""

        def _begins_factor(self) -> bool:
            """Tell whether the next word begins something that multiplies."""

        def _measured(self, factors: list[tuple[str, Node]]) -> Node:
            """Return the product that ends in a measure."""

    # Comparisons, sums, products

    def comparison(self) -> Node:
        """Read an expression, or several with comparison signs between them."""
        first = self.sum()
        rest: list[tuple[str, Node]] = []
        while self.is_op(*COMPARISONS) and self.tokens[self.at + 1].text not in ("?", "how"):
            sign = self.token.text
            self.at += 1
            rest.append((sign, self.sum()))
        return Compare(first, tuple(rest)) if rest else first

    def sum(self) -> Node:
        """Read terms with + and - between them."""
        self._deeper()
        terms: list[tuple[int, Node]] = [(1, self._product())]
        while self.is_op("+", "-") and self.token.raw.lower() != "negative":
            self._doubt_after("sum")
            sign = 1 if self.token.text == "+" else -1
            self.at += 1
            terms.append((sign, self._product()))
            if isinstance(terms[-1][1], Percent) and self.tokens[self.at - 1].text == ")":
                raise Unreadable("I can't tell what that is a percentage of", self.token.start, self.token.end)
        self._depth -= 1
        return Sum(tuple(terms)) if len(terms) > 1 else terms[0][1]

    def _deeper(self) -> None:
        check()  # where a list is read in two ways, each list in it is too
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Declined("That is nested too deeply.")

    def _doubt_after(self, operator: str) -> None:
        """An operator right behind an argument without brackets: does it belong to the argument?"""
        ended, kind = self._loose
        if ended != self.at:
            return
        wordy = self.token.raw[:1].isalpha()
        if kind == "function" or (operator != "product" and (kind == "part" or wordy)):
            self.doubt = True

    def _product(self) -> Node:
        factors: list[tuple[str, Node]] = [("*", self._signed())]
        while True:
            sign = self._product_sign()
            if self.is_op("//"):
                self._doubt_after("product")
                self.at += 1
                self.notes.append("// without what is behind the point")
                whole = Product(tuple(factors)) if len(factors) > 1 else factors[0][1]
                factors = [("*", Call("div", (whole, self._signed())))]
            elif sign:
                self._doubt_after("product")
                self.at += 1
                factors.append((sign, self._fraction_below() or self._signed()))
            elif self._juxtaposed():
                self.doubt = self.doubt or (factors[-1][0] == "/" and not self._behind_fraction(factors))
                self.doubt = self.doubt or self._may_repeat()
                factors.append(("*", self._of()))
            else:
                break
        if len(factors) == 1:
            return factors[0][1]
        if isinstance(factors[-1][1], Measure):
            return self._measured(factors)
        return Product(tuple(factors))

    def _may_repeat(self) -> bool:
        """``0.1(6)``: a product, or a decimal whose 6 repeats?"""
        before, inside = self.tokens[self.at - 1], self.tokens[self.at + 1]
        tight = self.is_op("(") and not self.token.spaced and before.kind == "number" and "." in before.raw
        return tight and inside.raw.isdigit() and self.tokens[min(self.at + 2, len(self.tokens) - 1)].text == ")"

    def _behind_fraction(self, factors: list[tuple[str, Node]]) -> bool:
        """``3/4 x``: the gap says that the letter does not stand below the line."""
        line, letter = self.tokens[self.at - 2], self.token
        numbers = len(factors) == 2 and all(isinstance(factor, Number) for _, factor in factors)
        gap = line.text == "/" and not line.spaced and not self.tokens[self.at - 1].spaced and letter.spaced
        return numbers and gap and letter.kind == "word" and len(letter.text) == 1 and letter.text != "e"

    def _product_sign(self) -> str:
        token = self.token
        if token.kind == "op" and token.text in ("*", "/", "mod"):
            return token.text
        if self._is_proportion():
            return "/"
        if self._percent_is_mod():
            self.doubt = True
            return "mod"
        return "*" if self._x_is_times() else ""

    def _is_proportion(self) -> bool:
        """``3:4 = x:12``: ratios on both sides of one sign."""
        if not self.is_op(":") or self.tokens[self.at + 1].text == "=":
            return False
        texts = [token.text for token in self.tokens]
        sides = " ".join(texts).split("=")
        return len(sides) == 2 and all(side.count(":") == 1 for side in sides)

    def _percent_is_mod(self) -> bool:
        if not self.is_op("%") or self.token.raw != "%":
            return False
        following = self.tokens[self.at + 1]
        if following.kind != "number" and (following.kind != "op" or following.text != "("):
            return False
        return following.spaced == self.token.spaced

    def _x_is_times(self) -> bool:
        if not self.is_word("x") or "x" in self.names or self.letters:
            return False
        following = self.tokens[self.at + 1]
        has_equals = following.text == "(" and any(token.text == "=" for token in self.tokens)
        if following.kind == "number" or (following.text in ("(", "√") and not has_equals):
            self.signs_x = True
            return True
        return False

    def _juxtaposed(self) -> bool:
        """Does something that multiplies begin here, without a sign?"""
        token, before = self.token, self.tokens[self.at - 1]
        if token.kind == "op":
            return token.text in ("(", *ROOT_SIGNS) or (token.text == "|" and not self._bars)
        if token.kind == "number":
            return before.text == ")" and not token.spaced
        if token.kind == "func":
            return True
        return token.kind == "word" and self._begins_factor()

    # Signs, parts, powers

    def _signed(self) -> Node:
        negative = False
        word = False
        while self.is_op("+", "-"):
            negative ^= self.token.text == "-"
            word |= self.token.raw[:1].isalpha()
            self.at += 1
        body = self._of()
        if negative and word and isinstance(body, Power):
            self.doubt = True
        return Negative(body) if negative else body

    def _of(self) -> Node:
        """``half of x``, ``20% of x``: a part binds tighter than any operator but a power."""
        part = self._power()
        if not self._of_follows(part):
            return part
        if isinstance(part, Number) and part.raw.lower() == "half a":
            part = Number(part.value, "half")
        self.take_word("of")
        self._deeper()
        self.take_word("the")
        negative = self.take_op("-")
        whole = self._of()
        self._doubt_power(whole)
        self._depth -= 1
        self._loose = self.at, "percent" if isinstance(part, Percent) else "part"
        return Of(part, Negative(whole) if negative else whole)

    def _of_follows(self, part: Node) -> bool:
        """``of``, or something to halve right behind ``half``."""
        if not _is_part(part):
            return False
        halves = isinstance(part, Number) and part.raw.lower() in ("half", "half a")
        begins = self.token.kind in ("number", "list", "func", "blank") or self.is_word("the")
        return self.is_word("of") or (halves and begins)

    def part(self) -> Node:
        """Read ``20%`` or ``half``, and nothing that is no part of something."""
        node = self._power()
        if not _is_part(node):
            raise self.unreadable()
        return node

    def _power(self) -> Node:
        base = self.operand()
        if not self.is_op("^") and not self._is_said_power():
            return base
        self._doubt_after("power")
        self.at += 1
        self.take_word("power")
        self._deeper()
        exponent = self._exponent()
        self._depth -= 1
        return Power(base, exponent)

    def _is_said_power(self) -> bool:
        """``2 power 3``."""
        following = self.tokens[self.at + 1]
        return self.is_word("power") and (following.kind == "number" or following.text == "-")

    def _exponent(self) -> Node:
        """``2^-3``, ``two to the tenth power``, ``two to the power of ten``."""
        token = self.token
        if token.kind == "ordinal":
            self.at += 1
            self.take_word("power")
            return Number(token.value, token.raw)
        if self.is_word("second") and self.tokens[self.at + 1].text == "power":
            self.at += 2
            return Number(2, "2")
        negative = False
        while self.is_op("+", "-"):
            negative ^= self.token.text == "-"
            self.at += 1
        body = self._power()
        return Negative(body) if negative else body

    def loosen(self, loose: bool) -> None:
        """Remember whether an argument without brackets ends here."""
        self._loose = (self.at, "function") if loose else (-1, "")

    def _doubt_power(self, node: Node) -> None:
        """``half of 4 squared``: what is squared?"""
        last = self.tokens[self.at - 1]
        if isinstance(node, Power) and last.kind == "raised" and last.raw[:1].isalpha():
            self.doubt = True


def _is_part(node: Node) -> bool:
    """Percentages and fractions are parts of something; ``3 of 4`` is not."""
    if isinstance(node, Number):
        return node.value.denominator != 1 or "/" in node.raw
    return isinstance(node, Percent)
