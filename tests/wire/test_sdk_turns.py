"""What happens within a turn of a bot written with the Bot API, seen from the other end of its pipes."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from tellme.wire import acp, delegating
from tellme.wire.acp import Exchange
from tellme.wire.jsonrpc import METHOD_NOT_FOUND, ErrorResponse, Notification, Request, RequestId, Response, encode

CHOOSE = """
@bot.reply
def reply(message):
    if message.text == "plain":
        return "plain"
    try:
        return f"chose {message.choose('Red', 'Blue', title='Which?')}"
    except Exception as error:
        return f"caught {error}"
    finally:
        print("closed")
"""
ASYNC_CHOOSE = CHOOSE.replace("def reply", "async def reply").replace("message.choose", "await message.choose")
ASK = """
@bot.reply
def reply(message):
    return bot.ask("Math", message.text)
"""
ASYNC_ASK = ASK.replace("def reply", "async def reply").replace("bot.ask", "await bot.ask")
CHOOSERS = pytest.mark.parametrize("body", [CHOOSE, ASYNC_CHOOSE], ids=["def", "async def"])
ASKERS = pytest.mark.parametrize("body", [ASK, ASYNC_ASK], ids=["def", "async def"])


def question(driver: Any, method: str) -> Request:
    message = driver.next()
    assert isinstance(message, Request)
    assert message.method == method
    return message


def answer(driver: Any, number: RequestId, result: Any) -> None:
    driver.write(encode(Response(number, result)))


class TestChoosing:
    @CHOOSERS
    def test_what_is_asked(self, start_bot: Any, body: str) -> None:
        driver, session = start_bot(body)
        number = driver.prompt(session, "x")
        asked = question(driver, acp.REQUEST_PERMISSION)
        rows = (acp.PermissionOption("0", "Red", "allow_once"), acp.PermissionOption("1", "Blue", "allow_once"))
        assert acp.read_permission_request(asked.params)[:3] == (session, "Which?", rows)
        answer(driver, asked.id, acp.permission_selected("1"))
        assert driver.rest(session, number) == (["chose Blue"], "end_turn")

    @CHOOSERS
    @pytest.mark.parametrize(
        ("line", "reply"),
        [
            ('"result":{"outcome":{"outcome":"cancelled"}}', "chose None"),
            ('"result":{"outcome":{"outcome":"of the future"}}', "chose None"),
            ('"error":{"code":-32601,"message":"no such method"}', "chose None"),
            ('"result":{"outcome":{"outcome":"selected","optionId":"2"}}', "caught chose what was not offered, '2'"),
            ('"result":{"outcome":{"outcome":"selected"}}', "caught sent no string as optionId"),
            ('"result":{"outcome":"selected"}', "caught sent no object as outcome"),
            ('"result":null', "caught sent no object as result of session/request_permission"),
            ('"error":4', "chose None"),
        ],
    )
    def test_what_may_come_back(self, start_bot: Any, body: str, line: str, reply: str) -> None:
        driver, session = start_bot(body)
        number = driver.prompt(session, "x")
        asked = question(driver, acp.REQUEST_PERMISSION)
        driver.write(f'{{"jsonrpc":"2.0","id":{asked.id},{line}}}\n'.encode())
        assert driver.rest(session, number) == ([reply], "end_turn")

    @CHOOSERS
    def test_answers_to_nothing_do_not_answer_it(self, start_bot: Any, body: str) -> None:
        driver, session = start_bot(body)
        number = driver.prompt(session, "x")
        asked = question(driver, acp.REQUEST_PERMISSION)
        for other in (asked.id + 1, "0", str(asked.id)):
            answer(driver, other, acp.permission_selected("0"))
        driver.write(b'{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"m"}}\n')
        answer(driver, asked.id, acp.permission_selected("1"))
        answer(driver, asked.id, acp.permission_selected("0"))
        assert driver.rest(session, number) == (["chose Blue"], "end_turn")

    @CHOOSERS
    def test_a_cancelled_turn_ends_there(self, start_bot: Any, body: str) -> None:
        driver, session = start_bot(body)
        number = driver.prompt(session, "x")
        asked = question(driver, acp.REQUEST_PERMISSION)
        driver.notify(acp.CANCEL, acp.cancel_params(session))
        assert driver.rest(session, number) == ([], "cancelled")
        answer(driver, asked.id, acp.permission_selected("1"))
        assert driver.ask(session, "plain") == (["plain"], "end_turn")
        assert "closed\n" in driver.log

    def test_another_session_is_not_cancelled_with_it(self, start_bot: Any) -> None:
        driver, session = start_bot(CHOOSE)
        number = driver.prompt(session, "x")
        asked = question(driver, acp.REQUEST_PERMISSION)
        driver.notify(acp.CANCEL, acp.cancel_params("another"))
        answer(driver, asked.id, acp.permission_selected("0"))
        assert driver.rest(session, number) == (["chose Red"], "end_turn")

    def test_what_comes_meanwhile_has_its_turn_afterwards(self, start_bot: Any) -> None:
        driver, session = start_bot(CHOOSE)
        first = driver.prompt(session, "x")
        asked = question(driver, acp.REQUEST_PERMISSION)
        second = driver.prompt(session, "plain")
        answer(driver, asked.id, acp.permission_selected("0"))
        assert driver.rest(session, first) == (["chose Red"], "end_turn")
        assert driver.rest(session, second) == (["plain"], "end_turn")

    def test_other_sessions_go_on_meanwhile(self, start_bot: Any) -> None:
        driver, session = start_bot(ASYNC_CHOOSE)
        other = driver.new_session()
        first = driver.prompt(session, "x")
        asked = question(driver, acp.REQUEST_PERMISSION)
        assert driver.ask(other, "plain") == (["plain"], "end_turn")
        answer(driver, asked.id, acp.permission_selected("0"))
        assert driver.rest(session, first) == (["chose Red"], "end_turn")

    @CHOOSERS
    def test_the_end_of_input_answers_it(self, start_bot: Any, body: str) -> None:
        driver, session = start_bot(body)
        number = driver.prompt(session, "x")
        question(driver, acp.REQUEST_PERMISSION)
        driver.end_input()
        assert driver.rest(session, number) == (["chose None"], "end_turn")
        assert driver.process.wait(20) == 0


class TestAskingBots:
    @ASKERS
    def test_what_is_asked(self, start_bot: Any, body: str) -> None:
        driver, session = start_bot(body)
        number = driver.prompt(session, "2+2", turn="t7")
        asked = question(driver, acp.ASK)
        assert delegating.read_ask(asked.params) == delegating.Ask(session, "Math", "2+2", "t7")
        answer(driver, asked.id, delegating.answer_result(delegating.Answer("Math", "4", "answered")))
        assert driver.rest(session, number) == (["4"], "end_turn")

    @ASKERS
    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            (Response(0, {"bot": "Math", "text": "no", "status": "declined"}), (["no"], "refusal")),
            (Response(0, {"bot": "Math", "text": "hung", "status": "failed"}), ([], "Math failed: hung")),
            (
                ErrorResponse(0, METHOD_NOT_FOUND, "what?"),
                ([], "Math could not be asked: the client knows no other bots"),
            ),
            (ErrorResponse(0, delegating.NOT_ASKED, "It is asking you."), ([], "It is asking you.")),
            (
                Response(0, {"bot": "Math", "text": "x", "status": "gone"}),
                ([], "Math could not be asked: the client sent an unknown status, 'gone'"),
            ),
            (
                Response(0, []),
                ([], "Math could not be asked: the client sent no object as result of _tellme/ask"),
            ),
        ],
    )
    def test_what_may_come_back(self, start_bot: Any, body: str, given: Any, expected: tuple[list[str], str]) -> None:
        driver, session = start_bot(body)
        number = driver.prompt(session, "x")
        asked = question(driver, acp.ASK)
        driver.write(encode(given._replace(id=asked.id)))
        pieces, end = driver.rest(session, number)
        assert (pieces, end.removeprefix("-32603 ")) == expected


class TestGreeting:
    @pytest.mark.parametrize("keyword", ["def", "async def"])
    def test_it_comes_after_the_session_and_before_any_reply(self, start_agent: Any, keyword: str) -> None:
        driver = start_agent(f"""
