"""A bot asks another, within its turn: who may ask whom, how it ends, and what is kept of it."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tellme.errors import UsageError
from tellme.host.host import Host
from tellme.model import Attachment, BotState, Question, StateChanged, TurnStatus
from tellme.supervisor import sandbox

from .conftest import run, say

Add = Callable[..., Path]

BWRAP = shutil.which("bwrap")

GO_BETWEEN = """
import asyncio, os, signal
from tellme import Bot, BotFailed, Declined

bot = Bot(os.environ["NAME"])

@bot.reply
async def reply(message):
    who, _, text = message.text.partition(" ")
    if who == "say":
        return text
    if who == "pick":
        return await message.choose("Red", "Blue") or "nothing"
    if who == "bye":
        message.leave()
        return "Bye."
    if who == "many":
        for number in range(int(text)):
            await bot.ask("Echo", "say x")
        return "all"
    if who == "at-once":
        asks = [asyncio.ensure_future(bot.ask(f"B{number}", "pick")) for number in range(int(text))]
        found = await asyncio.gather(*asks, return_exceptions=True)
        return " | ".join(map(str, found))
    if who == "die-once":
        asyncio.ensure_future(bot.ask("Echo", "pick"))
        while not os.path.exists("asked"):
            await asyncio.sleep(0.005)
        if not os.path.exists("died"):
            open("died", "w").close()
            os.kill(os.getpid(), signal.SIGKILL)
        return "I live."
    try:
        return f"<{await bot.ask(who, text)}>"
    except BotFailed as error:
        raise Declined(str(error)) from None

