"""Points, lines and parabolas: slope, distance, midpoint, intercepts, vertex, discriminant. Exact, without sympy."""

from __future__ import annotations

import re

from mathbot.evaluate import Evaluator
from mathbot.limits import Declined, Unreadable
from mathbot.numbers import elementary, real
from mathbot.reading.parser import Parser
from mathbot.reading.questions import Asked, read_forms
from mathbot.syntax import Compare, Name, Number, Sum, names_in
from mathbot.values import Quantity
from mathbot.writing import format as write

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Mapping

    from mathbot.reading.lexer import Token
    from mathbot.syntax import Node
    from mathbot.values import Amount, Value

    Point = tuple[Node, ...]

_FILLERS = (
    "the", "a", "of", "for", "function", "parabola", "curve", "graph", "quadratic", "equation", "line", "expression",
    "polynomial", "straight", "segment", "points", "point", "two", "joining", "connecting", "given", "by", "with",
    "passing", "that", "passes", "through", "going", "goes", "between", "from", "containing", "whose", "endpoints",
    "and", "to", "is", "distance", "what",
)  # fmt: skip
_HEADS = [
    (r"(?:slope|gradient) ", "slope"),
    (r"(?:euclidean )?distance ", "distance"),
    (r"mid ?point ", "midpoint"),
    (r"(?:slope intercept form of |linear )?(?:the )?(?:equation (?:of|for) )?(?:the |a )?(?:straight )?line ", "line"),
    (r"vertex ", "vertex"),
    (r"axis of symmetry ", "axis"),
    (r"discriminant ", "discriminant"),
    (r"(?P<letter>[a-z]) (?:- )?intercepts? ", "intercept"),
    (r"(?:max|maximum)(?: value)? (?:of )?", "maximum"),
    (r"(?:min|minimum)(?: value)? (?:of )?", "minimum"),
]


def read(body: list[Token], names: Mapping[str, Amount]) -> Asked | str | None:
    """Return the answer, or what is to be computed; ``None`` where the question is about something else."""
    words = [token.text for token in body[:-1]]
    while words and words[0] == "the":
        words, body = words[1:], body[1:]
    line = " ".join(words) + " "
    for pattern, kind in _HEADS:
        found = re.match(pattern, line)
        if found:
            start = line[: found.end()].count(" ")
            return _Reader(body[start:], names).read(kind, found.groupdict().get("letter") or "")
    return None


