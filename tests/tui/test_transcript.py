"""A conversation of any length: what is held, where the reader stays, what is followed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tellme.model import Turn, TurnStatus
from tellme.tui.widgets.note import NoteView
from tellme.tui.widgets.transcript import MOST_NOTES, MOST_TURNS, PAGE, Transcript
from tellme.tui.widgets.turn import TurnView


class Session:
    """Turns by number, as a host has them."""

    def __init__(self, count: int) -> None:
        self.all = [_turn(number) for number in range(count)]
        self.reads = 0

    async def turns(
        self, session_id: str, limit: int, before: str | None = None, after: str | None = None
    ) -> list[Turn]:
        self.reads += 1
        ids = [turn.id for turn in self.all]
        if after is not None:
            start = ids.index(after) + 1 if after else 0
            return self.all[start : start + limit]
        end = ids.index(before) if before is not None else len(ids)
        return self.all[max(0, end - limit) : end]

    async def files(self, turns: Sequence[Turn]) -> dict[str, list[str]]:
        return {turn.id: ["notes.txt"] for turn in turns if turn.id == "t00003"}


class Reader(App[None]):
    def __init__(self, session: Session) -> None:
        super().__init__()
        self.transcript = Transcript(session, "s", "Echo")

    def compose(self) -> ComposeResult:
        yield self.transcript

    async def on_mount(self) -> None:
        await self.transcript.load()


def _turn(number: int, status: TurnStatus | None = TurnStatus.ANSWERED) -> Turn:
    return Turn(f"t{number:05}", "s", f"question {number}", time.time(), f"answer {number}", status, None, 1, 1.0)


def read(count: int, body: Callable[[Pilot[None], Transcript, Session], Awaitable[None]]) -> None:
    async def main() -> None:
        session = Session(count)
        app = Reader(session)
        async with app.run_test(size=(60, 20)) as pilot:
            await pilot.pause()
            await body(pilot, app.transcript, session)

    asyncio.run(main())


async def until(pilot: Pilot[None], holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 40
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        await pilot.pause(0.01)


def shown(transcript: Transcript) -> list[str]:
    return [strip.text.strip() for strip in transcript.screen._compositor.render_strips()]


def test_only_the_end_of_a_long_session_is_read() -> None:
    async def body(pilot: Pilot[None], transcript: Transcript, session: Session) -> None:
        assert len(transcript.turn_views) == PAGE
        assert transcript.turn_views[-1].message == "question 19999"
        assert "answer 19999" in "\n".join(shown(transcript))
        assert session.reads == 1

    read(20_000, body)


def test_earlier_turns_come_in_above_and_the_reader_stays() -> None:
    async def body(pilot: Pilot[None], transcript: Transcript, session: Session) -> None:
        transcript.scroll_to(y=14, animate=False)
        await pilot.pause()
        transcript.scroll_to(y=6, animate=False)
        await until(pilot, lambda: len(transcript.turn_views) == 2 * PAGE)
        await pilot.pause()
        first_page = transcript.turn_views[PAGE].virtual_region.y
        assert round(transcript.scroll_y) == first_page + 6
        assert not transcript.following

    read(200, body)


def test_the_beginning_is_reached_and_memory_is_bounded() -> None:
    async def body(pilot: Pilot[None], transcript: Transcript, session: Session) -> None:
        held = 0

        def is_there(scroll: Callable[..., None], place: int, message: str) -> bool:
            nonlocal held
            scroll(animate=False)
            held = max(held, len(transcript.turn_views))
            return transcript.turn_views[place].message == message

        await until(pilot, partial(is_there, transcript.scroll_home, 0, "question 0"))
        await until(pilot, partial(is_there, transcript.scroll_end, -1, "question 199"))
        assert MOST_TURNS <= held <= MOST_TURNS + PAGE
        numbers = [int(view.message.split()[1]) for view in transcript.turn_views]
        assert numbers == list(range(numbers[0], 200))

    read(200, body)


def test_home_and_end_jump() -> None:
    async def body(pilot: Pilot[None], transcript: Transcript, session: Session) -> None:
        transcript.focus()
        await pilot.press("home")
        await until(pilot, lambda: "question 0" in shown(transcript) or "question 0" in "\n".join(shown(transcript)))
        assert session.reads < 8
        await pilot.press("end")
        await until(pilot, lambda: "answer 19999" in "\n".join(shown(transcript)))
        assert transcript.following

    read(20_000, body)


def test_a_turn_far_away_is_shown() -> None:
    async def body(pilot: Pilot[None], transcript: Transcript, session: Session) -> None:
        view = await transcript.show_turn("t00777")
        await until(pilot, lambda: "question 777" in "\n".join(shown(transcript)))
        assert view is not None
        numbers = [int(view.message.split()[1]) for view in transcript.turn_views]
        assert numbers == list(range(numbers[0], numbers[-1] + 1))

    read(20_000, body)


def test_a_resize_in_the_same_moment_does_not_lead_back_from_what_was_found() -> None:
    async def body(pilot: Pilot[None], transcript: Transcript, session: Session) -> None:
        transcript.scroll_to(y=20, animate=False)
        await until(pilot, lambda: not transcript.following and transcript._place)
        view = transcript.turn_views[-5]
        assert view.find(view.reply_text) == 1
        transcript.show_match(view, 0)
        transcript._restore_place()
        await until(pilot, lambda: view.reply_text in "\n".join(shown(transcript)))

    read(30, body)


def test_a_page_that_comes_late_is_not_put_where_another_is_now() -> None:
    async def body(pilot: Pilot[None], transcript: Transcript, session: Session) -> None:
        go_on, read = asyncio.Event(), session.turns

        async def late(*what: Any, **where: Any) -> list[Turn]:
            session.turns = read  # type: ignore[method-assign]
            await go_on.wait()
            return await read(*what, **where)

        session.turns = late  # type: ignore[method-assign]
        transcript.scroll_to(y=0, animate=False, immediate=True)
        await pilot.pause()
        jump = asyncio.create_task(transcript.show_turn("t00031"))
        await pilot.pause(0.1)
        go_on.set()
        assert await jump is not None
        await until(pilot, lambda: "question 31" in "\n".join(shown(transcript)))
        numbers = [int(view.message.split()[1]) for view in transcript.turn_views]
        assert numbers == list(range(numbers[0], numbers[-1] + 1))

    read(200, body)


def test_the_end_is_followed_until_the_reader_leaves_it() -> None:
    async def body(pilot: Pilot[None], transcript: Transcript, session: Session) -> None:
        view = TurnView("Echo", _turn(200, status=None)._replace(text=""))
        await transcript.add(view)
        view.append("one\n\n" * 30)
        await until(pilot, lambda: transcript.max_scroll_y > 0 and transcript.scroll_y == transcript.max_scroll_y)
        transcript.scroll_to(y=transcript.scroll_y - 10, animate=False)
        await pilot.pause()
        place = transcript.scroll_y
        assert not transcript.following
        view.append("two\n\n" * 30)
        await pilot.pause(0.05)
        assert transcript.scroll_y == place
        transcript.scroll_end(animate=False)
        await until(pilot, lambda: transcript.following)

    read(100, body)


def test_a_resize_keeps_the_place() -> None:
    async def body(pilot: Pilot[None], transcript: Transcript, session: Session) -> None:
        transcript.scroll_to(y=40, animate=False)
        await pilot.pause()
        top = next(line for line in shown(transcript) if "question" in line or "answer" in line)
        for width in (30, 100, 60):
            await pilot.resize_terminal(width, 20)
            await pilot.pause(0.05)
            assert top in "\n".join(shown(transcript)[:4])

    read(300, body)


def test_what_bots_say_unasked_does_not_add_up() -> None:
    async def body(pilot: Pilot[None], transcript: Transcript, _: Session) -> None:
        for number in range(MOST_NOTES + 20):
            await transcript.add(NoteView(f"note {number}"))
        assert len(transcript.children) == MOST_NOTES + 1

    read(1, body)
