"""What bots show, offer and are given, as a client of ``tellme acp`` has it: steps, options, files, greetings, ends."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import acp as sdk
import pytest

from tellme.surfaces.acp.choices import read_value

from ..conftest import add_bot, rows
from .conftest import ENDS_WITHIN_S, ENGLISH_STAYS_AWAY, PROGRAMS, Served
from .stdio import INITIALIZE, Listener, Stdio, agent, said

Talk = Callable[[Any, Listener], Awaitable[None]]


@pytest.fixture
def bots(home: Path) -> Path:
    home.mkdir()
    (home / "config.toml").write_text(ENGLISH_STAYS_AWAY)
    add_bot(home, "Worker", [str(PROGRAMS / "worker.py")])
    add_bot(home, "Talker", [str(PROGRAMS / "talker.py")], aliases=["say it back"])
    return home


@pytest.fixture(params=["here", "served"])
def anywhere(request: pytest.FixtureRequest, bots: Path) -> Iterator[Path]:
    """The bots run in the agent's own process, or in a ``tellme serve`` that is there."""
    if request.param == "here":
        yield bots
        return
    served = Served(bots)
    served.says("^tellme: Serving ")
    yield bots
    served.close()


def talk(home: Path, body: Talk, *arguments: str) -> None:
    """Have the official SDK's client talk with the agent."""

    async def main() -> None:
        async with agent(home, *arguments) as (connection, person):
            await connection.initialize(protocol_version=1)
            await body(connection, person)

    asyncio.run(main())


async def say(connection: Any, session: str, *blocks: Any) -> str:
    ended = await connection.prompt(session_id=session, prompt=[*blocks])
    return str(ended.stop_reason)


async def shown(connection: Any, person: Listener, session: str) -> list[Any]:
    """Return how Worker is set, and the content blocks that it got."""
    _ = person.text
    await say(connection, session, sdk.text_block("show"))
    found: list[Any] = json.loads(person.text.removeprefix("Hello. "))
    return found


def values(options: list[Any]) -> dict[str, str]:
    return {each.id: each.current_value for each in options}


# What a bot shows ---------------------------------------------------------------------------------------------------


def test_steps_are_updates_of_their_kinds(anywhere: Path) -> None:
    async def body(connection: Any, person: Listener) -> None:
        session = (await connection.new_session(cwd="/", mcp_servers=[])).session_id
        assert await say(connection, session, sdk.text_block("work")) == "end_turn"
        steps = [each for each in person.updates if each.session_update not in ("agent_message_chunk",)]
        assert [each.session_update for each in steps] == [
            "agent_thought_chunk",
            "plan",
            "tool_call",
            "tool_call_update",
        ]
        thought, plan, begun, done = steps
        assert thought.content.text == "Hm."
        assert [(entry.content, entry.status) for entry in plan.entries] == [("Look", "pending")]
        assert (begun.tool_call_id, begun.title, begun.kind, begun.status) == ("t", "Read", "read", "pending")
        assert (done.tool_call_id, done.status, done.content[0].content.text) == ("t", "completed", "3 lines")
        assert person.text == "Hello. Done."

    talk(anywhere, body, "Worker")


def test_a_greeting_comes_after_the_id_of_its_session(bots: Path) -> None:
    stdio = Stdio(bots, "acp", "Worker")
    try:
        stdio.result("initialize", **INITIALIZE)
        before, answer = stdio.until(stdio.request("session/new", cwd="/", mcpServers=[]))
        assert before == []
        after, _ = stdio.until(stdio.prompt(answer["result"]["sessionId"], "x"))
        assert said(after) == "Hello. Done."
        assert {each["params"]["sessionId"] for each in after} == {answer["result"]["sessionId"]}
    finally:
        stdio.close()


