"""Bots written with the Bot API, each a real process: their replies, their commands, the mistakes of their authors."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tellme.wire import acp

from .saying import BOTH, SAY_BACK, StartBot, run


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