bot.run()
"""


@pytest.fixture
def talk(add_bot: Add) -> Callable[..., None]:
    """Add a go-between: ``Echo hello`` has it ask Echo, ``say hello`` has it say that itself."""

    def add(name: str, **keys: object) -> None:
        folder = add_bot(name, ["bot.py"], env={"NAME": name}, **keys)
        (folder / "bot.py").write_text(GO_BETWEEN)

    return add


def test_a_bot_asks_another_in_a_session_that_ends_with_the_turn(talk: Callable[..., None]) -> None:
    talk("Echo")
    talk("Asker")

    async def body(host: Host) -> None:
        reply = await say(host, "Asker", "Echo say hello")
        assert (reply.text, reply.status) == ("<hello>", TurnStatus.ANSWERED)
        sessions = {session.bot: session for session in await host.sessions()}
        assert sessions["asker"].ended_at is None
        assert (sessions["echo"].title, sessions["echo"].turns) == ("asked by Asker", 1)
        assert sessions["echo"].ended_at is not None

    run(body)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Asker say hello", "without end: Asker → Asker."),
        ("Echo Asker say hello", "without end: Asker → Echo → Asker."),
        ("Ecko say hello", "There is no bot named 'Ecko'. Did you mean Echo?"),
        ("Caged Echo say hello", "Caged may not ask Echo"),
        ("Echo ", "it is empty"),
    ],
)
def test_who_cannot_be_asked_is_said(talk: Callable[..., None], message: str, said: str) -> None:
    talk("Echo")
    talk("Asker")
    talk("Caged", asks=["asker"])

    async def body(host: Host) -> None:
        reply = await say(host, "Asker", message)
        assert reply.status is not TurnStatus.ANSWERED
        assert said in reply.text + str(reply.error)

    run(body)


def test_two_bots_that_ask_each_other_at_once_end_by_themselves(talk: Callable[..., None]) -> None:
    talk("One")
    talk("Two")

    async def body(host: Host) -> None:
        async with asyncio.timeout(20):
            replies = await asyncio.gather(say(host, "One", "Two say a"), say(host, "Two", "One say b"))
        assert {"<a>", "<b>"} & {reply.text for reply in replies}

    run(body)


def test_a_chain_of_eight_is_the_longest(talk: Callable[..., None]) -> None:
    names = [f"B{number}" for number in range(9)]
    for name in names:
        talk(name)

    async def body(host: Host) -> None:
        assert (await say(host, "B0", f"{' '.join(names[1:8])} say x")).text == "<<<<<<<x>>>>>>>"
        assert (await say(host, "B0", f"{' '.join(names[1:9])} say x")).status is not TurnStatus.ANSWERED

    run(body)


def test_a_turn_asks_a_hundred_times_and_no_more(talk: Callable[..., None]) -> None:
    talk("Echo")
    talk("Asker")

    async def body(host: Host) -> None:
        assert (await say(host, "Asker", "many 100")).text == "all"
        assert (await say(host, "Asker", "many 101")).status is not TurnStatus.ANSWERED

    run(body)


def test_what_the_asked_bot_wants_to_know_the_person_is_asked(talk: Callable[..., None]) -> None:
    talk("Echo")
    talk("Asker")

    async def choose(question: Question) -> str | None:
        return next(option.id for option in question.options if option.name == "Blue")

    async def body(host: Host) -> None:
        turn = await host.open_and_say("Asker", "Echo pick", choose)
        assert (await turn.reply()).text == "<Blue>"

    run(body)


def test_a_cancel_reaches_the_bot_that_is_asked(talk: Callable[..., None], hostile: Add) -> None:
    hostile("hang", name="Sleeper", retry=False)
    talk("Asker")

    async def cancel(host: Host) -> None:
        with host.watch() as events:
            turn = await host.open_and_say("Asker", "Sleeper hello")
            async with asyncio.timeout(20):
                async for event in events:
                    if isinstance(event, StateChanged) and (event.bot, event.state) == ("sleeper", BotState.BUSY):
                        break
                turn.cancel()
                assert "cancelled" in str((await turn.reply()).error)

    async def look(host: Host) -> None:
        [failed] = [each for each in await host.failed_turns() if each.bot == "sleeper"]
        assert failed.turn.error == "Sleeper was cancelled"

    run(cancel)
    run(look)


def test_the_asking_bot_has_its_whole_time_left_after_it_has_waited(talk: Callable[..., None], hostile: Add) -> None:
    hostile("hang", name="Sleeper", retry=False, timeout=1.5)
    talk("Asker", timeout=1)

    async def body(host: Host) -> None:
        await say(host, "Asker", "say warm")
        reply = await say(host, "Asker", "Sleeper hello")
        assert "gave no answer within 1 s" not in str(reply.error)
        assert reply.latency_ms > 1400

    run(body)


def test_eight_questions_are_open_at_a_time_and_no_more(talk: Callable[..., None]) -> None:
    talk("Asker")
    for number in range(9):
        talk(f"B{number}")
    asked = 0

    async def choose(question: Question) -> str | None:
        nonlocal asked
        asked += 1
        return next(option.id for option in question.options if option.name == "Blue")

    async def body(host: Host) -> None:
        turn = await host.open_and_say("Asker", "at-once 9", choose)
        *eight, ninth = (await turn.reply()).text.split(" | ")
        assert (eight, asked) == (["Blue"] * 8, 8)
        assert "Asker asks too much: 8 at a time" in ninth

    run(body)


def test_when_the_asking_bot_dies_what_it_asked_ends_and_its_turn_is_sent_again(
    talk: Callable[..., None], home: Path
) -> None:
    talk("Echo")
    talk("Asker")
    given_up: list[str] = []

    async def choose(question: Question) -> str | None:
        (home / "bots" / "asker" / "asked").touch()
        try:
            return await asyncio.get_running_loop().create_future()
        finally:
            given_up.append(question.bot)

    async def body(host: Host) -> None:
        async with asyncio.timeout(20):
            turn = await host.open_and_say("Asker", "die-once x", choose)
            reply = await turn.reply()
            assert (reply.text, reply.attempts) == ("I live.", 2)
            assert given_up[0] == "Echo"
            assert not (await say(host, "Echo", "say free")).error

    async def look(host: Host) -> None:
        sessions = [session for session in await host.sessions() if session.title == "asked by Asker"]
        assert all(session.ended_at is not None for session in sessions)
        ends = [turn for session in sessions for turn in await host.turns(session.id, 9)]
        assert {(turn.status, turn.error) for turn in ends} == {(TurnStatus.FAILED, "Echo was cancelled")}

    run(body)
    run(look)


@pytest.mark.skipif(
    sys.platform != "linux" or BWRAP is None or sandbox.why_not(BWRAP) is not None,
    reason="no sandbox works on this system",
)
@pytest.mark.parametrize("asks", [None, ["echo"]])
def test_a_bot_in_a_sandbox_asks_nobody_unless_it_is_told_whom(
    talk: Callable[..., None], asks: list[str] | None
) -> None:
    talk("Echo")
    talk("Caged", sandbox=True, **({} if asks is None else {"asks": asks}))

    async def body(host: Host) -> None:
        reply = await say(host, "Caged", "Echo say hello")
        if asks is None:
            assert (reply.status, reply.text) == (
                TurnStatus.DECLINED,
                "Caged may not ask Echo: 'asks' in its manifest says whom it may.",
            )
        else:
            assert reply.text == "<hello>"

    run(body)


def test_a_bot_that_leaves_ends_the_session(talk: Callable[..., None]) -> None:
    talk("Asker")

    async def body(host: Host) -> None:
        reply = await say(host, "Asker", "bye")
        assert (reply.text, reply.leaves) == ("Bye.", True)
        assert (await host.session(reply.session)).ended_at is not None
        assert not (await say(host, "Asker", "say on")).leaves

    run(body)


def test_files_go_with_a_message_and_with_its_retry(add_bot: Add) -> None:
    folder = add_bot("Reader", ["bot.py"], retry=False)
    (folder / "bot.py").write_text(
        "import os\nfrom tellme import Bot\nbot = Bot('Reader')\n@bot.reply\ndef reply(message):\n"
        "    if not os.path.exists('twice'):\n        open('twice', 'w').close()\n        os._exit(3)\n"
        "    return ' '.join(each.name for each in message.attachments)\nbot.run()\n"
    )
    files = (Attachment("a.txt", "file:///x/a.txt", "text/plain", "one"), Attachment("b", "file:///x/b"))

    async def body(host: Host) -> None:
        first = await (await host.open_and_say("Reader", "Look", attachments=files)).reply()
        assert first.status is TurnStatus.FAILED
        assert await host.attachments(first.turn) == files
        assert (await (await host.retry(first.turn)).reply()).text == "a.txt b"
        with pytest.raises(UsageError, match="too large to go along"):
            await host.open_and_say("Reader", "Look", attachments=[files[0]._replace(text="x" * (9 << 20))])

    run(body)


def test_bots_of_a_kind_have_each_their_own_settings_and_data(add_bot: Add) -> None:
    names = ("HAL 9000", "HAL 9001")
    for name in names:
        folder = add_bot(name, ["bot.py"])
        with (folder / "bot.toml").open("a") as manifest:
            manifest.write(f"[settings]\nmood = {name[-1:]!r}\n")
        (folder / "bot.py").write_text(
            "import os\nfrom tellme import Bot\nbot = Bot('HAL')\n@bot.reply\ndef reply(message):\n"
            "    return os.environ['TELLME_BOT_SETTINGS'] + os.environ['TELLME_BOT_DATA']\nbot.run()\n"
        )

    async def body(host: Host) -> None:
        one, other = await asyncio.gather(*(say(host, name, "Hello") for name in names))
        assert one.text.startswith('{"mood": "0"}')
        assert other.text.startswith('{"mood": "1"}')
        assert one.text[13:] != other.text[13:]

    run(body)


CLOSES = """
import json, sys