def test_a_greeting_of_a_bot_that_is_chosen_in_a_chat_is_told(bots: Path) -> None:
    async def body(connection: Any, person: Listener) -> None:
        session = (await connection.new_session(cwd="/", mcp_servers=[])).session_id
        await say(connection, session, sdk.text_block("/start_session Worker"))
        await say(connection, session, sdk.text_block("x"))
        assert person.text.partition("now (")[2].partition(").")[2] == "Hello. Done."

    talk(bots, body)


# What a bot lets the person choose ----------------------------------------------------------------------------------


def test_a_bot_has_its_own_modes_and_options(anywhere: Path) -> None:
    async def body(connection: Any, person: Listener) -> None:
        opened = await connection.new_session(cwd="/", mcp_servers=[])
        session = opened.session_id
        assert opened.modes.current_mode_id == "ask"
        found = [(each.id, each.name, each.description) for each in opened.modes.available_modes]
        assert found == [("ask", "Ask", None), ("code", "Code", "Writes it")]
        assert values(opened.config_options) == {"mode": "ask", "model": "small", "bot": "no"}
        assert [each.category for each in opened.config_options] == ["mode", "model", None]

        await connection.set_session_mode(session_id=session, mode_id="code")
        changed = await connection.set_config_option(session_id=session, config_id="model", value="large")
        assert values(changed.config_options) == {"mode": "code", "model": "large", "bot": "no"}
        assert (await shown(connection, person, session))[0] == {"mode": "code", "model": "large", "bot": "no"}

        for option, value in (("speed", "high"), ("model", "huge")):
            with pytest.raises(sdk.RequestError, match="Worker"):
                await connection.set_config_option(session_id=session, config_id=option, value=value)

    talk(anywhere, body, "Worker")


def test_what_a_bot_changes_itself_is_told(anywhere: Path) -> None:
    async def body(connection: Any, person: Listener) -> None:
        session = (await connection.new_session(cwd="/", mcp_servers=[])).session_id
        await say(connection, session, sdk.text_block("x"))
        kinds = {each.session_update for each in person.updates}
        assert not kinds & {"current_mode_update", "config_option_update"}
        await say(connection, session, sdk.text_block("code"))
        assert person.last("current_mode_update").current_mode_id == "code"
        assert values(person.last("config_option_update").config_options)["mode"] == "code"

    talk(anywhere, body, "Worker")


def test_a_session_that_is_taken_up_says_what_can_be_chosen(bots: Path) -> None:
    async def body(connection: Any, person: Listener) -> None:
        session = (await connection.new_session(cwd="/", mcp_servers=[])).session_id
        loaded = await connection.load_session(session_id=session, cwd="/", mcp_servers=[])
        resumed = await connection.resume_session(session_id=session, cwd="/")
        assert values(loaded.config_options) == values(resumed.config_options)
        assert resumed.modes.current_mode_id == "ask"

    talk(bots, body, "Worker")


def test_a_bot_without_options_offers_none(bots: Path) -> None:
    async def body(connection: Any, person: Listener) -> None:
        opened = await connection.new_session(cwd="/", mcp_servers=[])
        assert (opened.modes, opened.config_options) == (None, None)
        with pytest.raises(sdk.RequestError, match="Talker has no option"):
            await connection.set_session_mode(session_id=opened.session_id, mode_id="code")

    talk(bots, body, "Talker")


