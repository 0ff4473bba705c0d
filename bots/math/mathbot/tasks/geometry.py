"""Lengths, areas and volumes of simple shapes: ``area of a circle with radius 5 cm``. Units are carried through."""

from __future__ import annotations

from mathbot.limits import Declined, Unreadable
from mathbot.reading.parser import Parser
from mathbot.reading.questions import Asked, read_forms
from mathbot.syntax import Call, Name, Negative, Number, Power, Product, Sum

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Collection

    from mathbot.reading.lexer import Token
    from mathbot.syntax import Node

# measure | shape | dimensions | formula. Dimensions of one letter each, in the order in which ``3 by 4`` gives them.
_TABLE = """
area|circle|r|pi*r^2
area|circle|d|pi*d^2/4
circumference|circle|r|2*pi*r
circumference|circle|d|pi*d
perimeter|circle|r|2*pi*r
perimeter|circle|d|pi*d
diameter|circle|r|2*r
radius|circle|d|d/2
area|square|s|s^2
perimeter|square|s|4*s
diagonal|square|s|s*sqrt(2)
area|rectangle|l w|l*w
perimeter|rectangle|l w|2*l+2*w
diagonal|rectangle|l w|hypot(l,w)
area|triangle|b h|b*h/2
area|triangle|a b c|heron
perimeter|triangle|a b c|a+b+c
area|equilateral triangle|s|s^2*sqrt(3)/4
perimeter|equilateral triangle|s|3*s
area|right triangle|a b|a*b/2
area|right triangle|b h|b*h/2
hypotenuse|right triangle|a b|hypot(a,b)
hypotenuse|triangle|a b|hypot(a,b)
area|parallelogram|b h|b*h
area|trapezoid|a b h|(a+b)*h/2
area|trapezium|a b h|(a+b)*h/2
volume|cube|s|s^3
surface area|cube|s|6*s^2
volume|sphere|r|4*pi*r^3/3
volume|sphere|d|pi*d^3/6
surface area|sphere|r|4*pi*r^2
surface area|sphere|d|pi*d^2
volume|cylinder|r h|pi*r^2*h
surface area|cylinder|r h|2*pi*r*(r+h)
volume|cylinder|d h|pi*d^2*h/4
volume|cone|r h|pi*r^2*h/3
volume|cone|d h|pi*d^2*h/12
volume|box|l w h|l*w*h
volume|cuboid|l w h|l*w*h
volume|rectangular prism|l w h|l*w*h
surface area|box|l w h|2*(l*w+l*h+w*h)
surface area|cuboid|l w h|2*(l*w+l*h+w*h)
"""
_DIMENSIONS = {
    "radius": "r", "diameter": "d", "side": "s", "sides": "s", "length": "l", "width": "w", "height": "h", "base": "b",
    "bases": "b", "legs": "s", "edge": "s", "edges": "s", "axes": "s", "breadth": "w", "depth": "h", "altitude": "h",
}  # fmt: skip
_SEVERAL = ("sides", "bases", "legs", "axes")
_SKIPPED = (
    "a", "an", "the", "with", "of", "whose", "is", "that", "has", "having", "and", "if", "when", "where", "its",
    "which", "are", "length", "long", "by", "x", "equal", "given",
)  # fmt: skip
_MEASURES = ("area", "circumference", "perimeter", "diameter", "radius", "diagonal", "hypotenuse", "volume", "surface")


def read(body: list[Token], names: Collection[str]) -> Asked | None:
    """Return what is to be computed; ``None`` where the question is not about a shape."""
    at = next((at for at, token in enumerate(body[:2]) if token.text in _MEASURES), -1)
    if at < 0 or (at == 1 and body[0].text != "the") or body[at + 1].text in ("=", "is", "end"):
        return None
    measure = body[at].text
    at += 1
    if body[at].text == "area" and measure == "surface":
        measure, at = "surface area", at + 1
    if body[at].text != "of":
        return None
    return _Reader(body, at + 1, names, measure).read()


