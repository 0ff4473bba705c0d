"""What a person may have meant."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.nearest import edits, nearest


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("math", ("Math",)),
        ("Mahts", ("Math",)),
        ("Eng", ("English",)),
        ("Englsih", ("English",)),
        ("zne", ("Zen", "Zone")),
        ("Ze", ("Zen",)),
        ("Physics", ()),
        ("", ()),
        ("x" * 1_000_000, ()),
    ],
)
def test_nearest(name: str, meant: tuple[str, ...]) -> None:
    assert nearest(name, ["English", "Zen", "Math", "Zone"]) == meant


def test_at_most_three_are_named_the_best_first() -> None:
    assert nearest("bot1", ["bot22", "bot4", "bot3", "bot2", "bot1x"]) == ("bot1x", "bot2", "bot3")


@pytest.mark.parametrize(
    ("a", "b", "count"), [("", "", 0), ("", "ab", 2), ("abc", "acb", 1), ("kitten", "sitting", 3), ("ca", "abc", 3)]
)
def test_edits(a: str, b: str, count: int) -> None:
    assert edits(a, b) == edits(b, a) == count


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
@settings(max_examples=60, derandomize=True)
def test_edits_lie_between_the_difference_in_length_and_the_longer_word(a: str, b: str) -> None:
    assert abs(len(a) - len(b)) <= edits(a, b) <= max(len(a), len(b))
    assert (edits(a, b) == 0) == (a == b)
