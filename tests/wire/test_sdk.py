"""Bots written with the Bot API, each a real process, driven through its pipes by our own wire code."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tellme.wire import acp
from tellme.wire.acp import Exchange
from tellme.wire.jsonrpc import (
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    ErrorResponse,
    Notification,
    Request,
    encode,
)

StartBot = Callable[[str], tuple[Any, str]]
StartAgent = Callable[[str], Any]

ROOT = Path(__file__).parents[2]

SAY_BACK = """
@bot.reply
def reply(message):
    return message.text
"""
ASYNC_SAY_BACK = SAY_BACK.replace("def reply", "async def reply")
BOTH = pytest.mark.parametrize("keyword", ["def", "async def"])


def run(source: str, tmp_path: Path, **options: Any) -> subprocess.CompletedProcess[bytes]:
    program = tmp_path / "bot.py"
    program.write_text(source)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, str(program)], env=environment, stderr=subprocess.PIPE, timeout=60, check=False, **options
    )


class TestReplies:
    @BOTH
    def test_a_returned_text_is_the_reply(self, start_bot: StartBot, keyword: str) -> None:
        driver, session = start_bot(f"@bot.reply\n{keyword} reply(message):\n    return message.text.upper()")
        assert driver.ask(session, "é 😀\nx\u2028") == (["É 😀\nX\u2028"], "end_turn")

    @BOTH
    def test_yielded_pieces_are_the_reply(self, start_bot: StartBot, keyword: str) -> None:
        driver, session = start_bot(
            f"@bot.reply\n{keyword} reply(message):\n    yield 'a'\n    yield ''\n    yield 'b'"
        )
        assert driver.ask(session, "x") == (["a", "b"], "end_turn")

    @BOTH
    def test_a_piece_is_sent_before_the_next_one_is_made(
        self, start_bot: StartBot, tmp_path: Path, keyword: str
    ) -> None:
        fifo = tmp_path / "fifo"
        os.mkfifo(fifo)
        driver, session = start_bot(
            f"@bot.reply\n{keyword} reply(message):\n    yield 'first'\n    yield open({str(fifo)!r}).read()"
        )
        number = driver.prompt(session, "x")
        assert driver.next_piece(session) == "first"
        fifo.write_text("second")
        assert driver.rest(session, number) == (["second"], "end_turn")

    @BOTH
    def test_nothing_returned_is_an_empty_reply(self, start_bot: StartBot, keyword: str) -> None:
        driver, session = start_bot(f"@bot.reply\n{keyword} reply(message):\n    pass")
        assert driver.ask(session, "x") == ([], "end_turn")

    @BOTH
    def test_a_callable_object_or_partial_can_reply(self, start_bot: StartBot, keyword: str) -> None:
        driver, session = start_bot(f"""
import functools
class Reply:
    {keyword} __call__(self, greeting, message):
        return greeting + message.text
bot.reply(functools.partial(Reply().__call__, "hi "))
""")
        assert driver.ask(session, "you") == (["hi you"], "end_turn")

    @BOTH
    def test_declining_keeps_what_was_said(self, start_bot: StartBot, keyword: str) -> None:
        driver, session = start_bot(f"""
@bot.reply
{keyword} reply(message):
    yield "half, "
    raise bot.Decline("no more")
""")
        assert driver.ask(session, "x") == (["half, ", "no more"], "refusal")

    def test_declining_by_the_imported_name_and_without_text(self, start_bot: StartBot) -> None:
        driver, session = start_bot("@bot.reply\ndef reply(message):\n    raise Decline")
        assert driver.ask(session, "x") == ([], "refusal")

    def test_a_large_reply_is_cut_into_chunks(self, start_bot: StartBot) -> None:
        driver, session = start_bot("@bot.reply\ndef reply(message):\n    return '\\0' * 2_500_000")
        pieces, reason = driver.ask(session, "x")
        assert (len(pieces), "".join(pieces), reason) == (3, "\0" * 2_500_000, "end_turn")
        assert driver.longest_line < 7_000_000

    def test_lone_surrogates_in_a_reply_do_no_harm(self, start_bot: StartBot) -> None:
        driver, session = start_bot("@bot.reply\ndef reply(message):\n    return 'a\\ud800b'")
        assert driver.ask(session, "x") == (["a\ufffdb"], "end_turn")


COMMANDS = """
@bot.command("undo", "Takes back", hint="[N]")
{keyword} undo(message):
    return f"undone {{message.text!r}} in {{message.session.id}}"

@bot.command("fail", "Fails")
{keyword} fail(message):
    raise Decline("no")

@bot.reply
{keyword} reply(message):
    return f"{{message.text!r}} after {{[turn.message for turn in message.session.history]}}"
