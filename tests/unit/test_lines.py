"""The ``lines`` protocol: a message of any shape is one line, a reply of any bytes is text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.wire import lines


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("2+2", b"2+2\n"),
        ("", b"\n"),
        ("a\nb\r\nc\rd", b"a b c d\n"),
        ("a\n\nb\n", b"a  b\n"),
        ("é\u2028ü", "é ü\n".encode()),
        ("a\ud800b", b"a?b\n"),
    ],
)
def test_encode(message: str, line: bytes) -> None:
    assert lines.encode(message) == line


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("2+2", b"2+2\n"),
        ("a\tb", b"a b\n"),
        ("rm\x03 \x04\x1a\x7f!", b"rm     !\n"),
        ("\x1b[A", b" [A\n"),
        ("\x9b1m", b" 1m\n"),
        ("é\u2028ü", "é ü\n".encode()),
    ],
)
def test_on_a_terminal_nothing_is_a_key_but_the_end_of_the_line(message: str, line: bytes) -> None:
    assert lines.encode(message, typed=True) == line


@pytest.mark.parametrize(
    ("line", "text"),
    [(b"4", "4"), (b"4\r\n", "4"), (b"4\n", "4"), (b"4\r\r\n", "4\r"), (b"", ""), (b"\xff4", "\ufffd4")],
)
def test_decode(line: bytes, text: str) -> None:
    assert lines.decode(line) == text


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.text(st.characters(exclude_categories=[])))
def test_every_message_is_one_line(message: str) -> None:
    line = lines.encode(message)
    assert line.endswith(b"\n")
    assert len(line.splitlines()) == 1


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.binary())
def test_every_reply_is_text(line: bytes) -> None:
    lines.decode(line).encode()
