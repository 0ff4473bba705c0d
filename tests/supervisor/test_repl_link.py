"""Programs that are made for a person at a terminal: where their answers end, and what belongs to none."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tellme.model import LineRules
from tellme.supervisor import repl_link
from tellme.supervisor.lines_link import link_to
from tellme.supervisor.link import Died, Link, Refused
from tellme.supervisor.process import Process
from tellme.supervisor.spawn import Spawner
from tellme.text import clean

from .conftest import Listener, MakeLaunch, eventually

PTY = pytest.mark.parametrize("pty", [False, True], ids=["pipes", "pty"])
PROMPT = LineRules(prompt="> ")

Talk = Callable[..., Any]


class Talker:
    """A program, and its link."""

    def __init__(self, process: Process, link: Link) -> None:
        self.process = process
        self.link = link

    def send(self, text: str) -> Listener:
        listener = Listener()
        self.link.prompt("lines", text, "turn", listener)  # type: ignore[arg-type]  # what else a bot may do it does not
        return listener

    async def say(self, text: str) -> str:
        listener = self.send(text)
        assert await self.end(listener) == "end_turn"
        return listener.text

    async def end(self, listener: Listener) -> object:
        async with asyncio.timeout(30):
            return await listener.end

    async def cancel(self, text: str) -> object:
        """Begin something, cancel it when it has said its first word."""
        listener = self.send(text)
        await eventually(lambda: listener.text)
        self.link.cancel("lines")
        return await self.end(listener)


@pytest.fixture
def talk(spawner: Spawner, launch: MakeLaunch) -> Talk:
    @asynccontextmanager
    async def begin(rules: LineRules, *command: str, greet: bool = True) -> AsyncIterator[Talker]:
        process = await Process.adopt(spawner.spawn(launch(*command, pty=rules.pty)))
        try:
            link = link_to(process, rules)
            process.listen(link.feed)
            ended = asyncio.ensure_future(process.wait())
            ended.add_done_callback(lambda end: link.fail(end.result().describe()))
            if greet:
                async with asyncio.timeout(30):
                    await link.initialize()
            yield Talker(process, link)
        finally:
            process.kill()
            await process.stop()

    return begin


@PTY
@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("say 4\\n", "4"),
        ("say ", ""),
        ("say a\\n\\nb\\n", "a\n\nb"),
        ("say \\n\\n4\\n\\n", "4"),
        ("inside", "one\n> two"),
        ("say x > y\\n", "x > y"),
        ("say 10%\\r100%\\n", "100%"),
        ("say \\e[31mred\\e[0m\\n", "\x1b[31mred\x1b[0m"),
        ("cut", "é"),
        ("length " + "é" * 9000, "9000"),
    ],
)
async def test_an_answer_ends_with_the_prompt(talk: Talk, pty: bool, line: str, text: str) -> None:
    async with talk(PROMPT._replace(pty=pty), "repl.py", "> ") as bot:
        assert await bot.say(line) == text
        assert await bot.say("say next\\n") == "next"


@PTY
@pytest.mark.parametrize(
    "arguments",
    [("> ", "Welcome", "> to it", ""), ("\\e[1;32m> \\e[0m",), ("\\e[?2004h\r> ",), ("> ", "unfinished ")],
    ids=["banner", "colour", "bracketed paste", "behind a banner"],
)
async def test_what_comes_before_the_first_prompt_is_no_answer(
    talk: Talk, pty: bool, arguments: tuple[str, ...]
) -> None:
    async with talk(PROMPT._replace(pty=pty), "repl.py", *arguments) as bot:
        assert [await bot.say("say 1\\n"), await bot.say("say 2\\n")] == ["1", "2"]


async def test_an_answer_that_does_not_end_its_last_line(talk: Talk) -> None:
    async with talk(PROMPT, "repl.py", "> ") as bot:
        assert [await bot.say("say 4"), await bot.say("say 5\\n")] == ["4", "5"]


async def test_answers_stream_line_by_line(talk: Talk, tmp_path: Path) -> None:
    async with talk(PROMPT, "repl.py", "> ") as bot:
        listener = bot.send(f"wait {tmp_path / 'go'}")
        await eventually(lambda: listener.text)
        assert listener.text == "waiting"
        (tmp_path / "go").touch()
        assert await bot.end(listener) == "end_turn"
        assert listener.text == "waiting\ndone"


@PTY
async def test_a_large_answer_is_whole(talk: Talk, pty: bool) -> None:
    async with talk(PROMPT._replace(pty=pty), "repl.py", "> ") as bot:
        assert await bot.say("lines 20000") == "\n".join(map(str, range(20000)))


async def test_a_line_ends_the_answer(talk: Talk) -> None:
    async with talk(LineRules(end="END"), "repl.py", "", greet=False) as bot:
        assert await bot.say("say BLENDER\\nEND\\n") == "BLENDER"
        assert await bot.say("say END\\n") == ""
        assert await bot.say("say b\\nEND") == "b", "also where the line does not end itself"


async def test_a_prompt_that_follows_the_end_belongs_to_no_answer(talk: Talk) -> None:
    async with talk(LineRules(prompt="> ", end="END"), "repl.py", "> ") as bot:
        assert [await bot.say(f"say {number}\\nEND\\n") for number in range(5)] == ["0", "1", "2", "3", "4"]


@PTY
async def test_silence_ends_the_answer(talk: Talk, pty: bool) -> None:
    async with talk(LineRules(quiet_s=0.1, pty=pty), "repl.py", "", "Welcome") as bot:
        assert await bot.say("say 1\\n2\\n") == "1\n2"
        assert await bot.say("say half") == "half"


async def test_with_silence_alone_an_answer_without_a_word_ends_too(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repl_link, "NOTHING_S", 0.3)
    async with talk(LineRules(quiet_s=0.05), "repl.py", "") as bot:
        assert [await bot.say("say "), await bot.say("say 4\\n")] == ["", "4"]


async def test_a_program_that_computes_is_not_taken_for_silent(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repl_link, "NOTHING_S", 0.2)
    async with talk(LineRules(quiet_s=0.05), "repl.py", "") as bot:
        assert await bot.say("think 0.8") == "thought"


async def test_silence_ends_what_shows_no_prompt(talk: Talk) -> None:
    async with talk(LineRules(prompt=">>> ", quiet_s=0.1), sys.executable, "-c", CONTINUED) as bot:
        assert [await bot.say("("), await bot.say(")"), await bot.say("x")] == ["... ", "()", "x"]


CONTINUED = """
text = ""
print(">>> ", end="", flush=True)
while True:
    text += input()
    if text.count("(") == text.count(")"):
        print(text)
        text = ""
        print(">>> ", end="", flush=True)
    else:
        print("... ", end="", flush=True)
