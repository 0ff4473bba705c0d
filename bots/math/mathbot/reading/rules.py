"""Questions that are more than an expression: ``what percent of 80 is 20``, ``is 97 prime``, ``divide 10 by 4``.

A rule is a row of elements. A word stands for itself (``a|b`` for either, ``?`` behind it where it may be missing),
``#`` for an expression, ``~`` for a part (``20%``, ``half``), ``@`` for a comparison, ``nth`` for an ordinal, ``*`` for
a list, ``$`` for a unit, ``&`` for how to round and ``trunc`` for how to truncate, ``::`` for a ratio, ``K`` for a
kind of numbers, ``R`` for a range, ``N`` for what is counted (``5s``), ``W`` for a word that changes nothing,
``F`` for a form.
"""

from __future__ import annotations

from mathbot.limits import Declined, Unreadable, check
from mathbot.numbers.rational import ratio
from mathbot.reading.parser import Parser
from mathbot.reading.questions import Asked, Form, asked, read_forms
from mathbot.reading.rulebook import RULES, SESSION
from mathbot.syntax import Compare, Name, Number, Sum

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from mathbot.reading.lexer import Token
    from mathbot.syntax import Node

    Build = Callable[..., Node | Asked]


_PLACES = ("#", "~", "@", "*", "&", "$", "::", "K", "R", "N", "W", "F", "trunc")
_KINDS = {
    "even": "even", "odd": "odd", "prime": "primes", "primes": "primes", "square": "squares", "squares": "squares",
    "cube": "cubes", "cubes": "cubes", "triangular": "triangular", "triangle": "triangular", "fibonacci": "fibonacci",
}  # fmt: skip
_COUNTED = ("number", "numbers", "integer", "integers", "term", "terms", "sequence", "series")
_COUNTED_FROM_ONE = ("natural", "positive", "counting")
_KEPT = ("taken", "at", "be", "and", "or", "from", "of", "can", "in")
"""Words that no thing is called by."""
_BELOW = ("<", "below", "under", "less than", "smaller than", "before")
_UP_TO = ("<=", "until", "through", "up")


def match(tokens: list[Token], names: Collection[str], *, letters: bool) -> Asked | None:
    """Return what the first rule that fits makes of the tokens; ``None`` where none does."""
    words = {token.text for token in tokens if token.kind != "number"}
    for elements, build in (*RULES, *(SESSION if "ans" in names else ())):
        if _possible(elements, words, tokens[0]):
            check()
            found = _Match(tokens, names, letters).run(elements, build)
            if found:
                return found
    return None


def _choices(element: str) -> list[str]:
    return [word.replace("_", " ") for word in element.removesuffix("?").split("|")]


def _possible(elements: list[str], words: set[str], first: Token) -> bool:
    """Cheaply rule out what can't fit: a word of the rule that is not there."""
    leading = True
    for element in elements:
        if element.endswith("?"):
            continue
        if element == "nth":
            if first.kind != "ordinal":
                return False
        elif element not in _PLACES:
            choices = _choices(element)
            if not words.intersection(choices) or (leading and element is elements[0] and first.text not in choices):
                return False
        leading = False
    return True


def _joined(own: tuple[Form, ...], asked_for: tuple[Form, ...]) -> tuple[Form, ...]:
    """``round 17 down`` and ``to the nearest ten`` are one form."""
    if own and own[0].style in ("up", "down") and asked_for:
        step = asked_for[0]
        if len(asked_for) > 1 or step.style not in ("nearest", "places"):
            raise Declined("I can't tell to what that is rounded.")
        nearest = step.nearest or Number(ratio(1, 10**step.count), "")
        return (Form(own[0].style, nearest=nearest),)
    return (*own, *asked_for)


