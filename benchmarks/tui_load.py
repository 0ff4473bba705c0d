"""Key echo and memory of the TUI under load: how long a typed letter takes to the prompt, and what the app has then.

It is typed as a person does it, one key after the other: a letter, its echo, a backspace, a moment. No letter is one
that the app or the bot shows, so that each can only be its own echo.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import cycle, islice
from typing import NamedTuple

from figures import Figure, Peer, compare, skipped
from home import PROGRAMS, tellme_program
from subjects.memory import SMAPS, memory_of
from terminal import ENTER_SCREEN, Terminal
from timing import Command

from tellme.host.prepare import prepare
from tellme.model import TurnStatus
from tellme.store.database import Store

LIMIT_MS = 50.0
"""Issue 3: the prompt still echoes within 50 ms."""

BARE = "a bare Textual app with one Input"
IDLE = "idle"
STATISTICS = ("p50", "p95", "max")

LETTERS = cycle(map(chr, range(ord("а"), ord("я") + 1)))
BACKSPACE, ENTER, PAGE_UP = "\x7f", "\r", "\x1b[5~"
START_OF_FRAME = "\x1b[?2026h"
PLACEHOLDER = "essage Flood"
"""In the prompt once the session is there; the first letter is apart, because the cursor is on it."""

KEYS_A_REPLY = 50
"""They take longer than any of the replies, so that its end is met, too."""

MOMENT_S = (0.01, 0.03)
SETTLE_S = 0.5
"""After a start and after a load: what is done in the background is done by then."""

Typing = Callable[[Terminal], Iterator[float]]
"""Brings about a load, and types meanwhile: yields how long each echo took, in milliseconds."""


class Load(NamedTuple):
    """What one app did under one load, as often as it was brought about."""

    name: str
    echo_ms: Sequence[float]
    pss_mib: Sequence[float]
    """After each time; empty where the system does not say."""


def measure(quick: bool) -> list[Figure]:
    """Bring about each load in an app of its own."""
    keys, times, turns = (20, 1, 2_000) if quick else (120, 4, 20_000)
    bare = [sys.executable, str(PROGRAMS / "bare_textual.py")]
    talk = [tellme_program(), "start_session", "Flood"]
    resume = [tellme_program(), "resume", _long_session(turns)]
    typing: Typing = partial(_keys, count=keys)
    loads = {
        "during 10,000 pieces in a second": (talk, times, partial(_reply, message="flood")),
        "at a reply of 5 MB in pieces": (talk, times, partial(_reply, message="pieces")),
        "at a reply of 5 MB at once": (talk, times, partial(_reply, message="whole")),
        f"in {turns:,} turns": (resume, 1, typing),
        f"paging back in {turns:,} turns": (resume, 1, partial(_keys, count=keys, first=PAGE_UP)),
    }
    if quick:
        loads = dict(islice(loads.items(), 0, None, 2))
    least, idle = _load(BARE, bare, 1, typing), _load(IDLE, talk, 1, typing)
    found = [_load(name, *load) for name, load in loads.items()]
    return [*_echo_figures(least, idle, found), *_memory_figures(least, idle, found)]


# What is typed ----------------------------------------------------------------------------------------------------


def _keys(app: Terminal, count: int, first: str = "") -> Iterator[float]:
    for _ in range(count):
        app.type(first)
        yield _echo_ms(app)


def _reply(app: Terminal, message: str) -> Iterator[float]:
    app.type(f"{message}{ENTER}")
    yield from _keys(app, KEYS_A_REPLY)
    _check_answered(message)


def _echo_ms(app: Terminal) -> float:
    letter = next(LETTERS)
    began = time.perf_counter()
    app.type(letter)
    app.wait_for(letter)
    taken_ms = (time.perf_counter() - began) * 1000
    app.type(BACKSPACE)
    app.watch(random.uniform(*MOMENT_S))
    return taken_ms


# Where it is typed ------------------------------------------------------------------------------------------------


def _load(name: str, command: Command, times: int, typing: Typing) -> Load:
    echo_ms: list[float] = []
    pss_mib: list[float] = []
    with _app(command, ready=START_OF_FRAME if name == BARE else PLACEHOLDER) as app:
        for _ in range(times):
            echo_ms += typing(app)
            app.watch(SETTLE_S)
            if os.path.exists(SMAPS):
                pss_mib.append(memory_of(app.pid).pss)
    return Load(name, echo_ms, pss_mib)


@contextmanager
def _app(command: Command, ready: str) -> Iterator[Terminal]:
    """Run an app in a terminal, from when ``ready`` is shown and a moment has passed."""
    with Terminal(command) as app:
        app.wait_for(ENTER_SCREEN)
        app.wait_for(ready)
        app.watch(SETTLE_S)
        yield app


def _long_session(turns: int) -> str:
    """Return a session of so many turns; the replies are Markdown of a few lines."""
    store = Store.open(prepare(os.environ).paths.database)
    session = store.new_session("flood")
    for number in range(turns):
        turn = store.begin_turn(session.id, f"What is *{number}*?")
        store.end_turn(
            turn.id, TurnStatus.ANSWERED, f"**{number}** is a number.\n\n- before: `{number - 1}`\n", latency_ms=1
        )
    store.close()
    return session.id


def _check_answered(message: str) -> None:
    """Raise where the last reply did not come: an idle app is no figure."""
    store = Store.open(prepare(os.environ).paths.database)
    session = store.last_used_session()
    turn = store.turns(session.id, limit=1)[0] if session else None
    store.close()
    if turn is None or turn.message != message or turn.status is not TurnStatus.ANSWERED:
        raise RuntimeError(f"{message!r} should have been answered by now; the last turn is {turn and turn[:4]}")


# What came of it --------------------------------------------------------------------------------------------------


def _echo_figures(bare: Load, idle: Load, loads: Sequence[Load]) -> list[Figure]:
    figures = compare(f"key echo, {idle.name}", idle.echo_ms, [Peer(BARE, bare.echo_ms)], "ms", STATISTICS)
    for load in loads:
        name, allowed = f"key echo {load.name}", Peer("what is allowed", [LIMIT_MS], {"p95": 1.0, "max": 1.0})
        figures += compare(name, load.echo_ms, [Peer(IDLE, idle.echo_ms)], "ms", STATISTICS)
        figures += compare(name, load.echo_ms, [allowed], "ms", ("p95", "max"))
    return figures


def _memory_figures(bare: Load, idle: Load, loads: Sequence[Load]) -> list[Figure]:
    if not idle.pss_mib:
        return [skipped("memory of the TUI", f"this system has no {SMAPS}")]
    figures = [_memory(idle.name, idle.pss_mib[-1], BARE, bare.pss_mib[-1])]
    for load in loads:
        first, *more = load.pss_mib
        figures.append(_memory(load.name, first, IDLE, idle.pss_mib[-1]))
        if more:
            figures.append(_memory(f"{load.name}, {len(load.pss_mib)} times", more[-1], "once", first))
    return figures


def _memory(name: str, pss_mib: float, against: str, theirs_mib: float) -> Figure:
    return Figure(f"memory {name}, PSS", pss_mib, "MiB", against, theirs_mib)
