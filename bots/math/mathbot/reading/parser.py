"""Tokens → the tree of one expression, by precedence climbing. Every token is consumed by a rule or declined.

Precedence, loosest first: comparison; + and -; *, /, mod and juxtaposition; sign; ``of``; ^ (from the right);
!, %, powers and units behind a number. Where people read differently, ``doubt`` is set, and the answer says how it
was read.
"""

from __future__ import annotations

from mathbot.limits import MAX_DEPTH, Declined, Unreadable, check
from mathbot.numbers.rational import ratio
from mathbot.reading import numerals
from mathbot.reading.cursor import Cursor
from mathbot.syntax import (
    CONSTANTS,
    Call,
    Compare,
    Factorial,
    Measure,
    Name,
    Negative,
    Number,
    Of,
    Percent,
    Power,
    Product,
    Sum,
    show,
)

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Collection

    from mathbot.reading.lexer import Token
    from mathbot.syntax import Node

COMPARISONS = ("=", "!=", "<", ">", "<=", ">=")
_ARTICLES = ("a", "an", "one")
_ROOT_SIGNS = {"√": "sqrt", "∛": "cbrt", "∜": "fourthroot"}
_CLOSING = {"[": "]", "{": "}"}
_COUNTING = ("c", "p", "ncr", "npr")
_BRACKETED = (*_COUNTING, "fibonacci", "div")
"""Functions whose name stands for something else where no bracket follows."""
_SIGN_UNITS = ("°", "'", '"')


class Parser(Cursor):
    """Reads expressions."""

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
            if sign:
                self._doubt_after("product")
                self.at += 1
                factors.append((sign, self._signed()))
            elif self._juxtaposed():
                self.doubt = self.doubt or factors[-1][0] == "/"
                factors.append(("*", self._of()))
            else:
                break
        if len(factors) == 1:
            return factors[0][1]
        if isinstance(factors[-1][1], Measure):
            from mathbot.reading import measures

            return measures.product(self, factors)
        return Product(tuple(factors))

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
            return token.text in ("(", *_ROOT_SIGNS) or (token.text == "|" and not self._bars)
        if token.kind == "number":
            return before.text == ")" and not token.spaced
        if token.kind == "func":
            return True
        return token.kind == "word" and self._begins_factor()

    def _begins_factor(self) -> bool:
        """Is this word a constant, something remembered, an unknown or a function with brackets?"""
        token = self.token
        if token.text in self.names or token.text in CONSTANTS:
            return True
        from mathbot.numbers.functions import FUNCTIONS

        if token.text in FUNCTIONS:
            return token.text not in _BRACKETED or self.tokens[self.at + 1].text == "("
        return _is_letter(token) and (token.text != "a" or self.letters)

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
        halves = isinstance(part, Number) and part.raw.lower() == "half"
        return self.is_word("of") or (halves and (self.token.kind in ("number", "list", "func") or self.is_word("the")))

    def part(self) -> Node:
        """Read ``20%`` or ``half``, and nothing that is no part of something."""
        node = self._power()
        if not _is_part(node):
            raise self.unreadable()
        return node

    def _power(self) -> Node:
        base = self._postfix()
        if not self.is_op("^"):
            return base
        self._doubt_after("power")
        self.at += 1
        self.take_word("power")
        self._deeper()
        exponent = self._exponent()
        self._depth -= 1
        return Power(base, exponent)

    def _exponent(self) -> Node:
        """``2^-3``, ``two to the tenth power``, ``two to the power of ten``."""
        token = self.token
        if token.kind == "ordinal":
            self.at += 1
            self.take_word("power")
            return Number(token.value, token.raw)
        negative = False
        while self.is_op("+", "-"):
            negative ^= self.token.text == "-"
            self.at += 1
        body = self._power()
        return Negative(body) if negative else body

    def _postfix(self) -> Node:
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
        return self._choose(node) or self._measured(node)

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
        return self._measured(node) if self.is_op(*_SIGN_UNITS) else None

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

    def _measured(self, node: Node) -> Node | None:
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
        if token.text in _ROOT_SIGNS:
            self.at += 1
            return Call(_ROOT_SIGNS[token.text], (self._primary(),))
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

    def loosen(self, loose: bool) -> None:
        """Remember whether an argument without brackets ends here."""
        self._loose = (self.at, "function") if loose else (-1, "")

    def _doubt_power(self, node: Node) -> None:
        """``half of 4 squared``: what is squared?"""
        last = self.tokens[self.at - 1]
        if isinstance(node, Power) and last.kind == "raised" and last.raw[:1].isalpha():
            self.doubt = True


def _is_letter(token: Token) -> bool:
    return len(token.text) == 1 and token.text.isascii() and token.text.isalpha()


def _is_part(node: Node) -> bool:
    """Percentages and fractions are parts of something; ``3 of 4`` is not."""
    if isinstance(node, Number):
        return node.value.denominator != 1 or "/" in node.raw
    return isinstance(node, Percent)
