"""Blocks on the screen: selecting with the mouse, finding, and places that survive another width."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.pilot import Pilot
from textual.selection import SELECT_ALL

from tellme.tui.render.document import Document
from tellme.tui.themes import DARK
from tellme.tui.widgets.flow import FlowView, Place
from tellme.tui.widgets.note import NoteView

TEXT = "one two three four five six seven\n\n- an item\n- another\n\n```python\nx = 1\n```\n\nsee <https://a.org/b>\n"


class Screenful(App[None]):
    """A flow in an app of its own, and what it asks for."""

    def __init__(self, view: FlowView) -> None:
        super().__init__()
        self.view = view
        self.asked: list[object] = []

    def compose(self) -> ComposeResult:
        self.register_theme(DARK)
        self.theme = DARK.name
        yield VerticalScroll(self.view)

    def on_flow_view_copy_requested(self, message: FlowView.CopyRequested) -> None:
        self.asked.append((message.text, message.what))

    def on_flow_view_link_opened(self, message: FlowView.LinkOpened) -> None:
        self.asked.append(message.url)

    @property
    def lines(self) -> list[str]:
        return [strip.text.rstrip() for strip in self.screen._compositor.render_strips()]

    def styles_of(self, word: str) -> list[object]:
        """The styles of the segments that hold ``word`` on the screen."""
        strips = self.screen._compositor.render_strips()
        return [segment.style for strip in strips for segment in strip if word in segment.text]


def run(
    body: Callable[[Screenful, Pilot[None]], Awaitable[None]], view: FlowView, size: tuple[int, int] = (24, 20)
) -> None:
    async def main() -> None:
        app = Screenful(view)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await body(app, pilot)

    asyncio.run(main())


def flow(text: str = TEXT) -> FlowView:
    view = FlowView()
    view.show(Document(text).blocks)
    return view


async def drag(pilot: Pilot[None], start: tuple[int, int], end: tuple[int, int]) -> str | None:
    await pilot.mouse_down(offset=start)
    await pilot.hover(offset=end)
    await pilot.mouse_up(offset=end)
    await pilot.pause()
    return pilot.app.screen.get_selected_text()


def test_it_is_as_high_as_its_blocks_at_every_width() -> None:
    async def body(app: Screenful, pilot: Pilot[None]) -> None:
        assert app.lines[:4] == ["  one two three four", "  five six seven", "", "  • an item"]
        assert app.view.size.height == 10
        await pilot.resize_terminal(60, 20)
        await pilot.pause()
        assert app.lines[:3] == ["  one two three four five six seven", "", "  • an item"]
        assert app.view.size.height == 9

    run(body, flow())


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ((6, 0), (8, 0), "two"),
        ((2, 0), (5, 1), "one two three four five"),
        ((0, 0), (5, 1), "one two three four five"),
        ((7, 1), (8, 3), "six seven\n\n• an it"),
        ((5, 1), (0, 0), "one two three four five"),
        ((2, 3), (20, 4), "• an item\n• another"),
        ((2, 3), (20, 5), "• an item\n• another"),
        ((2, 3), (0, 5), "• an item\n• another"),
        ((2, 3), (2, 6), "• an item\n• another"),
        ((2, 5), (20, 7), "x = 1"),
        ((1, 6), (6, 7), "x ="),
        ((2, 0), (2, 2), "one two three four five six seven"),
    ],
)
def test_the_mouse_selects_text_and_no_decoration(start: tuple[int, int], end: tuple[int, int], text: str) -> None:
    async def body(app: Screenful, pilot: Pilot[None]) -> None:
        selected = await drag(pilot, start, end)
        assert selected is not None
        assert selected.strip("\n") == text

    run(body, flow())


def test_all_of_it_can_be_copied() -> None:
    text, end = flow().get_selection(SELECT_ALL) or ("", "")
    assert text == "one two three four five six seven\n\n• an item\n• another\n\nx = 1\n\nsee https://a.org/b"
    assert end == "\n"


def test_what_is_selected_is_drawn_so() -> None:
    async def body(app: Screenful, pilot: Pilot[None]) -> None:
        await drag(pilot, (6, 0), (8, 0))
        (style,) = app.styles_of("two")
        background = app.screen.get_component_styles("screen--selection").background
        assert style.bgcolor.triplet == background.rich_color.triplet

    run(body, flow())


def test_found_text_is_counted_and_the_current_match_stands_out() -> None:
    async def body(app: Screenful, pilot: Pilot[None]) -> None:
        assert app.view.find("AN") == 2
        app.view.select_match(1)
        await pilot.pause()
        first, second = (style for style in app.styles_of("an"))
        assert first.underline
        assert not first.reverse
        assert second.reverse
        assert [app.view.y_of_match(index) for index in range(2)] == [3, 4]
        assert app.view.find("") == 0
        await pilot.pause()
        assert not any(style.underline for style in app.styles_of("another"))

    run(body, flow())


def test_a_match_that_comes_later_is_found_too() -> None:
    async def body(app: Screenful, pilot: Pilot[None]) -> None:
        app.view.find("later")
        app.view.show(Document(TEXT + "\nand later").blocks)
        await pilot.pause()
        assert app.styles_of("later")[0].underline

    run(body, flow())


def test_a_place_is_found_again_at_another_width() -> None:
    async def body(app: Screenful, pilot: Pilot[None]) -> None:
        place = app.view.place_at(1)
        assert place == Place(0, len("one two three four "))
        assert [app.view.line_of(app.view.place_at(line)) for line in (0, 1, 3, 4)] == [0, 1, 3, 4]
        await pilot.resize_terminal(14, 20)
        await pilot.pause()
        assert "five" in app.lines[app.view.line_of(place)]
        assert app.view.line_of(Place(99, 0)) == app.view.size.height

    run(body, flow())


def test_a_click_copies_code_and_opens_links() -> None:
    async def body(app: Screenful, pilot: Pilot[None]) -> None:
        line = next(y for y, text in enumerate(app.lines) if "copy" in text)
        await pilot.click(offset=(app.lines[line].index("copy"), line))
        line = next(y for y, text in enumerate(app.lines) if "https" in text)
        await pilot.click(offset=(8, line))
        await pilot.pause()
        assert app.asked == [("x = 1\n", "code"), "https://a.org/b"]

    run(body, flow())


def test_only_what_changed_is_drawn_again() -> None:
    async def body(app: Screenful, pilot: Pilot[None]) -> None:
        document = Document("one\n\ntwo `x`\n\nthree")
        app.view.show(list(document.blocks))
        await pilot.pause()
        drawn: list[int] = []
        draw = app.view.render_line
        app.view.render_line = lambda y: drawn.append(y) or draw(y)  # type: ignore[method-assign, func-returns-value]
        document.append(" four")
        app.view.show(list(document.blocks))
        await pilot.pause()
        assert set(drawn) == {1, 2, 3, 4}  # the last two may still change
        assert app.lines[4] == "  three four"

    run(body, flow())


@pytest.mark.parametrize("size", [(10, 3), (3, 2), (1, 1)])
def test_the_smallest_screens_do_no_harm(size: tuple[int, int]) -> None:
    async def body(app: Screenful, pilot: Pilot[None]) -> None:
        assert len(app.lines) == size[1]

    run(body, flow(), size)


# Notes ------------------------------------------------------------------------------------------------------------


def test_a_note_says_its_severity_without_colour() -> None:
    async def body(app: Screenful, pilot: Pilot[None]) -> None:
        assert app.lines[:2] == ["  ! a [b]warning[/b]", "    that is long"]

    run(body, NoteView("a [b]warning[/b] that is long", "warning"))


def test_a_table_of_a_note_shows_hostile_cells_as_text() -> None:
    async def body(app: Screenful, pilot: Pilot[None]) -> None:
        assert app.lines[:3] == ["  name    │ state", "  ────────┼──────", "  [b]a\\nb │ x"]

    run(body, NoteView.table([["name", "state"], ["[b]a\nb", "\x1b[31mx"]]))


def test_what_a_bot_says_by_itself_stands_under_its_name() -> None:
    async def body(app: Screenful, pilot: Pilot[None]) -> None:
        assert app.lines[:2] == ["▌ Wall-E", "▌ all clean"]

    run(body, NoteView.markdown("all **clean**\x1b[2J", label="Wall-E\x07"))
