"""A bot written with the Bot API as a process: what it speaks, and how it begins and ends."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tellme.wire import acp
from tellme.wire.jsonrpc import (
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    ErrorResponse,
    Request,
    encode,
)

from .saying import ASYNC_SAY_BACK, BOTH, SAY_BACK, StartBot, run

StartAgent = Callable[[str], Any]


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
