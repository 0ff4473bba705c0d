"""The language around Math: sessions in words, names, spelling, and what must never change a value."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

Ask = Callable[..., str]
SETTINGS = settings(max_examples=60, derandomize=True, deadline=None)

SESSIONS = {
    "going on in words": [
        ("2+3", "5"), ("that plus 1", "6"), ("half of that", "3"), ("double it", "6"), ("square it", "36"),
        ("times 3", "108"), ("divided by 2", "54"), ("the previous result", "54"), ("add 6", "60"),
        ("subtract 2 from it", "58"), ("multiply by 2", "116"), ("divide that by 4", "29"), ("is it prime", "yes"),
        ("plus 7", "36"), ("square root of that", "6"), ("squared", "36"), ("result times 2", "72"),
    ],
    "going on with signs": [
        ("10", "10"), ("* 2", "20"), ("/ 5", "4"), ("+5", "5"), ("+ 5", "10 (read as the last result + 5)"),
        ("- 2", "8 (read as the last result - 2)"), ("-3", "-3"),
    ],
    "another form of the last result": [
        ("5 km", "5 km"), ("in miles", "3.10685596118667 miles"), ("what about in m", "5000 m"),
        ("3/8", "0.375"), ("as a fraction", "3/8"), ("255", "255"), ("in hex", "0xff"),
    ],
    "nothing to go on from": [("that plus 1", "!"), ("times 3", "!"), ("is it prime", "!"), ("add 5", "!")],
    "names": [
        ("let z = 3", "z = 3"), ("set a to 7", "a = 7"), ("2a", "14"), ("x = 5", "x = 5"), ("x is 10", "x = 10"),
        ("2x", "20"), ("x is 11?", "no"), ("z := z + 1", "z = 4"), ("z", "4"), ("z = z + 1", "!"), ("z", "4"),
        ("store 5 in w", "w = 5"), ("w^2", "25"), ("forget w", "w has no value any more"), ("w", "!"),
    ],
    "words as names": [
        ("length = 5 m", "length = 5 m"), ("width = 3 m", "width = 3 m"), ("length * width", "15 m^2"),
        ("price is 40", "price = 40"), ("price + 20%", "48"), ("my_age = 20", "my_age = 20"), ("my_age / 2", "10"),
    ],
    "what has a meaning keeps it": [
        ("let pi = 3", "!"), ("let e be 2", "!"), ("sin = 4", "!"), ("let sum = 4", "!"), ("let prime = 7", "!"),
        ("minute = 3", "!"), ("pi", "3.14159265358979"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", SESSIONS)
def test_a_session(name: str, ask: Ask) -> None:
    state: dict[str, Any] = {}
    for question, wanted in SESSIONS[name]:
        got = ask(question, state)
        assert got.startswith("! ") if wanted == "!" else got == wanted, question


ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
SCALES = [
    "", "thousand", "million", "billion", "trillion", "quadrillion", "quintillion", "sextillion", "septillion",
    "octillion", "nonillion", "decillion", "undecillion", "duodecillion", "tredecillion", "quattuordecillion",
    "quindecillion", "sexdecillion", "septendecillion", "octodecillion", "novemdecillion", "vigintillion",
]  # fmt: skip


def spelled(n: int, link: str, hyphen: str) -> str:
    """Spell a number from 1 up by groups of three digits, from the last group to the first."""
    groups: list[str] = []
    for scale in SCALES:
        n, group = divmod(n, 1000)
        hundreds, rest = divmod(group, 100)
        words = [f"{ONES[hundreds]} hundred"] if hundreds else []
        if rest:
            below = ONES[rest] if rest < 20 else TENS[rest // 10] + (hyphen + ONES[rest % 10]) * bool(rest % 10)
            words.append((link if hundreds else "") + below)
        if group:
            groups.insert(0, " ".join([*words, scale]).strip())
        if not n:
            break
    return " ".join(groups)


numbers_of_any_size = st.integers(1, 66).flatmap(lambda digits: st.integers(1, 10**digits - 1))


@SETTINGS
@given(numbers_of_any_size, st.sampled_from(["", "and "]), st.sampled_from(["-", " "]))
def test_a_number_in_words_has_its_value(ask: Ask, n: int, link: str, hyphen: str) -> None:
    assert ask(spelled(n, link, hyphen)) == str(n)


@SETTINGS
@given(numbers_of_any_size)
def test_words_that_are_written_are_read_again(ask: Ask, n: int) -> None:
    assert ask(ask(f"{n} in words")) == str(n)


@SETTINGS
@given(st.integers(1, 3999), st.integers(2, 36), st.integers(0, 10**30))
def test_other_notations_are_read_again(ask: Ask, year: int, base: int, n: int) -> None:
    assert ask(f"{ask(f'{year} in roman numerals')} in decimal") == str(year)
    for name in ("hex", "binary", "octal"):
        assert ask(ask(f"{n} in {name}")) == str(n)
    assert int(ask(f"{n} in base {base}").removeprefix("0x").removeprefix("0o").removeprefix("0b"), base) == n
    assert Fraction(ask(ask(f"{n}/7^3 in scientific notation"))) == Fraction(ask(f"{n}/7^3"))


WORDS = {
    "+": ["plus", "+"],
    "-": ["minus", "−", "-"],
    "*": ["times", "×", "*", "multiplied by"],
    "/": ["÷", "/", "over"],
}
WRAPPING = ["{}", "what is {}?", "Please calculate {}", "hey math, {}", "  {}  ", "{} = ?", "so what's {}", "‘{}’"]


@SETTINGS
@given(st.lists(st.tuples(st.sampled_from("+-*/"), st.integers(1, 999)), min_size=1, max_size=5), st.integers(0, 2**32))
def test_spaces_case_signs_and_politeness_change_no_value(ask: Ask, rest: list[tuple[str, int]], seed: int) -> None:
    choose = random.Random(seed)
    terms, text = [Fraction(7)], choose.choice(["7", "seven", "７"])
    for sign, number in rest:
        word = choose.choice(WORDS[sign])
        space = " " * choose.randint(1, 3)
        text += space + word + space + choose.choice([str(number), spelled(number, "", "-")])
        if sign in "+-":
            terms.append(Fraction(number if sign == "+" else -number))
        else:
            terms[-1] = terms[-1] * number if sign == "*" else terms[-1] / number
    text = choose.choice(WRAPPING).format(text)
    text = choose.choice([str.upper, str.lower, str.title, str])(text)
    position = choose.randrange(len(text))
    text = text[:position] + "\u200b" + text[position:]
    plain = ask(f"{sum(terms)}")
    assert ask(text) == plain, text


@pytest.mark.parametrize("typo", ["tims", "tmies", "timse", "timees"])
def test_a_spelling_mistake_changes_no_value(ask: Ask, typo: str) -> None:
    assert ask(f"5 {typo} 6") == "30"


STRANGERS = [
    "5 apples", "3 hats", "2 cards", "4 mice", "7 tiles", "6 boys", "9 moles of bricks", "8 letters", "4 meteors",
    "3 pains",
]  # fmt: skip


@pytest.mark.parametrize("thing", STRANGERS)
def test_a_word_that_means_something_else_is_not_corrected(ask: Ask, thing: str) -> None:
    assert ask(thing).startswith("! ")
    assert ask(f"{thing} plus {thing}").startswith("! ")
