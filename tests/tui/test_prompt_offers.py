"""The list of what a line could become opens behind a slash and covers nothing."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from tellme.tui.widgets.menu import Menu
from tellme.tui.widgets.prompt import Prompt

from .desk import Desk, run, type_


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
