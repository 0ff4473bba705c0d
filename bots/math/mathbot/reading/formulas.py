"""Formulas to be rearranged: ``solve V = IR for R``. Here letters stand side by side, and keep their case."""

from __future__ import annotations

import re

from mathbot.limits import Declined, Unreadable
from mathbot.reading.lexer import Token
from mathbot.reading.parser import Parser

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Collection

    from mathbot.syntax import Node

_LONGEST = 4
"""Letters that may stand side by side."""
_NO_LETTERS = ("and", "or", "the", "of", "is", "in", "to", "if", "by", "on", "an", "with", "for", "from", "not", "no")
_INNER = "fghjlnopqrstuvwyz"
"""Names that letters have inside: none that is a constant, an article or a sign to the parser."""


def answer(body: list[Token], names: Collection[str]) -> str | None:
    """Return the formula solved for one of its letters; ``None`` where the question is not about a formula."""
    taken = _taken(body)
    if taken is None:
        return None
    target, tokens = taken
    letters = _apart(tokens, target)
    if letters is None:
        return None
    raws = sorted({token.raw for token in letters if _is_letter(token)} | ({"pi"} if _has_pi(letters) else set()))
    free = [raw for raw in raws if raw != "pi" and raw != "e"]
    if len(free) < 2 or target not in free or {raw.lower() for raw in raws} & set(names) or len(raws) > len(_INNER):
        return None
    inner = _named(raws)
    node = _read([_renamed(token, inner) for token in letters], body[-1])
    return None if node is None else _solved(node, inner, target)


def _taken(body: list[Token]) -> tuple[str, list[Token]] | None:
    """Return the letter that is asked for, and the equation."""
    texts = [token.text for token in body[:-1]]
    if len(texts) > 5 and texts[:2] in (["solve", "for"], ["rearrange", "for"]) and texts[3] in (":", ",", "if", "in"):
        target, tokens = body[2], body[4:-1]
    elif len(texts) > 5 and texts[-2] == "for":
        target, tokens = body[-2], body[1 if texts[0] in ("solve", "rearrange") else 0 : -3]
        while tokens and tokens[-1].text in (",", ";", "solve", "."):
            tokens = tokens[:-1]
    elif len(texts) > 8 and texts[0] == "rearrange" and texts[-5:-3] + texts[-2:] == ["to", "make", "the", "subject"]:
        target, tokens = body[-4], body[1:-6]
    elif len(texts) > 7 and texts[0] == "make" and texts[2:5] == ["the", "subject", "of"]:
        target, tokens = body[1], body[5:-1]
    else:
        return None
    if not _is_letter(target) or [token.text for token in tokens].count("=") != 1:
        return None
    return target.raw, tokens


def _is_letter(token: Token) -> bool:
    return token.kind == "word" and len(token.raw) == 1 and token.raw.isascii() and token.raw.isalpha()


def _has_pi(tokens: list[Token]) -> bool:
    return any(token.text == "pi" for token in tokens)


def _apart(tokens: list[Token], target: str) -> list[Token] | None:
    """Return the letters one by one; ``None`` where a word is none of them."""
    from mathbot.quantities.units import find

    parts: list[Token] = []
    for token in tokens:
        if token.kind not in ("word", "number", "op", "raised"):
            return None
        if token.kind != "word" or token.text == "pi":
            parts.append(token)
            continue
        if len(token.raw) > 1 and not _may_be_letters(token):
            return None
        behind = parts[-1] if parts else token
        unit = behind.kind == "number" and target not in token.raw and find(token.raw)
        if len(token.raw) > 1 and (behind.text == "/" or unit):
            return None  # a/bc is read in two ways, and so is 5 kg
        for k, letter in enumerate(token.raw):
            start = token.start + k
            parts.append(Token("word", letter.lower(), 0, start, start + 1, token.spaced and not k, letter))
    return parts


def _may_be_letters(token: Token) -> bool:
    from mathbot.numbers.functions import FUNCTIONS

    word = token.raw.isascii() and token.raw.isalpha() and len(token.raw) <= _LONGEST
    return word and token.text not in FUNCTIONS and token.text not in _NO_LETTERS


def _named(raws: list[str]) -> dict[str, str]:
    """Return a name of its own for each letter, in alphabetical order, so that they are written so."""
    return dict(zip(sorted(raws, key=lambda raw: (raw != "pi", raw.lower())), _INNER, strict=False))


def _renamed(token: Token, inner: dict[str, str]) -> Token:
    key = "pi" if token.text == "pi" else token.raw
    if token.kind != "word" or key not in inner:
        return token
    name = inner[key]
    return Token("word", name, 0, token.start, token.end, token.spaced, name)


def _read(tokens: list[Token], end: Token) -> Node | None:
    from mathbot.syntax import Compare, Sum

    parser = Parser([*tokens, end], letters=True)
    try:
        found = parser.comparison()
        parser.expect_end()
    except (Unreadable, Declined):
        return None
    if not isinstance(found, Compare) or len(found.rest) != 1 or (parser.doubt and not _plain_fractions(tokens)):
        return None
    return Sum(((1, found.first), (-1, found.rest[0][1])))


def _plain_fractions(tokens: list[Token]) -> bool:
    """Is each fraction one of two numbers? Then ``1/2 b h`` is read in one way."""
    slashes = [at for at, token in enumerate(tokens) if token.text == "/"]
    return all(0 < at < len(tokens) - 1 and tokens[at - 1].kind == tokens[at + 1].kind == "number" for at in slashes)


def _solved(node: Node, inner: dict[str, str], target: str) -> str | None:
    from mathbot.evaluate import Evaluator
    from mathbot.solving import literal, polynomial
    from mathbot.values import Quantity

    def value(part: Node) -> object:
        found = Evaluator({}, []).value(part)
        if isinstance(found, Quantity):
            raise Declined("I can't solve equations with units.")
        return found

    reader = polynomial.Reader(inner.values(), value)  # type: ignore[arg-type]
    over = reader.read(node).over
    if any(set(poly) != {()} for poly in reader.excluded) or not literal.is_one([over], inner[target]):
        return None
    text = literal.solve(over, inner[target])
    if "pi" in inner:
        text = _without_condition(text, f"{inner['pi']} != 0")
    outer = {name: raw for raw, name in inner.items()}
    return re.sub(r"(?<![a-z])[a-z](?![a-z])", lambda found: outer.get(found[0], found[0]), text)


def _without_condition(text: str, condition: str) -> str:
    """pi is not zero."""
    solution, _, conditions = text.partition(" (for ")
    kept = [part for part in conditions.rstrip(")").split(" and ") if part and part != condition]
    return f"{solution} (for {' and '.join(kept)})" if kept else solution
