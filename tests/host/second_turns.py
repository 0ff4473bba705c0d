"""What tests of second turns share: bots that do what they are told, and a look afterwards.

The second turn of a session has no task until something comes of it that takes one. Whatever comes, in whichever order
and however much of it in one moment: each turn has one reply, told last, and then the bot is free.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tellme.host.host import Choose, Host
from tellme.host.local import LocalHost
from tellme.host.turns import LocalTurn
from tellme.model import Piece, Reply, Session, TurnEvent
from tellme.supervisor.bot import Bot
from tellme.supervisor.process import Process

from . import conftest
from .conftest import say

T = TypeVar("T")
Add = Callable[..., Path]

TWO = """
import asyncio, os, time
from pathlib import Path
from tellme import Bot, Decline

bot = Bot(os.environ.get("NAME", "Two"))

def is_first(name):
    try:
        open(name, "x").close()
    except FileExistsError:
        return False
    return True

@bot.reply
async def reply(message):
    what, _, rest = message.text.partition(" ")
    match what:
        case "pid":
            yield str(os.getpid())
        case "hang":
            yield "half"
            try:
                await asyncio.Event().wait()
            finally:
                Path("cancelled").touch()
        case "deaf":
            yield "half"
            time.sleep(3600)
        case "until":
            yield "half"
            while not os.path.exists(rest):
                await asyncio.sleep(0.005)
            yield " and a half"
        case "sleep":
            await asyncio.sleep(float(rest))
            yield "slept"
        case "die":
            yield "half"
            os._exit(3)
        case "die-once":
            yield "half"
            if is_first("died"):
                Path("turn").write_text(message.turn)
                os._exit(3)
            yield f" of {message.turn == Path('turn').read_text()}"
        case "pick":
            yield "Now choose. "
            yield await message.choose("Red", "Blue", title="Which?") or "Nothing"
        case "ask":
            yield f"<{await bot.ask('Other', rest)}>"
        case "decline":
            yield "No"
            raise Decline("not me")
        case "leave":
            message.leave()
            yield "Bye."
        case "long":
            yield "x" * int(rest)
        case "long-and-hang":
            yield "x" * int(rest)
            await asyncio.Event().wait()
        case "before":
            yield " ".join(past.message for past in message.session.history)
        case _:
            yield message.text

bot.run()
"""
"""Does what it is told; anything else it says back."""


@pytest.fixture
def two(add_bot: Add) -> Callable[..., Path]:
    """Add the bot above; returns its folder."""

    def add(name: str = "Two", **keys: object) -> Path:
        folder = add_bot(name, ["bot.py"], **{"timeout": 60, "env": {"NAME": name}, **keys})
        (folder / "bot.py").write_text(TWO)
        return folder

    return add


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have bots that are asked to end given little time: most are in the middle of something then."""
    stop = Process.stop
    monkeypatch.setattr(Process, "stop", lambda process: stop(process, (0.1, 0.1)))


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """See that each turn which was begun is told to be over, once."""
    begun: list[str] = []
    over: list[str] = []
    start, run_out = LocalTurn.start, LocalHost._over

    def started(turn: LocalTurn, group: asyncio.TaskGroup, on_over: Callable[[LocalTurn], None]) -> None:
        begun.append(turn.id)
        start(turn, group, on_over)

    def ended(host: LocalHost, turn: LocalTurn) -> None:
        over.append(turn.id)
        run_out(host, turn)

    monkeypatch.setattr(LocalTurn, "start", started)
    monkeypatch.setattr(LocalHost, "_over", ended)
    yield
    assert sorted(over) == sorted(begun)


def run(body: Callable[[LocalHost], Awaitable[T]]) -> T:
    """Run ``body`` with a host; at its end no turn is open, and every bot is free."""

    async def checked(host: Host) -> T:
        assert isinstance(host, LocalHost)
        async with asyncio.timeout(30):
            result = await body(host)
        await moment()
        assert not list(host.open_turns())
        assert not any(bot.turns.locked() for bot in bots_of(host))
        return result

    return conftest.run(checked)


def run_to_the_end(body: Callable[[LocalHost], Awaitable[T]]) -> T:
    """Run ``body``, which leaves turns open that end with the host."""

    async def unchecked(host: Host) -> T:
        assert isinstance(host, LocalHost)
        return await body(host)

    async def main() -> T:
        async with asyncio.timeout(30):
            return await asyncio.to_thread(conftest.run, unchecked)

    return asyncio.run(main())


def bots_of(host: LocalHost) -> list[Bot]:
    return [*host._fleet._bots.values(), *host._fleet._left]


def bot_of(host: LocalHost, name: str = "two") -> Bot:
    bot = host._fleet.made(name)
    assert bot is not None
    return bot


def at_most(host: LocalHost, seconds: float) -> None:
    """Have the bot's next turns take no longer; its start may have taken as long as it would."""
    bot = bot_of(host)
    bot.spec = bot.spec._replace(timeout=seconds)


async def moment() -> None:
    """Let all that is due happen, without waiting for anything."""
    for _ in range(20):
        await asyncio.sleep(0)


async def until(holds: Callable[[], object]) -> None:
    """Poll a condition; the host goes on meanwhile."""
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110  (nothing here tells)
            await asyncio.sleep(0.002)


async def warm(host: LocalHost, bot: str = "Two") -> Session:
    """Return a session that its bot knows."""
    session = await host.open_session(bot)
    assert (await say(host, session, "warm")).text == "warm"
    return session


async def second(host: LocalHost, text: str, session: Session | None = None, choose: Choose | None = None) -> LocalTurn:
    """Begin a turn in a session that its bot knows: it has no task."""
    turn = await host.say(session or await warm(host), text, choose)
    assert turn._task is None
    assert turn.has_bot
    return turn


async def begun(turn: LocalTurn) -> None:
    """Wait for the first piece."""
    async for event in turn:
        if isinstance(event, Piece):
            return


async def all_of(turn: LocalTurn) -> list[TurnEvent]:
    """All that the turn yields from here on: a reply once, and nothing after it."""
    await turn.ended()
    await moment()
    events = list(turn._events)
    assert [event for event in events if isinstance(event, Reply)] == events[-1:]
    return events


def after(
    monkeypatch: pytest.MonkeyPatch, method: str, then: Callable[[LocalTurn], object], *, once: bool = True
) -> None:
    """Have something happen in the very moment after a method of a turn was called."""
    original, done = getattr(LocalTurn, method), False

    def both(turn: LocalTurn, *given: Any) -> Any:
        nonlocal done
        result = original(turn, *given)
        if not (done and once):
            done = True
            then(turn)
        return result

    monkeypatch.setattr(LocalTurn, method, both)


def before(monkeypatch: pytest.MonkeyPatch, method: str, then: Callable[[LocalTurn], object]) -> None:
    """And in the very moment before it is called."""
    original = getattr(LocalTurn, method)

    def both(turn: LocalTurn, *given: Any) -> Any:
        then(turn)
        return original(turn, *given)

    monkeypatch.setattr(LocalTurn, method, both)


def held(home: Path) -> sqlite3.Connection:
    """Hold the file, as another process that writes does, until this is closed."""
    other = sqlite3.connect(home / "data" / "tellme.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    return other
