"""Questions about calculus and algebra: their words → a ``Task``. ``None`` where a question is about something else.

The words are matched by ``patterns``; what stands for an expression is read by the parser that reads all others.
"""

from __future__ import annotations

import re

from mathbot.limits import Declined, Unreadable
from mathbot.reading.cursor import Cursor
from mathbot.reading.lexer import Token
from mathbot.reading.parser import Parser
from mathbot.reading.questions import read_forms, without_fillers
from mathbot.symbolic.patterns import ALGEBRA, matches
from mathbot.symbolic.task import INFINITY, Task
from mathbot.syntax import CONSTANTS, Call, Name, Negative, Number, Sum, names_in, show
from mathbot.values import Quantity

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Mapping

    from mathbot.syntax import Node
    from mathbot.values import Amount

_MAX_ORDER = 20
_RAISED = {"²": 2, "³": 3, "⁴": 4, "⁵": 5}
_INFINITE = ("infinity", "inf", "oo")


def read(tokens: list[Token], names: Mapping[str, Amount]) -> Task | None:
    """Return what is asked; raise ``Declined`` where it is calculus and can't be read."""
    body = _prepared(_with_side(without_fillers(tokens), tokens))
    words = [_word(token) for token in body[:-1]]
    line = " ".join(words)
    for kind, found in matches(line):
        task = _Reader(body, words, found, names).task(kind)
        if task:
            return task
    return None


def _with_side(body: list[Token], tokens: list[Token]) -> list[Token]:
    """``from the right`` at the end is no remark."""
    behind = [token for token in tokens if token.start >= body[-2].end] if len(body) > 1 else []
    if behind and behind[0].text == "right" and body[-2].text in ("the", "from"):
        return [*body[:-1], behind[0], body[-1]]
    return body


def _word(token: Token) -> str:
    if token.kind == "ordinal":
        return f"#{token.value}"
    if token.kind == "func" and token.raw.lower() == "tangent":
        return "tangent"
    if token.kind == "double":
        return token.raw.lower()
    return "d" if token.text == "∂" else token.text.replace(" ", "~")


def _prepared(tokens: list[Token]) -> list[Token]:
    """Take apart what is written together: ``xdx``, ``xy``, ``0+`` behind an arrow."""
    prepared: list[Token] = []
    integral = any(token.text in ("integral", "integrate", "int") for token in tokens)
    for at, token in enumerate(tokens):
        if token.kind == "word":
            prepared += _apart(token, integral)
        elif _marks_side(tokens, at):
            prepared.append(Token("op", "@" + token.text, 0, token.start, token.end, token.spaced, token.raw))
        elif token.kind != "op" or token.text != "\n":
            prepared.append(token)
    return prepared


def _marks_side(tokens: list[Token], at: int) -> bool:
    """``x -> 0+``: a sign right behind what is approached, with nothing right behind it."""
    token = tokens[at]
    if token.kind != "op" or token.text not in ("+", "-") or token.spaced or at < 2:
        return False
    arrow = [tokens[k].text in ("->", "approaches") for k in (at - 2, at - 3) if k >= 0]
    after = tokens[at + 1]
    return any(arrow) and tokens[at - 1].kind != "op" and (after.spaced or after.kind == "end" or after.text == ")")


def _apart(token: Token, integral: bool) -> list[Token]:
    from mathbot.numbers.functions import FUNCTIONS

    text = token.text
    if len(text) < 2 or len(text) > 12 or not text.isascii() or not text.isalpha():
        return [token]
    tail = re.fullmatch(r"(.*)(d[a-z])", text) if integral else None
    known = (*FUNCTIONS, *CONSTANTS)
    if tail and tail[1] and tail[1][-1] == tail[2][1] and (len(tail[1]) == 1 or tail[1] in known):
        parts = [tail[1], tail[2]]
    elif re.fullmatch(r"[xyz]{2,3}", text) or (text[0] in "xyzt" and text[1:] in known):
        parts = [text[0], text[1:]] if text[1:] in known else list(text)
    else:
        return [token]
    places = [token.start + sum(map(len, parts[:k])) for k in range(len(parts))]
    return [
        Token("word", part, 0, start, start + len(part), token.spaced if not k else False, part)
        for k, (part, start) in enumerate(zip(parts, places, strict=True))
    ]


