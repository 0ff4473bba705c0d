"""Reading a long text: it opens at once, is found in, keeps its place, and is only text."""

from __future__ import annotations

import random

import pytest
from textual.geometry import Offset
from textual.selection import Selection

from tellme.tui.screens.reader import ReaderScreen
from tellme.tui.widgets.pager import Pager

from .conftest import Tui, run

WORDS = "the quick brown fox jumps over the lazy dog and so on"


async def _open(tui: Tui, text: str) -> Pager:
    screen = ReaderScreen(text)
    await tui.app.push_screen(screen)
    await tui.pilot.pause()
    return screen.pager


def _row(tui: Tui) -> str:
    """The first row of the text on screen."""
    return tui.lines[tui.app.screen.query_one(Pager).content_region.y].strip()


def test_what_a_bot_wrote_is_only_text() -> None:
    async def body(tui: Tui) -> None:
        await _open(tui, "[bold]x[/bold] \x1b[31mred\x07\tand\u202eso\n[/] [@click=app.quit]y[/]")
        await tui.until_shown("[/] [@click=app.quit]y[/]")
        assert "[bold]x[/bold] red" in tui.text
        assert not {"\x1b", "\x07", "\u202e"} & set(tui.text)

    run(body)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{WORDS}\n" * 90_000, id="lines"),
        pytest.param(f"{WORDS} " * 90_000, id="one line"),
        pytest.param("漢字かな混じり文 " * 150_000, id="wide"),
    ],
)
def test_megabytes_open_at_once_and_their_end_is_reached(text: str) -> None:
    async def body(tui: Tui) -> None:
        pager = await _open_unwaited(tui, text + "\nthe last line")
        await tui.until_shown(text[:4])
        await tui.pilot.press("end")
        await tui.until_shown("the last line", 30)
        await tui.pilot.press("home")
        await tui.until(lambda: pager.scroll_offset.y == 0)

    run(body)


async def _open_unwaited(tui: Tui, text: str) -> Pager:
    screen = ReaderScreen(text)
    await tui.app.push_screen(screen)
    return screen.pager


def test_find_goes_from_place_to_place_and_round() -> None:
    async def body(tui: Tui) -> None:
        lines = [f"line {number}" for number in range(500)]
        lines[100] = lines[300] = "Here it IS."
        await _open(tui, "\n".join(lines))
        await tui.pilot.press("slash", *"it is.")
        await tui.until_shown("1/2")
        assert "Here it IS." in tui.text
        assert "line 99" in tui.text
        await tui.pilot.press("escape", "n")
        await tui.until_shown("line 299")
        await tui.pilot.press("n")
        await tui.until_shown("line 99")
        await tui.pilot.press("N")
        await tui.until_shown("line 299")
        await tui.pilot.press("slash", *"zz")
        await tui.until_shown("nothing found")

    run(body)


def test_the_place_stays_when_the_width_changes_and_lines_are_not_wrapped() -> None:
    async def body(tui: Tui) -> None:
        pager = await _open(tui, "\n".join(f"{number:03} {WORDS} {WORDS} {WORDS}" for number in range(500)))
        pager.step(1)
        pager.find("250 the")
        await tui.until(lambda: "250 the" in tui.text)
        pager.scroll_to(y=pager._row_of(pager._found[0]), animate=False)
        await tui.until(lambda: _row(tui).startswith("250"))
        for size in ((50, 20), (120, 30), (30, 10)):
            await tui.pilot.resize_terminal(*size)
            await tui.until(lambda: _row(tui).startswith("250"))
        await tui.pilot.press("w")
        await tui.until(lambda: _row(tui).startswith("250") and "251" in tui.text)
        await tui.pilot.press("right", "right", "right", "right", "w")
        await tui.until(lambda: _row(tui).startswith("250"))

    run(body)


def test_rows_are_the_text_whatever_is_in_it() -> None:
    """With a fixed seed: all rows together are the text, no row is wider than the view, and places come back."""
    rng = random.Random(3)
    alphabet = "ab c  déé漢字👍🏽🇩🇪e\u0301\u200d"

    async def body(tui: Tui) -> None:
        for _ in range(10):
            lines = ["".join(rng.choices(alphabet, k=rng.randrange(0, 9000))) for _ in range(3)]
            pager = await _open(tui, "\n".join(lines))
            await tui.until(lambda pager=pager: len(pager._tops) == 4)
            assert pager.text.split("\n") == pager._lines
            for row in range(0, pager.virtual_size.height, 7):
                assert pager._row_of(pager._place_of(row)) == row
            pieces = {line: list(pager._starts(line)) for line in range(3)}
            assert all(starts == sorted(set(starts)) and starts[0] == 0 for starts in pieces.values())
            tui.app.pop_screen()

    run(body, (30, 10))


def test_what_is_selected_is_the_text_without_its_wrapping() -> None:
    async def body(tui: Tui) -> None:
        pager = await _open(tui, f"{WORDS} {WORDS} {WORDS}\nsecond")
        selected = pager.get_selection(Selection(Offset(4, 0), Offset(6, 1)))
        assert selected == (f"{WORDS[4:]} {WORDS} {WORDS}\nsecond", "\n")

    run(body, (40, 12))


def test_copy_takes_all_of_it() -> None:
    async def body(tui: Tui) -> None:
        await _open(tui, "one\n\ttwo")
        await tui.pilot.press("c")
        await tui.until(lambda: tui.app.clipboard == "one\n\ttwo")

    run(body)


@pytest.mark.parametrize("key", ["escape", "q"])
def test_it_closes(key: str) -> None:
    async def body(tui: Tui) -> None:
        await _open(tui, "")
        await tui.pilot.press("end", "home", "slash", "escape", key)
        await tui.until(lambda: tui.app.screen is tui.chat)

    run(body)


@pytest.mark.parametrize("size", [(120, 40), (40, 12), (10, 3), (1, 1)])
def test_every_size_will_do(size: tuple[int, int]) -> None:
    async def body(tui: Tui) -> None:
        await tui.pilot.resize_terminal(*size)
        await _open(tui, f"{WORDS}\n" * 50)
        await tui.pilot.press("pagedown", "space", "b", "w", "end")
        await tui.pilot.pause()

    run(body)


def test_a_log_keeps_its_newest_lines_and_the_readers_place() -> None:
    async def body(tui: Tui) -> None:
        pager = Pager(most_lines=100, follow=True)
        await tui.chat.mount(pager, before=0)
        pager.append(f"line {number}" for number in range(110))
        await tui.until_shown("line 109")
        pager.action_page_up()
        await tui.pilot.pause()
        top = pager._lines[pager._top.line]
        pager.append(f"line {number}" for number in range(110, 130))
        await tui.pilot.pause()
        assert pager.line_count == 100
        assert pager._lines[0] == "line 30"
        assert pager._lines[pager._top.line] == top

    run(body)


def test_lines_that_come_while_a_long_one_is_counted_find_their_place() -> None:
    async def body(tui: Tui) -> None:
        pager = await _open(tui, "first")
        for number in range(3):
            pager.append(["漢字" * 30_000, f"line {number}"])
        await tui.until(lambda: len(pager._tops) == 8)
        width = pager.scrollable_content_region.width // 2
        assert pager.virtual_size.height == 1 + 3 * (-(-60_000 // width) + 1)

    run(body, (81, 12))
