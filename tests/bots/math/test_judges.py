"""Math against mpmath and sympy, which know nothing of its grammar: functions, digits, roots, calculus and units."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy.parsing.sympy_parser import implicit_multiplication, parse_expr, standard_transformations

Ask = Callable[..., str]

SETTINGS = settings(max_examples=35, derandomize=True, deadline=None)
FEW = settings(max_examples=15, derandomize=True, deadline=None)
COSTLY = settings(max_examples=10, derandomize=True, deadline=None)
DIGITS = Context(15, ROUND_HALF_EVEN, Emin=-(10**6), Emax=10**6)
MANY_DIGITS = 60


def _rounded(value: Any) -> Decimal:
    """Round a number of mpmath to 15 digits; it was computed to far more."""
    return DIGITS.plus(Decimal(mpmath.nstr(value, MANY_DIGITS - 10, min_fixed=1, max_fixed=0)))


def _number(reply: str) -> Decimal:
    return Decimal(reply.partition(" (read as ")[0])


# functions to 15 digits

ANYWHERE = ["sin", "cos", "atan", "sinh", "cosh", "tanh", "exp", "asinh"]
POSITIVE = {"ln": mpmath.log, "sqrt": mpmath.sqrt, "log10": mpmath.log10, "log2": lambda x: mpmath.log(x, 2)}


@SETTINGS
@given(st.sampled_from(ANYWHERE), st.decimals(-200, 200, places=6))
def test_a_function_of_any_number(ask: Ask, name: str, argument: Decimal) -> None:
    with mpmath.workdps(MANY_DIGITS + 100):
        value = getattr(mpmath, name)(mpmath.mpf(str(argument)))
        assert _number(ask(f"{name}({argument})")) == _rounded(value)


@SETTINGS
@given(st.sampled_from(sorted(POSITIVE)), st.decimals("0.000001", 10**9, places=6))
def test_a_function_of_positive_numbers(ask: Ask, name: str, argument: Decimal) -> None:
    with mpmath.workdps(MANY_DIGITS):
        value = POSITIVE[name](mpmath.mpf(str(argument)))
        assert _number(ask(f"{name}({argument})")) == _rounded(value)


@SETTINGS
@given(st.decimals("0.01", 100, places=2), st.decimals(-20, 20, places=3))
def test_powers_of_decimals(ask: Ask, base: Decimal, exponent: Decimal) -> None:
    with mpmath.workdps(MANY_DIGITS):
        value = mpmath.mpf(str(base)) ** mpmath.mpf(str(exponent))
        shown = _number(ask(f"{base}^({exponent})"))
        assert DIGITS.plus(shown) == _rounded(value)  # a power that terminates is shown with all its digits


HARD = {
    "sin(10^22)": lambda: mpmath.sin(mpmath.mpf(10) ** 22),
    "cos(355/113*10^15)": lambda: mpmath.cos(mpmath.mpf(355) / 113 * 10**15),
    "tan(1.5707963267948966)": lambda: mpmath.tan(mpmath.mpf("1.5707963267948966")),
    "exp(-1000)": lambda: mpmath.exp(-1000),
    "ln(1 + 10^-30)": lambda: mpmath.log1p(mpmath.mpf(10) ** -30),
    "cos(10^-20) - 1": lambda: mpmath.cos(mpmath.mpf(10) ** -20) - 1,
    "sqrt(10^40 + 1) - 10^20": lambda: mpmath.sqrt(mpmath.mpf(10) ** 40 + 1) - mpmath.mpf(10) ** 20,
    "e^(pi*sqrt(163)) - 262537412640768744": lambda: mpmath.exp(mpmath.pi * mpmath.sqrt(163)) - 262537412640768744,
    "sin(22)": lambda: mpmath.sin(22),
    "(1 + 10^-12)^(10^12)": lambda: (1 + mpmath.mpf(10) ** -12) ** (mpmath.mpf(10) ** 12),
    "sin(1)/(sin(0.5)*cos(0.5)) - 2 + 10^-25": lambda: mpmath.mpf(10) ** -25,
}


@pytest.mark.parametrize("question", HARD)
def test_cancellation_and_large_arguments_cost_no_digit(ask: Ask, question: str) -> None:
    with mpmath.workdps(MANY_DIGITS * 3):
        assert _number(ask(question)) == _rounded(HARD[question]())


# integers


@FEW
@given(st.integers(2, 10**6), st.integers(1, 1600))
def test_powers_are_exact_to_10000_digits(ask: Ask, base: int, exponent: int) -> None:
    shown = str(Context(prec=10_000).create_decimal(base**exponent))
    assert ask(f"{base}^{exponent}") == shown


@FEW
@given(st.integers(0, 3248), st.integers(0, 3248))
def test_factorials_and_binomials(ask: Ask, n: int, k: int) -> None:
    exact = Context(prec=10_000)
    assert ask(f"{n}!") == str(exact.create_decimal(math.factorial(n)))
    assert ask(f"{n} choose {k}") == str(exact.create_decimal(math.comb(n, k)))


@SETTINGS
@given(st.integers(2, 10**12))
def test_primes_and_factors(ask: Ask, n: int) -> None:
    assert ask(f"is {n} prime") == ("yes" if sympy.isprime(n) else "no")
    factors = ask(f"prime factors of {n}")
    powers = [factor.partition("^") for factor in factors.split(" * ")]
    assert {int(base): int(power or 1) for base, _, power in powers} == sympy.factorint(n)
    assert ask(f"next prime after {n}") == str(sympy.nextprime(n))


# comparisons


def _convergents(value: Any, count: int) -> list[Fraction]:
    terms, found = [], []
    for _ in range(count):
        terms.append(int(mpmath.floor(value)))
        value = 1 / (value - terms[-1])
        fraction = Fraction(terms[-1])
        for term in reversed(terms[:-1]):
            fraction = term + 1 / fraction
        found.append(fraction)
    return found


@pytest.mark.parametrize(("text", "name"), [("pi", "pi"), ("e", "e"), ("sqrt(2)", "sqrt2"), ("(1+sqrt(5))/2", "phi")])
def test_fractions_ever_nearer_to_a_number_are_told_from_it(ask: Ask, text: str, name: str) -> None:
    with mpmath.workdps(120):
        value = mpmath.sqrt(2) if name == "sqrt2" else +getattr(mpmath, name)
        for near in _convergents(value, 40)[::3]:
            is_less = near.numerator < value * near.denominator
            assert ask(f"{near.numerator}/{near.denominator} < {text}") == ("yes" if is_less else "no")
            assert ask(f"is {text} equal to {near.numerator}/{near.denominator}") == "no"


# what sympy prints, read by Math

numbers = st.one_of(
    st.integers(0, 50).map(sympy.Integer), st.builds(sympy.Rational, st.integers(1, 50), st.integers(2, 9))
)


def _unevaluated(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    two = st.tuples(parts, parts)
    return st.one_of(
        two.map(lambda pair: sympy.Add(*pair, evaluate=False)),
        two.map(lambda pair: sympy.Add(pair[0], sympy.Mul(-1, pair[1], evaluate=False), evaluate=False)),
        two.map(lambda pair: sympy.Mul(*pair, evaluate=False)),
        st.tuples(parts, st.integers(0, 3)).map(lambda pair: sympy.Pow(pair[0], pair[1], evaluate=False)),
    )


@SETTINGS
@given(st.recursive(numbers, _unevaluated, max_leaves=8))
def test_what_sympy_prints_has_its_value(ask: Ask, expression: Any) -> None:
    value = expression.doit()
    reply = ask(f"{expression} as a fraction")
    assert reply.startswith("! 0^0") or Fraction(reply) == Fraction(int(value.p), int(value.q))


# equations


@FEW
@given(st.lists(st.integers(-9, 9), min_size=2, max_size=6).filter(lambda coefficients: coefficients[0] != 0))
def test_all_real_roots_of_a_polynomial_or_none(ask: Ask, coefficients: list[int]) -> None:
    x = sympy.Symbol("x")
    polynomial = sympy.Poly(coefficients, x)
    reply = ask(f"{polynomial.as_expr()} = 0")
    with mpmath.workdps(MANY_DIGITS):
        roots = sorted({_rounded(mpmath.mpf(sympy.N(root, MANY_DIGITS))) for root in sympy.real_roots(polynomial)})
    if reply.startswith("! "):
        assert len(coefficients) > 5
    elif not roots:
        assert reply == "no real solution"
    else:
        shown = sorted(Decimal(part.removeprefix("x = ")) for part in reply.split(" or "))
        assert [DIGITS.plus(root) for root in shown] == roots


@FEW
@given(st.lists(st.integers(-9, 9), min_size=6, max_size=6))
def test_linear_systems(ask: Ask, numbers: list[int]) -> None:
    a, b, c, d, e, f = numbers
    reply = ask(f"({a})x + ({b})y = {e}, ({c})x + ({d})y = {f}")
    determinant = a * d - b * c
    if determinant == 0:
        assert "x = " not in reply
        return
    x, y = Fraction(e * d - b * f, determinant), Fraction(a * f - e * c, determinant)
    shown = dict(part.split(" = ") for part in reply.split(", "))
    for name, value in {"x": x, "y": y}.items():
        assert Fraction(shown[name]) == value or Decimal(shown[name]) == DIGITS.divide(
            value.numerator, value.denominator
        )


# calculus

X = sympy.Symbol("x")
terms = st.one_of(
    st.builds(lambda a, n: a * X**n, st.integers(1, 9), st.integers(0, 5)),
    st.builds(lambda a, k: a * sympy.sin(k * X), st.integers(1, 5), st.integers(1, 3)),
    st.builds(lambda a, k: a * sympy.exp(k * X), st.integers(1, 5), st.integers(1, 2)),
    st.builds(lambda a: a * sympy.log(X), st.integers(1, 5)),
    st.builds(lambda a: sympy.sqrt(X) / a, st.integers(1, 5)),
)
functions = st.one_of(terms, st.builds(lambda f, g: f + g, terms, terms), st.builds(lambda f, g: f * g, terms, terms))


def _written(expression: Any) -> str:
    return str(expression).replace("**", "^").replace("log(", "ln(")


def _read(reply: str) -> Any:
    """Read what Math wrote with sympy's own parser."""
    text = reply.partition(" (")[0] if " (for " in reply or " (read " in reply else reply
    names = {"ln": sympy.log, "e": sympy.E, "x": X, "C": sympy.Integer(0)}
    rules = (*standard_transformations, implicit_multiplication)
    return parse_expr(text.replace("^", "**"), local_dict=names, transformations=rules)


