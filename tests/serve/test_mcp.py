"""``tellme mcp`` with the official client of the package mcp, over the pipes of a process."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tellme.host.open import open_host
from tellme.host.prepare import prepare
from tellme.model import BotState, StateChanged
from tellme.surfaces.mcp.tools import Tools

from ..conftest import add_bot, add_hostile, rows, wait_until
from .conftest import ENDS_WITHIN_S, ENGLISH_STAYS_AWAY, PROGRAMS

mcp = pytest.importorskip("mcp")

HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}


@pytest.fixture
def bots(home: Path) -> Path:
    home.mkdir()
    (home / "config.toml").write_text(ENGLISH_STAYS_AWAY)
    add_bot(home, "Wall-E", [str(PROGRAMS / "talker.py")], description="Cleans up")
    add_hostile(home, "crash-in-reply", "Quitter", retry=False)
    return home


@asynccontextmanager
async def client(home: Path, *names: str) -> AsyncIterator[Any]:
    from mcp import ClientSession
    from mcp.client.stdio import StdioServerParameters, stdio_client

    environment = {**os.environ, "TELLME_HOME": str(home)}
    server = StdioServerParameters(command=sys.executable, args=["-m", "tellme", "mcp", *names], env=environment)
    async with stdio_client(server) as (incoming, outgoing), ClientSession(incoming, outgoing) as session:
        await session.initialize()
        yield session


def test_bots_are_tools(bots: Path) -> None:
    asyncio.run(_talk(bots))


async def _talk(home: Path) -> None:
    async with client(home) as session:
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
        assert set(tools) == {"ask_english", "ask_math", "ask_zen", "ask_wall_e", "ask_quitter", "list_bots"}
        assert "Cleans up" in tools["ask_wall_e"].description
        assert tools["ask_wall_e"].input_schema["required"] == ["message"]

        async def call(name: str, **arguments: object) -> tuple[bool, str, Any]:
            result = await session.call_tool(name, arguments)
            return result.is_error, result.content[0].text, result.structured_content

        is_error, text, first = await call("ask_math", message="6*7")
        assert (is_error, text, first["status"]) == (False, "42", "answered")
        is_error, _, second = await call("ask_math", message="hello", session=first["session"])
        assert (is_error, second["status"], second["session"]) == (False, "declined", first["session"])
        assert await session.call_tool("ask_math", {"message": "1+1"})

        is_error, text, failed = await call("ask_quitter", message="x")
        assert (is_error, failed["status"]) == (True, "failed")
        assert text.startswith("Quitter exited with code ")
        assert text.count("Quitter") == 1
        assert failed["text"] == "half an ans"
        for name, arguments, why in (
            ("ask_nobody", {"message": "x"}, "There is no tool 'ask_nobody'"),
            ("ask_math", {}, "The argument 'message' has to be a text."),
            ("ask_math", {"message": 1}, "The argument 'message' has to be a text."),
            ("ask_wall_e", {"message": "x", "session": first["session"]}, "is none of Wall-E's"),
            ("ask_math", {"message": "x", "session": "nowhere"}, "nowhere"),
        ):
            is_error, text, _ = await call(name, **arguments)
            assert is_error, name
            assert why in text

        _, text, listed = await call("list_bots")
        assert "Wall-E (ask_wall_e, " in text
        assert {row["tool"] for row in listed["bots"]} == set(tools) - {"list_bots"}


def test_only_the_bots_that_are_named(bots: Path) -> None:
    async def look() -> list[str]:
        async with client(bots, "wall-e") as session:
            return [tool.name for tool in (await session.list_tools()).tools]

    assert asyncio.run(look()) == ["ask_wall_e", "list_bots"]


def lines(*messages: dict[str, Any]) -> bytes:
    return b"".join(json.dumps({"jsonrpc": "2.0", **each}).encode() + b"\n" for each in messages)


BEGIN = lines({"id": 0, "method": "initialize", "params": HELLO}, {"method": "notifications/initialized"})


def call_of(number: int, message: str) -> dict[str, Any]:
    return {
        "id": number,
        "method": "tools/call",
        "params": {"name": "ask_wall_e", "arguments": {"message": message}},
    }


def served(home: Path, data: bytes, *names: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "tellme", "mcp", *names], input=data, capture_output=True, timeout=ENDS_WITHIN_S
    )


def test_what_was_asked_before_stdin_ended_is_answered(bots: Path) -> None:
    ended = served(bots, BEGIN + lines(call_of(1, "last words")))
    assert ended.returncode == 0
    answers = {each["id"]: each["result"] for each in map(json.loads, ended.stdout.splitlines())}
    assert answers[1]["content"][0]["text"] == "last words"


def test_what_is_no_message_costs_that_line_alone(bots: Path) -> None:
    long = b"x" * 40 * 2**20 + b"\n"
    ended = served(bots, BEGIN + b"garbage\n{}\n[1]\n" + long + lines(call_of(1, "and still")))
    assert ended.returncode == 0
    assert b"and still" in ended.stdout.splitlines()[-1]


@pytest.mark.parametrize("data", [b"", b"garbage"])
def test_an_end_at_once_is_an_end(data: bytes, bots: Path) -> None:
    assert served(bots, data).returncode == 0


@pytest.mark.parametrize("data", [b"", BEGIN, BEGIN + lines({"id": 1, "method": "tools/list"})])
def test_a_client_that_does_not_read_is_gone(data: bytes, bots: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "tellme", "mcp"],
            input=data,
            stdout=writer,
            stderr=subprocess.PIPE,
            timeout=ENDS_WITHIN_S,
        )
    finally:
        os.close(writer)
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_a_client_that_does_not_write_is_gone(bots: Path) -> None:
    command = ["sh", "-c", 'exec "$@" <&-', "sh", sys.executable, "-m", "tellme", "mcp"]
    ended = subprocess.run(command, capture_output=True, timeout=ENDS_WITHIN_S)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


def test_a_bot_that_is_not_there_is_one_line(bots: Path) -> None:
    ended = served(bots, b"", "Wall-D")
    assert (ended.returncode, ended.stdout, ended.stderr.count(b"\n")) == (2, b"", 1)
    assert b"Wall-E" in ended.stderr


@pytest.mark.parametrize("how", ["cancels", "goes", "terminates"])
def test_the_turn_of_a_client_that_does_not_wait_is_cancelled(how: str, bots: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tellme", "mcp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin
    assert process.stdout
    with process:
        process.stdin.write(BEGIN + lines(call_of(1, f"wait {tmp_path / 'never'}")))
        process.stdin.flush()
        process.stdout.readline()
        wait_until(lambda: rows(bots, "SELECT 1 FROM sqlite_master WHERE name = 'turn'"))
        wait_until(lambda: rows(bots, "SELECT 1 FROM turn"))
        if how == "cancels":
            process.stdin.write(lines({"method": "notifications/cancelled", "params": {"requestId": 1}}))
            process.stdin.flush()
            wait_until(lambda: rows(bots, "SELECT 1 FROM turn WHERE status IS NOT NULL"))
            process.stdin.close()
        elif how == "goes":
            process.stdin.close()
            process.stdout.close()
        else:
            process.terminate()
        assert process.wait(ENDS_WITHIN_S) == (143 if how == "terminates" else 0)
    assert rows(bots, "SELECT status, error FROM turn") == [("failed", "Wall-E was cancelled")]


def test_without_the_package_it_is_one_line(bots: Path, tmp_path: Path) -> None:
    hide = "import sys; sys.modules['mcp'] = None; sys.argv[1:] = ['mcp']; "
    hide += "from tellme.__main__ import main; sys.exit(main())"
    ended = subprocess.run([sys.executable, "-c", hide], capture_output=True, timeout=ENDS_WITHIN_S, check=False)
    assert (ended.returncode, ended.stderr.decode()) == (
        2,
        "tellme: The package mcp is not installed here: pip install 'tellme[mcp]'.\n",
    )


def test_a_call_that_was_cancelled_is_waited_for_and_forgotten(bots: Path) -> None:
    async def main() -> None:
        async with open_host(prepare(os.environ)) as host:
            tools = Tools(host, ["Wall-E"])
            call = asyncio.ensure_future(tools.call("ask_wall_e", {"message": f"wait {bots / 'never'}"}))
            with host.watch() as events:
                async with asyncio.timeout(20):
                    async for event in events:
                        if isinstance(event, StateChanged) and event.state is BotState.BUSY:
                            break
            call.cancel()
            await asyncio.wait([call])
            assert len(tools._ending) == 1
            await tools.settle()
            assert await host.failed_turns()
            assert not tools._ending

    asyncio.run(main())
