"""What a program with a prompt prints, as it is read: lines, prompts, ends, echoes, however the bytes are cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.wire.repl import LINE_CHARS, MOST_BLANK, PROMPT_CHARS, Answer, Echo, End, Fragment, Prompt, Reader, visible

PYTHON = r"(>>>|\.\.\.) "


def read(*chunks: bytes) -> tuple[list[str], str]:
    """The whole lines that came, and the one that has not ended."""
    reader = Reader()
    return [line.text for chunk in chunks for line in reader.feed(chunk)], reader.tail.text


@pytest.mark.parametrize(
    ("chunks", "lines", "tail"),
    [
        ([b"a\nb\n> "], ["a", "b"], "> "),
        ([b"a\r\n", b"b\r", b"\n> "], ["a", "b"], "> "),
        ([b"\n\n"], ["", ""], ""),
        ([b"caf\xc3", b"\xa9\n"], ["café"], ""),
        ([b"\xff\n"], ["\ufffd"], ""),
        ([b" 10%\r 99%\r100%\ndone"], ["100%"], "done"),
        ([b"100%\r\x1b[K\n"], ["100%"], ""),
        ([b"x\r>>> "], [], ">>> "),
        ([b""], [], ""),
    ],
)
def test_lines_and_what_has_not_ended(chunks: list[bytes], lines: list[str], tail: str) -> None:
    assert read(*chunks) == (lines, tail)


def test_an_endless_line_is_handed_on_and_the_end_of_it_held() -> None:
    reader = Reader()
    assert reader.feed(b"x" * (LINE_CHARS + 3)) == [Fragment("xxx", begins=True, ends=False)]
    assert reader.feed(b"y\nz") == [Fragment("x" * LINE_CHARS + "y", begins=False, ends=True)]
    assert reader.tail == Fragment("z", begins=True, ends=False)


def test_what_is_cleared_is_gone_but_half_a_character_is_not() -> None:
    reader = Reader()
    reader.feed(b"> \xc3")
    reader.clear()
    assert [line.text for line in reader.feed(b"\xa9\n")] == ["é"]


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=6))
def test_cuts_change_nothing(data: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    assert read(*(data[begin:end] for begin, end in pairwise(places))) == read(data)


@pytest.mark.parametrize(("line", "seen"), [("a", "a"), ("a\rb", "b"), ("a\r", "a"), ("\r\r", ""), ("a\r \r", "a")])
def test_what_is_left_of_a_line_that_is_written_over(line: str, seen: str) -> None:
    assert visible(line) == seen


@pytest.mark.parametrize(
    ("pattern", "tail", "is_all", "before"),
    [
        (PYTHON, ">>> ", True, ""),
        (PYTHON, "... ", True, ""),
        (PYTHON, "a>>> ", False, "a"),
        (PYTHON, ">>> >>> ", False, ""),
        (PYTHON, ">>> x", False, None),
        (PYTHON, "", False, None),
        (">>>", ">>> ", True, ""),
        ("^>>> $", ">>> ", True, ""),
        ("^>>> $", "a>>> ", False, None),
        ("> ", "\x1b[1;32m> \x1b[0m", True, ""),
        ("> ", "\x1b[?2004h> ", True, ""),
        ("> ", "a > b", False, None),
        ("(?i)ok> ", "OK> ", True, ""),
        (".*", "", False, None),
        (".*", "  ", False, None),
        (" *", "   ", False, None),
        (r"\w+@\w+:[^ ]*\$ ", "me@here:~/notes$ ", True, ""),
    ],
)
def test_the_prompt(pattern: str, tail: str, is_all: bool, before: str | None) -> None:
    prompt = Prompt(pattern)
    line = Fragment(tail, ends=False)
    assert (prompt.is_all(line), prompt.before(line)) == (is_all, before)


def test_a_prompt_begins_its_line() -> None:
    assert not Prompt("> ").is_all(Fragment("> ", begins=False, ends=False))


def test_a_prompt_is_short() -> None:
    prompt = Prompt("x+> ")
    assert prompt.is_all(Fragment("x" * (PROMPT_CHARS - 2) + "> ", ends=False))
    assert not prompt.is_all(Fragment("x" * (PROMPT_CHARS - 1) + "> ", ends=False))


@pytest.mark.parametrize(
    ("line", "is_end"),
    [
        (Fragment("END"), True),
        (Fragment("END  "), True),
        (Fragment("\x1b[2mEND\x1b[m"), True),
        (Fragment("BLENDER"), False),
        (Fragment("THE END"), False),
        (Fragment(""), False),
        (Fragment("END", begins=False), False),
    ],
)
def test_the_line_with_which_an_answer_ends(line: Fragment, is_end: bool) -> None:
    assert End("END").is_line(line) is is_end


def answer(message: str, lines: list[str], echo: Echo, tail: str = "") -> str:
    taken = Answer(message, echo, Prompt("> "))
    text = "".join(taken.take(Fragment(line)) for line in lines)
    return text + (taken.take(Fragment(tail, ends=False)) if tail else "") + taken.close()


@pytest.mark.parametrize(
    ("lines", "tail", "text"),
    [
        ([], "", ""),
        (["4"], "", "4"),
        (["", "", "a", "", " b", "", ""], "", "a\n\n b"),
        (["a"], "b", "a\nb"),
        ([], "b", "b"),
        (["", " "], "b", "b"),
    ],
)
def test_an_answer_has_no_blank_lines_around_it(lines: list[str], tail: str, text: str) -> None:
    assert answer("2+2", lines, Echo(False), tail) == text


def test_pieces_of_a_line_stay_together() -> None:
    taken = Answer("go", Echo(False))
    parts = [Fragment("a", ends=False), Fragment("b", begins=False), Fragment("c")]
    assert [taken.take(part) for part in parts] == ["a", "b", "\nc"]


@pytest.mark.parametrize(
    ("known", "lines", "text", "learned"),
    [
        (True, ["2+2", "4"], "4", True),
        (True, ["> 2+2", "4"], "4", True),
        (True, ["2+2"], "", True),
        (True, ["4"], "4", True),
        (False, ["2+2", "4"], "2+2\n4", False),
        (None, ["2+2", "4"], "4", None),
        (None, ["> 2+2", "4"], "4", None),
        (None, ["2+2"], "2+2", None),
        (None, ["4", "2+2"], "4\n2+2", False),
        (None, ["2+2", "", "4"], "4", None),
    ],
)
def test_the_echo_is_no_part_of_an_answer(
    known: bool | None, lines: list[str], text: str, learned: bool | None
) -> None:
    echo = Echo(known)
    assert answer("2+2", lines, echo) == text
    assert (echo.is_on if echo.is_known else None) is learned


def test_what_was_learned_of_echoes_holds() -> None:
    echo = Echo()
    assert answer("1+1", ["2"], echo) == "2"
    assert answer("42", ["42", "and more"], echo) == "42\nand more"


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.lists(st.text("ab é", max_size=5), max_size=6), st.text("ab é", max_size=5))
def test_nothing_of_an_answer_is_lost_but_blank_lines_around_it(lines: list[str], tail: str) -> None:
    filled = [line for line in [*lines, tail] if line.strip()]
    shown = answer("2+2", lines, Echo(False), tail)
    assert [line for line in shown.split("\n") if line.strip()] == filled
    assert not shown.startswith("\n")
    assert not shown.endswith("\n")


def test_many_blank_lines_cost_little_and_few_of_them_are_shown() -> None:
    taken = Answer("go", Echo(False))
    shown = [
        taken.take(Fragment("begin")),
        *(taken.take(Fragment("")) for _ in range(200_000)),
        taken.take(Fragment("end")),
    ]
    assert "".join(shown) == "begin" + "\n" * MOST_BLANK + "end"


def test_of_a_long_progress_bar_the_last_state_is_left() -> None:
    reader = Reader()
    for percent in range(2_000):
        assert reader.feed(b"\r%d percent done" % percent) == []
    assert reader.feed(b"\n") == [Fragment("1999 percent done")]


def test_an_answer_that_repeats_the_message_once_does_not_make_a_rule() -> None:
    echo = Echo()
    assert answer("one", ["one", "two"], echo) == "two"
    assert answer("one", ["other", "two"], echo) == "other\ntwo"
    assert answer("one", ["one"], echo) == "one"
