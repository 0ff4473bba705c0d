"""The second turn of a session, which has no task until something comes of it that takes one.

Whatever comes, in whichever order and however much of it in one moment: each turn has one reply, told last, and then
the bot is free. That is looked at after every test here.
"""

from __future__ import annotations

import asyncio
import resource
import shutil
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tellme.errors import StoreError
from tellme.host import turns
from tellme.host.host import Choose, Host
from tellme.host.local import LocalHost
from tellme.host.turns import LocalTurn
from tellme.model import Attachment, BotState, Notice, Piece, Question, Reply, Retrying, Session, TurnEvent, TurnStatus
from tellme.supervisor.acp_link import AcpLink
from tellme.supervisor.bot import Bot
from tellme.supervisor.process import Process

from ..conftest import is_running, rows
from . import conftest
from .conftest import say, seen

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


# It goes well ---------------------------------------------------------------------------------------------------------


def test_a_second_turn_is_answered_without_a_task(two: Add, home: Path) -> None:
    two()

    async def body(host: LocalHost) -> None:
        turn = await second(host, "hello")
        reply = await turn.reply()
        assert (reply.text, reply.status, reply.attempts) == ("hello", TurnStatus.ANSWERED, 1)
        assert turn._task is None
        assert bot_of(host).state is BotState.READY

    run(body)
    query = "select text, status, sent_ms >= 0, first_ms >= 0 from turn where message = 'hello'"
    assert rows(home, query) == [("hello", "answered", 1, 1)]


def test_turns_that_queue_are_answered_in_order_without_a_task(two: Add) -> None:
    two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        running = [await host.say(session, str(number)) for number in range(50)]
        assert [(await turn.reply()).text for turn in running] == [str(number) for number in range(50)]
        assert {turn._task for turn in running} == {None}

    run(body)


def test_a_bot_declines_or_fails_in_a_second_turn(two: Add) -> None:
    two()

    async def body(host: LocalHost) -> None:
        declined = await (await second(host, "decline")).reply()
        assert (declined.status, declined.text) == (TurnStatus.DECLINED, "Nonot me")
        failed = await (await second(host, "long many")).reply()
        assert failed.status is TurnStatus.FAILED
        assert "Two answered with an error" in str(failed.error)

    run(body)


def test_a_bot_leaves_in_a_second_turn(two: Add) -> None:
    two()

    async def body(host: LocalHost) -> None:
        turn = await second(host, "leave")
        reply = await turn.reply()
        assert (reply.text, reply.leaves, turn._task) == ("Bye.", True, None)
        assert (await host.session(turn.session.id)).ended_at is not None
        link = bot_of(host).link
        assert link is not None
        assert turn.session.id not in link.sessions
        assert (await say(host, turn.session, "on")).text == "on"

    run(body)


def test_a_session_that_the_bot_has_forgotten_is_given_to_it_again(add_bot: Add) -> None:
    folder = add_bot("Two", ["bot.py"])
    (folder / "bot.py").write_text("from tellme.sdk import agent\nagent.MAX_SESSIONS = 1\n" + TWO)

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        await warm(host)
        turn = await second(host, "before", session)
        reply = (await all_of(turn))[-1]
        assert isinstance(reply, Reply)
        assert (reply.text, reply.attempts, reply.status) == ("warm", 1, TurnStatus.ANSWERED)
        assert (await (await second(host, "x", session)).reply()).text == "x"

    run(body)


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        (["sed", "-u", "s/^/re /"], {}),
        (["sh", "-c", "while read -r l; do echo re $l; echo .; done"], {"end": r"\."}),
        ([sys.executable, "-q", "-i"], {"pty": True, "prompt": r"(>>>|\.\.\.) "}),
    ],
    ids=["lines", "end", "prompt"],
)
def test_a_program_is_told_several_lines_one_after_the_other(
    command: list[str], keys: dict[str, object], add_bot: Add
) -> None:
    add_bot("Plain", command, protocol="lines", **keys)

    async def body(host: LocalHost) -> None:
        session = await host.open_session("Plain")
        first = await say(host, session, "'re 1'")
        running = [await host.say(session, f"'re {number}'") for number in (2, 3)]
        assert [turn._task for turn in running] == [None, None]
        assert [(await turn.reply()).text.strip("re '") for turn in running] == ["2", "3"]
        assert first.text.strip("re '") == "1"

    run(body)


