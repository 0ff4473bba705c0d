"""Sessions of a bot written with the Bot API: their history, cancelling, and several at once."""

from __future__ import annotations

from typing import Any

import pytest

from tellme.wire import acp
from tellme.wire.acp import Exchange
from tellme.wire.jsonrpc import (
    Notification,
    Request,
    encode,
)

from .saying import ASYNC_SAY_BACK, BOTH, SAY_BACK, StartBot


class TestSessions:
    @BOTH
    def test_history_and_state_belong_to_a_session(self, start_bot: StartBot, keyword: str) -> None:
        driver, first = start_bot(f"""
@bot.reply
{keyword} reply(message):
    session = message.session
    session.state["n"] = session.state.get("n", 0) + 1
    if message.text == "no":
        raise bot.Decline("I won't")
    if message.text == "boom":
        raise ValueError
    return repr((session.state["n"], [tuple(turn) for turn in session.history]))
""")
        second = driver.new_session()
        driver.ask(first, "no")
        driver.ask(first, "boom")
        expected = (3, [("no", "I won't", "declined"), ("boom", "", "failed")])
        assert driver.ask(first, "x") == ([repr(expected)], "end_turn")
        assert driver.ask(second, "x") == ([repr((1, []))], "end_turn")

    def test_history_from_before_a_restart(self, start_bot: StartBot) -> None:
        driver, _ = start_bot("@bot.reply\ndef reply(message):\n    return message.session.history[0].text")
        session = driver.new_session((Exchange("before", "I know", "answered"),))
        assert driver.ask(session, "x") == (["I know"], "end_turn")

    def test_message_knows_its_turn_and_session(self, start_bot: StartBot) -> None:
        driver, session = start_bot("@bot.reply\ndef reply(m):\n    return m.turn + ' ' + m.session.id")
        assert driver.rest(session, driver.prompt(session, "x", turn="t7")) == ([f"t7 {session}"], "end_turn")

    def test_history_is_bounded(self, start_bot: StartBot) -> None:
        driver, _ = start_bot(
            "@bot.reply\ndef reply(m):\n    return repr((len(m.session.history), m.session.history[0][0]))"
        )
        session = driver.new_session(tuple(Exchange(str(n), "", "answered") for n in range(1_500)))
        driver.ask(session, "x")
        assert driver.ask(session, "x") == (["(1000, '501')"], "end_turn")

    def test_the_session_unused_for_longest_makes_room(self, start_bot: StartBot) -> None:
        driver, used = start_bot(SAY_BACK)
        unused = driver.new_session()
        for _ in range(99):
            numbers = [driver.next_id() for _ in range(101)]
            driver.write(b"".join(encode(Request(n, acp.NEW_SESSION, {"cwd": "/"})) for n in numbers))
            for number in numbers:
                driver.result(number)
            driver.ask(used, "x")
        assert driver.ask(used, "still here") == (["still here"], "end_turn")
        for _ in range(2):
            driver.new_session()
        assert driver.ask(unused, "x") == ([], f"-32002 there is no session '{unused}'")


class TestCancel:
    def test_a_generator_ends_at_its_next_piece(self, start_bot: StartBot) -> None:
        driver, session = start_bot("""
@bot.reply
def reply(message):
    if message.text != "endless":
        return (yield repr(message.session.history[0].status))
    try:
        while True:
            yield "."
    finally:
        print("closed")
""")
        number = driver.prompt(session, "endless")
        assert driver.next_piece(session) == "."
        driver.notify(acp.CANCEL, acp.cancel_params(session))
        after = driver.prompt(session, "next")
        assert driver.rest(session, number)[1] == "cancelled"
        assert "closed\n" in driver.log
        assert driver.rest(session, after) == (["'failed'"], "end_turn")

    def test_an_async_function_ends_where_it_awaits(self, start_bot: StartBot) -> None:
        driver, session = start_bot("""
import asyncio
@bot.reply
async def reply(message):
    try:
        yield "waiting"
        await asyncio.Event().wait()
    finally:
        print("closed")
""")
        number = driver.prompt(session, "x")
        assert driver.next_piece(session) == "waiting"
        driver.notify(acp.CANCEL, acp.cancel_params(session))
        assert driver.rest(session, number) == ([], "cancelled")
        assert "closed\n" in driver.log

    def test_an_async_generator_that_awaits_nothing(self, start_bot: StartBot) -> None:
        driver, session = start_bot("@bot.reply\nasync def reply(message):\n    while True:\n        yield '.'")
        number = driver.prompt(session, "x")
        driver.next_piece(session)
        driver.notify(acp.CANCEL, acp.cancel_params(session))
        assert driver.rest(session, number)[1] == "cancelled"

    @pytest.mark.parametrize("body", [SAY_BACK, ASYNC_SAY_BACK])
    def test_a_turn_cancelled_before_it_began(self, start_bot: StartBot, body: str) -> None:
        driver, session = start_bot(body)
        number = driver.next_id()
        prompt = encode(Request(number, acp.PROMPT, acp.prompt_params(session, "x", "t")))
        driver.write(prompt + encode(Notification(acp.CANCEL, acp.cancel_params(session))))
        assert driver.rest(session, number) == ([], "cancelled")
        assert driver.ask(session, "next") == (["next"], "end_turn")

    @pytest.mark.parametrize("body", [SAY_BACK, ASYNC_SAY_BACK])
    @pytest.mark.parametrize("params", [{}, {"sessionId": "other"}, {"sessionId": 1}])
    def test_cancelling_nothing(self, start_bot: StartBot, body: str, params: dict[str, Any]) -> None:
        driver, session = start_bot(body)
        driver.notify(acp.CANCEL, params)
        assert driver.ask(session, "x") == (["x"], "end_turn")

    def test_a_reply_cancelled_from_within_has_failed(self, start_bot: StartBot) -> None:
        driver, session = start_bot("""
import asyncio
@bot.reply
async def reply(message):
    raise asyncio.CancelledError
""")
        assert driver.ask(session, "x") == ([], "-32603 RuntimeError: the reply was cancelled from within")


class TestConcurrency:
    WAIT_FOR_EACH_OTHER = """
import asyncio
other = asyncio.Event()
@bot.reply
async def reply(message):
    if message.text == "set":
        other.set()
    await other.wait()
    return message.text
"""

    def test_turns_of_different_sessions_run_side_by_side(self, start_bot: StartBot) -> None:
        driver, first = start_bot(self.WAIT_FOR_EACH_OTHER)
        second = driver.new_session()
        waiting = driver.prompt(first, "wait")
        assert driver.ask(second, "set") == (["set"], "end_turn")
        assert driver.rest(first, waiting) == (["wait"], "end_turn")

    def test_turns_of_one_session_stay_in_order(self, start_bot: StartBot) -> None:
        driver, session = start_bot("""
import asyncio
@bot.reply
async def reply(message):
    for _ in range(10 if message.text == "slow" else 0):
        await asyncio.sleep(0)
    return message.text
""")
        numbers = [driver.prompt(session, text) for text in ("slow", "fast", "slow")]
        assert [driver.rest(session, number)[0] for number in numbers] == [["slow"], ["fast"], ["slow"]]
