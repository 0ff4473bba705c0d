"""Patterns of manifests: read as ``re`` reads them, and none takes long."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.wire.patterns import Pattern, TooSlow, problem

SLOW = r"(a|aa)+$"
TEXT = "a" * 60 + "!"


@pytest.mark.parametrize("method", ["is_all", "share", "last"])
def test_one_that_takes_too_long_is_stopped(method: str) -> None:
    tried = Pattern(SLOW)
    began = time.process_time()
    with pytest.raises(TooSlow):
        tried.last(TEXT, 0, len(TEXT)) if method == "last" else getattr(tried, method)(TEXT)
    assert time.process_time() - began < 1


@pytest.mark.parametrize("pattern", ["> ", r"(?i)a|ab", r"(?x)a b # one", r"\w$", r"(?<=a)b", "", r"(a)\1"])
@given(st.text("ab> \n", max_size=8), st.integers(0, 8), st.integers(0, 8))
@settings(max_examples=60, deadline=None)
def test_they_say_what_re_says(pattern: str, text: str, start: int, end: int) -> None:
    tried, expected = Pattern(pattern), re.compile(pattern)
    end = min(end, len(text))
    start = min(start, end)
    assert tried.is_all(text, end) == bool(expected.fullmatch(text, 0, end))
    places = (place for place in range(start, end + 1) if expected.fullmatch(text, place, end))
    assert tried.last(text, start, end) == next(places, None)
    found = expected.search(text)
    if text:
        assert tried.share(text) == (found and (found.end() - found.start()) / len(text))


def test_what_cannot_be_used_is_said() -> None:
    assert problem(SLOW) is None
    assert "missing" in (problem("(") or "")
