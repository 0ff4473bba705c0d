"""The prompt, with real keys and no host."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Static

from tellme.model import MAX_MESSAGE_BYTES
from tellme.tui.widgets.menu import Menu
from tellme.tui.widgets.prompt import Prompt

LARGE = "".join(f"line {number}\n" for number in range(400))


class Desk(App[None]):
    """A prompt below something else; keeps what the prompt says."""

    AUTO_FOCUS = "Prompt"
    CSS = "VerticalScroll { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.said: list[Message] = []
        self.copied: list[str] = []

    def compose(self) -> ComposeResult:
        with Vertical():
            with VerticalScroll(can_focus=True):
                yield Static("the talk\n" * 50)
            yield Prompt("Message Math")

    @property
    def prompt(self) -> Prompt:
        return self.query_one(Prompt)

    @property
    def menu(self) -> list[str]:
        """The rows of the list above the prompt."""
        lists = [menu for menu in self.query(Menu) if menu.display]
        return [line.rstrip() for line in str(lists[0].render()).split("\n")] if lists else []

    def of(self, kind: type[Message]) -> list[str]:
        """What the messages of this kind said."""
        names = ("text", "needle", "reason")
        said = [
            [getattr(each, name) for name in names if hasattr(each, name)]
            for each in self.said
            if isinstance(each, kind)
        ]
        return [words[0] if words else "" for words in said]

    def copy_to_clipboard(self, text: str) -> None:
        super().copy_to_clipboard(text)
        self.copied.append(text)

    def keep(self, message: Message) -> None:
        self.said.append(message)

    on_prompt_submitted = on_prompt_draft_changed = on_prompt_history_wanted = keep
    on_prompt_refused = on_prompt_leave_requested = on_prompt_editor_requested = keep


Body = Callable[[Desk, Pilot[None]], Awaitable[None]]


def run(body: Body, size: tuple[int, int] = (80, 24)) -> None:
    async def main() -> None:
        desk = Desk()
        async with desk.run_test(size=size) as pilot:
            await body(desk, pilot)

    asyncio.run(main())


async def until(pilot: Pilot[None], holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        await pilot.pause(0.01)


async def type_(pilot: Pilot[None], text: str, *keys: str) -> None:
    """Send a text and then keys, all at once as a fast terminal does."""
    for character in text:
        pilot.app.post_message(events.Key(character, character))
    for key in keys:
        pilot.app.post_message(events.Key(key, None))
    await pilot.pause()
    await pilot.pause()


async def paste(pilot: Pilot[None], text: str) -> None:
    pilot.app.post_message(events.Paste(text))
    await pilot.pause()
    await pilot.pause()


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


def shown(desk: Desk) -> str:
    return "\n".join(line.text.rstrip() for line in desk.prompt.render_lines(desk.prompt.size.region))


# Pastes ---------------------------------------------------------------------------------------------------------------


def test_a_small_paste_goes_in_as_it_is_and_never_sends() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await paste(pilot, "a\tb\r\nc\rd\x1b[31m\x1b[201~\0\u2028e\r")

        assert desk.prompt.draft == "a\tb\nc\nd\ne\n"
        assert desk.of(Prompt.Submitted) == []

    run(body)


def test_a_large_paste_is_folded_and_sent_whole() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await type_(pilot, "see ")
        await paste(pilot, LARGE)
        await type_(pilot, " there", "ctrl+k")
        assert "see [Pasted text #1: 400 lines, 3 kB] there" in shown(desk)

        await type_(pilot, "", "enter")
        assert desk.of(Prompt.Submitted) == [f"see {LARGE} there"]

    run(body)


@pytest.mark.parametrize(
    "keys",
    [["backspace"], ["left", "delete"], ["ctrl+w"], ["shift+left", "x"], ["left", "right", "backspace"]],
)
def test_a_token_is_deleted_as_one_and_comes_back_as_one(keys: list[str]) -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await paste(pilot, LARGE)
        await type_(pilot, "", *(key for key in keys))
        assert desk.prompt.draft.removeprefix("x") == ""

        await type_(pilot, "", "ctrl+underscore")
        assert desk.prompt.draft.startswith(LARGE)

    run(body)


def test_no_edit_gets_into_a_token() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await type_(pilot, "a")
        await paste(pilot, LARGE)
        await type_(pilot, "b")
        desk.prompt.insert("x", (0, 5))
        desk.prompt.move_cursor((0, 7))
        await type_(pilot, "y")

        assert desk.prompt.draft in (f"a{LARGE}xyb", f"ay{LARGE}xb")

    run(body)


def test_a_token_that_is_typed_is_text() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await paste(pilot, LARGE)
        token = desk.prompt.text
        await paste(pilot, f"{token} [Pasted text #1: 400 lines, 3 kB]")

        words = "Pasted text #1: 400 lines, 3 kB"
        assert desk.prompt.draft == f"{LARGE}{words} [{words}]"

    run(body)


def test_copies_and_cuts_have_folded_pastes_whole() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await paste(pilot, LARGE)
        await type_(pilot, "", "shift+home", "ctrl+c", "ctrl+u", "ctrl+y", "ctrl+v")

        assert desk.copied == [LARGE]
        assert desk.prompt.draft == LARGE * 2

    run(body)


def test_what_was_cut_can_be_put_into_the_next_message() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await paste(pilot, LARGE)
        await type_(pilot, "", "ctrl+u")
        await type_(pilot, "x", "enter", "ctrl+y", "enter")

        assert desk.of(Prompt.Submitted) == ["x", LARGE]

    run(body)


def test_what_no_message_holds_is_refused_and_nothing_is_lost() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await type_(pilot, "kept")
        await paste(pilot, "é" * (MAX_MESSAGE_BYTES // 2))
        await paste(pilot, "x" * (MAX_MESSAGE_BYTES + 1))
        assert len(desk.of(Prompt.Refused)) == 2
        assert desk.prompt.draft == "kept"

        await paste(pilot, "x" * (MAX_MESSAGE_BYTES - 4))
        await type_(pilot, "y", "enter")
        assert len(desk.of(Prompt.Refused)) == 3
        assert len(desk.prompt.draft) == MAX_MESSAGE_BYTES + 1

        await type_(pilot, "", "backspace", "enter")
        assert [len(text) for text in desk.of(Prompt.Submitted)] == [MAX_MESSAGE_BYTES]

    run(body)


# The draft ------------------------------------------------------------------------------------------------------------


def test_changes_of_the_draft_are_told_together() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await type_(pilot, "one")
        assert desk.of(Prompt.DraftChanged) == []
        await until(pilot, lambda: desk.of(Prompt.DraftChanged))
        await type_(pilot, "", "enter")

        assert desk.of(Prompt.DraftChanged) == ["one", ""]

    run(body)


def test_a_draft_that_is_put_there_tells_of_the_one_before_and_not_of_itself() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await type_(pilot, "mine")
        desk.prompt.draft = "replaced at once"
        desk.prompt.draft = "from\x1b[31m disk\r\n"
        await type_(pilot, "x")
        await until(pilot, lambda: len(desk.of(Prompt.DraftChanged)) == 2)

        assert desk.of(Prompt.DraftChanged) == ["mine", "from disk\nx"]

    run(body)


def test_a_draft_too_long_to_edit_is_folded() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        desk.prompt.draft = "x\n" * 150
        assert desk.prompt.document.line_count == 151

        desk.prompt.draft = "x\n" * 100_000
        assert desk.prompt.document.line_count == 1
        assert desk.prompt.draft == "x\n" * 100_000

    run(body)


# The history ----------------------------------------------------------------------------------------------------------


def test_up_and_down_walk_the_history_and_come_back_to_the_draft() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        desk.prompt.add_history(["new\nof two lines", "old"])
        await type_(pilot, "", "up")
        assert desk.prompt.draft == "new\nof two lines"
        await type_(pilot, "", "up")
        assert desk.prompt.draft == "old"
        await type_(pilot, "", "up", "down", "down", "down")

        assert desk.prompt.draft == ""
        assert desk.of(Prompt.HistoryWanted) == [""]

    run(body)


def test_with_something_typed_the_walk_visits_what_begins_so() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        desk.prompt.add_history(["other", "what is it", "what was it"])
        await type_(pilot, "what", "up", "up")
        assert desk.prompt.draft == "what was it"

        await type_(pilot, "", "down", "down")
        assert desk.prompt.draft == "what"

    run(body)


def test_a_draft_with_a_folded_paste_survives_the_walk() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        desk.prompt.add_history(["old"])
        await type_(pilot, "", "up")
        await paste(pilot, LARGE)
        await type_(pilot, "", "ctrl+home", "up", "down")

        assert desk.prompt.draft == f"old{LARGE}"

    run(body)


def test_an_entry_is_edited_where_the_cursor_goes_into_it() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        desk.prompt.add_history(["one\ntwo", "older"])
        await type_(pilot, "", "up", "left", "up")
        assert desk.prompt.draft == "one\ntwo"
        assert desk.prompt.cursor_location[0] == 0

        await type_(pilot, "", "down", "end")
        await type_(pilot, "!", "enter", "up")
        assert desk.prompt.draft == desk.of(Prompt.Submitted)[0] == "one\ntwo!"

    run(body)


def test_what_was_sent_is_suggested_and_taken_with_right_or_end() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        desk.prompt.add_history(["what is it"])
        for key in ("right", "end"):
            await type_(pilot, "what")
            assert desk.prompt.suggestion == " is it"
            await type_(pilot, "", key)
            assert desk.prompt.draft == "what is it"
            await type_(pilot, "", "ctrl+u")
        await type_(pilot, "what", "left")

        assert desk.prompt.suggestion == ""

    run(body)


def test_the_search_shows_matches_and_takes_one_without_sending_it() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        desk.prompt.add_history(["start Zen", "2+2", "end Zen"])
        await type_(pilot, "draft", "ctrl+r")
        assert desk.menu == ["history:"]
        await type_(pilot, "zen")
        assert desk.menu == ["history: zen", "end Zen", "start Zen"]
        assert desk.prompt.draft == "start Zen"
        await type_(pilot, "", "ctrl+r", "ctrl+r")
        assert desk.prompt.draft == "end Zen"
        await type_(pilot, "", "ctrl+s", "up", "down", "ctrl+r", "enter")

        assert desk.prompt.draft == "end Zen"
        assert (desk.menu, desk.of(Prompt.Submitted)) == ([], [])
        assert desk.of(Prompt.HistoryWanted) == ["zen"]

    run(body)


def test_the_search_can_be_left_for_what_was_there_before() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        desk.prompt.add_history(["start Zen"])
        await type_(pilot, "draft", "ctrl+r")
        await type_(pilot, "zenx")
        assert desk.menu == ["history: zenx   nothing found"]
        await type_(pilot, "", "backspace")
        assert desk.prompt.draft == "start Zen"
        await type_(pilot, "", "escape")

        assert (desk.prompt.draft, desk.menu) == ("draft", [])

    run(body)


def test_older_entries_are_asked_for_once_and_searched_when_they_come() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await type_(pilot, "", "ctrl+r")
        await type_(pilot, "kept", "ctrl+r", "ctrl+r")
        assert desk.of(Prompt.HistoryWanted) == ["k", "ke", "kep", "kept"]

        desk.prompt.add_history(["was kept", "other"])
        await pilot.pause()
        assert desk.prompt.draft == "was kept"
        assert desk.menu == ["history: kept", "was kept"]

    run(body)


def test_a_paste_while_searching_is_searched_for() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        desk.prompt.add_history(["start Zen"])
        await type_(pilot, "", "ctrl+r")
        await paste(pilot, "Zen\nand more")

        assert desk.prompt.draft == "start Zen"

    run(body)


# Completion -----------------------------------------------------------------------------------------------------------


def test_the_list_opens_behind_a_slash_and_tab_takes_its_way_to_a_bot() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        desk.prompt.set_bots(["English", "Math"])
        await type_(pilot, "/star")
        assert [row.split()[0] for row in desk.menu] == ["/start_session", "/start"]
        await type_(pilot, "", "tab")
        assert desk.prompt.draft == "/start"
        await type_(pilot, "", "tab")
        assert (desk.prompt.draft, desk.menu) == ("/start_session ", ["English", "Math"])
        await type_(pilot, "", "down", "down", "enter")
        assert (desk.prompt.draft, desk.menu) == ("/start_session Math", [])
        await type_(pilot, "", "enter")

        assert desk.of(Prompt.Submitted) == ["/start_session Math"]

    run(body)


@pytest.mark.parametrize(
    ("typed", "keys", "draft", "sent"),
    [
        ("/lis", ["enter"], "", ["/list"]),
        ("/restart ", ["enter"], "", ["/restart "]),
        ("/restart ma", ["enter"], "/restart Math", []),
        ("/stop math", ["enter"], "", ["/stop math"]),
        ("/stop Zen", ["enter"], "", ["/stop Zen"]),
        ("/sto", ["up", "enter"], "/stop ", []),
        ("li", ["tab"], "list", []),
        ("/lis", ["escape", "enter"], "", ["/lis"]),
    ],
)
def test_enter_takes_what_cannot_be_meant_as_it_is(typed: str, keys: list[str], draft: str, sent: list[str]) -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        desk.prompt.set_bots(["English", "Math", "Zen", "Zenith"])
        await type_(pilot, typed, *keys)
        if keys == ["tab"]:
            await type_(pilot, "", "tab")

        assert (desk.prompt.draft, desk.of(Prompt.Submitted)) == (draft, sent)

    run(body)


def test_a_list_that_was_closed_stays_closed_until_the_next_line() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await type_(pilot, "/l", "escape")
        await type_(pilot, "i")
        assert desk.menu == []
        await type_(pilot, "", "tab")
        assert (desk.menu, desk.prompt.draft) == ([], "/list")
        await type_(pilot, "", "ctrl+u")
        await type_(pilot, "/l")

        assert desk.menu != []

    run(body)


def test_escape_and_tab_are_the_screens_where_there_is_no_list() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        pressed: list[str] = []
        desk.action_note = lambda: pressed.append("escape")  # type: ignore[attr-defined]
        desk.bind("escape", "note")
        await type_(pilot, "/", "escape")
        assert pressed == []
        await type_(pilot, "", "escape")
        assert pressed == ["escape"]
        await type_(pilot, "", "ctrl+u", "tab")

        assert not desk.prompt.has_focus
        assert desk.menu == []

    run(body)


def test_a_row_is_taken_with_the_mouse() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        desk.prompt.set_bots([f"Bot {number}" for number in range(9)])
        await type_(pilot, "/stop ", "up")
        assert desk.menu == [f"Bot {number}" for number in range(3, 9)]
        await pilot.click(Menu, offset=(4, 1))
        assert desk.prompt.draft == "/stop Bot 4"

        desk.prompt.add_history(["old a", "older a"])
        await type_(pilot, "", "ctrl+u", "ctrl+r")
        await type_(pilot, "a")
        await pilot.click(Menu, offset=(4, 1))
        assert (desk.prompt.draft, desk.menu) == ("older a", [])

    run(body)


@pytest.mark.parametrize(("size", "rows"), [((80, 24), 6), ((40, 10), 6), ((40, 5), 4), ((10, 3), 2)])
def test_the_list_has_at_most_six_rows_and_never_covers_the_prompt(size: tuple[int, int], rows: int) -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await type_(pilot, "/")
        menu = desk.query_one(Menu)

        assert (menu.region.height, menu.region.bottom) == (rows, desk.prompt.region.y)
        assert menu.region.y >= 0

    run(body, size=size)