def test_a_program_that_ends_in_a_second_turn_is_started_anew(add_bot: Add) -> None:
    add_bot("Plain", ["sed", "-u", "-e", "/^quit/q"], protocol="lines")

    async def body(host: LocalHost) -> None:
        session = await host.open_session("Plain")
        await say(host, session, "one")
        assert (await (await second(host, "quit", session)).reply()).text == "quit"
        await until(lambda: bot_of(host, "plain").link is None)
        assert (await say(host, session, "three")).text == "three"
        refused = await host.say(session, "four", attachments=(Attachment("a", "file:///a"),))
        assert "takes no files" in str((await refused.reply()).error)
        assert (await say(host, session, "five")).text == "five"

    run(body)


def test_a_program_at_a_terminal_is_interrupted_in_a_second_turn(add_bot: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "CANCEL_GRACE_S", 30.0)  # a loaded machine may need more than the second
    add_bot("Plain", [sys.executable, "-q", "-i"], protocol="lines", pty=True, prompt=r"(>>>|\.\.\.) ", timeout=60)

    async def body(host: LocalHost) -> None:
        session = await host.open_session("Plain")
        await say(host, session, "import time; a = 42")
        turn = await second(host, "print('now', flush=True); time.sleep(1000)", session)
        await begun(turn)
        turn.cancel()
        assert (await turn.reply()).error == "Plain was cancelled"
        assert (await say(host, session, "a")).text == "42"

    run(body)


# It is cancelled ------------------------------------------------------------------------------------------------------


def test_a_bot_is_told_of_a_cancel_and_is_then_free(two: Add, home: Path) -> None:
    folder = two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        pid = (await say(host, session, "pid")).text
        turn = await second(host, "hang", session)
        queued = await host.say(session, "pid")
        await begun(turn)
        turn.cancel()
        turn.cancel()
        reply = await turn.reply()
        assert (reply.error, reply.text, reply.attempts) == ("Two was cancelled", "half", 1)
        assert (folder / "cancelled").exists()
        turn.cancel()
        assert (await queued.reply()).text == pid

    run(body)
    query = "select status, error, text from turn where message = 'hang'"
    assert rows(home, query) == [("failed", "Two was cancelled", "half")]


def test_a_turn_is_cancelled_in_the_moment_in_which_it_is_sent(two: Add) -> None:
    two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        turn = await second(host, "hang", session)
        turn.cancel()
        assert (await turn.reply()).error == "Two was cancelled"
        assert (await say(host, session, "hello")).text == "hello"

    run(body)


def test_who_waits_no_longer_for_a_turn_to_begin_has_it_cancelled(two: Add, home: Path) -> None:
    two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        other = held(home)
        waiting = asyncio.ensure_future(host.say(session, "hang"))
        await moment()
        waiting.cancel()
        await moment()
        other.close()
        await until(lambda: rows(home, "select status from turn where message = 'hang'") == [("failed",)])
        assert (await say(host, session, "hello")).text == "hello"

    run(body)


