"""One turn on the screen, from its first word to its end, and as it is read from disk."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable

import pytest
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.pilot import Pilot

from tellme.model import Reply, Turn, TurnStatus
from tellme.tui.render.reply import MAX_SHOWN
from tellme.tui.render.words import duration, moment, ordinal, size
from tellme.tui.themes import DARK
from tellme.tui.widgets.turn import TurnView

NOW = time.time()
TODAY = time.strftime("%H:%M", time.localtime(NOW))


def turn(message: str = "2+2?", **fields: object) -> Turn:
    return Turn("t1", "s1", message, NOW)._replace(**fields)


def ended(text: str = "4", status: TurnStatus = TurnStatus.ANSWERED, **fields: object) -> Turn:
    return turn(text=text, status=status, attempts=1, latency_ms=12.3)._replace(**fields)


def reply(text: str, status: TurnStatus = TurnStatus.ANSWERED, **fields: object) -> Reply:
    return Reply("Math", "s1", "t1", text, status, 1400.0, 1)._replace(**fields)


class OneTurn(App[None]):
    """A turn in an app of its own, and what it asks for."""

    def __init__(self, view: TurnView) -> None:
        super().__init__()
        self.view = view
        self.asked: list[object] = []

    def compose(self) -> ComposeResult:
        self.register_theme(DARK)
        self.theme = DARK.name
        yield VerticalScroll(self.view, can_focus=False)

    def on_turn_view_resend_requested(self, message: TurnView.ResendRequested) -> None:
        self.asked.append(message.turn_view)

    def on_turn_view_read_requested(self, message: TurnView.ReadRequested) -> None:
        self.asked.append(len(message.text))

    @property
    def lines(self) -> list[str]:
        return [strip.text.rstrip() for strip in self.screen._compositor.render_strips()]

    @property
    def reply_lines(self) -> list[str]:
        """The lines from the bot's header on."""
        lines = [line.removeprefix("▌ ") for line in self.lines]
        return [line for line in lines[lines.index("") + 1 :] if line not in {"", "▌"}]

    def is_dim(self, word: str) -> bool:
        """Is ``word`` darker than the message of the person?"""
        style = next(s.style for strip in self.screen._compositor.render_strips() for s in strip if word in s.text)
        return style.color.triplet != DARK_TEXT

    async def click(self, pilot: Pilot[None], text: str) -> None:
        line = next(y for y, line in enumerate(self.lines) if text in line)
        await pilot.click(offset=(self.lines[line].index(text) + 1, line))
        await pilot.pause()


DARK_TEXT = tuple(int(str(DARK.foreground)[at : at + 2], 16) for at in (1, 3, 5))


def run(
    body: Callable[[OneTurn, Pilot[None]], Awaitable[None]], view: TurnView, size: tuple[int, int] = (60, 24)
) -> None:
    async def main() -> None:
        app = OneTurn(view)
        async with app.run_test(size=size) as pilot:
            app.set_focus(None)
            await pilot.pause()
            await body(app, pilot)

    asyncio.run(main())


def shows(view: TurnView, *lines: str) -> None:
    async def body(app: OneTurn, pilot: Pilot[None]) -> None:
        assert app.reply_lines == list(lines)

    run(body, view)


# From disk --------------------------------------------------------------------------------------------------------


def test_who_said_what_and_when() -> None:
    async def body(app: OneTurn, pilot: Pilot[None]) -> None:
        assert app.lines[:5] == [f"▌ You  {TODAY}", "▌ [b]2+2[/b]?", "", "▌ Math  12 ms", "▌ 4"]
        app.view.focus()
        await pilot.pause()
        assert app.lines[0] == f"█ You  {TODAY}"

    run(body, TurnView("Math", ended()._replace(message="[b]2+2[/b]?")))


def test_a_message_is_shown_as_it_was_typed() -> None:
    async def body(app: OneTurn, pilot: Pilot[None]) -> None:
        assert app.lines[1:3] == ["▌ - *a*", "▌     b[2J"]

    run(body, TurnView("Math", turn("- *a*\n\tb\x1b[2J[2J\x07")))


def test_a_decline_is_quiet() -> None:
    shows(TurnView("Math", ended("I only do sums.", TurnStatus.DECLINED)), "Math  declined · 12 ms", "I only do sums.")