class _Reader:
    """Reads the parts that a pattern found."""

    def __init__(
        self, tokens: list[Token], words: list[str], found: re.Match[str], names: Mapping[str, Amount]
    ) -> None:
        self.tokens = tokens
        self.found = found
        self.names = names
        self.notes: list[str] = []
        self.starts: dict[int, int] = {}
        at = 0
        for number, word in enumerate(words):
            self.starts[at] = number
            at += len(word) + 1

    def task(self, kind: str) -> Task | None:
        given = {name for name, text in self.found.groupdict().items() if text}
        parser = self._parser("f", ends=not ({"at", "high", "over"} & given))
        try:
            node = self._function(parser, kind)
        except Unreadable:
            if kind in ALGEBRA or kind == "sum":
                return None
            raise
        if node is None or (not _letters(node) and not _stays_without_letters(kind, node)):
            return None
        task = Task(kind, node)
        task.written = parser.written(0)
        task.forms = read_forms(parser)
        if kind in ALGEBRA and parser.token.kind != "end":
            return None
        parser.expect_end()
        self._noted(parser, node)
        self._complete(task)
        return task

    def _complete(self, task: Task) -> None:
        kind = task.kind
        if kind in ("derivative", "prime", "tangent"):
            self._derivative(task)
        elif kind == "sum":
            task.kind = self.found["total"]
        if kind in ("integral", "area", "sum"):
            self._bounds(task)
        if kind == "limit":
            self._limit(task)
        if kind in ("quotient", "remainder"):
            self._divisor(task)
        task.name = self._variable(task)
        task.node = self._with_values(task.node, task.name)
        task.notes = self.notes

    def _group(self, name: str) -> str:
        return str(self.found.groupdict().get(name) or "")

    def _span(self, name: str) -> list[Token]:
        start, end = self.found.span(name)
        numbers = [number for at, number in self.starts.items() if start <= at < end]
        return self.tokens[numbers[0] : numbers[-1] + 1] if numbers else []

    def _parser(self, name: str, *, ends: bool = True) -> Parser:
        body = self._span(name)
        last = body[-1] if body else self.tokens[-1]
        place = self.tokens[-1].start if ends else last.end
        return Parser([*body, Token("end", "", 0, place, place, False, "")], letters=True)

    def _function(self, parser: Parser, kind: str) -> Node | None:
        """Read the expression, without the ``y =`` or ``f(x) =`` before it and the ``dx`` in it."""
        _leave_out(parser)
        left = _left_side(parser)
        parser.at += len(left)
        if left and kind in ALGEBRA and kind not in ("roots", "zeros"):
            return None
        if left:
            self.argument = left[2].text if len(left) > 2 else ""
        if kind == "integral":
            self._take_differential(parser)
        node = parser.sum()
        if kind == "roots" and parser.take_op("="):
            node = Sum(((1, node), (-1, parser.sum())))
        return node

    argument = ""
    """x, where the function was written as f(x) = …"""

    def _take_differential(self, parser: Parser) -> None:
        """``dx/x`` is ``1/x dx``."""
        token = parser.token
        if token.kind == "word" and re.fullmatch("d[a-z]", token.text):
            self.argument = token.text[1]
            parser.tokens[parser.at] = Token("number", "1", 1, token.start, token.end, token.spaced, "1")

    def _noted(self, parser: Parser, node: Node) -> None:
        if parser.doubt:
            self.notes.append(show(node))
        self.notes += [note for note in parser.notes if note not in self.notes]

    def _expression(self, name: str, task: Task | None = None) -> Node:
        """Read another part; the last one may have the form of the answer behind it."""
        parser = self._parser(name, ends=task is not None)
        infinite = _infinity(parser)
        node = infinite or parser.sum()
        if task is not None:
            task.forms = read_forms(parser)
        parser.expect_end()
        self._noted(parser, node)
        return node

    def _derivative(self, task: Task) -> None:
        order, power, primes = self._group("order"), self._group("power"), self._group("primes")
        words = {"first": 1, "second": 2, "": 1}
        task.order = int(order[1:]) if order.startswith("#") else words[order]
        if power:
            task.order = _RAISED.get(power) or (int(power) if power.isdigit() else 0)
        if primes:
            task.order = sum(2 if sign == '"' else 1 for sign in primes)
        if self._group("twice"):
            task.order = 2
        if not 1 <= task.order <= _MAX_ORDER:
            raise Declined(f"I give derivatives of orders from 1 to {_MAX_ORDER}.")
        if self._group("at"):
            task.at = self._expression("at", task)
        if task.kind == "prime":
            self._prime(task)

    def _prime(self, task: Task) -> None:
        """``f'(x)`` is a function, ``f'(2)`` a number."""
        if self._group("h") != self._group("g"):
            raise Declined("I can't tell which function that is the derivative of.")
        task.kind = "derivative"
        task.name = self._group("arg")
        if self._group("where") != task.name:
            task.at = self._expression("where")

    def _bounds(self, task: Task) -> None:
        if self._group("high"):
            last = self.found.end("high") == len(self.found.string)
            task.low = self._expression("low")
            task.high = self._expression("high", task if last else None)

    def _limit(self, task: Task) -> None:
        side = {"left": "-", "below": "-", "right": "+", "above": "+", "": ""}[self._group("side")]
        parser = self._parser("at")
        marks = [token for token in parser.tokens if token.text in ("@+", "@-")]
        if marks:
            parser.tokens = [token for token in parser.tokens if token not in marks]
            side = marks[0].text[1]
        task.side = side
        task.at = _infinity(parser) or parser.sum()
        task.forms = read_forms(parser) or task.forms
        parser.expect_end()

    def _divisor(self, task: Task) -> None:
        task.other = self._with_values(self._expression("over"), "")

    def _variable(self, task: Task) -> str:
        """Return the variable: the one that is named, or the only one there is."""
        named = {name for name in (*map(self._group, ("var", "dx", "point", "arg")), self.argument) if name}
        if len(named) > 1:
            raise Declined(f"I can't tell which of {' and '.join(sorted(named))} is the variable.")
        if named:
            return _letter(named.pop())
        letters = _letters(task.node)
        free = [letter for letter in letters if letter not in self.names] or [x for x in letters if x == "x"] or letters
        if free and (task.kind in ALGEBRA or len(free) == 1):
            return free[0]
        if free:
            raise Declined(
                f'I can\'t tell which of {" and ".join(free)} is the variable: add "with respect to {free[-1]}".'
            )
        if task.kind == "integral" and not task.high:
            self.notes.append("an integral over x")
        return "x"

    def _with_values(self, node: Node, variable: str) -> Node:
        """Put in what the session remembers, except for the variable."""
        known = [name for name in _letters(node) if name in self.names and name != variable]
        if not known or len(_letters(node)) == 1:
            return node
        values = {}
        for name in known:
            value = self.names[name]
            if isinstance(value, Quantity) or not hasattr(value, "denominator"):
                raise Declined(f"I can do that only with letters whose value is a fraction; {name} has another.")
            values[name] = value
            self.notes.append(f"{name} = {value}")
        return _replaced(node, values)


