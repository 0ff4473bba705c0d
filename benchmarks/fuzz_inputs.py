"""What the fuzzer asks Math: input number ``index`` of a ``seed``, the same in every run and on every machine.

Four kinds in turns: sentences of a grammar, questions of the case tables with something done to them, words of both in
any order, and characters of all of Unicode. What most often broke parsers is tried most often: nesting, length, digits.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

CASES = Path(__file__).parents[1] / "tests" / "bots" / "math" / "cases"
MAX_CHARACTERS = 20_000


class Input(NamedTuple):
    """One question, and what was said before it in the same session."""

    kind: str
    text: str
    before: str = ""


def make(seed: int, index: int) -> Input:
    """Return an input; each depends on its seed and number alone, so that one can be had without the others."""
    chance = random.Random(f"{seed}:{index}")
    kind = KINDS[index % len(KINDS)]
    before = _sentence(chance, "<assignment>") if chance.random() < 0.1 else ""
    return Input(kind.__name__.strip("_"), kind(chance)[:MAX_CHARACTERS], before)


_GRAMMAR_TEXT = """
question: <sum> | <sum> | what is <sum>? | <number> <compare> <sum> | <sum> = <sum> | solve <equation> for <letter>
question: <sum>, <sum> | <equation> and <equation> | <equation>; <equation>; <equation> | <assignment> | <equation>
question: <measure> in <unit> | convert <measure> to <unit> | <measure> in <unit> and <unit> | <measure> + <measure>
question: how many <unit> in <measure> | <sum> as a <form> | <measure>
question: <list-word> of <list> | <list-word>(<list>) | <sum> to <number> <places> | round <sum> to <number> <places>
question: derivative of <in-x> | d/dx <in-x> | differentiate <in-x> with respect to <letter>
question: integral of <in-x> | integrate <in-x> from 0 to <number> | ∫<in-x> dx | ∫ from 0 to 1 of <in-x>
question: simplify <in-x> | expand <in-x> | factor <in-x> | is <sum> <property>? | limit of <in-x> as x -> 0
question: what per cent of <number> is <sum> | <number>% of <sum> | increase <sum> by <number>% | <number>% off <sum>
question: <sum> to the power of <sum> | the <ordinal> root of <sum> | <part> of <sum> | <sum> more than <sum>
question: prime factors of <sum> | next prime after <sum> | first <number> primes | <ordinal> prime | <sum> to <base>
question: remainder of <sum> divided by <sum> | <number> < x < <number> | <in-x> <compare> <number>
equation: <letter> = <sum> | <in-x> = <number> | 2x + <number>y = <sum> | <number>x^2 + <number>x + <number> = 0
equation: <in-x> = <in-x> | <number><letter> = <sum> | <sum> = <sum> | x^<number> = <number> | <function>(x) = <number>
in-x: x | x^<number> | <number>x + <number> | <function>(x) | <in-x> + <in-x> | <in-x>*<in-x> | <in-x>/<in-x>
in-x: <number>/x | (<in-x>)^<number> | <function>(<in-x>) | <in-x> - <sum> | x^x | e^(<in-x>) | <sum>
assignment: x = <number> | y = <sum> | x = <number> <unit> | <sum>
measure: <number> <unit> | <number> <unit> <number> <unit> | <sum> <unit> | <number> <unit>/<unit> | <number> <unit>^2
sum: <term> | <term> | <sum> + <sum> | <sum> - <sum> | <sum> plus <sum> | <sum> minus <sum> | <sum> − <term>
term: <factor> | <factor> | <term>*<term> | <term>/<term> | <term> mod <term> | <term> × <term> | <term> ÷ <atom>
term: <factor> times <term> | <factor> divided by <term> | <factor><bracket> | <number>% | <factor>
factor: <atom> | <atom> | <atom> | <atom>^<number> | <atom>**<factor> | -<factor> | <atom>! | √<factor>
factor: <function>(<sum>) | <function> <atom> | <function>^2(<sum>) | <function>(<sum>, <sum>) | <atom>°
factor: <atom> squared
atom: <number> | <number> | <number> | <number> | <bracket> | <constant> | |<sum>| | <letter>
bracket: (<sum>) | (<sum>) | [<sum>] | ((<sum>))
number: 1 | 2 | 3 | 4 | 5 | 6 | 10 | 12 | 100
number: 0 | 1 | 2 | 3 | 7 | 16 | 0.1 | 12.50 | 1,000 | 1e9 | 0xff | 0b101 | ½ | 3¼ | two | a dozen
number: three hundred and five | one million | 0.30000000000000004 | 1/3 | 2.5e3 | 1_000 | 1 000 | .5 | 5. | 00 | -4
number: 1e-300 | 1e400 | 99999999999999999999 | 10^22 | 720 | 9999 | 123456789
letter: x | x | y | z | a | e | i | ans | foo
constant: pi | e | π | tau | phi | inf | nan | i
function: sqrt | sin | cos | tan | ln | log | log2 | exp | asin | acos | atan | tanh | abs | floor | ceil | round
function: factorial | gcd | lcm | max | square root of | cube of | half of | sin⁻¹ | ln of | gamma | f | 2^ | cbrt
list-word: sum | product | mean | median | max | gcd | lcm | variance | mode | average | range | standard deviation
list: <number>, <number> | <sum> | <list>, <sum> | <number> and <sum> | <number> <number> <number>
list: <number> to <number>
unit: m | km | ft | in | mile | kg | lb | s | h | km/h | m/s^2 | °C | F | K | MiB | gallon | Pa | N m | USD
form: fraction | percentage | decimal | mixed number | product of primes | hex number | word
places: decimal places | significant digits | digits
property: prime | even | odd | a square | divisible by 3 | equal to 5 | greater than 2 | between 1 and 9
base: hex | binary | octal | base 7 | base 1 | base 99 | decimal | roman
ordinal: 3rd | tenth | 100th | -1st | 0th | n-th
part: half | a third | two thirds | twice | 20% | three quarters | double
compare: < | > | <= | >= | == | != | = | is less than | is equal to | ≠ | ≤
"""


def _read_grammar() -> dict[str, list[str]]:
    grammar: dict[str, list[str]] = {}
    for line in _GRAMMAR_TEXT.strip().splitlines():
        name, _, choices = line.partition(": ")
        grammar.setdefault(name, []).extend(choices.split(" | "))
    return grammar


GRAMMAR = _read_grammar()
_SLOT = re.compile(r"<([a-z-]+)>")
_LEVELS = (2, 3, 4, 4, 5, 6, 9)
"""How deep rules go into each other; below, a rule takes a choice without others, or its first, which leads there."""


def _sentence(chance: random.Random, text: str, levels: int | None = None) -> str:
    left = chance.choice(_LEVELS) if levels is None else levels

    def fill(slot: re.Match[str]) -> str:
        choices = GRAMMAR.get(slot[1])
        if choices is None:
            return slot[0]
        if left <= 0:
            choices = [choice for choice in choices if "<" not in choice] or choices[:1]
        return _sentence(chance, chance.choice(choices), left - 1)

    return _SLOT.sub(fill, text)


def _read_cases() -> list[str]:
    lines = (line for file in sorted(CASES.glob("*.txt")) for line in file.read_text(encoding="utf-8").splitlines())
    return [line.partition(" => ")[0] for line in lines if " => " in line and not line.startswith("#")]


QUESTIONS = _read_cases() or ["2 + 2"]
WORDS = sorted({word for text in [*QUESTIONS, _GRAMMAR_TEXT] for word in re.findall(r"\w+|[^\w\s]+", text)})
CHARACTERS = "0123456789.,+-*/^%!()[]{}|=<>≤≠×÷−√π½²³⁻°'\"$€#@&_:;? \t\n\\xyzeidr"


def _grammar(chance: random.Random) -> str:
    return _sentence(chance, "<question>")


def _mutation(chance: random.Random) -> str:
    text = chance.choice(QUESTIONS)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        text = chance.choice(MUTATIONS)(chance, text)[:MAX_CHARACTERS]
    return text


def _soup(chance: random.Random) -> str:
    count = chance.choice((1, 2, 3, 4, 5, 6, 8, 12, 30, 300))
    return "".join(chance.choice(WORDS) + chance.choice(("", " ", " ")) for _ in range(count))


def _unicode(chance: random.Random) -> str:
    top = chance.choice((0x80, 0x250, 0x2600, 0x11_0000))
    count = chance.choice((1, 3, 12, 12, 80))
    characters = (chance.choice((chance.randrange(top), ord(chance.choice(CHARACTERS)))) for _ in range(count))
    return "".join(chr(code) for code in characters if not 0xD800 <= code < 0xE000)


KINDS = (_grammar, _mutation, _soup, _unicode)


def _delete(chance: random.Random, text: str) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + text[at + chance.choice((1, 1, 3, 10)) :]


def _insert(chance: random.Random, text: str) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice((chance.choice(CHARACTERS), chance.choice(WORDS))) + text[at:]


def _swap(chance: random.Random, text: str) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + text[at : at + 2][::-1] + text[at + 2 :]


def _splice(chance: random.Random, text: str) -> str:
    other = chance.choice(QUESTIONS)
    return text[: chance.randrange(len(text) + 1)] + other[chance.randrange(len(other) + 1) :]


def _repeat(chance: random.Random, text: str) -> str:
    joiner = chance.choice(("", " ", "+", "*", "^", ", ", " and ", " = ", "; "))
    return _times(text + joiner, chance.choice((2, 2, 3, 50, 1000))).removesuffix(joiner)


def _repeat_part(chance: random.Random, text: str) -> str:
    at = chance.randrange(len(text) + 1)
    part = text[at : at + chance.choice((1, 2, 5))]
    return text[:at] + _times(part, chance.choice((2, 3, 40, 3000))) + text[at:]


def _times(text: str, count: int) -> str:
    """Repeat a text, no more often than is kept of it: the worker's memory is to be that of the bot."""
    return text * min(count, MAX_CHARACTERS // max(1, len(text)) + 1)


def _wrap(chance: random.Random, text: str) -> str:
    opening = chance.choice(("(", "sqrt(", "sin(", "-", "d/dx (", "|", "2^(", "1/(", "what is (", "integral of ("))
    depth = chance.choice((1, 1, 2, 20, 100, 1000))
    return opening * depth + text + (")" * depth if chance.random() < 0.9 else "")


def _grow(chance: random.Random, text: str) -> str:
    return re.sub(r"\d+", lambda digits: _times(digits[0], chance.choice((1, 2, 5, 400, 4000))), text, count=3)


def _words(chance: random.Random, text: str) -> str:
    parts = text.split(" ")
    chance.shuffle(parts)
    return " ".join(parts[: chance.randrange(len(parts)) + 1])


def _sentence_in_it(chance: random.Random, text: str) -> str:
    return re.sub(r"\d+", lambda _: _sentence(chance, chance.choice(("<sum>", "<factor>", "<number>"))), text, count=1)


def _case(chance: random.Random, text: str) -> str:
    return chance.choice((text.upper(), text.title(), text.swapcase(), text.replace(" ", "")))


MUTATIONS: tuple[Callable[[random.Random, str], str], ...] = (
    _delete, _insert, _swap, _splice, _repeat, _repeat_part, _wrap, _grow, _words, _sentence_in_it, _case
)  # fmt: skip
