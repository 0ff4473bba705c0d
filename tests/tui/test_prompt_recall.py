"""What was sent is walked, suggested and searched in the prompt."""

from __future__ import annotations

from textual.pilot import Pilot

from tellme.tui.widgets.prompt import Prompt

from .desk import LARGE, Desk, paste, run, type_


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