def _stays_without_letters(kind: str, node: Node) -> bool:
    """Is it calculus even of a number, or a root to be simplified?"""
    if kind in ("simplify", "rationalize"):
        return _has_root(node)
    return kind not in ALGEBRA and (kind != "sum")


def _has_root(node: Node) -> bool:
    from mathbot.symbolic.translate import parts

    rooted = isinstance(node, Call) and node.name in ("sqrt", "cbrt", "fourthroot", "root")
    return rooted or any(map(_has_root, parts(node)))


def _letter(name: str) -> str:
    if name in CONSTANTS:
        raise Declined(f"{name} is a number, no variable.")
    return name


def _letters(node: Node) -> list[str]:
    return sorted(names_in(node) - set(CONSTANTS) - {INFINITY})


def _left_side(parser: Parser) -> list[Token]:
    """Return ``y =`` or ``f(x) =`` where the parser stands before one."""
    texts = [token.text for token in parser.tokens[parser.at : parser.at + 5]]
    name = len(texts[0]) == 1 and texts[0].isalpha()
    if name and texts[1] == "=":
        return parser.tokens[parser.at : parser.at + 2]
    if name and len(texts) == 5 and texts[1] == "(" and texts[3:] == [")", "="] and len(texts[2]) == 1:
        return parser.tokens[parser.at : parser.at + 5]
    return []


def _leave_out(parser: Parser) -> None:
    words = ("the", "function", "expression", "curve", "of", "polynomial", "equation")
    while parser.take_word(*words) or parser.take_op(":"):
        pass


def _infinity(parser: Cursor) -> Node | None:
    """Read ``infinity`` with its sign; ``None``, and no move, where there is none."""
    start = parser.at
    parser.take_word("positive")
    negative = parser.take_op("-")
    parser.take_op("+")
    token = parser.token
    if token.kind != "word" or token.text not in _INFINITE:
        parser.at = start
        return None
    parser.at += 1
    node = Name(INFINITY, token.start, token.end)
    return Negative(node) if negative else node


def _replaced(node: Node, values: Mapping[str, Amount]) -> Node:
    from mathbot.symbolic.substitute import replaced

    return replaced(node, {name: Number(value, str(value)) for name, value in values.items()})  # type: ignore[arg-type]