class _Match:
    """One try of one rule."""

    def __init__(self, tokens: list[Token], names: Collection[str], letters: bool) -> None:
        self.parser = Parser(list(tokens), names, letters=letters)
        self.nodes: list[Node] = []
        self.forms: list[Form] = []

    def run(self, elements: list[str], build: Build) -> Asked | None:
        try:
            if not all(self._take(element) for element in elements):
                return None
            forms = (*self.forms, *read_forms(self.parser))
        except Unreadable:
            return None
        if self.parser.token.kind != "end":
            return None
        result = build(*self.nodes)
        if not isinstance(result, Asked):
            return asked(self.parser, (result,), forms)
        joined = _joined(result.forms, forms)
        own = asked(self.parser, result.nodes, joined)
        notes = (*own.notes, *result.notes)
        return Asked(result.nodes, own.forms, notes, solve=result.solve, judge=result.judge)

    def _take(self, element: str) -> bool:
        match element:
            case "#":
                self.nodes.append(self.parser.sum())
            case "~":
                self.nodes.append(self.parser.part())
            case "@":
                self.nodes.append(self.parser.comparison())
                return isinstance(self.nodes[-1], Compare)
            case "*":
                return self._list()
            case "&":
                return self._rounding()
            case "$":
                return self._unit()
            case "nth":
                return self._nth()
            case "trunc":
                return self._truncation()
            case "::":
                return self._ratio()
            case "K":
                return self._kind()
            case "R":
                return self._range()
            case "F":
                return self._form()
            case "N":
                return self._counted()
            case "W?":
                self._word_that_changes_nothing()
            case _:
                return self._word(element)
        return True

    def _word(self, element: str) -> bool:
        found = self.parser.token.kind != "number" and self.parser.token.text in _choices(element)
        self.parser.at += found
        return found or element.endswith("?")

    def _nth(self) -> bool:
        token = self.parser.token
        self.parser.at += 1
        self.nodes.append(Number(token.value, token.raw))
        return token.kind == "ordinal"

    def _list(self) -> bool:
        from mathbot.reading.calls import members

        self.nodes += members(self.parser)
        return True

    def _unit(self) -> bool:
        from mathbot.reading import forms, measures

        unit = measures.read_unit(self.parser)
        if unit:
            self.forms.append(Form("unit", unit=unit, smaller=forms.read_smaller(self.parser, unit)))
        return unit is not None

    def _rounding(self) -> bool:
        """``round 2.5`` alone is to the nearest whole number; else a form follows that says to what."""
        if self.parser.token.kind == "end":
            self.forms.append(Form("nearest", nearest=Number(1, "1")))
        return True

    def _truncation(self) -> bool:
        """``truncate 3.789 to 1 decimal place``; alone, to a whole number."""
        forms = read_forms(self.parser)
        if forms and [form.style for form in forms] != ["places"]:
            return False
        self.forms.append(Form("truncated", forms[0].count if forms else 0))
        return True

    def _form(self) -> bool:
        from mathbot.reading import forms

        form = forms.read(self.parser, open_end=True)
        if form:
            self.forms.append(form)
        return form is not None

    def _ratio(self) -> bool:
        self.nodes.append(self.parser.sum())
        count = len(self.nodes)
        while self.parser.take_op(":"):
            self.nodes.append(self.parser.sum())
        return len(self.nodes) > count

    def _kind(self) -> bool:
        """``even numbers``, ``positive integers``; ``whole numbers`` begin at 0 or 1, so they need a range."""
        parser, kind, whole = self.parser, "", False
        while parser.token.kind == "word":
            text = parser.token.text
            if text in _KINDS and not kind:
                kind = _KINDS[text]
            elif text in _COUNTED_FROM_ONE or text in ("perfect", "consecutive", "whole"):
                whole |= text == "whole"
            else:
                break
            parser.at += 1
        counted = parser.take_word(*_COUNTED)
        if whole and not (parser.is_word("from", "between") or parser.token.kind == "number"):
            return False
        if kind or counted:
            self.nodes.append(Name(kind or "integers", -1, -1))
        return bool(kind or counted)

    def _range(self) -> bool:
        """``between 1 and 10``, ``from 1 to 10``, ``below 10``: the ends, and whether they are in doubt."""
        parser = self.parser
        if parser.is_op(*_BELOW) or parser.is_word(*_BELOW):
            parser.at += 1
            self.nodes += [Number(1, "1"), Sum(((1, parser.sum()), (-1, Number(1, "1")))), Number(0, "0")]
            return True
        if parser.is_op(*_UP_TO) or parser.is_word(*_UP_TO):
            parser.at += 1
            parser.take_word("to")
            self.nodes += [Number(1, "1"), parser.sum(), Number(0, "0")]
            return True
        between = parser.take_word("between")
        if not between:
            parser.take_word("from")
        low = parser.sum()
        if not (parser.take_word("and") if between else parser.take_word("to", "through", "until")):
            return False
        self.nodes += [low, parser.sum(), Number(int(between), "")]
        return True

    def _counted(self) -> bool:
        """``how many 5s``, ``how many quarters``."""
        from mathbot.reading.words import part_named

        parser, token = self.parser, self.parser.token
        parser.at += 1
        part = part_named(token.text) if token.kind == "word" else None
        if part is not None:
            self.nodes.append(Number(part, token.raw))
            return True
        if token.kind == "number":
            parser.take_op("'")
            self.nodes.append(Number(token.value, token.raw))
            return parser.take_word("s")
        return False

    def _word_that_changes_nothing(self) -> None:
        """``permutations of 5 books``: what is arranged."""
        if self.parser.token.kind == "word" and self.parser.token.text not in _KEPT:
            self.parser.at += 1
