"""To which of the bots that come with tellme a message without a session goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tellme.host.catalogue import load
from tellme.host.routing import route
from tellme.paths import Paths

MATH = """
2+2 | what is 15% of 60?
5 km in miles | derivative of x^3 | what is the integral of cos x | integrate 2x dx | ∫ x^2 dx
d/dx sin(x) | differentiate x^2
expand (x+1)^2 | factor x^2 - 9 | simplify 2x + 3x | limit of sin(x)/x as x approaches 0
f(x) = x^2 | f(3) | let x be 5 | set a to 7 | mode of 2, 3, 3 | standard deviation of 1, 2, 3 | sort 3, 1, 2
XVII in arabic numerals | 2024 in roman numerals | area of a circle with radius 3 | permutations of 3 from 5
solve x + y = 3 and x - y = 1 | 3x + 2 > 8 | roots of x^2 - 5x + 6 | half of ninety plus three
"""
ENGLISH = """
hello | how are you? | tell me a joke | who wrote Frankenstein | what is a wavelength | what's a microprocessor
do robots eat | how do computers work | which is better, Windows or macOS | is it true that you are a robot
"""
ZEN = """
the zen of python | import this | What about errors? | readability | explain the 7th | explain 3 | the 7th
my functions are too deeply nested
"""
NOBODY = """
pizza | simplify my life | I solve crosswords | factory settings | let us go | an area of expertise
"""


def rows(table: str) -> list[str]:
    return [message.strip() for line in table.strip().splitlines() for message in line.split(" | ")]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (name, message)
        for name, table in {"Math": MATH, "English": ENGLISH, "Zen": ZEN, "": NOBODY}.items()
        for message in rows(table)
    ],
)
def test_who_gets_it(home: Path, name: str, message: str) -> None:
    bots = load(Paths.find({"TELLME_HOME": str(home)})).bots.values()
    found = route(message, bots)
    assert (found.name if found else "") == name