def test_in_the_whole_shell_they_stand_beside_the_bot(anywhere: Path) -> None:
    async def body(connection: Any, person: Listener) -> None:
        opened = await connection.new_session(cwd="/", mcp_servers=[])
        session = opened.session_id
        assert values(opened.config_options) == {"bot": "auto"}
        chosen = await connection.set_config_option(session_id=session, config_id="bot", value="worker")
        assert values(chosen.config_options) == {"bot": "worker"}
        with pytest.raises(sdk.RequestError, match="nothing to choose in this session before"):
            await connection.set_config_option(session_id=session, config_id="model", value="large")

        await say(connection, session, sdk.text_block("x"))
        told = values(person.last("config_option_update").config_options)
        assert told == {"bot": "worker", "mode": "ask", "model": "small", "own.bot": "no"}
        await connection.set_config_option(session_id=session, config_id="own.bot", value="yes")
        set_to = await connection.set_config_option(session_id=session, config_id="mode", value="code")
        assert values(set_to.config_options) == {**told, "own.bot": "yes", "mode": "code"}
        assert [each.category for each in set_to.config_options] == ["mode", None, "model", None]
        assert (await shown(connection, person, session))[0] == {"mode": "code", "model": "small", "bot": "yes"}
        assert all(
            each.session_update != "current_mode_update" or each.current_mode_id == "worker" for each in person.updates
        )

        resumed = await connection.resume_session(session_id=session, cwd="/")
        assert values(resumed.config_options) == values(set_to.config_options)
        switched = await connection.set_config_option(session_id=session, config_id="bot", value="talker")
        assert values(switched.config_options) == {"bot": "talker"}

    talk(anywhere, body)


def test_an_opening_does_not_wait_for_a_bot_that_is_busy(bots: Path, tmp_path: Path) -> None:
    """One session's turn is open while another one begins, and is told later what can be chosen."""
    gate = tmp_path / "gate"

    async def body(connection: Any, person: Listener) -> None:
        first = (await connection.new_session(cwd="/", mcp_servers=[])).session_id
        waiting = asyncio.create_task(say(connection, first, sdk.text_block(f"wait {gate}")))
        second = await asyncio.wait_for(connection.new_session(cwd="/", mcp_servers=[]), ENDS_WITHIN_S)
        assert not waiting.done()
        gate.touch()
        assert await waiting == "end_turn"
        assert await say(connection, second.session_id, sdk.text_block("x")) == "end_turn"

    talk(bots, body, "Talker")


@pytest.mark.parametrize(("given", "value"), [(True, "true"), (False, "false"), ("small", "small")])
def test_a_truth_value_is_read_as_what_the_list_has(given: object, value: str) -> None:
    assert read_value({"value": given}) == value


# What a bot is given ------------------------------------------------------------------------------------------------

LINK = sdk.resource_link_block("a.py", "file:///a.py", mime_type="text/x-python")
EMBEDDED = sdk.resource_block(sdk.embedded_text_resource("file:///b.md", "# b", mime_type="text/markdown"))
IMAGE = sdk.image_block("aGk=", "image/png")


@pytest.mark.parametrize("arguments", [["Worker"], []], ids=["one", "whole"])
def test_files_reach_the_bot(arguments: list[str], anywhere: Path) -> None:
    async def body(connection: Any, person: Listener) -> None:
        session = (await connection.new_session(cwd="/", mcp_servers=[])).session_id
        if not arguments:
            await connection.set_session_mode(session_id=session, mode_id="worker")
        await say(connection, session, sdk.text_block("show"), LINK, EMBEDDED, IMAGE)
        _, blocks = json.loads(person.text.removeprefix("Hello. "))
        by_kind = {each["type"]: each for each in blocks}
        assert by_kind["text"]["text"] == "show"
        assert (by_kind["resource_link"]["uri"], by_kind["resource_link"]["name"]) == ("file:///a.py", "a.py")
        assert by_kind["resource"]["resource"] == {"uri": "file:///b.md", "text": "# b", "mimeType": "text/markdown"}
        assert (by_kind["image"]["data"], by_kind["image"]["mimeType"]) == ("aGk=", "image/png")

    talk(anywhere, body, *arguments)


@pytest.mark.parametrize("arguments", [["Worker"], []], ids=["one", "whole"])
def test_a_message_may_be_nothing_but_a_file(arguments: list[str], bots: Path) -> None:
    async def body(connection: Any, person: Listener) -> None:
        session = (await connection.new_session(cwd="/", mcp_servers=[])).session_id
        if not arguments:
            await connection.set_session_mode(session_id=session, mode_id="worker")
        assert await say(connection, session, IMAGE) == "end_turn"

    talk(bots, body, *arguments)


# The end that a bot gives to a conversation -------------------------------------------------------------------------