from tellme import Bot
bot = Bot("Test")
@bot.on("greet")
{keyword} greet(message):
    yield "Hello"
    yield " you"
@bot.reply
{keyword} reply(message):
    return message.text + str(len(message.session.history))
bot.run()
""")
        driver.initialize()
        session = driver.new_session()
        number = driver.prompt(session, "x")
        assert driver.rest(session, number) == (["Hello", " you", "x0"], "end_turn")
        old = driver.new_session((Exchange("before", "I know", "answered"),))
        assert driver.ask(old, "x") == (["x1"], "end_turn")

    @pytest.mark.parametrize("keyword", ["def", "async def"])
    def test_one_that_fails_costs_nothing(self, start_agent: Any, keyword: str) -> None:
        driver = start_agent(f"""
from tellme import Bot
bot = Bot("Test")
@bot.on("greet")
{keyword} greet(message):
    return bot.ask("Math", "x") if message.session.history else message.choose("a")
@bot.reply
{keyword} reply(message):
    return "alive"
bot.run()
""")
        driver.initialize()
        session = driver.new_session()
        assert driver.ask(session, "x") == (["alive"], "end_turn")
        assert "nothing can be asked before the person has said something" in driver.log

    def test_initialize_tells(self, start_agent: Any) -> None:
        source = "from tellme import Bot\nb = Bot('Test')\n@b.on('greet')\ndef greet(m): return 'hi'\nb.run()"
        driver = start_agent(source)
        result = driver.result(driver.request(acp.INITIALIZE, acp.initialize_params("test", "1")))
        assert result["_meta"]["tellme"]["greets"] is True


HOOKS = """
import asyncio, sys
@bot.on_start
{keyword} start():
    print("started")
    {start}
