"""The prompt, with real keys and no host: what sends, what edits, how large it is."""

from __future__ import annotations

import pytest
from textual import events
from textual.pilot import Pilot

from tellme.tui.widgets.prompt import Prompt

from .desk import LARGE, Desk, paste, run, shown, type_, until

# Sending --------------------------------------------------------------------------------------------------------------


def test_enter_sends_and_empties_the_prompt() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await type_(pilot, "2+2", "enter")

        assert desk.of(Prompt.Submitted) == ["2+2"]
        assert desk.prompt.draft == ""

        await type_(pilot, "", "ctrl+underscore")
        assert desk.prompt.draft == ""

    run(body)


def test_blank_lines_are_not_sent() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await type_(pilot, "  ", "ctrl+j", "enter")

        assert desk.of(Prompt.Submitted) == []
        assert desk.prompt.draft == "  \n"

    run(body)


@pytest.mark.parametrize("key", ["ctrl+j", "alt+enter", "shift+enter"])
def test_each_key_for_a_new_line_makes_one(key: str) -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await type_(pilot, "a", key)
        await type_(pilot, "b", "enter")

        assert desk.of(Prompt.Submitted) == ["a\nb"]

    run(body)


def test_a_backslash_before_enter_becomes_a_new_line() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await type_(pilot, "a\\", "enter")
        await type_(pilot, "b", "enter")

        assert desk.of(Prompt.Submitted) == ["a\nb"]

    run(body)


def test_keys_act_in_the_order_in_which_they_were_typed() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        for key in (*"1+1", "enter", *"ab", "backspace", *"cd", "left", "left", *"ef", "enter", "x"):
            desk.post_message(events.Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: desk.prompt.draft == "x")

        assert desk.of(Prompt.Submitted) == ["1+1", "aefcd"]

    run(body)


def test_the_keys_can_be_remapped() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        desk.set_keymap({"prompt.send": "f9", "prompt.newline": "enter", "prompt.kill_to_start": "f8"})
        await type_(pilot, "xx", "f8")
        await type_(pilot, "a", "enter")
        await type_(pilot, "b", "f9")

        assert desk.of(Prompt.Submitted) == ["a\nb"]

    run(body)


def test_every_binding_has_an_id_and_a_description() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        bindings = [binding for each in desk.prompt._bindings.key_to_bindings.values() for binding in each]

        assert all(binding.id and binding.id.startswith("prompt.") and binding.description for binding in bindings)
        assert all(len(each) == 1 for each in desk.prompt._bindings.key_to_bindings.values())

    run(body)


def test_end_of_file_leaves_only_an_empty_prompt() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await type_(pilot, "ab", "left", "ctrl+d")
        assert (desk.prompt.draft, desk.of(Prompt.LeaveRequested)) == ("a", [])

        await type_(pilot, "", "backspace", "ctrl+d")
        assert desk.of(Prompt.LeaveRequested) == [""]

    run(body)


def test_the_editor_is_asked_for_with_all_of_the_text() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await paste(pilot, LARGE)
        await type_(pilot, "x", "ctrl+o")

        assert desk.of(Prompt.EditorRequested) == [LARGE + "x"]

    run(body)


# Editing --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (["ctrl+a", "ctrl+k"], ""),
        (["ctrl+u"], ""),
        (["ctrl+w"], "one two "),
        (["ctrl+w", "ctrl+w", "ctrl+y", "ctrl+y"], "one two two "),
        (["ctrl+left", "ctrl+k", "ctrl+a", "ctrl+y"], "threeone two "),
        (["ctrl+a", "alt+d"], " two three"),
        (["shift+left", "shift+left", "backspace"], "one two thr"),
        (["ctrl+u", "ctrl+underscore"], "one two three"),
        (["ctrl+u", "ctrl+underscore", "alt+slash"], ""),
        (["ctrl+a", "delete"], "ne two three"),
    ],
)
def test_editing_as_in_readline(keys: list[str], text: str) -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await type_(pilot, "one two three", *keys)

        assert desk.prompt.draft == text

    run(body)


def test_the_start_and_end_of_a_line_are_those_of_the_whole_line() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await type_(pilot, "many words " * 5, "ctrl+a")
        assert desk.prompt.cursor_location == (0, 0)

        await type_(pilot, "", "ctrl+k")
        assert desk.prompt.draft == ""

    run(body, size=(20, 20))


def test_a_key_with_a_modifier_types_nothing() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        desk.post_message(events.Key("alt+q", "q"))
        await pilot.pause()

        assert desk.prompt.draft == ""

    run(body)


def test_what_is_selected_is_copied_and_nothing_else() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await type_(pilot, "abc", "ctrl+c", "ctrl+x", "shift+left", "ctrl+c", "ctrl+x", "ctrl+v", "ctrl+v")

        assert desk.copied == ["c", "c"]  # a cut is a copy
        assert desk.prompt.draft == "abcc"

    run(body)


# The look -------------------------------------------------------------------------------------------------------------


def test_it_grows_with_its_text_to_a_third_of_the_screen_and_shrinks_again() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        heights = [desk.prompt.size.height]
        for keys in (["ctrl+j"], ["ctrl+j"] * 10, ["backspace"] * 10, ["backspace"]):
            await type_(pilot, "", *keys)
            heights.append(desk.prompt.size.height)

        assert heights == [1, 2, 8, 2, 1]

    run(body, size=(80, 24))


def test_undo_takes_away_more_lines_than_fit() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await paste(pilot, "line\n" * 6)
        await type_(pilot, "", "ctrl+underscore")
        assert desk.prompt.draft == ""
        await type_(pilot, "", "alt+slash")
        assert desk.prompt.draft == "line\n" * 6

    run(body, (40, 12))


@pytest.mark.parametrize("size", [(120, 40), (40, 12), (10, 3), (1, 1)])
def test_it_is_there_whatever_the_size(size: tuple[int, int]) -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await type_(pilot, "/st日本語👧é שלום", "ctrl+j", "ctrl+r")

        assert desk.prompt.size.height >= 1
        assert desk.prompt.draft == "/st日本語👧é שלום\n"

    run(body, size=size)


def test_no_text_is_taken_for_markup() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        desk.prompt.placeholder = "Message [bold]"
        assert "Message [bold]" in shown(desk)

        desk.prompt.set_sessions([("1", "[red]a[/] \x1b[31mkoan")])
        await type_(pilot, "/resume ")
        assert desk.menu == ["1  [red]a[/] koan"]

        await type_(pilot, "[/nope]")
        assert "[/nope]" in shown(desk)

    run(body)
