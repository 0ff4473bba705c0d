"""Both directions against the protocol's official Python SDK: its client drives our bots, we drive an agent of its."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import acp as sdk
import pytest
from acp.interfaces import Client

from tellme.wire import acp
from tellme.wire.jsonrpc import Notification, Request, Response, encode
from tellme.wire.updates import Thinking

ROOT = Path(__file__).parents[2]
SDK_AGENT = Path(__file__).with_name("sdk_agent.py")

BOT = """
from tellme import Bot

bot = Bot("Test")

@bot.reply
{keyword} reply(message):
    if message.text == "decline":
        raise bot.Decline("No.")
    if message.text == "boom":
        raise ValueError("boom")
    while message.text == "endless":
        yield "."
    yield "You said "
    yield message.text

bot.run()
"""


class Person:
    """The least that the SDK wants of a client: it gathers what the agent says."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.hears = asyncio.Event()

    async def session_update(self, session_id: str, update: Any, **_: Any) -> None:
        assert update.session_update == "agent_message_chunk"
        self.heard.append(update.content.text)
        self.hears.set()


class TestItsClientDrivesOurBot:
    @pytest.mark.parametrize("keyword", ["def", "async def"])
    def test_a_conversation(self, tmp_path: Path, keyword: str) -> None:
        program = tmp_path / "bot.py"
        program.write_text(BOT.format(keyword=keyword))
        asyncio.run(self.converse(program))

    def test_it_drives_math(self) -> None:
        """The bots that come with tellme are agents for any client, not only for tellme."""
        asyncio.run(self.ask_math())

    async def ask_math(self) -> None:
        person = Person()
        program = ROOT / "bots" / "math" / "bot.py"
        environment = {"PYTHONPATH": str(ROOT)}
        client = cast(Client, person)
        async with sdk.spawn_agent_process(client, sys.executable, str(program), env=environment) as (bot, _):
            await bot.initialize(protocol_version=1)
            session = await bot.new_session(cwd=str(ROOT), mcp_servers=[])
            answered = await bot.prompt(session_id=session.session_id, prompt=[sdk.text_block("6*7")])
            declined = await bot.prompt(session_id=session.session_id, prompt=[sdk.text_block("1/0")])
        assert person.heard[0] == "42"
        assert (answered.stop_reason, declined.stop_reason) == ("end_turn", "refusal")

    async def converse(self, program: Path) -> None:
        person = Person()
        client = cast(Client, person)
        environment = {"PYTHONPATH": str(ROOT)}
        async with sdk.spawn_agent_process(client, sys.executable, str(program), env=environment) as (bot, process):
            hello = await bot.initialize(protocol_version=sdk.PROTOCOL_VERSION)
            assert hello.agent_info is not None
            assert (hello.protocol_version, hello.agent_info.name) == (1, "Test")
            session = (await bot.new_session(cwd="/", mcp_servers=[])).session_id

            said = await bot.prompt(session_id=session, prompt=[sdk.text_block("hé\nllo")])
            assert (said.stop_reason, "".join(person.heard)) == ("end_turn", "You said hé\nllo")

            person.heard.clear()
            blocks: list[Any] = [sdk.text_block("see"), sdk.resource_link_block("a.py", "file:///a.py")]
            await bot.prompt(session_id=session, prompt=blocks)
            assert "".join(person.heard) == "You said see\nfile:///a.py"

            person.heard.clear()
            said = await bot.prompt(session_id=session, prompt=[sdk.text_block("decline")])
            assert (said.stop_reason, person.heard) == ("refusal", ["No."])

            with pytest.raises(sdk.RequestError, match="ValueError: boom") as caught:
                await bot.prompt(session_id=session, prompt=[sdk.text_block("boom")])
            assert caught.value.code == -32603
            with pytest.raises(sdk.RequestError, match="no session"):
                await bot.prompt(session_id="nowhere", prompt=[sdk.text_block("x")])

            person.hears.clear()
            endless = asyncio.create_task(bot.prompt(session_id=session, prompt=[sdk.text_block("endless")]))
            await person.hears.wait()
            await bot.cancel(session_id=session)
            assert (await endless).stop_reason == "cancelled"

            assert process.stdin is not None
            process.stdin.close()
            assert await process.wait() == 0


class TestWeDriveItsAgent:
    @pytest.fixture
    def driver(self, start_agent: Callable[[Path], Any]) -> Any:
        return start_agent(SDK_AGENT)

    def test_it_introduces_itself(self, driver: Any) -> None:
        assert driver.initialize() == acp.AgentInfo(1, load_session=True, name="echo", version="3")

    def test_a_turn(self, driver: Any) -> None:
        driver.initialize()
        session = driver.new_session()
        assert session == "session in /"
        assert driver.ask(session, "é b 😀") == (["é", "b", "😀"], "end_turn")

    def test_what_tellme_adds_arrives(self, driver: Any) -> None:
        driver.initialize()
        session = driver.new_session((acp.Exchange("m", "t", "answered"),))
        assert driver.rest(session, driver.prompt(session, "turn", turn="t9")) == (["t9"], "end_turn")

    @pytest.mark.parametrize(
        ("outcome", "heard"),
        [(acp.permission_selected("y"), ["selected", "y"]), (acp.permission_cancelled(), ["cancelled"])],
    )
    def test_it_asks_for_permission(self, driver: Any, outcome: dict[str, Any], heard: list[str]) -> None:
        driver.initialize()
        session = driver.new_session()
        number = driver.prompt(session, "ask")
        question = driver.next()
        assert isinstance(question, Request)
        assert question.method == acp.REQUEST_PERMISSION
        options = (acp.PermissionOption("y", "Yes", "allow_once"), acp.PermissionOption("n", "No", "reject_once"))
        assert acp.read_permission_request(question.params) == acp.PermissionRequest(session, "Delete all", options)
        driver.write(encode(Response(question.id, outcome)))
        assert driver.rest(session, number) == (heard, "end_turn")

    def test_a_cancelled_turn(self, driver: Any) -> None:
        driver.initialize()
        session = driver.new_session()
        number = driver.prompt(session, "wait")
        thought = driver.next()
        assert isinstance(thought, Notification)
        assert acp.read_update(thought.params) == (session, Thinking("hm"))
        driver.notify(acp.CANCEL, acp.cancel_params(session))
        assert driver.rest(session, number) == ([], "cancelled")

    def test_a_session_is_loaded_with_its_replay(self, driver: Any) -> None:
        driver.initialize()
        number = driver.request(acp.LOAD_SESSION, acp.load_session_params("old", "/"))
        updates = [acp.read_update(driver.next().params) for _ in range(2)]
        assert updates == [("old", acp.OtherUpdate("user_message_chunk")), ("old", acp.TextChunk("what it said"))]
        driver.result(number)

    def test_what_it_does_not_offer_is_an_error(self, driver: Any) -> None:
        driver.initialize()
        assert driver.answer(driver.request(acp.RESUME_SESSION, acp.resume_session_params("s", "/"))).code == -32601
