"""What the app looks like, at three sizes and in both themes, with the same bots and words each time.

Where a picture has changed on purpose: ``pytest tests/tui/test_look.py --snapshot-update``, and look at it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from tellme.host.prepare import prepare
from tellme.model import BotState, BotStatus, Option, Question, Session, Turn, TurnStatus
from tellme.tui import messages
from tellme.tui.app import Opening, TellmeApp
from tellme.tui.screens.chat import ChatScreen
from tellme.tui.state import State
from tellme.tui.widgets.choice import Choice
from tellme.tui.widgets.session_list import SessionList
from tellme.tui.widgets.turn import TurnView

SAID_AT = 1_772_000_000.0

BOTS = (
    BotStatus("English", "english", "english", BotState.READY, 11, 61.0, 0, 48 * 2**20, None),
    BotStatus("Math", "math", "math", BotState.BUSY, 12, 61.0, 0, 5 * 2**20, None),
    BotStatus("Zen", "zen", "zen", BotState.BACKOFF, None, None, 2, None, "was killed by SIGKILL"),
    BotStatus("Wall-E", "wall-e", "command", BotState.FAILED, None, None, 9, None, "exited with code 1"),
    BotStatus("日本語", "日本語", "command", BotState.IDLE, None, None, 0, None, None),
)

SESSIONS = (
    Session("k3fah7q2vd", "math", SAID_AT, used_at=SAID_AT, title="x^2 - 5x + 6 = 0"),
    Session("a7btmpxf57", "english", SAID_AT, used_at=SAID_AT, title="[bold]How do you do?[/]"),
)

MARKDOWN = """Two roots, **both** whole:

```python
def roots(a, b, c):
    return sorted((-b + sign * (b * b - 4 * a * c) ** 0.5) / (2 * a) for sign in (-1, 1))
```

1. `x = 2`
2. `x = 3`

> checked by substitution
"""

TURNS = (
    Turn("1", "k3fah7q2vd", "x^2 - 5x + 6 = 0", SAID_AT, "x = 2 or x = 3", TurnStatus.ANSWERED, None, 1, 7.4),
    Turn("2", "k3fah7q2vd", "show me how", SAID_AT, MARKDOWN, TurnStatus.ANSWERED, None, 2, 1440.0),
    Turn("3", "k3fah7q2vd", "1/0", SAID_AT, "I can't divide by zero.", TurnStatus.DECLINED, None, 1, 2.0),
    Turn("4", "k3fah7q2vd", "9^9^9", SAID_AT, "", TurnStatus.FAILED, "Math gave no answer within 30 s", 1, 30_000.0),
)


@pytest.fixture(autouse=True)
def _in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")


def app(theme: str) -> TellmeApp:
    """Return an app without a host: what it shows is put there."""
    prepared = prepare(os.environ)
    settings = prepared.catalogue.tui._replace(theme=theme)
    return TellmeApp(prepared, settings, State.read(prepared.paths.tui_state), {}, Opening())


async def fill(pilot: Pilot[None]) -> ChatScreen:
    assert isinstance(pilot.app, TellmeApp)
    await pilot.app.painted.wait()
    screen = pilot.app.screen
    assert isinstance(screen, ChatScreen)
    screen.talk.session = SESSIONS[0]
    screen.query_one(SessionList).show(SESSIONS, str.title, SESSIONS[0].id, {SESSIONS[1].id})
    await screen.conversations.current.clear()
    for turn in TURNS:
        await screen.conversations.current.add(TurnView("Math", turn))
    screen.on_bots_seen(messages.BotsSeen(BOTS))
    screen.prompt.cursor_blink = False
    await pilot.pause()
    return screen


@pytest.mark.parametrize("theme", ["tellme-dark", "tellme-light"])
@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 12)])
def test_a_conversation(snap_compare: Callable[..., bool], size: tuple[int, int], theme: str) -> None:
    assert snap_compare(app(theme), terminal_size=size, run_before=fill)


def test_a_question(snap_compare: Callable[..., bool]) -> None:
    async def ask(pilot: Pilot[Any]) -> None:
        screen = await fill(pilot)
        options = (Option("y", "Yes, once", "allow_once"), Option("n", "No", "reject_once"))
        choice = Choice(Question("Wall-E", SESSIONS[0].id, "May I run `rm -r build`?", options))
        await screen.conversations.current.add(choice)
        choice.focus_options()
        await pilot.pause()

    assert snap_compare(app("tellme-dark"), terminal_size=(80, 24), run_before=ask)


def test_a_reply_under_way_on_its_second_try(snap_compare: Callable[..., bool]) -> None:
    async def stream(pilot: Pilot[Any]) -> None:
        screen = await fill(pilot)
        view = TurnView("Zen", Turn("5", "k3fah7q2vd", "errors", SAID_AT))
        await screen.conversations.current.add(view)
        view.append("Errors should")
        view.again("Zen was killed by SIGKILL; the message is sent again")
        await pilot.pause()

    assert snap_compare(app("tellme-light"), terminal_size=(80, 24), run_before=stream)