@bot.on_stop
{keyword} stop():
    {pause}
    print("stopped")
@bot.reply
{keyword} reply(message):
    print("replying")
    {hang}
"""


class TestHooks:
    def body(self, keyword: str, start: str = "", hang: str = "") -> str:
        pause = "await asyncio.sleep(0)" if keyword == "async def" else "pass"
        return HOOKS.format(keyword=keyword, start=start, pause=pause, hang=hang or "return message.text")

    @pytest.mark.parametrize("keyword", ["def", "async def"])
    def test_the_end_of_input(self, start_bot: Any, keyword: str) -> None:
        driver, session = start_bot(self.body(keyword))
        driver.ask(session, "x")
        assert driver.end() == 0
        assert driver.log == "started\nreplying\nstopped\n"

    @pytest.mark.parametrize("keyword", ["def", "async def"])
    @pytest.mark.parametrize("busy", [False, True])
    def test_sigterm(self, start_bot: Any, keyword: str, busy: bool) -> None:
        wait = "await asyncio.Event().wait()" if keyword == "async def" else "import time; time.sleep(60)"
        hang = f"yield '.'; {wait}"
        driver, session = start_bot(self.body(keyword, hang=hang))
        if busy:
            driver.prompt(session, "x")
            driver.next_piece(session)
        driver.process.send_signal(signal.SIGTERM)
        assert driver.process.wait(20) == 128 + signal.SIGTERM
        assert driver.log == "started\n" + "replying\n" * busy + "stopped\n"

    @pytest.mark.parametrize("keyword", ["def", "async def"])
    @pytest.mark.parametrize(("start", "code"), [("raise ValueError('no')", 1), ("sys.exit(78)", 78)])
    def test_a_start_that_fails(self, start_agent: Any, keyword: str, start: str, code: int) -> None:
        driver = start_agent(f"from tellme import Bot\nbot = Bot('Test')\n{self.body(keyword, start)}\nbot.run()")
        assert driver.process.wait(20) == code
        assert "stopped" not in driver.log
        assert ("ValueError: no" in driver.log) is (code == 1)

    def test_hooks_of_a_plain_bot_are_plain(self, start_agent: Any) -> None:
        hook = "@bot.on_stop\nasync def stop(): pass"
        driver = start_agent(f"from tellme import Bot\nbot = Bot('Test')\nbot.reply(print)\n{hook}\nbot.run()")
        assert driver.process.wait(20) == 78
        assert "mixes def and async def" in driver.log


def test_update_for_a_thought(start_bot: Any) -> None:
    driver, session = start_bot("@bot.reply\ndef reply(m):\n    m.think('hm')\n    return 'so'")
    number = driver.prompt(session, "x")
    thought = driver.next()
    assert isinstance(thought, Notification)
    assert thought.params["update"] == {
        "sessionUpdate": "agent_thought_chunk",
        "content": {"type": "text", "text": "hm"},
    }
    assert driver.rest(session, number) == (["so"], "end_turn")
