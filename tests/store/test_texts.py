"""Any text can be kept, and every conversation has a title of one line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.store.texts import TITLE_LENGTH, storable, title_of

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("plain ünïcode 😀\0", "plain ünïcode 😀\0"),
        ("lone \ud800 half", "lone \ufffd half"),
        ("\udfff", "\ufffd"),
        ("\ud83d\ude00", "😀"),
        ("\ufeffmark", "\ufeffmark"),
        ("\ufeff\ud800", "\ufeff\ufffd"),
    ],
)
def test_storable(text: str, kept: str) -> None:
    assert storable(text) == kept


@pytest.mark.parametrize(
    ("message", "title"),
    [
        ("2+2", "2+2"),
        ("\n \n  What is\tthis?  \nmore", "What is this?"),
        ("", ""),
        (" \n\x1b\n", ""),
        ("\x1b[31mred\x00", "[31mred"),
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 59 + "…"),
    ],
)
def test_title_of(message: str, title: str) -> None:
    assert title_of(message) == title


@given(ANY_TEXT)
@settings(max_examples=100)
def test_every_text_has_a_form_that_can_be_kept_and_a_title(text: str) -> None:
    kept = storable(text)
    assert kept.encode().decode() == kept == storable(kept)
    title = title_of(kept)
    assert len(title) <= TITLE_LENGTH
    assert not title or title.isprintable()