def _is_same(one: Any, other: Any) -> bool:
    points = [sympy.Rational(1, 3), sympy.Rational(7, 5), sympy.Integer(2)]
    return all(abs(sympy.N((one - other).subs(X, point), 30)) < sympy.Float("1e-15") for point in points)


@COSTLY
@given(functions)
def test_derivatives(ask: Ask, function: Any) -> None:
    assert _is_same(_read(ask(f"derivative of {_written(function)}")), sympy.diff(function, X))


@COSTLY
@given(terms)
def test_an_integral_has_its_integrand_as_derivative(ask: Ask, function: Any) -> None:
    assert _is_same(sympy.diff(_read(ask(f"integral of {_written(function)}")), X), function)


@COSTLY
@given(terms, st.integers(1, 3), st.integers(1, 3))
def test_definite_integrals(ask: Ask, function: Any, low: int, width: int) -> None:
    reply = ask(f"integral of {_written(function)} from {low} to {low + width}")
    with mpmath.workdps(30):
        value = mpmath.quad(sympy.lambdify(X, function, "mpmath"), [low, low + width])
        assert mpmath.almosteq(mpmath.mpf(sympy.N(_read(reply), 30)), value, rel_eps=1e-14)


# units

DEFINED = {
    "inch": ("L", "0.0254"), "foot": ("L", "0.3048"), "yard": ("L", "0.9144"), "mile": ("L", "1609.344"),
    "cm": ("L", "0.01"), "km": ("L", "1000"), "nautical mile": ("L", "1852"), "light year": ("L", "9460730472580800"),
    "pound": ("M", "0.45359237"), "ounce": ("M", "0.028349523125"), "stone": ("M", "6.35029318"), "mg": ("M", "1e-6"),
    "gram": ("M", "0.001"), "tonne": ("M", "1000"),
    "minute": ("T", "60"), "hour": ("T", "3600"), "day": ("T", "86400"), "week": ("T", "604800"), "µs": ("T", "1e-6"),
    "GB": ("B", "8e9"), "GiB": ("B", "8589934592"), "kB": ("B", "8000"), "KiB": ("B", "8192"), "Mbit": ("B", "1e6"),
    "joule": ("E", "1"), "kWh": ("E", "3.6e6"), "eV": ("E", "1.602176634e-19"),
    "pascal": ("P", "1"), "bar": ("P", "1e5"), "atm": ("P", "101325"),
    "mph": ("V", "0.44704"), "km/h": ("V", "5/18"), "m/s": ("V", "1"), "ft/s": ("V", "0.3048"),
    "acre": ("A", "4046.8564224"), "hectare": ("A", "10000"), "ft^2": ("A", "0.09290304"), "m^2": ("A", "1"),
    "litre": ("C", "0.001"), "cubic inch": ("C", "0.000016387064"), "imperial gallon": ("C", "0.00454609"),
}  # fmt: skip
"""By definition, in SI units (bits for data). Written down here, not taken from Math's table."""
measured = st.sampled_from(
    [(here, there) for here in DEFINED for there in DEFINED if DEFINED[here][0] == DEFINED[there][0]]
)


@SETTINGS
@given(st.decimals(0, 10**6, places=3), measured)
def test_a_conversion_has_the_factor_of_the_definitions(ask: Ask, number: Decimal, units: tuple[str, str]) -> None:
    here, there = units
    value = Fraction(number) * Fraction(DEFINED[here][1]) / Fraction(DEFINED[there][1])
    shown = _number(ask(f"{number} {here} in {there}").split(" ")[0])
    assert Fraction(shown) == value or shown == DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))


@SETTINGS
@given(st.decimals(-273, 10**4, places=2))
def test_temperatures(ask: Ask, celsius: Decimal) -> None:
    assert _number(ask(f"{celsius} °C in °F").split(" ")[0]) == celsius * 9 / 5 + 32
    assert _number(ask(f"{celsius} celsius in kelvin").split(" ")[0]) == celsius + Decimal("273.15")
