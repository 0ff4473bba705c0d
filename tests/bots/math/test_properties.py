"""Math against independent judges: ``fractions`` for arithmetic, ``decimal`` for rounding, itself for conversions."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

Judged = tuple[str, Fraction]
SETTINGS = settings(max_examples=60, derandomize=True, deadline=None)

numbers = st.one_of(
    st.integers(0, 10**6).map(lambda n: (str(n), Fraction(n))),
    st.integers(1000, 10**9).map(lambda n: (f"{n:,}", Fraction(n))),
    st.decimals(0, 1000, places=3).map(lambda d: (str(d), Fraction(d))),
)


def _combine(parts: st.SearchStrategy[Judged]) -> st.SearchStrategy[Judged]:
    spaces = st.sampled_from(["", " ", "  "])
    operator = st.sampled_from("+-*/")
    binary = st.tuples(parts, operator, spaces, parts).map(_binary)
    power = st.tuples(parts, st.integers(1, 3)).map(lambda p: (f"({p[0][0]})^{p[1]}", p[0][1] ** p[1]))
    negative = parts.map(lambda p: (f"-({p[0]})", -p[1]))
    return st.one_of(binary, power, negative)


def _binary(parts: tuple[Judged, str, str, Judged]) -> Judged:
    (a, x), operator, space, (b, y) = parts
    if operator == "/" and y == 0:
        operator = "*"
    value = {"+": x + y, "-": x - y, "*": x * y, "/": x / (y or 1)}[operator]
    return f"({a}){space}{operator}{space}({b})", value


expressions = st.recursive(numbers, _combine, max_leaves=12)


@SETTINGS
@given(expressions)
def test_an_expression_has_the_value_that_fractions_say(ask: Callable[..., str], judged: Judged) -> None:
    text, value = judged
    assert Fraction(ask(f"{text} as a fraction")) == value


@SETTINGS
@given(st.lists(st.tuples(st.sampled_from("+-*/"), st.integers(1, 99)), min_size=1, max_size=8), st.integers(0, 99))
def test_precedence_without_brackets(ask: Callable[..., str], rest: list[tuple[str, int]], first: int) -> None:
    text = str(first) + "".join(f"{sign}{number}" for sign, number in rest)
    terms = [Fraction(first)]
    for sign, number in rest:
        if sign in "+-":
            terms.append(Fraction(number if sign == "+" else -number))
        else:
            terms[-1] = terms[-1] * number if sign == "*" else terms[-1] / number
    assert Fraction(ask(f"{text} as a fraction")) == sum(terms)


@SETTINGS
@given(expressions, st.sampled_from(["", " as a fraction"]))
def test_what_is_answered_can_be_asked_and_keeps_its_value(ask: Callable[..., str], judged: Judged, form: str) -> None:
    said = ask(f"{judged[0]}{form}")
    assert Fraction(ask(f"{said} as a fraction")) == Fraction(said)


@SETTINGS
@given(st.lists(st.tuples(st.sampled_from("+-*/^"), st.integers(1, 9)), min_size=1, max_size=5), st.data())
def test_spaces_around_operators_do_not_change_a_value(
    ask: Callable[..., str], rest: list[tuple[str, int]], data: st.DataObject
) -> None:
    spaces = st.sampled_from(["", " ", "   ", "\u00a0", "\t"])
    tight = "7" + "".join(f"{sign}{number}" for sign, number in rest)
    loose = "7" + "".join(f"{data.draw(spaces)}{sign}{data.draw(spaces)}{number}" for sign, number in rest)
    assert ask(loose) == ask(tight)


@SETTINGS
@given(st.integers(0, 999), st.integers(1, 999), st.sampled_from(["plus", "minus", "times", "divided by"]))
def test_operators_in_words_are_those_in_signs(ask: Callable[..., str], a: int, b: int, word: str) -> None:
    sign = {"plus": "+", "minus": "-", "times": "*", "divided by": "/"}[word]
    assert ask(f"What is {_in_words(a, ' and ')} {word} {_in_words(b, ' ')}?") == ask(f"{a}{sign}{b}")


@SETTINGS
@given(st.integers(1, 10**12), st.integers(1, 10**12))
def test_what_does_not_terminate_is_rounded_to_15_digits(ask: Callable[..., str], over: int, under: int) -> None:
    shown = Decimal(ask(f"{over}/{under}"))
    exact = Fraction(over, under)
    rounded = Context(15, ROUND_HALF_UP).divide(Decimal(over), Decimal(under))
    assert Fraction(shown) == exact or shown == rounded


@SETTINGS
@given(st.integers(2, 10**9))
def test_roots_and_logarithms_are_rounded_correctly(ask: Callable[..., str], n: int) -> None:
    long, short = Context(60), Context(15)
    assert Decimal(ask(f"sqrt({n})")) == short.plus(long.sqrt(Decimal(n)))
    assert Decimal(ask(f"ln({n})")) == short.plus(long.ln(Decimal(n)))
    assert Decimal(ask(f"log10({n})")) == short.plus(long.log10(Decimal(n)))
    assert Decimal(ask(f"exp({n}/10^8)")) == short.plus(long.exp(Decimal(n) / 10**8))


@SETTINGS
@given(st.integers(-(10**6), 10**6))
def test_identities_of_trigonometry(ask: Callable[..., str], n: int) -> None:
    assert ask(f"sin({n}/1000)^2 + cos({n}/1000)^2") == "1"
    assert ask(f"tan({n}/1000) - sin({n}/1000)/cos({n}/1000)") == "0"
    assert ask(f"sin({n}°) - cos((90 - {n})°)") == "0"


UNITS = [
    ["km", "miles", "feet", "inches", "cm", "light years", "nautical miles", "parsecs"],
    ["kg", "lb", "oz", "tonnes", "stone", "grams"],
    ["hours", "ms", "days", "weeks"],
    ["litres", "ml", "cubic feet", "m^3", "imperial gallons"],
    ["mph", "km/h", "m/s", "knots"],
    ["GB", "GiB", "bits", "MB", "KiB"],
    ["joules", "kWh", "eV", "kcal"],
    ["Pa", "psi", "atm", "bar", "mmHg"],
    ["degrees", "radians", "turns"],
    ["°C", "°F", "K"],
]
pairs = st.sampled_from(UNITS).flatmap(lambda group: st.tuples(st.sampled_from(group), st.sampled_from(group)))


@SETTINGS
@given(st.decimals(1, 10**6, places=2), pairs)
def test_a_conversion_there_and_back_is_the_identity(
    ask: Callable[..., str], number: Decimal, units: tuple[str, str]
) -> None:
    from mathbot.engine import answer

    here, there = units
    state: dict[str, object] = {}
    answer(f"{number} {here} in {there}", state)
    assert Fraction(answer(f"ans in {here}", state).split()[0]) == Fraction(number)


ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
SCALES = ["", " thousand", " million", " billion", " trillion", " quadrillion"]


def _below_thousand(n: int, joiner: str) -> str:
    hundreds, rest = divmod(n, 100)
    words = [f"{ONES[hundreds]} hundred"] if hundreds else []
    if rest >= 20:
        words.append(TENS[rest // 10] + (f"-{ONES[rest % 10]}" if rest % 10 else ""))
    elif rest:
        words.append(ONES[rest])
    return joiner.join(words)


def _in_words(n: int, joiner: str) -> str:
    groups = [(n // 1000**k % 1000, SCALES[k]) for k in range(len(SCALES) - 1, -1, -1)]
    return " ".join(_below_thousand(group, joiner) + scale for group, scale in groups if group) or "zero"


@SETTINGS
@given(st.integers(0, 10**18 - 1), st.sampled_from([" ", " and "]))
def test_number_words_do_not_change_a_value(ask: Callable[..., str], n: int, joiner: str) -> None:
    assert ask(_in_words(n, joiner)) == str(n)
    assert ask(f"{_in_words(n, joiner)} plus one") == str(n + 1)


@SETTINGS
@given(st.lists(st.fractions(-20, 20, max_denominator=6), min_size=1, max_size=4), st.integers(1, 9))
def test_the_roots_of_a_product_are_all_found(ask: Callable[..., str], roots: list[Fraction], scale: int) -> None:
    text = " * ".join(f"(x - ({root.numerator}/{root.denominator}))" for root in roots)
    answered = ask(f"{scale} * {text} = 0 as a fraction")
    found = [Fraction(part.removeprefix("x = ")) for part in answered.split(" or ")]
    assert found == sorted(set(roots))


@SETTINGS
@given(st.integers(-50, 50), st.integers(-50, 50), st.integers(-50, 50))
def test_quadratic_equations(ask: Callable[..., str], a: int, b: int, c: int) -> None:
    answered = ask(f"{a or 1}x^2 + ({b})x + ({c}) = 0")
    inside = b * b - 4 * (a or 1) * c
    if inside < 0:
        assert answered == "no real solution"
        return
    context = Context(40)
    spread = context.sqrt(Decimal(inside))
    exact = {context.divide(sign * spread - b, Decimal(2 * (a or 1))) for sign in (1, -1)}
    shown = [Decimal(part.removeprefix("x = ")) for part in answered.split(" or ")]
    assert shown == [Context(15, ROUND_HALF_UP).plus(root) for root in sorted(exact)]