"""


class TestCommands:
    @BOTH
    def test_what_is_offered_comes_right_after_the_session(self, start_bot: StartBot, keyword: str) -> None:
        driver, session = start_bot(COMMANDS.format(keyword=keyword))
        offer = driver.next()
        assert acp.read_update(offer.params) == (
            session,
            acp.CommandsUpdate((acp.AgentCommand("undo", "Takes back", "[N]"), acp.AgentCommand("fail", "Fails"))),
        )

    @BOTH
    def test_a_message_goes_to_the_function_of_its_command(self, start_bot: StartBot, keyword: str) -> None:
        driver, session = start_bot(COMMANDS.format(keyword=keyword))
        driver.next()
        assert driver.ask(session, "/undo  a\nb  ") == ([f"undone 'a\\nb' in {session}"], "end_turn")
        assert driver.ask(session, "/undo") == ([f"undone '' in {session}"], "end_turn")
        assert driver.ask(session, "/fail") == (["no"], "refusal")
        assert driver.ask(session, "hi") == (["'hi' after ['/undo  a\\nb  ', '/undo', '/fail']"], "end_turn")

    @pytest.mark.parametrize("text", ["/", "/ undo", "/undone", "/UNDO", "undo", " /undo", "//undo"])
    def test_what_only_looks_like_a_command_is_a_message(self, start_bot: StartBot, text: str) -> None:
        driver, session = start_bot(COMMANDS.format(keyword="def"))
        driver.next()
        assert driver.ask(session, text) == ([f"{text!r} after []"], "end_turn")

    def test_a_bot_without_commands_says_nothing_of_them(self, start_bot: StartBot) -> None:
        driver, session = start_bot(SAY_BACK)
        assert driver.ask(session, "/undo") == (["/undo"], "end_turn")

    @pytest.mark.parametrize(
        ("source", "code", "problem"),
        [
            ("@bot.command('a', '')\nasync def a(message): pass", 78, "Test mixes def and async def"),
            ("bot.command('a', '')(print)\nbot.command('a', '')(print)", 1, "TypeError: Test has a command /a already"),
            ("bot.command('a b', '')", 1, "ValueError: 'a b' is no name for a command"),
            ("bot.command('/a', '')", 1, "ValueError: '/a' is no name for a command"),
            ("bot.command('', '')", 1, "ValueError: '' is no name for a command"),
        ],
    )
    def test_what_an_author_may_not_do(self, tmp_path: Path, source: str, code: int, problem: str) -> None:
        done = run(f"from tellme import Bot\nbot = Bot('Test')\n{SAY_BACK}\n{source}\nbot.run()", tmp_path)
        assert (done.returncode, problem in done.stderr.decode()) == (code, True)


class TestMistakes:
    @BOTH
    def test_an_exception_ends_the_turn_and_not_the_bot(self, start_bot: StartBot, keyword: str) -> None:
        driver, session = start_bot(f"""
@bot.reply
{keyword} reply(message):
    if message.text == "boom":
        raise RuntimeError("boom\\nand more")
    return "alive"
""")
        assert driver.ask(session, "boom") == ([], "-32603 RuntimeError: boom and more")
        assert "Traceback" in driver.log
        assert driver.ask(session, "x") == (["alive"], "end_turn")

    @BOTH
    @pytest.mark.parametrize("before", ["", "yield 'so far'; "])
    @pytest.mark.parametrize("error", ["asyncio.CancelledError", "GeneratorExit", "Odd"])
    def test_what_is_no_exception_ends_the_turn_and_not_the_bot(
        self, start_bot: StartBot, keyword: str, before: str, error: str
    ) -> None:
        driver, session = start_bot(f"""
import asyncio
class Odd(BaseException):
    pass
@bot.reply
{keyword} reply(message):
    {before}raise {error}
@bot.on("well?")
{keyword} other(message):
    return "alive"
""")
        pieces, end = driver.ask(session, "x")
        assert (pieces, end.partition(" ")[0]) == (["so far"] if before else [], "-32603")
        assert "Traceback" in driver.log
        assert driver.ask(session, "well?") == (["alive"], "end_turn")

    @BOTH
    @pytest.mark.parametrize(("statement", "kind"), [("return 4", "int"), ("return ['a']", "list"), ("yield 4", "int")])
    def test_a_reply_is_text(self, start_bot: StartBot, keyword: str, statement: str, kind: str) -> None:
        driver, session = start_bot(f"@bot.reply\n{keyword} reply(message):\n    {statement}")
        assert driver.ask(session, "x") == (
            [],
            f"-32603 TypeError: a reply is a str or yields pieces of str, not {kind}",
        )

    def test_what_is_printed_goes_to_the_log(self, start_bot: StartBot) -> None:
        driver, session = start_bot("""
