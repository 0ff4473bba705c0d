"""Decimals without an end: ``0.333...``, ``0.(3)``, ``0.3 repeating``, read as the fraction they are.

Only where the digits leave no doubt which of them repeat; anything else is declined.
"""

from __future__ import annotations

import re

from mathbot.limits import MAX_DIGITS, TooLarge, Unreadable
from mathbot.numbers.rational import ratio

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.numbers.rational import Rational

_BRACKETED = re.compile(r"\.\((\d+)\)(?:\.\.\.|…)?(?![\w(.^!%])")
_DOTTED = re.compile(r"(?:\.\.\.|…)(?![\w(])")
_SAID = re.compile(r"\s+(?:repeating|recurring|repeated)\b(?:\s+forever\b)?", re.IGNORECASE)
_BLOCK = re.compile(r"(\d+?)\1+")
_RUN = re.compile(r"(\d*?)(\d)\2{2,}")


def read(text: str, start: int, end: int, whole: str, point: str) -> tuple[Rational, int] | None:
    """Return the value and where it ends; ``None`` where the number that ends at ``end`` has an end."""
    bracketed = None if point else _BRACKETED.match(text, end)
    found = bracketed or (_DOTTED.match(text, end) or _SAID.match(text, end) if point else None)
    if not found:
        return None
    if bracketed:
        before, block = "", bracketed[1]
    else:
        before, block = _said(point) if found.re is _SAID else _dotted(point)
    if len(whole) + len(before) + len(block) > MAX_DIGITS:
        raise TooLarge
    if not block and point.endswith("999"):
        raise Unreadable('I can\'t tell whether that is 1 in the end: write "0.(9)" for all nines', start, found.end())
    if not block:
        raise Unreadable(f'I can\'t tell which digits repeat: write "{_EXAMPLE}"', start, found.end())
    return _value(whole, before, block), found.end()


_EXAMPLE = "0.1666... or 0.1212..."


def _said(point: str) -> tuple[str, str]:
    """``0.3 repeating``; which digits of ``0.16 repeating`` do?"""
    return ("", point[0]) if len(set(point)) == 1 else ("", "")


def _dotted(point: str) -> tuple[str, str]:
    """``0.333...``, ``0.1666...``: three of one digit; ``0.1212...``: all digits twice or more.

    ``0.999...`` may be meant as what is not quite 1; ``0.(9)`` is 1.
    """
    run, block = _RUN.fullmatch(point), _BLOCK.fullmatch(point)
    if point.endswith("999"):
        return "", ""
    if run and (not block or len(block[1]) == 1):
        return run[1], run[2]
    return ("", block[1]) if block and not run and len(block[1]) > 1 else ("", "")


def _value(whole: str, before: str, block: str) -> Rational:
    nines = 10 ** len(block) - 1
    return ratio(int((whole or "0") + before) * nines + int(block), nines * 10 ** len(before))