def test_a_failure_says_why_and_what_to_do() -> None:
    async def body(app: OneTurn, pilot: Pilot[None]) -> None:
        assert app.reply_lines == [
            "Math  failed · 12 ms · second try",
            "so far",
            "✗ Math was killed by SIGKILL",
            "press F5 to send it again, F4 for the bot's log",
        ]
        assert app.is_dim("so far")
        await app.click(pilot, "send it again")
        assert app.asked == [app.view]

    run(body, TurnView("Math", ended("so far", TurnStatus.FAILED, attempts=2, error="Math was killed by SIGKILL")))


def test_a_hostile_bot_brings_no_escapes_in() -> None:
    view = TurnView("Ma\x1b[31mth", ended("\x1b[2Jx", TurnStatus.FAILED, error="\x1b]0;x\x07died\x9b1m"))
    shows(view, "Math  failed · 12 ms", "x", "✗ died", "press F5 to send it again, F4 for the bot's log")


def test_an_empty_reply_says_so() -> None:
    shows(TurnView("Math", ended("")), "Math  12 ms", "an empty reply")


# Live -------------------------------------------------------------------------------------------------------------


def test_a_reply_streams_in_and_ends() -> None:
    async def body(app: OneTurn, pilot: Pilot[None]) -> None:
        view = app.view
        assert app.reply_lines == ["Math  …"]
        view.tick(3.4)
        view.append("It is ")
        view.append("**4")
        await pilot.pause()
        assert app.reply_lines == ["Math  … · 3 s", "It is **4"]
        view.append("**.")
        view.end(reply("It is **4**."))
        await pilot.pause()
        assert app.reply_lines == ["Math  1.4 s", "It is 4."]
        assert view.turn == turn(text="It is **4**.", status=TurnStatus.ANSWERED, attempts=1, latency_ms=1400.0)
        view.tick(9)
        assert app.reply_lines == ["Math  1.4 s", "It is 4."]

    run(body, TurnView("Math", turn()))


def test_the_reply_on_screen_is_not_read_again_at_the_end() -> None:
    view = TurnView("Math", turn())
    view.append("one\n\n- *two*\n\nthree")
    before = list(view._blocks)
    view.end(reply("one\n\n- *two*\n\nthree"))
    assert [block for block in view._blocks if block in before][-3:] == before[-3:]


def test_the_last_word_is_the_replys() -> None:
    view = TurnView("Math", turn())
    view.append("five")
    view.end(reply("4"))
    assert view.reply_text == "4"
    shows(view, "Math  1.4 s", "4")


def test_a_reader_never_sees_an_answer_and_a_half() -> None:
    async def body(app: OneTurn, pilot: Pilot[None]) -> None:
        view = app.view
        view.append("half of")
        view.again("Math was killed by SIGKILL; the message is sent again")
        await pilot.pause()
        assert app.reply_lines == ["Math  …", "second try: Math was killed by SIGKILL", "half of"]
        assert app.is_dim("half of")
        assert view.reply_text == ""
        view.append("whole")
        await pilot.pause()
        assert app.reply_lines == ["Math  …", "second try: Math was killed by SIGKILL", "whole"]
        assert not app.is_dim("whole")
        view.end(reply("whole", attempts=2))
        await pilot.pause()
        assert app.reply_lines == ["Math  1.4 s", "second try: Math was killed by SIGKILL", "whole"]

    run(body, TurnView("Math", turn()))


def test_a_second_try_that_fails_leaves_only_its_own_text() -> None:
    view = TurnView("Math", turn())
    view.append("half")
    view.again("Math exited with code 1")
    view.end(reply("", TurnStatus.FAILED, error="Math exited with code 1", attempts=2))
    shows(
        view,
        "Math  failed · 1.4 s",
        "second try: Math exited with code 1",
        "✗ Math exited with code 1",
        "press F5 to send it again, F4 for the bot's log",
    )


def test_it_says_what_it_waits_for_until_it_goes_on() -> None:
    async def body(app: OneTurn, pilot: Pilot[None]) -> None:
        app.view.waiting("your choice")
        await pilot.pause()
        assert app.reply_lines == ["Math  waiting for your choice"]
        app.view.append("x")
        await pilot.pause()
        assert app.reply_lines == ["Math  …", "x"]

    run(body, TurnView("Math", turn()))


def test_a_note_stands_above_the_reply() -> None:
    view = TurnView("Math", turn())
    view.append("x")
    view.note("Math was given the conversation so far")
    shows(view, "Math  …", "Math was given the conversation so far", "x")


