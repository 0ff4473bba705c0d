"""An agent on the official SDK at work through a real link: what it shows, files and commands that it is granted."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tellme.model import Grants, Plan, PlanEntry, ToolCall
from tellme.supervisor.grants import terminals
from tellme.supervisor.link import Link

from .conftest import Life, Listener, eventually


class Work:
    """An agent that runs, and one session with it."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.listener = Listener()

    async def do(self, *steps: list[Any]) -> list[Any]:
        """Have it carry out some steps; returns what came of each."""
        self.listener = Listener()
        self.link.prompt("s", json.dumps(steps), "turn", self.listener)
        outcome = await self.listener.end
        assert outcome in ("end_turn", "cancelled"), outcome
        result: list[Any] = json.loads(self.listener.text)
        return result


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What is granted."""
    folder = tmp_path / "src"
    folder.mkdir()
    (folder / "a.txt").write_text("one\ntwo\n")
    (tmp_path / "secret").write_text("secret")
    return folder


@pytest.fixture
def worker(make_life: Callable[..., Life], folder: Path) -> Callable[[], Life]:
    """Make the agent, with everything granted."""
    return lambda: make_life("works.py", timeout=30, grants=Grants(str(folder), True, True, True))


async def begin(life: Life) -> Work:
    link = await life.bot.connect()
    link.sessions.add("ours", await link.new_session((), "ours"))
    return Work(link)


async def test_what_it_shows_and_how_it_is_set(worker: Callable[[], Life], folder: Path) -> None:
    async with worker() as life:
        work = await begin(life)
        (option,) = work.link.options("s")
        assert (option.id, option.value, [value.name for value in option.values]) == ("mode", "ask", ["Ask", "Do it"])
        await work.link.set_option("s", "mode", "do")
        assert await work.do(["look"], ["show"], ["ask"]) == [[str(folder), "do", True, True, True], None, "cancelled"]
        assert work.listener.shown == [
            "hm",
            Plan((PlanEntry("Look", "in_progress"),)),
            ToolCall("1", "Read a", "read", "in_progress"),
            ToolCall("1", "Read a", "read", "completed", "a's text"),
        ]


async def test_without_grants_it_is_told_so_and_refused(make_life: Callable[..., Life], folder: Path) -> None:
    async with make_life("works.py", timeout=30) as life:
        work = await begin(life)
        looked, read, write, run = await work.do(
            ["look"], ["read", f"{folder}/a.txt"], ["write", f"{folder}/a.txt", "x"], ["create", "ls"]
        )
        assert looked == [os.getcwd(), "ask", False, False, False]
        assert [answer[0] for answer in (read, write, run)] == [-32601] * 3
        assert (folder / "a.txt").read_text() == "one\ntwo\n"


async def test_files(worker: Callable[[], Life], folder: Path) -> None:
    async with worker() as life:
        work = await begin(life)
        read, some, wrote, outside, missing, written_outside = await work.do(
            ["read", f"{folder}/a.txt"],
            ["read", f"{folder}/a.txt", 2, 1],
            ["write", f"{folder}/new/b.txt", "b"],
            ["read", f"{folder}/../secret"],
            ["read", f"{folder}/none"],
            ["write", f"{folder.parent}/secret", "x"],
        )
        assert (read, some, wrote) == ("one\ntwo\n", "two\n", None)
        assert (folder / "new" / "b.txt").read_text() == "b"
        assert [answer[0] for answer in (outside, missing, written_outside)] == [-32602, -32002, -32602]
        assert "is outside of the granted folder" in outside[1]
        assert (folder.parent / "secret").read_text() == "secret"


RUNS: dict[str, tuple[list[str], dict[str, Any], list[Any]]] = {
    # group, case: command, what else is said → output, truncated, exit code, signal
    "words": (["echo", "a  b", "$HOME", ";ls"], {}, ["a  b $HOME ;ls\n", False, 0, None]),
    "a line for the shell": (["echo one && exit 3"], {}, ["one\n", False, 3, None]),
    "stderr too, in order": (["echo a; echo b >&2; echo c"], {}, ["a\nb\nc\n", False, 0, None]),
    "its variables": (["echo $FROM_AGENT ${TELLME_HOME-none}"], {}, ["it none\n", False, 0, None]),
    "no input": (["cat"], {}, ["", False, 0, None]),
    "where it works": (["basename $PWD"], {}, ["src\n", False, 0, None]),
    "a signal": (["kill -TERM $$"], {}, ["", False, None, "SIGTERM"]),
    "limit: the end is kept, from a whole character on": (
        ["printf 'ab\\303\\251cd'"],
        {"output_byte_limit": 3},
        ["cd", True, 0, None],
    ),
    "limit: nothing": (["echo a"], {"output_byte_limit": 0}, ["", True, 0, None]),
    "no text": (["printf '\\377a'"], {}, ["\ufffda", False, 0, None]),
}


async def test_commands(worker: Callable[[], Life]) -> None:
    async with worker() as life:
        work = await begin(life)
        came = await work.do(*(["run", command, more] for command, more, _ in RUNS.values()))
        assert dict(zip(RUNS, came, strict=True)) == {name: expected for name, (*_, expected) in RUNS.items()}


async def test_a_command_that_is_not_there(worker: Callable[[], Life]) -> None:
    async with worker() as life:
        ((output, _, code, _),) = await (await begin(life)).do(["run", ["no-such-program", "x"], {}])
        assert (code, "not found" in output) == (127, True)


async def test_commands_that_are_refused(worker: Callable[[], Life], folder: Path) -> None:
    async with worker() as life:
        work = await begin(life)
        refused = await work.do(
            ["run", ["pwd"], {"cwd": str(folder.parent)}],
            ["run", ["pwd"], {"cwd": f"{folder}\0"}],
            ["kill", "terminal-7"],
        )
        assert [answer[0] for answer in refused] == [-32602] * 3


async def test_a_flood_keeps_its_end(worker: Callable[[], Life], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminals, "MAX_OUTPUT_BYTES", 1_000)
    async with worker() as life:
        ((output, truncated, code, _),) = await (await begin(life)).do(["run", ["seq 200000"], {}])
        assert (output[-14:], len(output), truncated, code) == ("199999\n200000\n", 1_000, True, 0)


async def test_only_so_many_terminals(worker: Callable[[], Life], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminals, "MAX_TERMINALS", 2)
    async with worker() as life:
        work = await begin(life)
        true = ["create", "true"]
        first, _, third, *_ = await work.do(true, true, true, ["kill", "terminal-1"], ["release", "terminal-1"])
        assert first == "terminal-1"
        assert third[0] == -32603
        assert await work.do(true, true) == ["terminal-3", third]


async def test_a_tool_call_shows_the_output_of_its_terminal(worker: Callable[[], Life]) -> None:
    async with worker() as life:
        work = await begin(life)
        await work.do(["create", "echo out"], ["show_terminal", "terminal-1"])
        assert work.listener.shown == [ToolCall("2", "Run", "execute", "pending", "out")]


BACKGROUND = "sleep 1000 & echo $! > pid; echo $$ >> pid; wait"


def pids(folder: Path) -> list[int]:
    text = (folder / "pid").read_text() if (folder / "pid").exists() else ""
    return [int(pid) for pid in text.split()]


ENDS = ("killed", "released", "the session closes", "the bot dies", "the bot is stopped")


@pytest.mark.parametrize("end", ENDS)
async def test_nothing_is_left_of_a_command(
    end: str, worker: Callable[[], Life], folder: Path, alive: Callable[[int], bool]
) -> None:
    async with worker() as life:
        work = await begin(life)
        await work.do(["create", BACKGROUND])
        await eventually(lambda: len(pids(folder)) == 2)
        assert all(map(alive, pids(folder)))
        if end == "killed":
            assert await work.do(["kill", "terminal-1"]) == [[None, "SIGKILL"]]
        elif end == "released":
            await work.do(["release", "terminal-1"])
        elif end == "the session closes":
            work.link.close_session("ours")
        elif end == "the bot dies":
            life.signal(9)
        else:
            life.bot.stop()
        await eventually(lambda: not any(map(alive, pids(folder))))


async def test_a_turn_that_is_cancelled(worker: Callable[[], Life]) -> None:
    async with worker() as life:
        work = await begin(life)
        work.link.prompt("s", json.dumps([["wait"]]), "turn", work.listener)
        await eventually(lambda: work.listener.shown)
        work.link.cancel("s")
        assert await work.listener.end == "cancelled"


def test_commands_of_a_bot_in_a_sandbox_are_in_it_too(folder: Path) -> None:
    from tellme.supervisor.grants.launching import launch_of
    from tellme.supervisor.launch import Launch

    closed = ("bwrap", "--bind", "/data", "/data", "--remount-ro", "/")
    bot = Launch("B", ("b",), "/b", {"A": "1"}, 7, "/log", keyring=("KEY",), sandbox=closed, builtin=True)
    granted = Grants(str(folder), read=True, terminal=True)
    launch = launch_of(bot, granted, ("sh",), str(folder), (("A", "2"), ("B", "3")))
    assert launch.sandbox == ("bwrap", "--bind", "/data", "/data", "--ro-bind", *[str(folder)] * 2, "--remount-ro", "/")
    assert (launch.env, launch.memory_bytes, launch.keyring, launch.builtin) == ({"A": "2", "B": "3"}, 7, (), False)
