"""``clean`` leaves nothing that a terminal obeys, and a stream cut anywhere comes out the same."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.text import MAX_SEQUENCE, Cleaner, clean, decode_message, one_line, shorten

CHARACTERS = "\x00\x07\x08\x18\x1b\x7f\x84\x90\x98\x9b\x9c\x9d\x9e\x9f\r\n\t\u2028\u202e\u2069\ud83d\ude00"
STARTS = ("\x1b[", "\x1b]", "\x1bP", "\x1b\\", "\r\n", "8;;", "31", "m", " ", "é", "text")
PIECES = st.sampled_from([*CHARACTERS, *STARTS, "x" * (MAX_SEQUENCE - 1), "x" * MAX_SEQUENCE])
STRANGE_TEXT = st.lists(PIECES | st.text(max_size=3), max_size=12).map("".join)


CLEANED = [
    ("plain, ünïcode 😀, no\u00a0break", "plain, ünïcode 😀, no\u00a0break"),
    ("tab\tand\nnewline", "tab\tand\nnewline"),
    ("\x1b[31mred\x1b[0m", "red"),
    ("\x9b31mred\x9bm", "red"),
    ("\x1b[?1049h\x1b[2J\x1b[1;1Hscreen", "screen"),
    ("\x1b[>4;2mkeys\x1b[0 q", "keys"),
    ("\x1b]0;title\x07a", "a"),
    ("\x1b]0;title\x1b\\a", "a"),
    ("\x9d0;title\x9ca", "a"),
    ("\x1b]8;;http://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
    ("\x1b]52;c;cm0gLXJm\x07a", "a"),
    ("\x1bPq#0;2;0\nlines\x1b\\a", "a"),
    ("\x90q\x9ca", "a"),
    ("\x1bXsos\x1b\\\x1b^pm\x1b\\\x1b_apc\x1b\\a", "a"),
    ("\x98sos\x9c\x9epm\x9c\x9fapc\x9ca", "a"),
    ("\x1bc\x1b(B\x1b#8\x1b7a", "a"),
    ("\x1b", ""),
    ("\x1b\nnext", "\nnext"),
    ("bell\x07 nul\x00 back\x08 del\x7f nel\x85 vt\x0b", "bell nul back del nel vt"),
    ("a\r\nb\rc\n\rd", "a\nb\nc\n\nd"),
    ("a\u2028b\u2029c", "a\nb\nc"),
    ("access\u202e\u2066 // check\u2069\u2066", "access // check"),
    ("\ud800 lone \udfff", "\ufffd lone \ufffd"),
    ("pair \ud83d\ude00", "pair 😀"),
]


@pytest.mark.parametrize(("text", "cleaned"), CLEANED)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


UNTERMINATED = [
    ("\x1b]0;never closed\nthe reply", "0;never closed\nthe reply"),
    ("\x9d0;never closed", "0;never closed"),
    ("\x1b]0;cut \x1b[1mshort\x07", "0;cut short"),
    ("\x1bPnever closed", "never closed"),
    ("\x1b[31", ""),
    ("\x1b[31éa", "éa"),
    ("\x1b[3\x1b[1mbold", "bold"),
]


@pytest.mark.parametrize(("text", "cleaned"), UNTERMINATED)
def test_an_unterminated_sequence_swallows_no_text(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_a_control_string_is_taken_out_whole_up_to_its_bound() -> None:
    assert clean(f"\x1b]{'x' * MAX_SEQUENCE}\x07") == ""
    assert clean(f"\x1b]{'x' * (MAX_SEQUENCE + 1)}\x07") == "x" * (MAX_SEQUENCE + 1)


@given(STRANGE_TEXT)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_what_is_clean_holds_nothing_that_a_terminal_obeys_and_stays_as_it_is(text: str) -> None:
    cleaned = clean(text)
    assert not [
        char
        for char in cleaned
        if (ord(char) < 0x20 and char not in "\n\t")
        or 0x7F <= ord(char) < 0xA0
        or 0xD800 <= ord(char) < 0xE000
        or char in "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    ]
    assert clean(cleaned) == cleaned


@given(STRANGE_TEXT, st.lists(st.integers(0, 60), max_size=8))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_a_stream_cut_anywhere_comes_out_as_the_whole(text: str, cuts: list[int]) -> None:
    bounds = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    pieces = [text[start:end] for start, end in pairwise(bounds)]
    cleaner = Cleaner()
    assert "".join([*map(cleaner.feed, pieces), cleaner.flush()]) == clean(text)


@pytest.mark.parametrize(("text", "cleaned"), CLEANED + UNTERMINATED)
def test_a_stream_cut_at_each_place_comes_out_as_the_whole(text: str, cleaned: str) -> None:
    for pieces in ([*text], *([text[:cut], text[cut:]] for cut in range(len(text)))):
        cleaner = Cleaner()
        assert "".join([*map(cleaner.feed, pieces), cleaner.flush()]) == cleaned


@pytest.mark.parametrize("start", ["\x1b]", "\x9d", "\x1bP", "\x1b[", "\x9b"])
@pytest.mark.parametrize("flood", ["x", "1", " ", "\ufffd"])
def test_a_cleaner_holds_back_a_bounded_part(start: str, flood: str) -> None:
    cleaner = Cleaner()
    shown = cleaner.feed(start) + cleaner.feed(flood * 3 * MAX_SEQUENCE)
    assert len(shown) > MAX_SEQUENCE


def test_a_flushed_cleaner_begins_anew() -> None:
    cleaner = Cleaner()
    assert cleaner.feed("a\x1b]0;") + cleaner.flush() == "a0;"
    assert cleaner.feed("title\x07b") == "titleb"


@pytest.mark.parametrize(
    "unit", ["\x1b]", "\x9d", "\x1b", "\x9d" + "a" * (MAX_SEQUENCE - 1), "\x1b[1", "\r", "\x1bP\n"]
)
def test_time_grows_with_length_only(unit: str) -> None:
    """A quadratic cleaner would take minutes for this megabyte."""
    start = time.perf_counter()
    clean(unit * (2**20 // len(unit)))
    assert time.perf_counter() - start < 5


def test_one_line() -> None:
    assert one_line("a\nb\r\nc\u2028d\x1b[0m") == "a\\nb\\nc\\nd"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"2+2", "2+2"),
        (b"2+2\n", "2+2"),
        (b"2+2\r\n", "2+2"),
        (b"2+2\n\n", "2+2\n"),
        (b"2+2\r", "2+2\r"),
        (b"\n", ""),
        (b"", ""),
        (b"caf\xc3\xa9 \xff\xfe \x00", "café \ufffd\ufffd \ufffd"),
        (b"\xed\xa0\x80", "\ufffd\ufffd\ufffd"),
    ],
)
def test_decode_message(data: bytes, message: str) -> None:
    assert decode_message(data) == message


def test_shorten() -> None:
    assert shorten("0123456789", 10) == "0123456789"
    assert shorten("0123456789", 9) == "01234567…"
    assert shorten("0123456789", 1) == "…"
