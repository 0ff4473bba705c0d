"""``tellme acp`` as another program has it: a process with a pipe at each end, and the official SDK as its client."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import acp as sdk
import pytest

from ..conftest import add_bot, add_hostile
from .conftest import ENGLISH_STAYS_AWAY, PROGRAMS
from .stdio import Stdio, agent
from .stdio import start as start


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