class _Reader:
    def __init__(self, tokens: list[Token], names: Mapping[str, Amount]) -> None:
        self.parser = Parser(tokens, letters=True)
        self.names = names
        self.forms: tuple[Form, ...] = ()

    def read(self, kind: str, letter: str) -> Asked | str | None:
        """Read what stands behind the head."""
        self._skip()
        try:
            if kind in _ON_POINTS:
                points = self._points()
                if len(points) == 2 and len(points[0]) == len(points[1]):
                    self._end()
                    return self._on_points(kind, *points)
                if kind == "line" and len(points) <= 1:
                    return self._by_slope(points)
            if kind in ("slope", "intercept"):
                return self._on_line(kind, letter)
            return None if kind in _ON_POINTS else self._on_parabola(kind)
        except Unreadable:
            return None

    def _end(self) -> None:
        self._skip()
        self.forms = read_forms(self.parser)
        self.parser.expect_end()

    def _skip(self) -> None:
        while self.parser.take_word(*_FILLERS):
            pass

    def _points(self) -> list[Point]:
        found: list[Point] = []
        while self.parser.is_op("("):
            start = self.parser.at
            try:
                found.append(self._point())
            except Unreadable:
                self.parser.at = start
                break
            self.parser.take_op(",")
            self._skip()
        return found

    def _point(self) -> Point:
        self.parser.at += 1
        parts = [self.parser.sum()]
        while self.parser.take_op(",", ";"):
            parts.append(self.parser.sum())
        if not self.parser.take_op(")") or len(parts) not in (2, 3) or set().union(*map(names_in, parts)) - {"pi", "e"}:
            raise self.parser.unreadable()
        return tuple(parts)

    def _value(self, node: Node) -> Value:
        value = Evaluator(self.names, []).value(node)
        if isinstance(value, Quantity):
            raise Declined("I can't do that with units.")
        return value

    def _asked(self, node: Node) -> Asked:
        return Asked((node,), self.forms)

    # Two points

    def _on_points(self, kind: str, one: Point, other: Point) -> Asked | str:
        if kind == "midpoint":
            middle = [real.divide(real.add(self._value(a), self._value(b)), 2) for a, b in zip(one, other, strict=True)]
            return self._written(middle)
        gaps = [_minus(b, a) for a, b in zip(one, other, strict=True)]
        if kind == "distance":
            squares = [real.multiply(self._value(gap), self._value(gap)) for gap in gaps]
            total: Value = 0
            for square in squares:
                total = real.add(total, square)
            return self._number(elementary.sqrt(total))
        if len(one) != 2:
            raise Declined("I can do that with points in the plane.")
        return self._through(kind, one, gaps)

    def _through(self, kind: str, one: Point, gaps: list[Node]) -> Asked | str:
        across, up = map(self._value, gaps)
        if real.sign(across) == 0:
            if real.sign(up) == 0:
                raise Declined("These two points are the same.")
            if kind == "slope":
                raise Declined("That line is vertical: it has no slope.")
            return f"x = {write.number(self._value(one[0]))}"
        if kind == "slope":
            return self._number(real.divide(up, across))
        return self._line(real.divide(up, across), one)

    def _line(self, slope: Value, point: Point) -> str:
        from mathbot.symbolic.answer import line

        return line("x", slope, self._value(point[0]), self._value(point[1]))

    def _by_slope(self, points: list[Point]) -> str | None:
        """``with slope 2 through (1, 2)``, in either order."""
        slope: Node | None = None
        for _ in range(2):
            self._skip()
            if self.parser.take_word("slope", "gradient"):
                self.parser.take_op("=")
                self._skip()
                slope = self.parser.sum()
            points = points or self._points()
        if slope is None or len(points) != 1 or names_in(slope) or len(points[0]) != 2:
            return None
        self._end()
        return self._line(self._value(slope), points[0])

    def _number(self, value: Value) -> Asked | str:
        from mathbot.writing import present

        return present.in_forms([value], self.forms, [])[1] if self.forms else write.number(value)

    def _written(self, point: list[Value]) -> str:
        return f"({', '.join(map(write.number, point))})"

    # Lines and parabolas

    def _on_line(self, kind: str, letter: str) -> Asked | str | None:
        equation = self.parser.comparison()
        self._end()
        if not isinstance(equation, Compare) or [sign for sign, _ in equation.rest] != ["="]:
            if kind == "slope":
                return None
            equation = Compare(Name("y", 0, 0), (("=", equation),))
        if kind == "intercept":
            return self._intercept(equation, letter)
        poly = self._polynomial(_minus(equation.first, equation.rest[0][1]), ("x", "y"))
        if any(sum(power for _, power in monomial) > 1 for monomial in poly):
            return None
        a, b = (poly.get(((name, 1),), 0) for name in "xy")
        if b == 0:
            raise Declined("That line is vertical: it has no slope.")
        return self._number(real.negate(real.divide(a, b)))

    def _intercept(self, equation: Compare, letter: str) -> Asked | None:
        """Put the other letter to zero, and solve."""
        from mathbot.symbolic.substitute import replaced

        used = names_in(equation.first) | names_in(equation.rest[0][1])
        if letter not in ("x", "y") or not {"y"} <= used <= {"x", "y", "e", "pi"}:
            return None
        node = _minus(equation.first, equation.rest[0][1])
        zero = {"y" if letter == "x" else "x": Number(0, "0")}
        rest = replaced(node, zero)
        if letter not in names_in(rest):
            raise Declined(f"That has no single place where it meets the {letter} axis.")
        return Asked((Compare(rest, (("=", Number(0, "0")),)),), self.forms, solve=True)

    def _polynomial(self, node: Node, letters: tuple[str, ...]) -> Mapping[Monomial, Value]:
        from mathbot.solving import polynomial

        reader = polynomial.Reader(letters, self._value)
        over = reader.read(node).over
        if reader.excluded:
            raise Declined("I can do that where nothing is divided by a letter.")
        return over

    def _function(self) -> Node:
        """Read ``y = …``, ``f(x) = …``, ``… = 0`` or the function alone."""
        texts = [token.text for token in self.parser.tokens[self.parser.at : self.parser.at + 5]]
        if texts[1] == "=" and texts[0] in ("y", "f"):
            self.parser.at += 2
        elif texts[1:2] == ["("] and texts[3:] == [")", "="]:
            self.parser.at += 5
        node = self.parser.sum()
        if self.parser.take_op("="):
            other = self.parser.sum()
            node = _minus(node, other)
        self._end()
        return node

    def _on_parabola(self, kind: str) -> Asked | str | None:
        node = self._function()
        letters = sorted(names_in(node) - {"pi", "e"})
        if len(letters) != 1:
            return None
        from mathbot.solving import polynomial

        values = polynomial.coefficients(dict(self._polynomial(node, (letters[0],))))
        if len(values) != 3:
            raise Declined("I can do that with quadratic functions.")
        c, b, a = values
        inside = real.subtract(real.multiply(b, b), real.multiply(4, real.multiply(a, c)))
        if kind == "discriminant":
            return self._number(inside)
        place = real.divide(real.negate(b), real.multiply(2, a))
        height = real.divide(real.negate(inside), real.multiply(4, a))
        if kind == "axis":
            return f"{letters[0]} = {write.number(place)}"
        if kind == "vertex":
            return self._written([place, height])
        if (real.sign(a) > 0) != (kind == "minimum"):
            raise Declined(f"That has no {'largest' if kind == 'maximum' else 'smallest'} value.")
        return self._number(height)


_ON_POINTS = ("slope", "distance", "midpoint", "line")


def _minus(left: Node, right: Node) -> Node:
    return Sum(((1, left), (-1, right)))


if TYPE_CHECKING:
    from mathbot.reading.questions import Form
    from mathbot.solving.polynomial import Monomial
