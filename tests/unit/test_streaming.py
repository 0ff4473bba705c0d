"""A reply shown as it comes: whatever is tried again, the screen has one answer in the end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tellme.model import Plan, PlanEntry, ToolCall
from tellme.surfaces.streaming import Stream, Whole


class Screen:
    def __init__(self, label: str = "") -> None:
        self.text = ""
        self.stream = Stream(self.write, self.note, label)

    def write(self, text: str) -> None:
        self.text += text

    def note(self, text: str) -> None:
        assert not self.text or self.text.endswith("\n"), "a note never begins in the middle of a line"
        self.text += f"({text})\n"

    def pieces(self, *pieces: str) -> Screen:
        for piece in pieces:
            self.stream.piece(piece)
        return self

    def again(self) -> Screen:
        self.stream.again("again")
        return self

    def end(self, *, whole: bool = True) -> str:
        self.stream.end(whole=whole)
        return self.text


def test_steps_are_lines_of_their_own_and_never_in_the_middle_of_one() -> None:
    screen = Screen()
    screen.stream.step(ToolCall("1", "Look", "read", "in_progress"))
    screen.pieces("one\n")
    screen.stream.step(ToolCall("1", "Look", "read", "completed"))
    screen.pieces("two")
    screen.stream.step(ToolCall("2", "Run", "execute", "pending"))
    screen.stream.step(Plan((PlanEntry("go on", "pending"),)))
    shown = "(◐ Look  read)\none\n(✓ Look  read)\ntwo\n(○ Run  execute)\n(Plan: go on)\n"
    assert screen.pieces(" three").end() == shown.replace("two", "two three")


def test_steps_go_where_they_are_wanted() -> None:
    said: list[str] = []
    stream = Stream(lambda _: None, lambda _: None, say_step=said.append)
    stream.step(ToolCall("1", "Look"))
    assert said == ["○ Look"]
    Whole(said.append).step(ToolCall("1", "Look"))
    assert said == ["○ Look"]


def test_pieces_are_shown_as_they_come() -> None:
    screen = Screen().pieces("a")
    assert screen.text == "a"
    assert screen.pieces("b\n").end() == "ab\n"


def test_a_second_try_that_says_the_same_goes_on_where_the_first_stopped() -> None:
    screen = Screen().pieces("half an ans").again().pieces("half", " an answer")
    assert screen.text == "half an answer"
    assert screen.pieces(", whole").end() == "half an answer, whole\n(again)\n"


def test_a_second_try_that_says_something_else_begins_on_a_new_line() -> None:
    assert Screen().pieces("half an ans").again().pieces("half", "way").end() == "half an ans …\nhalfway\n(again)\n"


def test_a_second_try_that_is_shorter_is_shown_as_the_answer() -> None:
    assert Screen().pieces("abcdef").again().pieces("abc").end() == "abcdef …\nabc\n(again)\n"


def test_a_second_try_that_is_empty_takes_the_first_back() -> None:
    assert Screen().pieces("abc").again().end() == "abc …\n(again)\n"


def test_a_turn_that_fails_leaves_what_was_shown() -> None:
    assert Screen().pieces("abc").again().end(whole=False) == "abc\n(again)\n"


def test_what_comes_before_the_first_piece_is_said_at_once() -> None:
    screen = Screen("Echo: ").again()
    assert screen.text == "(again)\n"
    assert screen.pieces("hi", " you").end() == "(again)\nEcho: hi you\n"


def test_nothing_at_all_is_shown_for_nothing() -> None:
    assert Screen("Echo: ").end() == ""


def test_each_answer_that_begins_anew_has_the_label() -> None:
    assert Screen("Echo: ").pieces("a").again().pieces("b").end() == "Echo: a …\nEcho: b\n(again)\n"


@hypothesis_settings(max_examples=100, derandomize=True)
@given(st.lists(st.lists(st.sampled_from(["a", "b", "ab", "ba\n"]), max_size=4), min_size=1, max_size=3))
def test_the_last_thing_on_the_screen_is_the_whole_answer_once(tries: list[list[str]]) -> None:
    screen = Screen()
    for number, pieces in enumerate(tries):
        if number:
            screen.again()
        screen.pieces(*pieces)
    answer = "".join(tries[-1])
    shown = "".join(line for line in screen.end().splitlines(keepends=True) if not line.startswith("("))
    last = shown.rpartition(" …\n")[2]
    assert last == (answer if answer.endswith("\n") or not answer else f"{answer}\n")
