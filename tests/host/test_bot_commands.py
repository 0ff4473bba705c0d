"""Commands that bots offer: the host knows them before the first message, and believes no more than it should."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

from tellme.host.host import Host
from tellme.model import BotCommand

from ..conftest import TEACHABLE
from .conftest import run, say

STRANGER = """
import json, sys

def send(**message):
    print(json.dumps({"jsonrpc": "2.0"} | message), flush=True)

for line in sys.stdin:
    request = json.loads(line)
    number, method = request["id"], request["method"]
    if method == "initialize":
        send(id=number, result={"protocolVersion": 1, "agentCapabilities": {}})
    elif method == "session/new":
        send(id=number, result={"sessionId": "s"})
    else:
        update = {"sessionUpdate": "available_commands_update", "availableCommands": COMMANDS}
        send(method="session/update", params={"sessionId": "s", "update": update})
        text = request["params"]["prompt"][0]["text"]
        update = {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": text}}
        send(method="session/update", params={"sessionId": "s", "update": update})
        send(id=number, result={"stopReason": "end_turn"})
"""


def write(tmp_path: Path, source: str) -> list[str]:
    file = tmp_path / "program.py"
    file.write_text(source)
    return [str(file)] if "tellme" in source else [sys.executable, str(file)]


def test_the_commands_are_known_before_the_first_message(add_bot: Callable[..., Path], tmp_path: Path) -> None:
    add_bot("Teachable", write(tmp_path, TEACHABLE))

    async def body(host: Host) -> None:
        session = await host.open_session("Teachable")
        assert host.offered(session) == ()
        assert await host.commands(session) == (BotCommand("teach", "Say it better.", "TEXT"),)
        assert (await say(host, session, "hi")).text == "hi"
        assert host.offered(session) == await host.commands(session) != ()
        assert (await say(host, session, "/teach this")).text == "learned 'this' after 1"

    run(body)


def test_a_session_from_before_is_told_to_the_process_once(add_bot: Callable[..., Path], tmp_path: Path) -> None:
    add_bot("Stranger", write(tmp_path, STRANGER.replace("COMMANDS", "[]")))

    async def body(host: Host) -> None:
        session = await host.open_session("Stranger")
        await say(host, session, "first")
        await host.restart("Stranger")
        await host.commands(session)
        asked = (await say(host, session, "second")).text
        assert asked.startswith("This is the conversation so far:\nPerson: first\nYou: first\n")
        assert asked.endswith("\nsecond")
        assert (await say(host, session, "third")).text == "third"

    run(body)


def test_what_a_stranger_offers_is_bounded_and_clean(add_bot: Callable[..., Path], tmp_path: Path) -> None:
    odd = [{"name": name, "description": "x"} for name in ("", "two words", "a\x1b[31mb", "y" * 300, "e\u0301", "/a")]
    good = [{"name": f"c{number}", "description": "de\x1b[2Js\nc", "input": {"hint": "\x9bh"}} for number in range(500)]
    add_bot("Stranger", write(tmp_path, STRANGER.replace("COMMANDS", repr(odd + good))))

    async def body(host: Host) -> None:
        session = await host.open_session("Stranger")
        await say(host, session, "hi")
        offered = host.offered(session)
        assert 100 < len(offered) <= 200
        assert all(one.name.startswith("c") for one in offered)
        assert json.dumps([offered[0].description, offered[0].hint]).count("\\u") == 0

    run(body)


def test_a_bot_that_cannot_start_offers_nothing(hostile: Callable[..., Path]) -> None:
    hostile("crash-on-start")

    async def body(host: Host) -> None:
        async with asyncio.timeout(30):
            assert await host.commands(await host.open_session("Foe")) is None

    run(body)
