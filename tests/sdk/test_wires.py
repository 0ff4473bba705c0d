"""How ``tellme.testing`` reaches a bot: what that is given, and that nothing waits for one that hangs."""

from __future__ import annotations

import gc
import os
import threading
import time
from pathlib import Path

import pytest

from tellme import Bot
from tellme.testing import talk_to

BOT = """
import os
from tellme import Bot

bot = Bot("Test")
bot.reply(lambda message: os.environ.get(message.text, "(none)"))
bot.run()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bot.py").write_text(BOT)
    (tmp_path / "bot.toml").write_text('name = "T"\ncommand = ["bot.py"]\npass_env = ["GIVEN"]\nenv = { MORE = "m" }\n')
    return tmp_path


def test_a_bot_is_given_no_more_than_tellme_gives(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIVEN", "g")
    monkeypatch.setenv("SECRET", "s")
    with talk_to(folder) as chat:
        assert [chat.say(name) for name in ("GIVEN", "MORE", "SECRET", "PYTHONUTF8")] == ["g", "m", "(none)", "1"]
    with talk_to(folder / "bot.py") as chat:
        assert [chat.say(name) for name in ("GIVEN", "SECRET")] == ["(none)", "(none)"]


@pytest.mark.parametrize(
    ("manifest", "problem"),
    [
        ('command = ["bc"]\nprotocol = "lines"', "its protocol is 'lines'"),
        ('kind = "english"', "it is one of the kind 'english'"),
        ("nothing = 1", "has no command"),
        ('command = "bot.py"', "has no command"),
        ("command = [", "is no TOML"),
        ('command = ["bot.py"]\nenv = 4', "env has to be a table"),
        ('command = ["bot.py"]\npass_env = "A"', "pass_env has to be a list"),
    ],
)
def test_a_manifest_that_a_test_cannot_run(folder: Path, manifest: str, problem: str) -> None:
    (folder / "bot.toml").write_text(manifest)
    with pytest.raises(AssertionError, match=problem), talk_to(folder):
        pass


def test_a_bot_that_does_not_read_is_not_waited_for() -> None:
    bot, free = Bot("Test"), threading.Event()
    bot.reply(lambda _message: str(free.wait(20)))
    try:
        chat = talk_to(bot, timeout=0.2).__enter__()
        with pytest.raises(AssertionError, match="the bot said nothing"):
            chat.say("x")
        with pytest.raises(AssertionError, match=r"the bot read nothing for 0\.2 s"):
            chat.say("y" * 1_000_000)
        with pytest.raises(AssertionError, match="did not return"):
            chat.__exit__(None)
    finally:
        free.set()


def test_a_large_message_and_a_large_reply_pass_each_other() -> None:
    bot = Bot("Test")

    @bot.reply
    def reply(message: object) -> object:
        for _ in range(40):
            yield "z" * 50_000

    with talk_to(bot) as chat:
        assert len(chat.say("y" * 1_000_000)) == 2_000_000


def test_a_bot_that_never_ends_its_reply_is_not_waited_for() -> None:
    bot = Bot("Test")

    @bot.reply
    def reply(message: object) -> object:
        while True:
            yield "z"

    with pytest.raises(AssertionError, match=r"the turn was not over within 0\.3 s"), talk_to(bot, timeout=0.3) as chat:
        chat.say("x")


def test_nothing_is_left_of_a_bot_that_hangs() -> None:
    gc.collect()  # what earlier tests left to be closed
    descriptors = len(os.listdir("/proc/self/fd"))
    bot, free = Bot("Test"), threading.Event()
    bot.reply(lambda _message: str(free.wait(20)))
    with pytest.raises(AssertionError), talk_to(bot, timeout=0.1) as chat:
        chat.say("x")
    environment, thread = bot.environment, next(one for one in threading.enumerate() if one.name == "bot Test")
    free.set()
    thread.join(5)
    assert environment is os.environ
    assert len(os.listdir("/proc/self/fd")) <= descriptors


def test_a_program_that_hangs_is_killed_with_all_that_it_started(tmp_path: Path) -> None:
    left, beats = BOT.replace("bot.run()", ""), tmp_path / "beats"
    os.mkfifo(beats)
    reader = os.open(beats, os.O_RDONLY | os.O_NONBLOCK)
    child = (
        f"import subprocess; subprocess.Popen(['sh', '-c', 'exec sleep 60 > {beats}']); os.open('{beats}', os.O_WRONLY)"
    )
    (tmp_path / "bot.py").write_text(f"{left}\n{child}\nbot.run()\nimport time\ntime.sleep(60)")
    chat = talk_to(tmp_path / "bot.py").__enter__()
    chat._timeout = 0.2
    with pytest.raises(AssertionError, match="did not end"):
        chat.__exit__(None)
    os.set_blocking(reader, True)
    deadline = time.monotonic() + 5
    assert os.read(reader, 1) == b""  # nobody has it open for writing any more
    assert time.monotonic() < deadline
    os.close(reader)
