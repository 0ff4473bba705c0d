"""What ``tellme acp`` prints for programs that are to start it, and the pages of sessions that they list."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import tomllib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest

from tellme.store.database import Store
from tellme.surfaces.acp.one import OneSessions
from tellme.surfaces.acp.snippets import Agent, snippet

from .conftest import ENDS_WITHIN_S
from .stdio import INITIALIZE, Stdio, said
from .stdio import start as start

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
