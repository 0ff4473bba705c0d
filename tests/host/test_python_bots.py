"""What a bot made of ``tellme.Bot`` does, through a host here and through a ``tellme serve``: both are the same."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tellme.host.host import Host
from tellme.host.open import open_host
from tellme.host.prepare import prepare
from tellme.host.remote import RemoteHost
from tellme.model import Attachment, Question, Reply, Session, Spoke, Thought, TurnStatus

from ..conftest import add_bot
from ..serve.conftest import Serve, begin, serve

__all__ = ["begin", "serve"]

MANY = """
import os, signal
from pathlib import Path
from tellme import Bot, BotFailed, Declined
from tellme.sdk.kept import Kept

bot = Bot("Many")

@bot.on("greet")
def greet(message):
    return "Welcome."

@bot.on("cancel")
def cancel(message):
    return "See you."

@bot.on("colour")
def colour(message):
    yield "Now choose. "
    yield message.choose("Red", "Blue", title="Which?") or "Nothing"

@bot.on("aloud")
def aloud(message):
    message.think("Hm.")
    return "Done."

@bot.on("count")
def count(message):
    message.session.state["number"] = message.session.state.get("number", 0) + 1
    return str(message.session.state["number"])

def begins(message):
    with open("turns", "a") as file:
        print(message.turn, file=file)
    return Path("turns").read_text().count("\\n") == 1

def kill():
    os.kill(os.getpid(), signal.SIGKILL)

@bot.on("count and die")
def die(message):
    said = count(message)
    if begins(message):
        kill()
    return said

@bot.on("count, keep and die")
def die_later(message):
    said, keep = count(message), Kept.keep
    if begins(message):
        Kept.keep = lambda *given: (keep(*given), kill())
    return said

@bot.reply
def reply(message):
    if message.attachments:
        return " ".join(f"{each.name}={each.text}" for each in message.attachments)
    try:
        return f"<{bot.ask('Other', message.text)}>"
    except Declined as declined:
        return f"declined: {declined}"
    except BotFailed as failed:
        return f"failed: {failed}"

bot.run()
"""
OTHER = """
import os
from tellme import Bot, Decline

bot = Bot("Other")

@bot.reply
def reply(message):
    if message.text == "decline":
        raise Decline("not me")
    if message.text == "fail":
        os._exit(3)
    return message.text.upper()

bot.run()
"""

Run = Callable[[Callable[[Host], Awaitable[None]]], None]


@pytest.fixture(params=["local", "remote"])
def run(request: pytest.FixtureRequest, home: Path, serve: Serve) -> Run:
    """Run a body with a host, here or there, that has both bots."""
    for name, code in {"Many": MANY, "Other": OTHER}.items():
        (add_bot(home, name, ["bot.py"]) / "bot.py").write_text(code)
    if request.param == "remote":
        serve()

    def start(body: Callable[[Host], Awaitable[None]]) -> None:
        async def main() -> None:
            async with asyncio.timeout(30), open_host(prepare(os.environ)) as host:
                assert isinstance(host, RemoteHost) == (request.param == "remote")
                await body(host)

        asyncio.run(main())

    return start


async def say(host: Host, session: Session, text: str) -> Reply:
    return await (await host.say(session, text)).reply()


def test_it_greets_who_comes_and_leaves_when_told_to(run: Run) -> None:
    async def body(host: Host) -> None:
        with host.watch() as events:
            session = await host.open_session("Many")
            await host.commands(session)
            async for event in events:
                if isinstance(event, Spoke):
                    assert event == Spoke("many", session.id, "Welcome.")
                    break
        reply = await say(host, session, "cancel")
        assert (reply.text, reply.leaves) == ("See you.", True)
        assert (await host.session(session.id)).ended_at is not None

    run(body)


@pytest.mark.parametrize("wanted", ["Blue", None])
def test_it_lets_the_person_choose(run: Run, wanted: str | None) -> None:
    async def choose(question: Question) -> str | None:
        assert (question.bot, question.title) == ("Many", "Which?")
        return next((option.id for option in question.options if option.name == wanted), None)

    async def body(host: Host) -> None:
        reply = await (await host.open_and_say("Many", "colour", choose)).reply()
        assert reply.text == f"Now choose. {wanted or 'Nothing'}"

    run(body)


def test_where_nobody_can_choose_it_goes_on_without(run: Run) -> None:
    async def body(host: Host) -> None:
        assert (await (await host.open_and_say("Many", "colour")).reply()).text == "Now choose. Nothing"

    run(body)


def test_it_thinks_aloud_and_is_given_files(run: Run) -> None:
    async def body(host: Host) -> None:
        events = [event async for event in await host.open_and_say("Many", "aloud")]
        assert Thought("Hm.") in events
        files = (Attachment("a.txt", "file:///x/a.txt", "text/plain", "one"),)
        reply = await (await host.open_and_say("Many", "Look", attachments=files)).reply()
        assert reply.text == "a.txt=one"

    run(body)


def test_it_asks_another_and_hears_how_that_ended(run: Run) -> None:
    async def body(host: Host) -> None:
        session = await host.open_session("Many")
        assert (await say(host, session, "hello")).text == "<HELLO>"
        assert (await say(host, session, "decline")).text == "declined: not me"
        assert (await say(host, session, "fail")).text.startswith("failed: Other ")

    run(body)


@pytest.mark.parametrize(
    ("said", "begun"),
    [
        pytest.param("count and die", 2, id="before it is kept"),
        pytest.param("count, keep and die", 1, id="before its answer leaves"),
    ],
)
def test_what_it_remembers_changes_once_though_it_is_killed_in_the_turn(
    run: Run, home: Path, said: str, begun: int
) -> None:
    async def body(host: Host) -> None:
        session = await host.open_session("Many")
        assert (await say(host, session, "count")).text == "1"
        reply = await say(host, session, said)
        assert (reply.text, reply.status, reply.attempts) == ("2", TurnStatus.ANSWERED, 2)
        assert (home / "bots" / "many" / "turns").read_text().split() == [reply.turn] * begun
        await host.restart("Many")
        assert (await say(host, session, "count")).text == "3"

    run(body)