def test_a_bot_that_does_not_hear_of_a_cancel_is_ended(two: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    two()
    monkeypatch.setattr(turns, "CANCEL_GRACE_S", 0.05)

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        pid = int((await say(host, session, "pid")).text)
        turn = await second(host, "deaf", session)
        await begun(turn)
        turn.cancel()
        assert (await turn.reply()).error == "Two was cancelled"
        assert (await say(host, session, "pid")).text != str(pid)
        assert not is_running(pid)

    run(body)


def test_a_turn_that_waits_its_turn_is_cancelled_at_once(two: Add, home: Path) -> None:
    folder = two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        turn = await second(host, f"until {folder}/go", session)
        queued = [await host.say(session, text) for text in ("one", "two", "three")]
        queued[1].cancel()
        reply = (await all_of(queued[1]))[-1]
        assert isinstance(reply, Reply)
        assert (reply.error, reply.attempts) == ("Two was cancelled", 0)
        assert not list(turn._events)[1:]
        (folder / "go").touch()
        served = [(await each.reply()).text for each in (turn, queued[0], queued[2])]
        assert served == ["half and a half", "one", "three"]

    run(body)
    assert rows(home, "select error from turn where message = 'two'") == [("Two was cancelled",)]


@pytest.mark.parametrize("others", [0, 1])
def test_a_turn_is_cancelled_in_the_moment_in_which_the_bot_is_handed_over_to_it(
    others: int, two: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        turn = await second(host, f"until {folder}/go", session)
        queued = await host.say(session, "hang")
        rest = [await host.say(session, "three") for _ in range(others)]
        after(monkeypatch, "stopped", lambda _: queued.cancel())
        (folder / "go").touch()
        assert (await turn.reply()).text == "half and a half"
        assert (await queued.reply()).error == "Two was cancelled"
        assert [(await each.reply()).text for each in rest] == ["three"] * others
        assert (await say(host, session, "on")).text == "on"

    run(body)


@pytest.mark.parametrize("first", ["the answer", "the cancel"])
def test_the_answer_and_a_cancel_come_in_one_moment(first: str, two: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    two()

    async def body(host: LocalHost) -> None:
        turn = await second(host, "hello")
        (after if first == "the answer" else before)(monkeypatch, "stopped", LocalTurn.cancel)
        events = await all_of(turn)
        assert seen(events) == "hello"
        assert (await say(host, turn.session, "on")).text == "on"

    run(body)


@pytest.mark.parametrize("end", [LocalTurn.cancel, LocalTurn.interrupt])
def test_a_cancel_that_comes_while_a_reply_among_others_is_about_to_be_kept(
    end: Callable[[LocalTurn], None], two: Add, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two()
    two("Other")

    async def body(host: LocalHost) -> None:
        beside = await second(host, "hang", await warm(host, "Other"))
        turn = await second(host, "hello")
        after(monkeypatch, "stopped", end)
        reply = (await all_of(turn))[-1]
        assert isinstance(reply, Reply)
        assert (reply.text, reply.status) == ("hello", TurnStatus.ANSWERED)
        beside.cancel()
        await beside.reply()

    run(body)
    assert rows(home, "select status from turn where message = 'hello'") == [("answered",)]


@pytest.mark.parametrize("end", [LocalTurn.cancel, LocalTurn.interrupt])
def test_a_cancel_that_comes_while_a_reply_waits_for_the_file(
    end: Callable[[LocalTurn], None], two: Add, home: Path
) -> None:
    folder = two()

    async def body(host: LocalHost) -> None:
        turn = await second(host, f"until {folder}/go")
        other = held(home)
        (folder / "go").touch()
        await until(lambda: not bot_of(host).turns.locked())
        end(turn)
        await moment()
        assert not turn._replied.is_set()
        other.close()
        reply = (await all_of(turn))[-1]
        assert isinstance(reply, Reply)
        assert reply.status is TurnStatus.ANSWERED

    run(body)


@pytest.mark.parametrize("what", ["a question", "the end of its time"])
def test_a_cancel_that_comes_in_the_moment_of_something_else_is_told_to_the_bot(
    what: str, two: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has come takes a task, which has not begun yet."""
    folder = two()

    async def choose(question: Question) -> str | None:
        return await asyncio.get_running_loop().create_future()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        if what == "a question":
            after(monkeypatch, "question", LocalTurn.cancel)
            turn = await second(host, "pick", session, choose)
        else:
            at_most(host, 0.1)
            after(monkeypatch, "_go_on", LocalTurn.cancel)
            turn = await second(host, "hang", session)
        reply = await turn.reply()
        assert reply.error == "Two was cancelled"
        assert turn._outcome is not None
        at_most(host, 60)
        assert (await say(host, session, "on")).text == "on"
        assert (folder / "cancelled").exists() == (what != "a question")

    run(body)


# It takes too long ----------------------------------------------------------------------------------------------------


def test_a_second_turn_that_is_overdue_is_ended_and_the_bot_lives(two: Add) -> None:
    folder = two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        pid = (await say(host, session, "pid")).text
        at_most(host, 0.2)
        turn = await second(host, "hang", session)
        reply = await turn.reply()
        assert (reply.error, reply.text, reply.attempts) == ("Two gave no answer within 0.2 s", "half", 1)
        assert reply.latency_ms >= 200
        assert (folder / "cancelled").exists()
        at_most(host, 60)
        assert (await say(host, session, "pid")).text == pid

    run(body)


def test_a_bot_that_does_not_end_an_overdue_turn_is_ended_and_the_message_sent_again(
    two: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    two()
    monkeypatch.setattr(turns, "CANCEL_GRACE_S", 0.05)

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        at_most(host, 0.4)
        turn = await second(host, "deaf", session)
        events = await all_of(turn)
        assert [type(event) for event in events if not isinstance(event, Notice)][:2] == [Piece, Retrying]
        assert events[-1].attempts == 2  # type: ignore[union-attr]

    run(body)


@pytest.mark.parametrize("when", ["it has no task", "its task has not begun", "its task has begun"])
def test_time_that_is_added_puts_off_the_end_of_a_second_turn(
    when: str, two: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        at_most(host, 0.2)
        if when == "its task has not begun":
            after(monkeypatch, "_go_on", lambda _: host.add_time(0.5))
        began = time.monotonic()
        turn = await second(host, "hang", session)
        if when == "it has no task":
            host.add_time(0.5)
        elif when == "its task has begun":
            turn._go_on()
            await moment()
            host.add_time(0.5)
        reply = await turn.reply()
        assert reply.error == "Two gave no answer within 0.2 s"
        assert time.monotonic() - began >= 0.7

    run(body)


def test_the_answer_and_the_end_of_its_time_come_in_one_moment(two: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    two()

    async def body(host: LocalHost) -> None:
        turn = await second(host, "hello")
        before(monkeypatch, "stopped", LocalTurn._go_on)
        assert seen(await all_of(turn)) == "hello"

    run(body)


# The bot dies ---------------------------------------------------------------------------------------------------------


def test_a_bot_that_dies_is_sent_the_same_turn_again_and_its_pieces_are_void(two: Add, home: Path) -> None:
    two()

    async def body(host: LocalHost) -> None:
        turn = await second(host, "die-once")
        events = await all_of(turn)
        assert seen(events) == "half of True"
        assert sum(isinstance(event, Retrying) for event in events) == 1
        assert events[-1].text == "half of True"  # type: ignore[union-attr]

    run(body)
    [(attempts, first_error)] = rows(home, "select attempts, first_error from turn where message = 'die-once'")
    assert attempts == 2
    assert first_error.startswith("Two ")


def test_a_turn_that_is_not_to_be_sent_again_fails_and_the_next_goes_well(two: Add) -> None:
    two(retry=False)

    async def body(host: LocalHost) -> None:
        turn = await second(host, "die")
        queued = await host.say(turn.session, "on")
        reply = await turn.reply()
        assert (reply.status, reply.text, reply.attempts) == (TurnStatus.FAILED, "half", 1)
        assert (await queued.reply()).text == "on"

    run(body)


def test_a_bot_that_dies_in_both_tries_has_failed(two: Add) -> None:
    two()

    async def body(host: LocalHost) -> None:
        reply = await (await second(host, "die")).reply()
        assert (reply.status, reply.text, reply.attempts) == (TurnStatus.FAILED, "half", 2)

    run(body)


def test_a_bot_dies_in_the_moment_in_which_it_has_answered(hostile: Add) -> None:
    hostile("exits-after-each-answer", timeout=60, env={"NTH": "2"})

    async def body(host: LocalHost) -> None:
        session = await host.open_session("Foe")
        assert (await say(host, session, "1")).text == "echo 1"
        reply = (await all_of(await second(host, "2", session)))[-1]
        assert isinstance(reply, Reply)
        assert (reply.text, reply.status, reply.attempts) == ("done", TurnStatus.ANSWERED, 1)
        assert (await say(host, session, "3")).text.endswith("3")

    run(body)


def test_a_cancel_in_the_moment_of_its_death_ends_the_turn(two: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    two()

    async def body(host: LocalHost) -> None:
        turn = await second(host, "die")
        after(monkeypatch, "stopped", LocalTurn.cancel)
        reply = (await all_of(turn))[-1]
        assert isinstance(reply, Reply)
        assert (reply.error, reply.attempts) == ("Two was cancelled", 1)
        assert (await say(host, turn.session, "on")).text == "on"

    run(body)


# It asks --------------------------------------------------------------------------------------------------------------


def test_a_question_is_answered_and_the_time_of_the_person_does_not_count(two: Add) -> None:
    two()

    async def choose(question: Question) -> str | None:
        await asyncio.sleep(0.6)
        return next(option.id for option in question.options if option.name == "Blue")

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        at_most(host, 0.4)
        reply = await (await second(host, "pick", session, choose)).reply()
        assert (reply.text, reply.status) == ("Now choose. Blue", TurnStatus.ANSWERED)

    run(body)


def test_a_question_that_nobody_can_answer_is_answered_with_no(two: Add) -> None:
    two()
    run(lambda host: answers(host, "pick", "Now choose. Nothing"))


def test_a_cancel_ends_a_question(two: Add) -> None:
    two()
    asked = asyncio.Event()

    async def choose(question: Question) -> str | None:
        asked.set()
        return await asyncio.get_running_loop().create_future()

    async def body(host: LocalHost) -> None:
        turn = await second(host, "pick", choose=choose)
        await asked.wait()
        turn.cancel()
        assert (await turn.reply()).error == "Two was cancelled"
        assert (await say(host, turn.session, "on")).text == "on"

    run(body)


def test_a_question_that_cannot_be_put_fails_the_turn_and_no_more(two: Add) -> None:
    two()

    async def choose(question: Question) -> str | None:
        raise LookupError("no terminal")

    async def body(host: LocalHost) -> None:
        turn = await second(host, "pick", choose=choose)
        reply = await turn.reply()
        assert reply.error == "Two could not be asked because of an error inside tellme"
        assert (await say(host, await host.open_session("Two"), "on")).text == "on"

    run(body)


async def answers(host: LocalHost, text: str, expected: str) -> None:
    """Say something in a second turn."""
    assert (await (await second(host, text)).reply()).text == expected


def test_another_bot_is_asked_in_a_second_turn_and_its_time_does_not_count(two: Add) -> None:
    two()
    two("Other")

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        await warm(host, "Other")
        at_most(host, 0.4)
        reply = await (await second(host, "ask sleep 0.6", session)).reply()
        assert (reply.text, reply.status) == ("<slept>", TurnStatus.ANSWERED)
        reply = await (await second(host, "ask hello", session)).reply()
        assert reply.text == "<hello>"
        await until(lambda: not host._turns)

    run(body)


def test_a_cancel_of_a_second_turn_reaches_the_bot_that_is_asked(two: Add, home: Path) -> None:
    two()
    other = two("Other")

    async def body(host: LocalHost) -> None:
        turn = await second(host, "ask hang")
        await until(lambda: any(each.asked_by is turn and each._account._pieces for each in host.open_turns()))
        turn.cancel()
        assert (await turn.reply()).error == "Two was cancelled"
        await until(lambda: not host._turns)
        assert (other / "cancelled").exists()
        assert (await say(host, turn.session, "on")).text == "on"

    run(body)
    assert rows(home, "select error from turn where message = 'hang'") == [("Other was cancelled",)]


# It says too much -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["long-and-hang 200", "long 60"])
def test_a_reply_that_is_too_long_fails_the_turn(text: str, two: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where its end comes in the same moment: it is not cut off and called an answer."""
    two()
    monkeypatch.setattr("tellme.host.account.MAX_REPLY_CHARS", 100)

    async def body(host: LocalHost) -> None:
        turn = await second(host, text)
        if text == "long 60":
            before(monkeypatch, "stopped", lambda turn: turn.piece("x" * 60) if turn._message == text else None)
        reply = await turn.reply()
        assert "Two sent a reply of more than" in str(reply.error)
        assert (await say(host, turn.session, "on")).text == "on"

    run(body)


def test_a_reply_that_is_too_long_when_the_bot_dies_is_not_asked_for_again(
    two: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    two()
    monkeypatch.setattr("tellme.host.account.MAX_REPLY_CHARS", 100)

    async def body(host: LocalHost) -> None:
        turn = await second(host, "die-once")
        before(monkeypatch, "stopped", lambda turn: turn.piece("x" * 200))
        reply = await turn.reply()
        assert "Two sent a reply of more than" in str(reply.error)
        assert reply.attempts == 1

    run(body)


# The host ends --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["nothing", "a cancel", "a question"])
def test_turns_that_are_open_and_that_wait_when_the_host_ends_are_kept_as_interrupted(
    first: str, two: Add, home: Path
) -> None:
    two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        turn = await second(host, "pick" if first == "a question" else "hang", session, never)
        for _ in range(3):
            await host.say(session, "queued")
        if first == "a cancel":
            turn.cancel()
        else:
            await begun(turn)

    async def never(question: Question) -> str | None:
        return await asyncio.get_running_loop().create_future()

    run_to_the_end(body)
    kept = rows(home, "select message, status, error from turn where message != 'warm' order by seq")
    interrupted = "Two was interrupted: tellme is stopping"
    assert kept[0][1:] == ("failed", "Two was cancelled" if first == "a cancel" else interrupted)
    assert kept[1:] == [("queued", "failed", interrupted)] * 3


def test_a_reply_that_waits_for_the_file_when_the_host_ends_is_kept(two: Add, home: Path) -> None:
    folder = two()

    async def body(host: LocalHost) -> None:
        await second(host, f"until {folder}/go")
        other = held(home)
        (folder / "go").touch()
        await until(lambda: not bot_of(host).turns.locked())
        asyncio.get_running_loop().call_later(0.1, other.close)

    run_to_the_end(body)
    assert rows(home, "select status, text from turn where message like 'until%'") == [("answered", "half and a half")]


def test_a_message_that_waits_for_the_file_when_the_host_ends_ends_with_it(two: Add, home: Path) -> None:
    two()
    saying: list[asyncio.Future[LocalTurn]] = []

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        other = held(home)
        saying.append(asyncio.ensure_future(host.say(session, "late")))
        await moment()
        asyncio.get_running_loop().call_later(0.1, other.close)

    run_to_the_end(body)
    assert rows(home, "select status from turn where message = 'late'") in ([("failed",)], [])


# The bot is stopped, restarted, changed or removed --------------------------------------------------------------------


def test_a_bot_is_stopped_in_a_second_turn(two: Add) -> None:
    two()

    async def body(host: LocalHost) -> None:
        turn = await second(host, "hang")
        queued = await host.say(turn.session, "before")
        await begun(turn)
        await host.stop("Two")
        assert (await turn.reply()).error == "Two was stopped"
        assert (await queued.reply()).text == "warm"

    run(body)


def test_a_bot_is_restarted_in_a_second_turn_and_between_two(two: Add) -> None:
    folder = two()

    async def body(host: LocalHost) -> None:
        turn = await second(host, f"until {folder}/go")
        await begun(turn)
        await host.restart("Two")
        (folder / "go").touch()
        events = await all_of(turn)
        assert seen(events) == "half and a half"
        assert events[-1].attempts == 2  # type: ignore[union-attr]
        pid = (await (await second(host, "pid", turn.session)).reply()).text
        await host.restart("Two")
        reply = await say(host, turn.session, "pid")
        assert (reply.text != pid, reply.attempts) == (True, 1)

    run(body)


def test_a_bot_gets_its_new_definition_between_second_turns(two: Add) -> None:
    folder = two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        pid = (await say(host, session, "pid")).text
        turn = await second(host, f"until {folder}/go", session)
        queued = await host.say(session, "pid")
        with (folder / "bot.toml").open("a") as manifest:
            manifest.write('description = "Another."\n')
        await host.reload()
        await begun(turn)
        (folder / "go").touch()
        reply = await turn.reply()
        assert (reply.text, reply.attempts) == ("half and a half", 1)
        after_it = await queued.reply()
        assert (after_it.text != pid, after_it.attempts) == (True, 1)
        assert bot_of(host).spec.description == "Another."

    run(body)


@pytest.mark.parametrize("queue", [1, 1000])
def test_a_bot_is_removed_in_a_second_turn_and_all_that_wait_fail(queue: int, two: Add, home: Path) -> None:
    folder = two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        pid = int((await say(host, session, "pid")).text)
        turn = await second(host, f"until {home}/go", session)
        queued = [await host.say(session, "x") for _ in range(queue)]
        await begun(turn)
        bot = bot_of(host)
        shutil.rmtree(folder)
        await host.reload()
        assert bot.turns.locked()
        (home / "go").touch()
        assert (await turn.reply()).text == "half and a half"
        assert {(await each.reply()).error for each in queued} == {"Two was removed"}
        await until(lambda: not is_running(pid))

    run(body)


@pytest.mark.parametrize("change", ["removed", "changed"])
def test_a_bot_is_removed_or_changed_in_the_moment_in_which_it_was_to_be_handed_over_to_a_turn_that_is_cancelled(
    change: str, two: Add, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        pid = int((await say(host, session, "pid")).text)
        turn = await second(host, f"until {home}/go", session)
        queued = await host.say(session, "two")
        bot = bot_of(host)

        def at_once(_: LocalTurn) -> None:
            if change == "removed":
                bot.retire()
            else:
                bot.replace(bot.spec, bot._launch)
            queued.cancel()

        after(monkeypatch, "stopped", at_once)
        (home / "go").touch()
        await turn.reply()
        await queued.reply()
        await until(lambda: not is_running(pid))

    run(body)


def test_a_session_is_ended_while_its_turn_is_open_and_waits(two: Add) -> None:
    folder = two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        turn = await second(host, f"until {folder}/go", session)
        queued = await host.say(session, "on")
        await host.end_session(session.id)
        (folder / "go").touch()
        assert ((await turn.reply()).text, (await queued.reply()).text) == ("half and a half", "on")

    run(body)


# The disk -------------------------------------------------------------------------------------------------------------


def test_a_reply_waits_for_the_file_and_nothing_waits_for_the_reply(two: Add, home: Path) -> None:
    folder = two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        turn = await second(host, f"until {folder}/go", session)
        queued = await host.say(session, "next")
        other = held(home)
        (folder / "go").touch()
        began = time.monotonic()
        await until(lambda: turn._outcome is not None and not bot_of(host).turns.locked())
        await asyncio.sleep(0.02)
        assert time.monotonic() - began < 3
        assert not turn._replied.is_set()
        assert not queued._replied.is_set()
        assert queued._outcome is not None
        other.close()
        assert [(await each.reply()).text for each in (turn, queued)] == ["half and a half", "next"]
        assert len(await all_of(await second(host, "on", session))) == 2

    run(body)
    assert rows(home, "select message, status from turn order by seq desc limit 2")[1] == ("next", "answered")


def test_a_message_waits_for_the_file_and_is_sent_when_it_is_kept(two: Add, home: Path) -> None:
    two()

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        other = held(home)
        saying = [asyncio.ensure_future(host.say(session, str(number))) for number in range(5)]
        await asyncio.sleep(0.02)
        assert not any(each.done() for each in saying)
        assert not bot_of(host).turns.locked()
        other.close()
        assert [(await (await each).reply()).text for each in saying] == list("01234")

    run(body)
    assert [message for (message,) in rows(home, "select message from turn order by seq")] == ["warm", *"01234"]


@pytest.mark.parametrize("open_turns", [1, 3])
def test_replies_that_find_the_disk_full_are_told_and_kept_when_there_is_room(
    open_turns: int, two: Add, home: Path
) -> None:
    folder = two()
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        texts = [f"until {folder}/go", "x", "y"][:open_turns]
        running = [await host.say(session, text) for text in texts]
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, unlimited[1]))
        try:
            (folder / "go").symlink_to(folder / "bot.py")
            replies = [(await all_of(turn))[-1] for turn in running]
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
        for reply in replies:
            assert isinstance(reply, Reply)
            assert reply.status is TurnStatus.FAILED
            assert "answered, but the reply cannot be kept" in str(reply.error)
        assert (await say(host, session, "on")).text == "on"
        kept = [(await host.turn(turn.id)).turn for turn in running]
        assert [turn.text for turn in kept] == ["half and a half", "x", "y"][:open_turns]
        assert all("cannot be kept" in str(turn.error) for turn in kept)

    run(body)


def test_a_message_that_cannot_be_kept_is_not_sent(two: Add) -> None:
    two()
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, unlimited[1]))
        try:
            with pytest.raises(StoreError):
                await host.say(session, "x")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
        assert (await say(host, session, "before")).text == "warm"

    run(body)


# What should not be ---------------------------------------------------------------------------------------------------


def break_prompts(monkeypatch: pytest.MonkeyPatch, text: str = "broken", *, sent: bool = False) -> None:
    """Have an error of ours come of a message, before it is sent or after."""
    prompt = AcpLink.prompt

    def broken(link: AcpLink, *given: Any) -> None:
        if given[1] != text or sent:
            prompt(link, *given)
        if given[1] == text:
            raise LookupError("something of ours")

    monkeypatch.setattr(AcpLink, "prompt", broken)


def test_an_error_of_ours_in_the_sending_ends_the_turn_and_no_other(two: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    two()
    break_prompts(monkeypatch)

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        running = [await host.say(session, text) for text in ("broken", "on", "broken", "and on")]
        ours = "Two could not be asked because of an error inside tellme"
        assert [(await turn.reply()).error for turn in running] == [ours, None, ours, None]
        assert (await say(host, session, "end")).text == "end"

    run(body)


def test_what_comes_of_a_message_after_its_turn_was_given_up_changes_nothing(
    two: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    two()
    break_prompts(monkeypatch, sent=True)
    stopped = asyncio.Event()
    after(monkeypatch, "stopped", lambda turn: stopped.set() if turn._message == "broken" else None, once=False)

    async def body(host: LocalHost) -> None:
        turn = await host.say(await warm(host), "broken")
        assert "error inside tellme" in str((await turn.reply()).error)
        await stopped.wait()
        await moment()
        assert [event async for event in turn] == []
        assert (await say(host, turn.session, "on")).text == "on"

    run(body)


def test_a_thousand_that_cannot_be_sent_all_end(two: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = two()
    break_prompts(monkeypatch)

    async def body(host: LocalHost) -> None:
        session = await warm(host)
        turn = await second(host, f"until {folder}/go", session)
        queued = [await host.say(session, "broken") for _ in range(1000)]
        (folder / "go").touch()
        assert (await turn.reply()).text == "half and a half"
        assert len({id(await each.reply()) for each in queued}) == 1000
        assert (await say(host, session, "on")).text == "on"

    run(body)


def test_whoever_waits_for_the_commands_of_a_bot_waits_its_turn_and_may_stop_waiting(two: Add) -> None:
    folder = two()

    async def body(host: LocalHost) -> None:
        turn = await second(host, f"until {folder}/go")
        other = await host.open_session("Two")
        waiting = [asyncio.ensure_future(host.commands(other)) for _ in range(3)]
        await moment()
        queued = await host.say(turn.session, "on")
        waiting[0].cancel()
        await moment()
        (folder / "go").touch()
        assert (await turn.reply()).text == "half and a half"
        waiting[1].cancel()
        assert (await queued.reply()).text == "on"
        assert await waiting[2] == ()

    run(body)


@pytest.mark.parametrize("text", ["pick", "ask hello"])
def test_what_a_bot_asks_after_its_turn_was_given_up_is_answered_with_no(
    text: str, two: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    two()
    two("Other")
    break_prompts(monkeypatch, text, sent=True)
    stopped = asyncio.Event()
    after(monkeypatch, "stopped", lambda turn: stopped.set() if turn._message == text else None, once=False)

    async def choose(question: Question) -> str | None:
        raise AssertionError("nobody is to be asked")

    async def body(host: LocalHost) -> None:
        turn = await host.say(await warm(host), text, choose)
        assert "error inside tellme" in str((await turn.reply()).error)
        await stopped.wait()
        await moment()
        assert turn._task is None
        assert (await say(host, turn.session, "on")).text == "on"

    run(body)


def test_an_error_in_a_task_of_the_host_leaves_no_turn_open(two: Add, home: Path) -> None:
    two()

    async def body(host: LocalHost) -> None:
        await begun(await second(host, "hang"))

        async def fail() -> None:
            raise LookupError("something of ours")

        host._group.create_task(fail())
        await asyncio.Event().wait()

    with pytest.raises(ExceptionGroup) as raised:
        run_to_the_end(body)
    assert raised.group_contains(LookupError)
    assert not raised.group_contains(RuntimeError)
    query = "select status, error from turn where message = 'hang'"
    assert rows(home, query) == [("failed", "Two was interrupted: tellme is stopping")]
