"""Equations whose unknown has no letter: ``twice a number is 10``, ``7 + ? = 10``, ``what times 6 is 42``."""

from __future__ import annotations

from mathbot.limits import Unreadable
from mathbot.reading.lexer import Token
from mathbot.reading.parser import Parser
from mathbot.reading.questions import Asked, asked
from mathbot.syntax import BLANK, Compare

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Collection

    from mathbot.syntax import Node

_SIGNS = ("?", "_")
_ASKING = ("what", "which")
_ARTICLES = ("a", "the", "some", "an", "certain", "unknown", "this")
_HALVES = ("half", "half a")
"""What the words of a part become, with the article behind them."""
_EQUAL = ("is", "=", "equals", "makes", "gives", "are", "get", "gets", "make", "give", "was")
_LEADING = ("if", "when", "suppose", "given")
_THE_QUESTION = (("what", "is", "the", "number"), ("find", "the", "number"), ("what", "is", "it"), ("what", "number"))


def read(body: list[Token], names: Collection[str]) -> Asked | None:
    """Return the equation; ``None`` where there is none with a single unknown in words or signs."""
    tokens = _without_question(body)
    replaced, asking, called = _replaced(tokens)
    if asking + bool(called) != 1:
        return None
    at = next((at for at, token in enumerate(replaced) if token.text in _EQUAL and token.kind in ("word", "op")), 0)
    if not at or any(token.text in ("<", ">", "!=") for token in replaced):
        return None
    end = replaced[-1]
    try:
        left = _side([*replaced[:at], end], names)
        right = _side([*replaced[at + 1 :], end], names)
    except Unreadable:
        return None
    node = Compare(left.nodes[0], (("=", right.nodes[0]),))
    return Asked((node,), (), (*left.notes, *right.notes), solve=True, name=BLANK)


def _side(tokens: list[Token], names: Collection[str]) -> Asked:
    from mathbot.reading import rules

    found = rules.match(tokens, names, letters=False)
    if found and len(found.nodes) == 1 and not found.forms and not isinstance(found.nodes[0], Compare):
        return found
    parser = Parser(tokens, names)
    node: Node = parser.sum()
    parser.expect_end()
    return asked(parser, (node,))


def _without_question(body: list[Token]) -> list[Token]:
    tokens, end = body[:-1], body[-1]
    while tokens and tokens[0].text in _LEADING:
        tokens = tokens[1:]
    for words in _THE_QUESTION:
        if len(tokens) > len(words) and tuple(token.text for token in tokens[-len(words) :]) == words:
            tokens = tokens[: -len(words)]
            while tokens and tokens[-1].text in (",", ".", "?", "\n", "and", "then"):
                tokens = tokens[:-1]
            break
    return [*tokens, end]


def _replaced(tokens: list[Token]) -> tuple[list[Token], int, int]:
    """Return the tokens with blanks in them, how many were asked for, and how often a number was named."""
    found: list[Token] = []
    asking = called = at = 0
    while at < len(tokens):
        length, named = _blank(tokens, at)
        if length:
            asking, called = asking + (not named), called + named
            first, last = tokens[at], tokens[at + length - 1]
            found.append(Token("blank", BLANK, 0, first.start, last.end, first.spaced, BLANK))
        else:
            found.append(tokens[at])
        at += length or 1
    return found, asking, called


def _blank(tokens: list[Token], at: int) -> tuple[int, bool]:
    """Return how many tokens are a blank here, and whether it is a number that was spoken of."""
    if tokens[at].text == "number" and at and tokens[at - 1].raw.lower() in _HALVES:
        return 1, True
    end = at
    while tokens[end].kind == "op" and tokens[end].text in _SIGNS:
        end += 1
    if end > at:
        return (0 if tokens[end].kind == "word" else end - at), False
    if tokens[at].kind == "word" and tokens[at].text in _ASKING:
        return (2 if tokens[at + 1].text == "number" else 1), False
    while tokens[end].kind == "word" and tokens[end].text in _ARTICLES:
        end += 1
    return (end + 1 - at, True) if end > at and tokens[end].text == "number" else (0, False)