for line in sys.stdin:
    asked = json.loads(line)
    method, number = asked["method"], asked.get("id")
    with open("seen", "a") as file:
        file.write(method + "\\n")
    results = {
        "initialize": {"protocolVersion": 1, "agentCapabilities": {"sessionCapabilities": {"close": {}}}},
        "session/new": {"sessionId": "s"},
        "session/cancel": {"stopReason": "cancelled"},
    }
    if method == "session/prompt":
        prompt = number
    else:
        number = prompt if method == "session/cancel" else number
        print(json.dumps({"jsonrpc": "2.0", "id": number, "result": results.get(method, {})}), flush=True)
"""
"""An agent that closes sessions, answers no message until it is cancelled, and writes down what it was asked."""


def test_a_session_is_closed_once_what_was_asked_in_it_has_ended(talk: Callable[..., None], add_bot: Add) -> None:
    folder = add_bot("Closer", ["closer.py"])
    (folder / "closer.py").write_text(CLOSES)
    talk("Asker")

    async def until(method: str) -> None:
        seen = folder / "seen"
        async with asyncio.timeout(20):
            while not seen.exists() or method not in seen.read_text():  # noqa: ASYNC110 — another process writes it
                await asyncio.sleep(0.005)

    async def body(host: Host) -> None:
        turn = await host.open_and_say("Asker", "Closer hello")
        await until("session/prompt")
        turn.cancel()
        await until("session/close")
        assert (folder / "seen").read_text().split()[-2:] == ["session/cancel", "session/close"]

    run(body)
