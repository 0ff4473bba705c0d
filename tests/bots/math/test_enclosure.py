"""An enclosure holds the number, at every precision and for every number between its ends."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

SETTINGS = settings(max_examples=60, derandomize=True, deadline=None)
FUNCTIONS = ["sin", "cos", "atan", "exp", "ln", "sqrt", "inverse"]


@SETTINGS
@given(
    st.sampled_from(FUNCTIONS),
    st.decimals("0.001", 300, places=6),
    st.decimals(0, "0.01", places=5),
    st.integers(0, 10),
    st.integers(6, 25),
)
def test_holds_the_value_of_each_point(name: str, low: Decimal, width: Decimal, tenth: int, digits: int) -> None:
    from mathbot.numbers.enclosure import Enclosure, Interval

    point = low + width * tenth / 10
    rough = getattr(Enclosure(digits), name)(Interval(low, low + width))
    fine = getattr(Enclosure(60), name)(Interval(point, point))
    assert rough.low <= fine.low <= fine.high <= rough.high


@SETTINGS
@given(st.fractions(-100, 100), st.fractions(-100, 100), st.integers(3, 20))
def test_arithmetic_holds_the_exact_result(a: Fraction, b: Fraction, digits: int) -> None:
    from mathbot.numbers.enclosure import Enclosure

    to = Enclosure(digits)
    x, y = to.rational(a), to.rational(b)
    for interval, exact in [
        (to.add(x, y), a + b),
        (to.multiply(x, y), a * b),
        (to.negate(x), -a),
        (to.integer_power(x, 5), a**5),
    ]:
        assert Fraction(interval.low) <= exact <= Fraction(interval.high)


@pytest.mark.parametrize("digits", [1, 5, 50, 300, 40])
def test_pi_is_between_its_ends(digits: int) -> None:
    from mathbot.numbers.enclosure import Enclosure

    low, high = Enclosure(digits).pi()
    known = Fraction("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899")
    assert Fraction(low) <= known + Fraction(1, 10**80)
    assert Fraction(high) >= known
    assert high - low <= Decimal(3) ** (1 - digits)


def test_a_divisor_that_may_be_zero_is_undecided() -> None:
    from mathbot.numbers.enclosure import Enclosure, Interval, Undecided

    with pytest.raises(Undecided):
        Enclosure(20).inverse(Interval(Decimal(-1), Decimal(1)))