import os, subprocess, sys
early = sys.stdout
@bot.reply
def reply(message):
    print("from print")
    print("from an early stdout", file=early, flush=True)
    os.write(1, b"from descriptor 1\\n")
    subprocess.run(["echo", "from a child"])
    return "fine"
""")
        assert driver.ask(session, "x") == (["fine"], "end_turn")
        for origin in ("print", "an early stdout", "descriptor 1", "a child"):
            assert f"from {origin}\n" in driver.log

    def test_nothing_of_the_bot_can_read_the_protocol(self, start_bot: StartBot) -> None:
        driver, session = start_bot("""
import subprocess
@bot.reply
def reply(message):
    return repr(subprocess.run(["cat"], capture_output=True).stdout)
""")
        assert driver.ask(session, "x") == (["b''"], "end_turn")

    @BOTH
    def test_sys_exit_ends_the_bot_with_its_code(self, start_bot: StartBot, keyword: str) -> None:
        driver, session = start_bot(f"import sys\n@bot.reply\n{keyword} reply(message):\n    sys.exit(78)")
        driver.prompt(session, "x")
        assert driver.process.wait(20) == 78

    def test_there_is_one_function_that_replies(self, tmp_path: Path) -> None:
        source = f'from tellme import Bot\nbot = Bot("Test")\n{SAY_BACK}{SAY_BACK}'
        done = run(source, tmp_path, stdin=subprocess.DEVNULL)
        assert b"TypeError: Test has a function that replies already" in done.stderr


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


class TestProtocol:
    def test_it_introduces_itself(self, start_bot: StartBot) -> None:
        driver, _ = start_bot(SAY_BACK)
        info = driver.initialize()
        assert info[:7] == (1, False, False, True, "Test", "1.0", "tests")
        assert (info.embedded_context, info.images, info.audio) == (True, True, True)

    @pytest.mark.parametrize("body", [SAY_BACK, ASYNC_SAY_BACK])
    @pytest.mark.parametrize(
        ("line", "id", "code"),
        [
            (b"garbage\n", None, PARSE_ERROR),
            (b"\xff\n", None, PARSE_ERROR),
            (b"[" * 100_000 + b"\n", None, PARSE_ERROR),
            (b"[]\n", None, INVALID_REQUEST),
            (b'{"jsonrpc":"2.0","id":null,"method":"x"}\n', None, INVALID_REQUEST),
            (b'{"jsonrpc":"2.0","id":"a","method":"initialize","params":[]}\n', "a", INVALID_PARAMS),
            (b'{"jsonrpc":"2.0","id":"a","method":"initialize"}\n', "a", INVALID_PARAMS),
            (b'{"jsonrpc":"2.0","id":"a","method":"session/new"}\n', "a", INVALID_PARAMS),
            (b'{"jsonrpc":"2.0","id":"a","method":"session/prompt","params":{}}\n', "a", INVALID_PARAMS),
            (b'{"jsonrpc":"2.0","id":"a","method":"session/load","params":{}}\n', "a", METHOD_NOT_FOUND),
        ],
    )
    def test_what_it_cannot_serve_gets_an_error(
        self, start_bot: StartBot, body: str, line: bytes, id: str | None, code: int
    ) -> None:
        driver, session = start_bot(body)
        driver.write(line)
        message = driver.next()
        assert isinstance(message, ErrorResponse)
        assert (message.id, message.code) == (id, code)
        assert driver.ask(session, "x") == (["x"], "end_turn")

    @pytest.mark.parametrize(
        "line",
        [
            b"\n",
            b'{"jsonrpc":"2.0","method":"of/the/future"}\n',
            b'{"jsonrpc":"2.0","id":1,"result":{}}\n',
            b'{"jsonrpc":"2.0","id":1}\n',
            b'{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m"}}\n',
        ],
    )
    def test_what_asks_nothing_gets_no_answer(self, start_bot: StartBot, line: bytes) -> None:
        driver, session = start_bot(SAY_BACK)
        driver.write(line)
        assert driver.ask(session, "x") == (["x"], "end_turn")

    def test_an_unknown_session(self, start_bot: StartBot) -> None:
        driver, _ = start_bot(SAY_BACK)
        assert driver.ask("nowhere", "x") == ([], "-32002 there is no session 'nowhere'")


class TestLife:
    @pytest.mark.parametrize("body", [SAY_BACK, ASYNC_SAY_BACK])
    def test_the_end_of_stdin_ends_it_and_runs_what_the_author_left_for_the_end(
        self, start_bot: StartBot, body: str
    ) -> None:
        driver, _ = start_bot(f"import atexit\natexit.register(print, 'goodbye')\n{body}")
        assert driver.end() == 0
        assert "goodbye\n" in driver.log

    @pytest.mark.parametrize("body", [SAY_BACK, ASYNC_SAY_BACK])
    def test_stdin_may_be_a_file_and_break_off(self, tmp_path: Path, body: str) -> None:
        requests = tmp_path / "requests"
        requests.write_bytes(encode(Request(1, acp.INITIALIZE, acp.initialize_params("c", "1"))) + b'{"unfinished')
        source = f'from tellme import Bot\nbot = Bot("Test")\n{body}\nbot.run()\n'
        with requests.open("rb") as stdin:
            done = run(source, tmp_path, stdin=stdin, stdout=subprocess.PIPE)
        assert done.returncode == 0
        assert b'"agentInfo":{"name":"Test"' in done.stdout
        assert b"ended before its newline" in done.stderr

    @BOTH
    def test_the_turns_begun_are_ended_first(self, start_bot: StartBot, tmp_path: Path, keyword: str) -> None:
        fifo = tmp_path / "fifo"
        os.mkfifo(fifo)
        driver, session = start_bot(
            f"@bot.reply\n{keyword} reply(message):\n    yield 'a'\n    yield open({str(fifo)!r}).read()\n    yield 'c'"
        )
        number = driver.prompt(session, "x")
        driver.next_piece(session)
        driver.end_input()
        fifo.write_text("b")
        assert driver.rest(session, number) == (["b", "c"], "end_turn")
        assert driver.end() == 0

    @pytest.mark.parametrize("body", [SAY_BACK, ASYNC_SAY_BACK])
    def test_it_runs_in_a_process_forked_from_a_warm_one(
        self, start_agent: StartAgent, tmp_path: Path, body: str
    ) -> None:
        program = tmp_path / "bot.py"
        program.write_text(f'from tellme import Bot\nbot = Bot("Test")\n{body}\nbot.run()\n')
        driver = start_agent(f"""