"""


@PTY
async def test_what_nobody_asked_for_belongs_to_no_answer(talk: Talk, pty: bool, tmp_path: Path, log: Any) -> None:
    async with talk(PROMPT._replace(pty=pty), "repl.py", "> ") as bot:
        assert await bot.say(f"later {tmp_path / 'go'}") == ""
        heard = bot.link.heard
        (tmp_path / "go").touch()
        await eventually(lambda: bot.link.heard > heard)
        assert await bot.say("say 4\\n") == "4"
    assert "[nobody asked] > by the way" in log.text()


async def test_ctrl_c_ends_an_answer_and_the_program_lives(talk: Talk, tmp_path: Path) -> None:
    async with talk(PROMPT._replace(pty=True), "repl.py", "> ") as bot:
        pid = bot.process.pid
        for number in range(3):
            assert await bot.cancel(f"wait {tmp_path / 'never'}") == "cancelled"
            assert await bot.say(f"say {number}\\n") == str(number)
        assert bot.process.pid == pid


async def test_ctrl_c_that_nobody_heeds_ends_nothing(talk: Talk, tmp_path: Path) -> None:
    async with talk(PROMPT._replace(pty=True), "repl.py", "> ", "deaf", "") as bot:
        listener = bot.send(f"wait {tmp_path / 'go'}")
        await eventually(lambda: listener.text)
        bot.link.cancel("lines")
        (tmp_path / "go").touch()
        assert await bot.end(listener) == "cancelled"
        assert listener.text == "waiting", "what comes after a cancel is not shown"
        assert await bot.say("say 4\\n") == "4"


async def test_on_pipes_a_cancelled_answer_ends_with_the_prompt(talk: Talk, tmp_path: Path) -> None:
    async with talk(PROMPT, "repl.py", "> ") as bot:
        listener = bot.send(f"wait {tmp_path / 'go'}")
        await eventually(lambda: listener.text)
        bot.link.cancel("lines")
        (tmp_path / "go").touch()
        assert await bot.end(listener) == "end_turn"
        assert await bot.say("say 4\\n") == "4"


@PTY
async def test_a_program_that_exits_fails_its_turn(talk: Talk, pty: bool) -> None:
    async with talk(PROMPT._replace(pty=pty), "repl.py", "> ") as bot:
        listener = bot.send("exit 3")
        end = await bot.end(listener)
        assert isinstance(end, Died)
        assert (end.reason, listener.text) == ("exited with code 3", "bye")


SLOW = r"(x|xx)+$"
SLOW_KEYS = {
    # group, case: rules, what the program prints after a message, the key that is named
    "prompt: on a line that has not ended": (PROMPT._replace(prompt=rf"> |{SLOW}"), "x" * 60 + "!", "prompt"),
    "end": (LineRules(end=rf"(> )?{SLOW}"), "x" * 60 + "!\\n", "end"),
    "end: on a line that has not ended": (LineRules(end=rf"(> )?{SLOW}"), "x" * 60 + "!", "end"),
}


@pytest.mark.parametrize("name", SLOW_KEYS)
async def test_a_pattern_that_takes_too_long_ends_the_turn_and_the_program(talk: Talk, name: str) -> None:
    rules, text, key = SLOW_KEYS[name]
    async with talk(rules, "repl.py", "> ") as bot:
        end = await bot.end(bot.send(f"say {text}"))
        assert isinstance(end, Refused)
        assert end.reason.startswith(f"cannot be followed: '{key}' in its manifest takes too long")
        assert (await bot.process.wait()).reason == end.reason


async def test_a_pattern_that_takes_too_long_before_the_first_prompt(talk: Talk) -> None:
    async with talk(LineRules(prompt=SLOW), "repl.py", "x" * 60 + "!", greet=False) as bot:
        with pytest.raises(Refused, match="'prompt' in its manifest"):
            await bot.link.initialize()


async def test_a_program_that_ends_before_its_prompt(talk: Talk) -> None:
    async with talk(PROMPT, "false", greet=False) as bot:
        with pytest.raises(Died, match="exited with code 1"):
            await bot.link.initialize()


async def test_a_program_that_never_shows_its_prompt_is_not_waited_for_for_ever(talk: Talk, log: Any) -> None:
    async with talk(PROMPT, "repl.py", "$ ", "hello", "", greet=False) as bot:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await bot.link.initialize()
    assert "its last line is '$ '" in log.text()


async def test_its_own_echo_is_found_out(talk: Talk) -> None:
    """It reads each key, as a program that edits its lines does; only then it may be one that echoes."""
    edits = "import tty; tty.setcbreak(0); import runpy, sys; sys.argv[0:1] = []; runpy.run_path(sys.argv[0])"
    async with talk(PROMPT._replace(pty=True), sys.executable, "-c", edits, "repl.py", "> ", "echo", "") as bot:
        assert [await bot.say("say 1\\n"), await bot.say("say 2\\n")] == ["1", "2"]


async def test_the_echo_of_the_terminal_is_no_answer(talk: Talk) -> None:
    command = f"stty echo; exec {sys.executable} repl.py '> '"
    async with talk(PROMPT._replace(pty=True), "sh", "-c", command) as bot:
        assert [await bot.say("say "), await bot.say("say 1\\n")] == ["", "1"]


REAL = {
    "bc": (("bc", "-q"), LineRules(quiet_s=0.1, pty=True), [("2+2", "4"), ("a=3; a*2", "6")]),
    "bc on pipes": (
        ("sh", "-c", "sed -u 's/$/\\nprint \"~\\\\n\"/' | bc -q 2>&1"),
        LineRules(end="~"),
        [("2+2", "4"), ("a=5", ""), ("a*2", "10")],
    ),
    "sqlite3": (
        ("sqlite3",),
        LineRules(prompt=r"(sqlite| +\.\.\.)> ", pty=True),
        [("create table t(x);", ""), ("insert into t values", ""), ("(1), (2);", ""), ("select * from t;", "1\n2")],
    ),
    "qalc": (("qalc", "-t"), LineRules(prompt="> ", pty=True), [("2+2", "  4"), ("6*7", "  42")]),
    "python": (
        (sys.executable, "-q", "-i"),
        LineRules(prompt=r"(>>>|\.\.\.) ", pty=True),
        [("2+2", "4"), ("42", "42"), ("a = 5", ""), ("len('" + "é" * 5000 + "')", "5000"), ("print('a', end='')", "a")],
    ),
    "bash": (
        ("bash", "--norc", "-i"),
        LineRules(prompt=r"(bash-[\d.]+[$#]|>) ", pty=True),
        [("echo a; echo b", "a\nb"), ("for i in 1 2", ""), ("do echo $i; done", "1\n2"), ("! test -t 0; echo $?", "1")],
    ),
    "sh": (
        ("sh", "-c", "while printf '$ ' && read -r line; do echo \"you said $line\"; done"),
        LineRules(prompt=r"\$ "),
        [("hello", "you said hello"), ("", "you said")],
    ),
    "cat": (("cat",), LineRules(quiet_s=0.05, pty=True), [("hello", "hello"), ("x" * 20000, "x" * 20000)]),
}


@pytest.mark.parametrize("name", REAL)
async def test_real_programs(talk: Talk, name: str) -> None:
    command, rules, turns = REAL[name]
    if any(shutil.which(word) is None for word in (command[0], name.split()[0])):
        pytest.skip(f"{name} is not installed")
    async with talk(rules, *command) as bot:
        assert [(text, clean(await bot.say(text)).rstrip()) for text, _ in turns] == turns