def test_after_a_bot_has_left_the_next_message_begins_anew_with_it(anywhere: Path) -> None:
    async def body(connection: Any, person: Listener) -> None:
        session = (await connection.new_session(cwd="/", mcp_servers=[])).session_id
        await say(connection, session, sdk.text_block("leave"))
        await say(connection, session, sdk.text_block("leave again"))
        assert person.text == "Hello. Done.Hello. Done."

    talk(anywhere, body, "Worker")
    assert len(rows(anywhere, "SELECT DISTINCT session FROM turn")) == 2


def test_a_conversation_that_a_bot_has_left_can_be_taken_up(bots: Path) -> None:
    async def body(connection: Any, person: Listener) -> None:
        session = (await connection.new_session(cwd="/", mcp_servers=[])).session_id
        await say(connection, session, sdk.text_block("leave"))
        await connection.load_session(session_id=session, cwd="/", mcp_servers=[])
        await say(connection, session, sdk.text_block("on"))

    talk(bots, body, "Worker")
    assert len(rows(bots, "SELECT DISTINCT session FROM turn")) == 1


def test_after_a_bot_has_left_a_chat_the_next_message_finds_its_bot(anywhere: Path) -> None:
    async def body(connection: Any, person: Listener) -> None:
        session = (await connection.new_session(cwd="/", mcp_servers=[])).session_id
        await connection.set_session_mode(session_id=session, mode_id="worker")
        await say(connection, session, sdk.text_block("leave"))
        assert person.last("current_mode_update").current_mode_id == "auto"
        assert values(person.last("config_option_update").config_options) == {"bot": "auto"}
        _ = person.text
        await say(connection, session, sdk.text_block("say it back"))
        assert person.text == "say it back"

    talk(anywhere, body)


# The sessions that are listed ---------------------------------------------------------------------------------------


def test_each_session_that_is_listed_can_be_taken_up(anywhere: Path) -> None:
    begun: list[str] = []

    async def first(connection: Any, person: Listener) -> None:
        for _ in range(2):
            session = (await connection.new_session(cwd="/", mcp_servers=[])).session_id
            await say(connection, session, sdk.text_block("say it back"))
            begun.append(session)

    async def second(connection: Any, person: Listener) -> None:
        listed = [each.session_id for each in (await connection.list_sessions()).sessions]
        assert set(begun) < set(listed)
        assert len(listed) == 3
        for session in listed:
            _ = person.text
            loaded = await connection.load_session(session_id=session, cwd="/", mcp_servers=[])
            assert loaded.modes.current_mode_id == "talker"
            assert person.text in ("say it back", "elsewhere")
            await connection.resume_session(session_id=session, cwd="/")
            await say(connection, session, sdk.text_block("go on"))
        assert len((await connection.list_sessions()).sessions) == 3

    ended = subprocess.run(
        [sys.executable, "-m", "tellme", "ask", "Talker", "elsewhere"], timeout=ENDS_WITHIN_S, check=True
    )
    assert ended.returncode == 0
    talk(anywhere, first)
    talk(anywhere, second)


# What is printed for other programs ---------------------------------------------------------------------------------


@pytest.mark.parametrize("program", ["zed", "toad", "generic"])
def test_what_is_printed_can_be_imported_and_asked(program: str, bots: Path, tmp_path: Path) -> None:
    printed = tellme(bots, "acp", "--print-config", program, "Talker")
    file = tmp_path / ("talker.toml" if program == "toad" else "settings.json")
    file.write_text(printed)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "config.toml").write_text(ENGLISH_STAYS_AWAY)
    tellme(elsewhere, "bots", "import", str(file))
    assert tellme(elsewhere, "ask", "Talker", "over there") == "over there\n"
    assert rows(bots, "SELECT message FROM turn") == [("over there",)]


def tellme(home: Path, *arguments: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-m", "tellme", *arguments],
        env={**os.environ, "TELLME_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=ENDS_WITHIN_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout
