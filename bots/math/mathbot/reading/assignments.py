"""Names for values: ``let z = 3``, ``set a to 7``, ``length = 5 m``, ``x is 10``, ``z := z + 1``, ``forget x``.

A word can be a name where it means nothing else here; what has a meaning keeps it, and the decline says so.
"""

from __future__ import annotations

from mathbot.limits import Declined, Unreadable
from mathbot.reading.questions import Asked, Form
from mathbot.syntax import CONSTANTS, Number, names_in

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Collection

    from mathbot.reading.lexer import Token
    from mathbot.syntax import Node

_STORE = ("store", "save", "assign")
_BEGIN = ("let", "set", "define", *_STORE)
_RESERVED = ("i", "ans", "it", "that", "this", "what", "which", "who", "how", "there", "and", "or", "in", "of", "the")
_NOUNS = (
    "price",
    "cost",
    "bill",
    "total",
    "tax",
    "tip",
    "interest",
    "commission",
    "value",
    "side",
    "sides",
    "base",
    "speed",
    "time",
)
"""Words of our own that people give values to; they stand where no value can, so nothing is lost."""


def read(body: list[Token], names: Collection[str], *, asks: bool) -> Asked | None:
    """Return what is to be remembered; ``None`` where nothing is. ``asks``: is there a question mark behind it?"""
    if body[0].text in ("forget", "clear", "delete", "unset") and len(body) == 3 and body[1].text in names:
        return Asked((Number(0, "0"),), (Form("forget"),), name=body[1].text)
    begun = body[0].text in _BEGIN and body[0].kind == "word"
    rest = body[1:] if begun else body
    target = _before(rest, begun, asks) or (_behind(rest) if body[0].text in _STORE else None)
    if target is None:
        return None
    name, value, sign = target
    if not begun and sign == "=" and len(name.text) == 1 and name.text not in names:
        return None  # an equation with one letter, which is remembered as such
    return _asked(name, value, sign, names)


def several(tokens: list[Token]) -> list[list[Token]]:
    """``let x be 3 and y be 4``: return each as a question of its own; empty where there is but one."""
    body, end = tokens[:-1], tokens[-1]
    if len(body) < 8 or body[0].text not in _BEGIN:
        return []
    found: list[list[Token]] = []
    start = 1
    for at in range(2, len(body) + 1):
        ends = at == len(body) or (body[at].text in ("and", ",", ";") and _is_begun(body[at + 1 :]))
        if ends and start < at:
            found.append([body[0], *body[start:at], end])
        if ends:
            start = at + 1
    return found if len(found) > 1 and all(_is_begun(each[1:]) for each in found) else []


def _is_begun(tokens: list[Token]) -> bool:
    """Does a name with a sign begin here? Also behind ``, and``."""
    named = len(tokens) > 2 and tokens[0].kind == "word"
    return named and tokens[1].text in ("be", "=", "to", "as", "is", "equals", "equal")


def _before(rest: list[Token], begun: bool, asks: bool) -> tuple[Token, list[Token], str] | None:
    """``x = 5``, ``x := 5``, ``x is 5``; behind ``let``, also ``x be 5`` and ``x to 5``."""
    if len(rest) < 4 or rest[0].kind not in ("word", "func", "list") or rest[0].raw.count(" "):
        return None
    sign = rest[1].text
    if sign == ":" and rest[2].text == "=" and not rest[2].spaced:
        return rest[0], rest[3:], ":="
    if sign == "=" and rest[1].raw == "=":
        return rest[0], rest[2:], "=" if not begun else "let"
    if begun and (sign in ("be", "to", "as", "=")):
        return rest[0], rest[2:], "let"
    stated = sign in ("is", "equals") or (sign == "=" and rest[1].raw[:1].isalpha())
    return (rest[0], rest[2:], "is") if stated and not asks and rest[0].text not in _RESERVED else None


def _behind(rest: list[Token]) -> tuple[Token, list[Token], str] | None:
    """``store 5 in w``, ``assign 5 to w``."""
    if len(rest) >= 4 and rest[-3].text in ("in", "to", "as", "into") and rest[-2].kind == "word":
        return rest[-2], [*rest[:-3], rest[-1]], "let"
    return None


def _asked(name: Token, value: list[Token], sign: str, names: Collection[str]) -> Asked | None:
    from mathbot.reading.parser import Parser

    word = len(name.text) > 1
    if len(name.text) == 2 and sign in ("=", "is") and name.text not in names:
        return None  # a product of two unknowns
    if word and name.text not in names and not _is_free(name):
        if sign in ("let", ":=") or (sign == "=" and name.text not in CONSTANTS and _is_plain(name, value)):
            raise Declined(f'"{name.raw}" has a meaning of its own here: take another name.')
        return None
    if name.text in CONSTANTS and sign in ("let", ":="):
        raise Declined(f'"{name.raw}" has a meaning of its own here: take another name.')
    if name.text in CONSTANTS or name.kind != "word" or name.text in _RESERVED:
        return None
    parser = Parser(value, names)
    try:
        node = parser.sum()
    except Unreadable:
        if sign in ("let", ":=") or (word and sign == "="):
            raise
        return None
    if parser.token.kind != "end":
        if sign in ("let", ":=") or (word and sign == "="):
            raise parser.unreadable()
        return None
    return _checked(parser, name, node, sign, names)


def _checked(parser: object, name: Token, node: Node, sign: str, names: Collection[str]) -> Asked | None:
    used = names_in(node)
    if name.text in used and sign != ":=":
        if name.text not in names:
            return None
        raise Declined(
            f"I can't tell an equation for {name.text} from a new value: write {name.text} := … for the new value."
        )
    if used - set(CONSTANTS) - set(names):
        if sign == "is" or (sign == "=" and len(name.text) == 1):
            return None
        unknown = sorted(used - set(CONSTANTS) - set(names))[0]
        raise Declined(f'I don\'t know the value of "{unknown}".')
    notes = tuple(getattr(parser, "notes", ()))
    return Asked((node,), notes=notes, name=name.text)


def _is_plain(name: Token, value: list[Token]) -> bool:
    return name.kind == "word" and len(value) == 2 and value[0].kind == "number"


def _is_free(name: Token) -> bool:
    """Does the word mean nothing else?"""
    from mathbot.numbers.functions import FUNCTIONS
    from mathbot.quantities import units

    if name.kind != "word" or name.text in FUNCTIONS or name.text in CONSTANTS or name.text in _RESERVED:
        return False
    if units.find(name.raw) is not None or any(char in name.text for char in "'$€£¥₹"):
        return False
    from mathbot.reading.spelling import Known

    return name.text in _NOUNS or name.text not in Known().others
