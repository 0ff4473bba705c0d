"""Questions that go on from the last result: ``that plus 1``, ``half of it``, ``times 3``, ``in miles``."""

from __future__ import annotations

from mathbot.reading.lexer import Token

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Collection

_PRONOUNS = ("it", "that", "this")
_RESULTS = ("answer", "result")
_POINTED_AT = ("number", "value", "total", *_RESULTS)
_POINTING = ("that", "this", "previous", "last")
_BEFORE_RESULTS = ("the", "previous", "last", "my", "that", "this", "your", "prior")
_LINKS = ("in", "to", "as", "into", "rounded", "->")
_OPERATORS = ("*", "/", "^", "mod")
_LEADING = ("and", "then", "now", "so")


def read(body: list[Token], names: Collection[str]) -> tuple[list[Token], str]:
    """Return the tokens with ``ans`` where the last result is meant, and a note where that could be doubted."""
    if "ans" not in names:
        return body, ""
    while len(body) > 2 and body[0].text in _LEADING:
        body = body[1:]
    body = _named(body)
    first = body[0]
    if first.kind == "op" and first.text in ("+", "-") and len(body) > 2:
        return _signed(body)
    goes_on = (first.kind == "op" and first.text in _OPERATORS) or first.kind == "raised" or first.text in _LINKS
    if not goes_on or (first.kind == "word" and body[1].kind == "end"):
        return body, ""
    return [_ans(first), *body], ""


def _signed(body: list[Token]) -> tuple[list[Token], str]:
    """``plus 5`` goes on, ``+5`` is a number, ``minus 3`` and ``+ 5`` nearly always go on: then it is said."""
    first, second = body[0], body[1]
    wordy = first.raw[:1].isalpha()
    if first.raw.lower() == "negative" or second.kind not in ("number", "word") or not (wordy or second.spaced):
        return body, ""
    joined = [_ans(first), *body]
    certain = wordy and first.text == "+"
    return joined, "" if certain else f"the last result {first.text} {second.raw}"


def _ans(place: Token) -> Token:
    return Token("word", "ans", 0, place.start, place.start, place.spaced, "ans")


def _named(body: list[Token]) -> list[Token]:
    """Put ``ans`` for ``it``, ``that`` and ``the last result``."""
    found: list[Token] = []
    at = 0
    while at < len(body):
        length = _length(body, at)
        found.append(_ans(body[at]) if length else body[at])
        at += length or 1
    return found


def _length(body: list[Token], at: int) -> int:
    end = at
    while body[end].kind == "word" and body[end].text in _BEFORE_RESULTS:
        end += 1
    leading = at == 0 and body[0].text in ("answer", "result")
    results = _POINTED_AT if body[at].text in _POINTING else _RESULTS
    named = (end > at or leading) and body[end].kind == "word" and body[end].text in results
    if named and body[end + 1].text not in ("of", "to"):
        return end + 1 - at
    single = body[at].kind == "word" and body[at].text in _PRONOUNS
    return 1 if single and (body[at + 1].kind != "word" or body[at + 1].text not in _POINTED_AT) else 0
