"""``tellme acp`` as another program has it: a process with a pipe at each end, and the official SDK as its client."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, cast

import acp as sdk
import pytest
from acp.interfaces import Client

from tellme.store.database import Store
from tellme.surfaces.acp.one import OneSessions
from tellme.surfaces.acp.snippets import Agent, snippet

from ..conftest import add_bot, add_hostile, children_of, is_running, rows, wait_until
from .conftest import ENDS_WITHIN_S, ENGLISH_STAYS_AWAY, PROGRAMS, Json, Serve
from .test_official_sdk import Person

INITIALIZE = {"protocolVersion": 1, "clientCapabilities": {}}


class Stdio:
    """The agent as a process, and a client made of nothing but ``json``."""

    def __init__(self, home: Path, *arguments: str) -> None:
        (home / "config.toml").write_text(ENGLISH_STAYS_AWAY)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tellme", *arguments],
            env={**os.environ, "TELLME_HOME": str(home)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert self.process.stdin
        assert self.process.stdout
        self.stdin, self.stdout = self.process.stdin, self.process.stdout
        self._last = 0

    def write(self, data: bytes) -> None:
        self.stdin.write(data)
        self.stdin.flush()

    def request(self, method: str, **params: Any) -> int:
        self._last += 1
        message = {"jsonrpc": "2.0", "id": self._last, "method": method, "params": params}
        self.write(json.dumps(message).encode() + b"\n")
        return self._last

    def until(self, number: int) -> tuple[list[Json], Json]:
        """Return what comes before the answer to a request, and the answer."""
        before: list[Json] = []
        for line in self.stdout:
            message = json.loads(line)
            if "method" not in message and message["id"] == number:
                return before, message
            before.append(message)
        raise AssertionError(f"it ended after {before[-3:]}")

    def result(self, method: str, **params: Any) -> Any:
        answer = self.until(self.request(method, **params))[1]
        assert "result" in answer, answer
        return answer["result"]

    def new(self) -> str:
        self.result("initialize", **INITIALIZE)
        return str(self.result("session/new", cwd="/", mcpServers=[])["sessionId"])

    def prompt(self, session: str, text: str) -> int:
        return self.request("session/prompt", sessionId=session, prompt=[{"type": "text", "text": text}])

    def ends(self) -> int:
        return self.process.wait(ENDS_WITHIN_S)

    def close(self) -> None:
        self.process.kill()
        for stream in (self.stdin, self.stdout, self.process.stderr):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    continue
        self.process.wait(ENDS_WITHIN_S)


@pytest.fixture
def start(home: Path) -> Iterator[Callable[..., Stdio]]:
    home.mkdir()
    add_bot(home, "Talker", [str(PROGRAMS / "talker.py")], aliases=["say it back"])
    started: list[Stdio] = []

    def begin(*arguments: str) -> Stdio:
        started.append(Stdio(home, *arguments))
        return started[-1]

    yield begin
    for each in started:
        each.close()


def said(messages: list[Json]) -> str:
    updates = [each["params"]["update"] for each in messages]
    return "".join(each["content"]["text"] for each in updates if each["sessionUpdate"] == "agent_message_chunk")


# The official SDK's client ------------------------------------------------------------------------------------------


class Listener(Person):
    """Hears of everything."""

    def __init__(self) -> None:
        super().__init__()
        self.updates: list[Any] = []

    async def session_update(self, session_id: str, update: Any, **more: Any) -> None:
        self.updates.append(update)
        if getattr(getattr(update, "content", None), "type", "") == "text":
            self.heard.append((update.session_update, update.content.text))

    def last(self, kind: str) -> Any:
        return next(each for each in reversed(self.updates) if each.session_update == kind)


@asynccontextmanager
async def agent(home: Path, *arguments: str) -> AsyncIterator[tuple[Any, Listener]]:
    """The process and the SDK's connection to it; it has ended well when the block is left."""
    person = Listener()
    environment = {**os.environ, "TELLME_HOME": str(home)}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tellme", "acp", *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=environment,
    )
    assert process.stdin
    assert process.stdout
    connection = sdk.connect_to_agent(cast(Client, person), process.stdin, process.stdout)
    try:
        yield connection, person
        process.stdin.close()
        assert await asyncio.wait_for(process.wait(), ENDS_WITHIN_S) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await connection.close()


