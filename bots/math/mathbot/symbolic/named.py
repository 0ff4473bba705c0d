"""Functions that a session remembers: ``f(x) = x^2 + 1``, then ``f(3)``. They are kept, and put in, as tokens, so that
whatever can be read can be put in.
"""

from __future__ import annotations

from mathbot.limits import MAX_TOKENS, Declined
from mathbot.reading.lexer import Token
from mathbot.reading.parser import Parser
from mathbot.syntax import CONSTANTS, names_in, show

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from typing import TypeAlias

    Functions: TypeAlias = dict[str, tuple[str, list[Token]]]
    """By name: the argument's name, and what is on the right, with brackets around it."""

_ENDS = ("", ",", ";", ".", "?", "then", "find", "what", "and", "\n")
_BETWEEN = (",", ";", ".", "?", "\n", "then", "and", "find", "what", "is", "the", "value", "of", "evaluate", "compute")
_MOST_CALLS = 200
_HEAD = 5
"""Tokens in ``f(x) =``."""


def is_head(tokens: list[Token]) -> bool:
    """Do these begin with ``f(x) =``?"""
    texts = [token.text for token in tokens[:_HEAD]]
    signs = len(texts) == _HEAD and texts[1] == "(" and texts[3:] == [")", "="]
    return signs and _letter(tokens[0]) and _letter(tokens[2])


def _letter(token: Token) -> bool:
    return token.kind == "word" and len(token.text) == 1 and token.text.isalpha() and token.text not in CONSTANTS


def opening(tokens: list[Token]) -> list[Token]:
    """Return ``tokens`` without ``let`` or the like before them."""
    return tokens[1:] if tokens[0].text in ("let", "define", "suppose", "given", "consider") else tokens


def define(tokens: list[Token], functions: Functions) -> tuple[str, list[Token]] | None:
    """Remember ``f(x) = …``; return how it is written, and what is asked behind it. ``None`` for any other equation."""
    name, argument, body = tokens[0].text, tokens[2].text, tokens[_HEAD:]
    parser = Parser(body, letters=True)
    node = parser.sum()
    rest = body[parser.at :]
    letters = names_in(node) - set(CONSTANTS)
    if letters - {argument} or (name in functions and not letters) or rest[0].text not in _ENDS:
        return None
    opening, closing = (_sign(sign, body[0]) for sign in "()")
    functions[name] = argument, [opening, *body[: parser.at], closing]
    while rest[0].text in _BETWEEN:
        rest = rest[1:]
    written = show(node) if parser.doubt else parser.written(0)
    return f"{name}({argument}) = {written}", rest


def _sign(text: str, at: Token) -> Token:
    return Token("op", text, 0, at.start, at.end, False, text)


def put_in(tokens: list[Token], functions: Functions) -> list[Token]:
    """Return ``tokens`` with each ``f(…)`` replaced by what it stands for, and ``f'(…)`` explained."""
    for _ in range(_MOST_CALLS):
        at = _call(tokens, functions)
        if at is None:
            return _with_derived(tokens, functions)
        end = _closing(tokens, at + 1)
        argument, body = functions[tokens[at].text]
        if any(token.text in (",", ";") for token in tokens[at:end]):
            raise Declined(f"{tokens[at].text} takes one number.")
        given = tokens[at + 1 : end + 1]
        middle: list[Token] = []
        for token in body:
            middle += _moved(given if token.kind == "word" and token.text == argument else [token], tokens[at])
        if middle:
            middle[0].spaced = tokens[at].spaced
        tokens = [*tokens[:at], *middle, *tokens[end + 1 :]]
        if len(tokens) > MAX_TOKENS // 10:
            break
    raise Declined("That is nested too deeply.")


def _moved(tokens: list[Token], to: Token) -> list[Token]:
    """Errors in what was put in point at the call."""
    return [Token(t.kind, t.text, t.value, to.start, to.end, t.spaced, t.raw) for t in tokens]


def _call(tokens: list[Token], functions: Functions) -> int | None:
    """Return where a call is; the innermost ones come first."""
    calls = [
        at
        for at, token in enumerate(tokens[:-1])
        if token.kind == "word" and token.text in functions and tokens[at + 1].text == "(" and not tokens[at + 1].spaced
    ]
    return calls[-1] if calls else None


def _closing(tokens: list[Token], opening: int) -> int:
    depth = 0
    for at in range(opening, len(tokens)):
        depth += (tokens[at].text == "(") - (tokens[at].text == ")")
        if depth == 0:
            return at
    raise Declined('A ")" is missing.')


def _with_derived(tokens: list[Token], functions: Functions) -> list[Token]:
    """``f'(2)`` of a remembered function is ``f'(2) if f(x) = …``."""
    for at, token in enumerate(tokens[:-1]):
        if token.text in functions and tokens[at + 1].text in ("'", '"') and not any(t.text == "=" for t in tokens):
            argument, body = functions[token.text]
            words = [("word", "if"), ("word", token.text), ("op", "("), ("word", argument), ("op", ")"), ("op", "=")]
            head = [Token(kind, text, 0, token.start, token.end, True, text) for kind, text in words]
            return [*tokens[:-1], *head, *_moved(body, token), tokens[-1]]
    return tokens
