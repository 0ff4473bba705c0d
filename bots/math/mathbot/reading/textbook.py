"""Exercises as textbooks word them: the question is put into the words that the other readers know, or nothing is
changed. No wording is taken that asks for more, or for less, than what it is turned into.
"""

from __future__ import annotations

import re

from mathbot.reading.lexer import Token
from mathbot.syntax import CONSTANTS

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_TOKENS = 120
"""No exercise is longer; the patterns take time that grows with the square of it."""

_METHOD = r"(?:the )?(?:quadratic formula|factoring|factorisation|completing the square|substitution|elimination)"
_ROOTS = r"(?:roots|zeros|zeroes|solutions)"
_IF = r"(?:(?:if|given that|given|when|suppose|let) )?"
_GIVEN = r"(?!solve)[^'\"]+?=[^'\"]+?"
_ASK = r"(?:then )?(?:what is|what does|what are|find|determine|calculate|compute|solve for)(?: the values? of)? "
_TABLE = [
    (
        r"solve(?: the| this)?(?: following)?(?: (?:linear|quadratic|simultaneous|compound))*"
        r" (?:inequality|inequalities|equations?|system(?: of (?:linear |simultaneous )*(?:equations|inequalities))?)"
        r"(?: for)?(?: :)? (?P<f>.*[=<>].*)",
        "solve {f}",
    ),
    (rf"(?P<f>.+?)(?: ,)? (?:using|by|with|via) {_METHOD}(?: method)?", "{f}"),
    (rf"use {_METHOD} to (?P<f>solve .+)", "{f}"),
    (r"(?:the )?quadratic formula (?:for|of|on|:) (?P<f>.+=.+)", "solve {f}"),
    (r"(?:the )?quadratic formula (?:for|of|on|:) (?P<f>[^=]+)", "roots of {f}"),
    (rf"(?:all|both)(?: of)?(?: the)?(?: real)? {_ROOTS} (?:of|to|for) (?P<f>.+)", "roots of {f}"),
    (
        r"(?:all|both)(?: of)?(?: the)?(?: real)?(?: values of)? (?P<x>[a-z]) "
        r"(?:such that|for which|satisfying|that satisfy|where|if) (?P<f>.*[=<>].*)",
        "solve for {x} : {f}",
    ),
    (
        r"(?:what is|find|determine)?(?: the)?(?: values? of)? ?(?P<x>[a-z]) in (?:the equation )?(?P<f>.+=.+)",
        "solve for {x} : {f}",
    ),
    (
        r"(?:for )?(?:what|which) values? of (?P<x>[a-z]) (?:is|are|does|do|makes?|satisf(?:y|ies)|solves?)"
        r"(?: the)?(?: equation| inequality)? (?P<f>.*[=<>].*?)(?: true| hold)?",
        "solve for {x} : {f}",
    ),
    (
        r"(?:points? of )?intersections?(?: points?)? (?:of|between)(?: the)?(?: lines| curves| graphs)?"
        r" (?P<f>[^=]+=[^=]+) and (?P<g>[^=]+=[^=]+)",
        "solve {f} and {g}",
    ),
    (
        r"where (?:do|does)(?: the)?(?: lines| curves| graphs)? (?P<f>[^=]+=[^=]+) and (?P<g>[^=]+=[^=]+)"
        r" (?:intersect|meet|cross)",
        "solve {f} and {g}",
    ),
    (r"multiply (?P<f>\( .+ \))", "expand {f}"),
    (r"(?:simplify|reduce)(?: the)? fraction (?P<f>.+)", "simplify {f}"),
    (r"(?:the )?(?:indefinite )?integral (?:of )?(?P<f>integral .+)", "{f}"),
    (r"(?P<g>[^'\"]*[a-z] \( [^'\"]+ \)) (?:if|when|where|given(?: that)?|for) (?P<f>[a-z] \( [a-z] \) = [^'\"]+)",
     "if {f} , {g}"),
    (rf"{_IF}(?P<f>{_GIVEN})(?: [,;.])? {_ASK}(?P<x>[a-z]) (?:and|,) (?P<y>[a-z])", "solve {f}"),
    (rf"{_IF}(?P<f>{_GIVEN})(?: [,;.])? {_ASK}(?P<x>[a-z])(?: equal)?", "solve for {x} : {f}"),
]  # fmt: skip
_DERIVED = re.compile(rf"{_IF}(?P<f>{_GIVEN})(?: [,;.])? {_ASK}(?P<g>[^=<>]+)")
_FUNCTION = re.compile(r"\b[a-z] \( [a-z] \) =|d[a-z]? ?/ ?d|['\"]")
_TOGETHER = re.compile("[xyz]{2,3}")
_compiled: list[tuple[re.Pattern[str], str]] = []


def reworded(body: list[Token]) -> list[Token]:
    """Return the question in plainer words; the same list where there are none."""
    if len(body) > MOST_TOKENS:
        return body
    words = [token.text.replace(" ", "~") for token in body[:-1]]
    line = " ".join(words)
    if not _compiled:
        _compiled.extend((re.compile(pattern), form) for pattern, form in _TABLE)
    for pattern, form in _compiled:
        found = pattern.fullmatch(line)
        if found and not ("solve for" in form and _FUNCTION.search(line)):
            return [*_filled(form, body, words, found), body[-1]]
    return body


def letters_apart(body: list[Token]) -> list[Token]:
    """Take ``xy`` apart in an equation; the same list where there is none."""
    if not any(token.text == "=" for token in body) or not any(_TOGETHER.fullmatch(token.text) for token in body):
        return body
    parts: list[Token] = []
    for token in body:
        letters = token.text if token.kind == "word" and _TOGETHER.fullmatch(token.text) else ""
        for k, letter in enumerate(letters):
            start = token.start + k
            parts.append(Token("word", letter, 0, start, start + 1, token.spaced and not k, letter))
        if not letters:
            parts.append(token)
    return parts


def derived(body: list[Token]) -> tuple[list[Token], str] | None:
    """``if 3x = 12, what is x + 1``: the equations with one more, for the letter that stands for what is asked."""
    if len(body) > MOST_TOKENS:
        return None
    words = [token.text.replace(" ", "~") for token in body[:-1]]
    line = " ".join(words)
    found = _DERIVED.fullmatch(line)
    if not found or _FUNCTION.search(line) or re.fullmatch(r"[a-z] = (?:- )?\S+", found["f"]):
        return None
    used = set(words)
    inner = {word for word in found["g"].split() if len(word) == 1 and word.isalpha()} - set(CONSTANTS)
    spare = next((letter for letter in "wvuzqk" if letter not in used), "")
    if not spare or not inner or not inner <= set(found["f"].split()):
        return None
    return [*_filled(f"solve for {spare} : {{f}} and {spare} = {{g}}", body, words, found), body[-1]], spare


def _filled(form: str, body: list[Token], words: list[str], found: re.Match[str]) -> Iterator[Token]:
    starts: dict[int, int] = {}
    at = 0
    for number, word in enumerate(words):
        starts[at] = number
        at += len(word) + 1
    place = body[0].start
    for part in form.split():
        if part.startswith("{"):
            start, end = found.span(part[1:-1])
            yield from (body[number] for at, number in starts.items() if start <= at < end)
        else:
            yield Token("word" if part.isalpha() else "op", part, 0, place, place, True, part)
