"""The prompt alone on a screen, with real keys and no host."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from textual import events
from textual.app import App, ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Static

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


def shown(desk: Desk) -> str:
    return "\n".join(line.text.rstrip() for line in desk.prompt.render_lines(desk.prompt.size.region))