def test_pieces_that_are_slow_to_show_are_gathered(monkeypatch: pytest.MonkeyPatch) -> None:
    async def body(app: OneTurn, pilot: Pilot[None]) -> None:
        monkeypatch.setattr("tellme.tui.widgets.turn.SLOW_S", 0)
        app.view.append("one")
        monkeypatch.undo()
        app.view.append(" two")
        assert app.view.reply_text == "one two"
        assert "two" not in "".join(block.text for block in app.view._blocks)
        deadline = time.monotonic() + 5
        while app.reply_lines != ["Math  …", "one two"]:
            assert time.monotonic() < deadline
            await pilot.pause(0.01)

    run(body, TurnView("Math", turn()))


def test_a_huge_piece_leaves_time_for_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "some *words*\n\n" * 2000

    async def body(app: OneTurn, pilot: Pilot[None]) -> None:
        monkeypatch.setattr("tellme.tui.widgets.turn.SLOW_S", 0)
        app.view.end(reply(text))
        assert len(app.view._blocks) < 500
        monkeypatch.undo()
        deadline = time.monotonic() + 30
        while len(app.view._blocks) < 2000:
            assert time.monotonic() < deadline
            await pilot.pause(0.01)
        assert app.view.reply_text == text

    run(body, TurnView("Math", turn()))


# Long -------------------------------------------------------------------------------------------------------------


def test_a_long_paste_is_folded_and_opens() -> None:
    message = "\n".join(f"line {number}" for number in range(412))

    async def body(app: OneTurn, pilot: Pilot[None]) -> None:
        assert app.lines[6:8] == ["▌ line 5", "▌ … 406 more lines"]
        assert app.view.message == message
        await app.click(pilot, "406 more")
        assert app.view.size.height > 412
        app.view.action_toggle_message()
        assert app.view.find("line 400") == 1

    run(body, TurnView("Math", ended()._replace(message=message)))


def test_a_message_of_one_endless_line_is_folded_too() -> None:
    view = TurnView("Math", turn("x" * 1_000_000))
    assert view.is_folded
    assert any("1.0 MB more" in block.text for block in view._blocks)


@pytest.mark.parametrize("pieces", [1, 50])
def test_of_a_huge_reply_the_beginning_is_shown_and_all_is_kept(pieces: int) -> None:
    text = "some words " * 50_000

    async def body(app: OneTurn, pilot: Pilot[None]) -> None:
        step = len(text) // pieces
        for start in range(0, len(text), step):
            app.view.append(text[start : start + step])
        app.view.end(reply(text))
        assert app.view.reply_text == text
        deadline = time.monotonic() + 10
        while app.view._blocks[-1].text != "… 419 kB more: press o to read all of it":
            assert time.monotonic() < deadline
            await pilot.pause()
        assert sum(len(block.text) for block in app.view._blocks) < MAX_SHOWN + 1000
        app.view.action_read()
        await pilot.pause()
        assert app.asked == [len(text)]

    run(body, TurnView("Math", turn()))


def test_its_code_can_be_had() -> None:
    view = TurnView("Math", ended("```python\nx\n```\nand\n```\ny\n```"))
    assert view.code_blocks == ["x\n", "y\n"]


# Words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0123, "12 ms"),
        (0.9996, "1.0 s"),
        (1.44, "1.4 s"),
        (59.97, "1 min 0 s"),
        (125, "2 min 5 s"),
        (3725, "1 h 2 min"),
    ],
)
def test_how_long_it_took(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_when_it_was() -> None:
    now = time.mktime((2025, 11, 20, 12, 31, 0, 0, 0, -1))
    assert moment(now, now) == "12:31"
    assert moment(now - 86400, now) == "19 Nov, 12:31"
    assert moment(now - 366 * 86400, now) == "19 Nov 2024, 12:31"


def test_sizes_and_numbers() -> None:
    assert [size(900), size(12_300), size(4_900_000)] == ["900 B", "12 kB", "4.9 MB"]
    assert [ordinal(2), ordinal(4)] == ["second", "4th"]


def test_a_plain_conversation_loads_neither_markdown_nor_pygments() -> None:
    program = (
        "import sys\n"
        "from tellme.model import Turn, TurnStatus\n"
        "from tellme.tui.widgets.turn import TurnView\n"
        "TurnView('Math', Turn('t', 's', 'hello', 0.0, 'The answer is 4.', TurnStatus.ANSWERED))\n"
        "assert not {'markdown_it', 'pygments', 'textual.highlight'} & sys.modules.keys()\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
