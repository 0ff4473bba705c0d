"""In which form an answer is wanted: ``in km``, ``as a fraction``, ``to 2 decimal places``, ``in hex``."""

from __future__ import annotations

from mathbot.limits import Declined
from mathbot.numbers.rational import ratio
from mathbot.numbers.real import compare
from mathbot.quantities.units import find
from mathbot.reading.measures import read_unit
from mathbot.reading.questions import Form
from mathbot.syntax import Number

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.reading.lexer import Token
    from mathbot.reading.parser import Parser
    from mathbot.values import Unit

_STYLES = {
    "fraction": "fraction", "decimal": "number", "number": "number", "percent": "percent", "%": "percent",
    "percentage": "percent", "mixed": "mixed", "decimals": "number", "lowest": "fraction", "simplest": "fraction",
    "scientific": "scientific", "engineering": "engineering", "roman": "roman", "words": "words", "figures": "number",
    "numbers": "number", "digits": "number", "numerals": "number", "arabic": "number", "exponential": "scientific",
}  # fmt: skip
_BASES = {"hex": 16, "hexadecimal": 16, "octal": 8, "binary": 2, "decimal": 10}
_PLACES = ("decimal place", "decimal places", "decimals", "decimal", "dp", "places", "place", "decimal digits", "d.p")
_FIGURES = (
    "significant figures", "significant digits", "significant figure", "sig figs", "sig fig", "sf", "figures", "digits",
)  # fmt: skip


WORDS = frozenset(word for name in (*_STYLES, *_BASES, *_PLACES, *_FIGURES) for word in name.split() if word.isalpha())


def read(parser: Parser, *, open_end: bool = False) -> Form | None:
    """Read one form; ``None`` (and no move) where there is none. ``open_end``: something else may follow."""
    start = parser.at
    rounding = parser.take_word("rounded", "correct", "accurate")
    linked = parser.take_word("in", "to", "as", "into") or parser.take_op("->")
    if not linked and not rounding and not parser.is_word("nearest"):
        return _counted(parser) or _unit_asked(parser, start)
    while not _is_ampere(parser) and parser.take_word("the", "a", "an"):
        pass
    form = _named(parser) or _counted(parser) or _nearest(parser)
    if form is None and linked and not rounding:
        unit = read_unit(parser)
        form = Form("unit", unit=unit, smaller=read_smaller(parser, unit)) if unit else None
    if form is None:
        if parser.token.kind != "end" and not open_end:
            raise parser.unreadable()
        parser.at = start
    return form


def _is_ampere(parser: Parser) -> bool:
    """``in A``, and nothing behind it that an article could belong to."""
    return parser.token.raw == "A" and parser.tokens[parser.at + 1].kind == "end"


def read_smaller(parser: Parser, unit: Unit) -> tuple[Unit, ...]:
    """Read the units behind the first in ``in days, hours and minutes``."""
    found = [unit]
    while True:
        start = parser.at
        linked = parser.take_op(",") or parser.take_word("and")
        parser.take_word("and")
        more = read_unit(parser) if linked or _may_follow(parser) else None
        if more is None or (not linked and more.dimension != unit.dimension):
            parser.at = start
            return tuple(found[1:])
        if more.dimension != unit.dimension or compare(found[-1].factor, more.factor) <= 0 or unit.offset:
            raise Declined(
                f"I can't give that in {found[-1].text} and {more.text}: name larger units before smaller ones."
            )
        found.append(more)


def _may_follow(parser: Parser) -> bool:
    """``in feet inches``, ``in ft in``: a word that is no "in" with something behind it."""
    return parser.token.kind == "word" and (not parser.is_word("in") or parser.tokens[parser.at + 1].kind == "end")


def _unit_asked(parser: Parser, start: int) -> Form | None:
    """``= ? miles``, ``is how many miles``."""
    if parser.take_op("=") or parser.take_word("is", "equals"):
        asking = parser.take_op("?") or (parser.take_word("how") and parser.take_word("many"))
        unit = read_unit(parser) if asking else None
        if unit:
            return Form("unit", unit=unit)
    parser.at = start
    return _unit_behind(parser, start)


def _before_power(parser: Parser, at: int) -> Token:
    """Return the word that a power belongs to, or what stands there if it is no power: ``m2``, ``m^2``, ``m²``."""
    if parser.tokens[at].kind == "raised" or (parser.tokens[at].kind == "number" and not parser.tokens[at].spaced):
        at -= 1
    return parser.tokens[at - (parser.tokens[at].text == "^")]


def _unit_behind(parser: Parser, start: int) -> Form | None:
    """``10 km miles``: a unit behind another, at the end of the question."""
    before = _before_power(parser, start - 1)
    follows = start > 0 and (before.text == "°" or find(before.raw) is not None)
    unit = read_unit(parser) if follows and parser.token.kind == "word" else None
    if unit and parser.token.kind == "end" and unit.text != before.raw:
        return Form("unit", unit=unit)
    parser.at = start
    return None


def _named(parser: Parser) -> Form | None:
    token = parser.token
    if parser.is_word("base") and parser.tokens[parser.at + 1].kind == "number":
        parser.at += 2
        return Form("base", int(parser.tokens[parser.at - 1].value))
    if token.text in _BASES and parser.tokens[parser.at + 1].text not in ("place", "places"):
        parser.at += 1
        parser.take_word("number", "notation", "form")
        return Form("number") if token.text == "decimal" else Form("base", _BASES[token.text])
    if token.text in ("improper", "reduced", "simplified") and parser.tokens[parser.at + 1].text == "fraction":
        parser.at += 2
        return Form("fraction")
    if token.text in _STYLES:
        parser.at += 1
        parser.take_word("terms", "form", "number", "fraction", "notation", "numeral", "numerals")
        return Form(_STYLES[token.text])
    return None


def _counted(parser: Parser) -> Form | None:
    """``2 decimal places``, ``3 significant figures``."""
    token = parser.token
    if token.kind != "number" or not isinstance(token.value, int):
        return None
    for length in (2, 1):
        words = " ".join(t.text for t in parser.tokens[parser.at + 1 : parser.at + 1 + length])
        style = "places" if words in _PLACES else "figures" if words in _FIGURES and token.value > 0 else ""
        if style:
            parser.at += 1 + length
            return Form(style, token.value)
    return None


def _nearest(parser: Parser) -> Form | None:
    """``the nearest ten``, ``the nearest whole number``, ``the nearest tenth``."""
    if not parser.take_word("nearest"):
        return None
    token = parser.token
    if parser.take_word("whole", "integer", "unit"):
        parser.take_word("number")
        return Form("nearest", nearest=Number(1, "1"))
    if token.kind == "number" and token.value > 0:
        parser.at += 1
        return Form("nearest", nearest=Number(token.value, token.raw))
    if token.kind == "ordinal":
        parser.at += 1
        return Form("nearest", nearest=Number(ratio(1, int(token.value)), token.raw))
    return None
