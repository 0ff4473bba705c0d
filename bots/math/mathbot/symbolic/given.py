"""``x^2 + 1 at x = 3``: takes what letters stand for out of a question, for this one question."""

from __future__ import annotations

from mathbot.evaluate import Evaluator
from mathbot.limits import Declined, Unreadable
from mathbot.reading.lexer import Token
from mathbot.reading.parser import Parser
from mathbot.syntax import CONSTANTS

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Mapping

    from mathbot.values import Amount

LINKS = ("at", "when", "where", "if", "for", "given", "with", "let")
_BETWEEN = (",", ";", "and", ":", "let", "where", "when", "if", "that", "then", ".", "\n")
_BREAKS = (",", ";", ":", ".", "then", "\n")
_ASKING = ("what", "find", "evaluate", "compute", "calculate", "how")
_FILLERS = ("what", "is", "find", "the", "value", "of", "evaluate", "compute", "calculate", "point")


def take(tokens: list[Token], names: Mapping[str, Amount]) -> tuple[list[Token], dict[str, Amount]] | None:
    """Return the question without them, and their values; ``None`` where nothing is given."""
    return _behind(tokens, names) or _before(tokens, names)


def _behind(tokens: list[Token], names: Mapping[str, Amount]) -> tuple[list[Token], dict[str, Amount]] | None:
    for at in range(1, len(tokens) - 3):
        if tokens[at].kind == "word" and tokens[at].text in LINKS:
            start = at + 1
            while tokens[start].text in ("the", "point", "that"):
                start += 1
            values, end = _values(tokens, start, names)
            question = tokens[:at]
            while question and question[-1].text in (",", "evaluated"):
                question.pop()
            if values and _at_end(tokens, end) and _asks(question, values):
                return [*question, tokens[-1]], values
    return None


def _before(tokens: list[Token], names: Mapping[str, Amount]) -> tuple[list[Token], dict[str, Amount]] | None:
    start = 1 if tokens[0].text in LINKS else 0
    values, end = _values(tokens, start, names)
    if not values or end >= len(tokens) - 2:
        return None
    linked = start or tokens[end - 1].text in _BREAKS or tokens[end].text in _ASKING
    question = tokens[end:-1]
    while question and question[0].text in _BETWEEN:
        question = question[1:]
    if linked and _asks(question, values):
        return [*question, tokens[-1]], values
    return None


def _at_end(tokens: list[Token], end: int) -> bool:
    return all(token.text in ("?", ".") for token in tokens[end:-1])


def _asks(question: list[Token], values: Mapping[str, Amount]) -> bool:
    """Is there an expression left, of more than the letter itself, and no equation?"""
    words = [token for token in question if token.text not in _FILLERS]
    if len(words) > 2 and words[1].text == "=" and _is_letter(words[0]) and words[0].text not in values:
        return not any(token.text == "=" for token in words[2:])  # y = 2x + 1 when x = 3
    if any(token.text in ("=", "solve") for token in question) or not words:
        return False
    return any(token.text in values for token in words) and not (len(words) == 1 and words[0].text in values)


def _values(tokens: list[Token], start: int, names: Mapping[str, Amount]) -> tuple[dict[str, Amount], int]:
    """Read ``x = 3, y = 4 and …``; return the values and where they end."""
    values: dict[str, Amount] = {}
    at = start
    while at + 2 < len(tokens) and _is_letter(tokens[at]) and tokens[at + 1].text in ("=", "is"):
        parser = Parser(tokens[at + 2 :], {**names, **values})
        try:
            values[tokens[at].text] = Evaluator({**names, **values}, []).value(parser.sum())
        except (Unreadable, Declined):
            return values, at
        at += 2 + parser.at
        behind = at
        while at < len(tokens) - 1 and tokens[at].text in _BETWEEN:
            at += 1
        if not _is_letter(tokens[at]):
            at = behind + (at > behind)
            break
    return values, at


def _is_letter(token: Token) -> bool:
    return token.kind == "word" and len(token.text) == 1 and token.text.isascii() and token.text not in CONSTANTS