def test_one_bot_with_the_official_client(home: Path, tmp_path: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text(ENGLISH_STAYS_AWAY)
    add_bot(home, "Talker", [str(PROGRAMS / "talker.py")], description="Talks")
    add_hostile(home, "asks", "Asker")
    asyncio.run(_one_bot(home, tmp_path))


async def _one_bot(home: Path, tmp_path: Path) -> None:
    async with agent(home, "talker") as (bot, person):
        hello = await bot.initialize(protocol_version=1)
        assert (hello.agent_info.name, hello.agent_info.title) == ("talker", "Talker")
        session = (await bot.new_session(cwd="/", mcp_servers=[])).session_id
        reply = await bot.prompt(session_id=session, prompt=[sdk.text_block("/list")])
        assert (reply.stop_reason, person.text) == ("end_turn", "/list")
        waiting = asyncio.create_task(bot.prompt(session_id=session, prompt=[sdk.text_block(f"wait {tmp_path}/x")]))
        while not waiting.done():
            await asyncio.sleep(0.005)
            await bot.cancel(session_id=session)
        assert (await waiting).stop_reason == "cancelled"
    async with agent(home, "Asker") as (bot, person):
        await bot.initialize(protocol_version=1)
        asking = (await bot.new_session(cwd="/", mcp_servers=[])).session_id
        await bot.prompt(session_id=asking, prompt=[sdk.text_block("may you?")])
        assert person.asked == ["May I?"]
        assert [each.session_id for each in (await bot.list_sessions()).sessions] == [asking]
        with pytest.raises(sdk.RequestError, match="There is no session"):
            await bot.load_session(session_id=session, cwd="/", mcp_servers=[])
        await bot.load_session(session_id=asking, cwd="/", mcp_servers=[])
        await bot.resume_session(session_id=asking, cwd="/")


def test_the_whole_shell_with_the_official_client(home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text(ENGLISH_STAYS_AWAY)
    add_bot(home, "Talker", [str(PROGRAMS / "talker.py")], aliases=["say it back"])
    asyncio.run(_whole_shell(home))


async def _whole_shell(home: Path) -> None:
    async with agent(home) as (shell, person):
        hello = await shell.initialize(protocol_version=1)
        assert hello.agent_info.name == "tellme"
        opened = await shell.new_session(cwd="/", mcp_servers=[])
        session = opened.session_id
        assert opened.modes.current_mode_id == "auto"
        assert {each.id for each in opened.modes.available_modes} == {"auto", "english", "zen", "math", "talker"}
        assert [each.current_value for each in opened.config_options] == ["auto"]

        async def say(text: str) -> tuple[str, str]:
            reply = await shell.prompt(session_id=session, prompt=[sdk.text_block(text)])
            return reply.stop_reason, person.text

        await say("/help")  # the commands are told after the answer that opened the session
        commands = {each.name for each in person.last("available_commands_update").available_commands}
        assert {"list", "start_session", "end_session", "help"} <= commands

        assert await say("say it back") == ("end_turn", "say it back")
        assert person.last("current_mode_update").current_mode_id == "talker"
        assert person.last("config_option_update").config_options[0].current_value == "talker"

        await shell.set_session_mode(session_id=session, mode_id="math")
        assert await say("6*7") == ("end_turn", "42")
        assert person.last("current_mode_update").current_mode_id == "math"
        with pytest.raises(sdk.RequestError, match="There is no bot 'nobody'"):
            await shell.set_session_mode(session_id=session, mode_id="nobody")
        set_to = await shell.set_config_option(session_id=session, config_id="bot", value="talker")
        assert set_to.config_options[0].current_value == "talker"
        assert await say("back again") == ("end_turn", "back again")

        assert "This is a session with Math now" in (await say("/start_session math"))[1]
        assert await say("1+1") == ("end_turn", "2")
        assert "Ended session" in (await say("end_session"))[1]
        assert person.last("current_mode_update").current_mode_id == "auto"
        assert (await say("/end_session"))[1].startswith("No session is open here")
        assert (await say("/lst"))[1] == "There is no command /lst. Do you mean /list?"
        assert (await say("/start_session nobody"))[1].startswith("There is no bot")
        assert (await say("/clear"))[1] == "/clear is of no use here; /help shows what is."
        assert "Talker" in (await say("/list"))[1]


def test_a_session_without_a_bot_is_taken_up_in_another_process(start: Callable[..., Stdio]) -> None:
    first = start("acp")
    chosen, used, untouched = (first.new() for _ in range(3))
    first.result("session/set_mode", sessionId=chosen, modeId="talker")
    first.until(first.prompt(used, "say it back"))
    first.stdin.close()
    assert first.ends() == 0
    second = start("acp")
    assert second.result("session/resume", sessionId=untouched, cwd="/")["modes"]["currentModeId"] == "auto"
    assert second.result("session/load", sessionId=chosen, cwd="/", mcpServers=[])["modes"]["currentModeId"] == "talker"
    before, answer = second.until(second.request("session/load", sessionId=used, cwd="/", mcpServers=[]))
    chunks = [each["params"] for each in before if "_message_chunk" in each["params"]["update"]["sessionUpdate"]]
    told = [(each["sessionId"], each["update"]["content"]["text"]) for each in chunks]
    assert told == [(used, "say it back"), (used, "say it back")]
    assert answer["result"]["modes"]["currentModeId"] == "talker"


@pytest.mark.parametrize("content", ["", "session ../x\n", "bot nobody\n", "session gone\n", "\xff"])
def test_what_is_damaged_of_a_session_costs_what_was_chosen(
    content: str, home: Path, start: Callable[..., Stdio]
) -> None:
    folder = home / "data" / "acp"
    folder.mkdir(parents=True)
    (folder / "new-0123456789ab").write_bytes(content.encode("latin-1"))
    taken = start("acp").result("session/resume", sessionId="new-0123456789ab", cwd="/")
    assert taken["modes"]["currentModeId"] == "auto"


# What may go wrong --------------------------------------------------------------------------------------------------


def test_a_bot_that_is_not_there_is_one_line(home: Path, start: Callable[..., Stdio]) -> None:
    stdio = start("acp", "Tolker")
    assert stdio.stdout.read() == b""
    assert stdio.ends() == 2
    assert stdio.process.stderr is not None
    assert stdio.process.stderr.read().decode().count("\n") == 1


def test_an_end_at_once_is_an_end(start: Callable[..., Stdio]) -> None:
    stdio = start("acp")
    stdio.stdin.close()
    assert (stdio.stdout.read(), stdio.ends()) == (b"", 0)


def test_what_was_asked_before_stdin_ended_is_answered(start: Callable[..., Stdio]) -> None:
    stdio = start("acp", "Talker")
    number = stdio.prompt(stdio.new(), "last words")
    stdio.stdin.close()
    before, answer = stdio.until(number)
    assert (said(before), answer["result"]["stopReason"]) == ("last words", "end_turn")
    assert stdio.ends() == 0


def test_a_file_can_be_stdin(home: Path, start: Callable[..., Stdio], tmp_path: Path) -> None:
    start("acp").close()
    asked = tmp_path / "asked"
    asked.write_text(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": INITIALIZE}) + "\n")
    with asked.open() as stdin:
        told = subprocess.run(
            [sys.executable, "-m", "tellme", "acp"], stdin=stdin, capture_output=True, timeout=ENDS_WITHIN_S, check=True
        )
    assert json.loads(told.stdout)["result"]["agentInfo"]["name"] == "tellme"


def test_garbage_is_answered_and_then_it_ends(start: Callable[..., Stdio]) -> None:
    stdio = start("acp")
    stdio.write(b"garbage\n" * 30)
    answers = [json.loads(line) for line in stdio.stdout]
    assert len(answers) == 21
    assert "were no JSON-RPC messages" in answers[-1]["error"]["message"]
    assert stdio.ends() == 0


def test_a_line_of_any_length_costs_little(start: Callable[..., Stdio]) -> None:
    stdio = start("acp", "Talker")
    session = stdio.new()
    try:
        for _ in range(100):
            stdio.write(b"x" * 2**20)
        stdio.write(b"\n")
    except BrokenPipeError:
        return  # it may also have had enough
    _, answer = stdio.until(stdio.prompt(session, "still there"))
    assert answer["result"]["stopReason"] == "end_turn"
    status = Path(f"/proc/{stdio.process.pid}/status").read_text()
    peak_kb = int(status.partition("VmHWM:")[2].split()[0])
    assert peak_kb < 150_000


@pytest.mark.parametrize("how", ["killed", "terminated"])
def test_nothing_is_left_of_a_turn(how: str, home: Path, start: Callable[..., Stdio], tmp_path: Path) -> None:
    stdio = start("acp", "Talker")
    stdio.prompt(stdio.new(), f"wait {tmp_path / 'never'}")
    wait_until(lambda: _has_turn(home) and len(_descendants(stdio.process.pid)) > 2)
    pids = _descendants(stdio.process.pid)
    assert pids
    if how == "terminated":
        stdio.process.send_signal(signal.SIGTERM)
        assert stdio.ends() == 128 + signal.SIGTERM
        assert json.loads(stdio.stdout.read().splitlines()[-1])["result"]["stopReason"] == "cancelled"
    else:  # the client: both of its ends are closed
        stdio.stdin.close()
        stdio.stdout.close()
        assert stdio.ends() == 0
    wait_until(lambda: not any(map(is_running, pids)))
    assert rows(home, "SELECT status, error FROM turn") == [("failed", "Talker was cancelled")]


def _has_turn(home: Path) -> bool:
    try:
        return bool(rows(home, "SELECT 1 FROM turn"))
    except sqlite3.OperationalError:  # the tables are not made yet
        return False


def _descendants(pid: int) -> set[int]:
    found = children_of(pid)
    return found | {each for child in found for each in _descendants(child)}


def test_a_running_serve_has_the_bots(serve: Serve, talker: Path, home: Path) -> None:
    served = serve()
    stdio = Stdio(home, "acp", "Talker")
    try:
        before, _ = stdio.until(stdio.prompt(stdio.new(), "over there"))
        assert said(before) == "over there"
        assert _descendants(served.pid)
        assert not _descendants(stdio.process.pid)
        stdio.stdin.close()
        assert stdio.ends() == 0
    finally:
        stdio.close()


# What adds it to other programs -------------------------------------------------------------------------------------

AGENT = Agent("Wall-E", "wall-e", 'Says "hi"', ["/opt/my tools/tellme", "acp", "Wall-E"], {"TELLME_HOME": "/h"})


def test_zed_gets_an_agent_server() -> None:
    assert json.loads(snippet("zed", AGENT).text) == {
        "agent_servers": {
            "Wall-E": {
                "type": "custom",
                "command": "/opt/my tools/tellme",
                "args": ["acp", "Wall-E"],
                "env": {"TELLME_HOME": "/h"},
            }
        }
    }


def test_toad_gets_an_agent_file() -> None:
    found = tomllib.loads(snippet("toad", AGENT).text)
    assert found["run_command"] == {"*": "env TELLME_HOME=/h '/opt/my tools/tellme' acp Wall-E"}
    assert (found["name"], found["protocol"], found["description"]) == ("Wall-E", "acp", 'Says "hi"')
    assert all(found[key] for key in ("identity", "short_name", "type", "author_name", "help"))
    assert not any("http" in str(value) for value in found.values())


def test_a_printed_configuration_starts_this_installation(home: Path, start: Callable[..., Stdio]) -> None:
    stdio = start("acp", "--print-config", "generic", "talker")
    found = json.loads(stdio.stdout.read())["agent_servers"]["Talker"]
    assert stdio.ends() == 0
    begun = subprocess.run(
        [found["command"], *found["args"]],
        input=json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": INITIALIZE}).encode() + b"\n",
        env={**os.environ, **found["env"]},
        capture_output=True,
        timeout=ENDS_WITHIN_S,
        check=True,
    )
    assert json.loads(begun.stdout)["result"]["agentInfo"]["title"] == "Talker"


def test_a_program_that_is_not_known_is_named(start: Callable[..., Stdio]) -> None:
    stdio = start("acp", "--print-config", "zedd")
    assert stdio.ends() == 2
    assert stdio.process.stderr is not None
    assert "zed, jetbrains, toad, generic" in stdio.process.stderr.read().decode()


@pytest.mark.parametrize("arguments", [["--print-config"], ["--print-config", "--", "talker"]])
def test_without_a_program_the_configuration_is_for_any(arguments: list[str], start: Callable[..., Stdio]) -> None:
    stdio = start("acp", *arguments)
    [found] = json.loads(stdio.stdout.read())["agent_servers"].values()
    assert "type" not in found, "which is Zed's alone"
    assert found["args"][-1] == ("Talker" if "talker" in arguments else "acp")


# What is read of the sessions, and said of files ---------------------------------------------------------------------


def test_one_bots_sessions_are_listed_page_by_page_among_many_others(home: Path, start: Callable[..., Stdio]) -> None:
    (home / "data").mkdir()
    with closing(Store.open(str(home / "data" / "tellme.db"))) as store:
        for number in range(303):
            store.new_session("talker" if number % 3 else "math")
    stdio = start("acp", "Talker")
    stdio.result("initialize", **INITIALIZE)
    found: list[str] = []
    cursor: dict[str, str] = {}
    for length in (100, 100, 2):
        page = stdio.result("session/list", **cursor)
        assert len(page["sessions"]) == length
        found += [each["sessionId"] for each in page["sessions"]]
        cursor = {"cursor": page.get("nextCursor")}
    assert (len(set(found)), cursor) == (202, {"cursor": None})


def test_a_page_reads_no_more_than_it_shows() -> None:
    asked: list[dict[str, Any]] = []

    class Known:
        async def sessions(self, **given: Any) -> list[Any]:
            asked.append(given)
            return []

    sessions = object.__new__(OneSessions)
    sessions._host = cast(Any, Known())
    sessions._spec = cast(Any, Agent("Wall-E", "wall-e", "", [], {}))
    assert asyncio.run(sessions.page({})) == {"sessions": []}
    assert asked == [{"limit": 101, "bot": "wall-e"}]


def test_files_beside_a_command_are_said_to_go_nowhere(start: Callable[..., Stdio]) -> None:
    stdio = start("acp")
    session = stdio.new()
    file = {"type": "resource_link", "uri": "file:///x/a.txt", "name": "a.txt"}
    for files in ([], [file]):
        words = [{"type": "text", "text": "/list"}, *files]
        before, _ = stdio.until(stdio.request("session/prompt", sessionId=session, prompt=words))
        assert ("went to no bot" in said([each for each in before if "update" in each["params"]])) == bool(files)