class _Reader:
    def __init__(self, body: list[Token], at: int, names: Collection[str], measure: str) -> None:
        self.parser = Parser(body, names)
        self.parser.at = at
        self.measure = measure
        self.shape = ""
        self.given: dict[str, Node] = {}
        self.unnamed: list[Node] = []

    def read(self) -> Asked | None:
        try:
            while self._next():
                pass
            forms = read_forms(self.parser)
        except Unreadable:
            if not self.shape:
                return None
            raise
        if not self.shape:
            return None
        self.parser.expect_end()
        return Asked((self._formula(),), forms, tuple(self.parser.notes))

    def _next(self) -> bool:
        parser = self.parser
        token = parser.token
        if token.kind == "end" or parser.is_word("in", "as", "rounded", "to", "nearest"):
            return False
        if self._dimension() or self._named_shape():
            return True
        if parser.is_word(*_SKIPPED) or parser.is_op(",", "*", "=", ":") or (token.kind == "op" and token.text == "-"):
            parser.at += 1
            return True
        parser.listing += 1
        node = parser.bare_argument()
        parser.listing -= 1
        self._take(node)
        return True

    def _take(self, node: Node) -> None:
        """``5 cm long``, ``radius 5``: the dimension may be named behind the number."""
        token = self.parser.token
        if token.kind == "word" and token.text in _DIMENSIONS and token.text not in _SEVERAL and not self.given:
            self.parser.at += 1
            self._give(_DIMENSIONS[token.text], node)
        else:
            self.unnamed.append(node)

    def _give(self, letter: str, node: Node) -> None:
        if letter in self.given:
            raise Declined("I can't tell which of those is which.")
        self.given[letter] = node

    def _dimension(self) -> bool:
        parser = self.parser
        name = parser.token.text
        following = parser.tokens[parser.at + 1]
        if parser.token.kind != "word" or name not in _DIMENSIONS or following.text in ("and", ","):
            return False
        parser.at += 1
        while parser.is_word("of", "is", "are", "length", "lengths") or parser.is_op("=", ":"):
            parser.at += 1
        parser.listing += 1
        node = parser.bare_argument()
        parser.listing -= 1
        if name in _SEVERAL:
            self.unnamed.append(node)
        else:
            self._give(_DIMENSIONS[name], node)
        return True

    def _named_shape(self) -> bool:
        parser = self.parser
        for length in (2, 1):
            words = " ".join(token.text for token in parser.tokens[parser.at : parser.at + length])
            if any(row[1] == words for row in _rows()) and not self.shape:
                self.shape = words
                parser.at += length
                return True
        return False

    def _formula(self) -> Node:
        wanted = [row for row in _rows() if row[0] == self.measure and row[1] == self.shape]
        for _, _, letters, formula in wanted:
            values = self._values(letters.split())
            if values:
                return _heron(values) if formula == "heron" else _put_in(_parsed(formula), values)
        if not wanted:
            raise Declined(f"I don't know the {self.measure} of a {self.shape}.")
        raise Declined(f"I can't tell the {self.measure} of a {self.shape} from that.")

    def _values(self, letters: list[str]) -> dict[str, Node]:
        """Give the unnamed numbers to the letters that are left, where there are as many of one as of the other."""
        left = [letter for letter in letters if letter not in self.given]
        square = self.shape in ("square", "cube", "equilateral triangle", "sphere", "circle")
        if (
            set(self.given) - set(letters)
            or len(left) != len(self.unnamed)
            or (square and self.unnamed and not self.sided)
        ):
            return {}
        return self.given | dict(zip(left, self.unnamed, strict=True))

    @property
    def sided(self) -> bool:
        """Is a lone number surely the side? That of a circle is not surely its radius."""
        return self.shape not in ("circle", "sphere")


def _rows() -> list[list[str]]:
    return [line.split("|") for line in _TABLE.strip().splitlines()]


def _parsed(formula: str) -> Node:
    from mathbot.reading.lexer import tokenize

    return Parser(tokenize(formula), letters=True).sum()


def _put_in(node: Node, values: dict[str, Node]) -> Node:
    """Return the formula with the values in it."""
    match node:
        case Name(name):
            return values.get(name, node)
        case Sum(terms):
            return Sum(tuple((sign, _put_in(term, values)) for sign, term in terms))
        case Product(factors):
            return Product(tuple((sign, _put_in(factor, values)) for sign, factor in factors))
        case Power(base, exponent):
            return Power(_put_in(base, values), exponent)
        case Call(name, arguments):
            return Call(name, tuple(_put_in(argument, values) for argument in arguments))
    return node


def _heron(values: dict[str, Node]) -> Node:
    """The area of a triangle by its sides: a quarter of the root of (a+b+c)(b+c-a)(a+c-b)(a+b-c)."""
    a, b, c = values["a"], values["b"], values["c"]
    factors: list[Node] = [Sum(((1, a), (1, b), (1, c)))]
    factors += [Sum(((1, x), (1, y), (1, Negative(z)))) for x, y, z in ((b, c, a), (a, c, b), (a, b, c))]
    root = Call("sqrt", (Product(tuple(("*", factor) for factor in factors)),))
    return Product((("*", root), ("/", Number(4, "4"))))