import os, runpy, sys
import tellme.sdk.blocking
child = os.fork()
if child:
    os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
sys.stdin.close()
sys.stdout = None
runpy.run_path({str(program)!r}, run_name="__main__")
os._exit(5)
""")
        driver.initialize()
        assert driver.ask(driver.new_session(), "x") == (["x"], "end_turn")
        assert driver.end() == 5

    @BOTH
    def test_a_client_that_reads_no_more_ends_an_endless_reply(self, start_bot: StartBot, keyword: str) -> None:
        driver, session = start_bot(f"@bot.reply\n{keyword} reply(message):\n    while True:\n        yield '.'")
        driver.prompt(session, "x")
        driver.next_piece(session)
        driver.process.stdout.close()
        assert driver.process.wait(20) == 0

    @pytest.mark.parametrize("body", [SAY_BACK, ASYNC_SAY_BACK])
    def test_signals(self, start_bot: StartBot, body: str) -> None:
        driver, session = start_bot(body)
        driver.process.send_signal(signal.SIGINT)
        assert driver.ask(session, "alive") == (["alive"], "end_turn")
        driver.process.send_signal(signal.SIGTERM)
        assert driver.process.wait(20) == -signal.SIGTERM

    def test_on_a_terminal_it_says_what_it_is(self, tmp_path: Path) -> None:
        ours, theirs = pty.openpty()
        source = f'from tellme import Bot\nbot = Bot("Test")\n{SAY_BACK}\nbot.run()\n'
        done = run(source, tmp_path, stdin=theirs, stdout=subprocess.PIPE)
        os.close(ours)
        os.close(theirs)
        assert done.returncode == 2
        assert done.stderr == b"Test is a bot for tellme, which runs it and talks to it on stdin and stdout.\n"

    def test_a_bot_without_a_reply_is_wrongly_configured(self, tmp_path: Path) -> None:
        done = run('from tellme import Bot\nBot("Test").run()\n', tmp_path, stdin=subprocess.DEVNULL)
        assert done.returncode == 78
        assert done.stderr == b"Test has no function that replies: decorate one with @bot.reply.\n"

    def test_a_plain_function_loads_nothing_heavy(self, start_bot: StartBot) -> None:
        driver, session = start_bot("""
import sys
heavy = {"asyncio", "dataclasses", "inspect", "logging", "socket", "subprocess", "tempfile", "threading", "traceback"}
heavy.add("typing")
@bot.reply
def reply(message):
    return repr(sorted(heavy & sys.modules.keys()))
""")
        assert driver.ask(session, "x") == (["[]"], "end_turn")
