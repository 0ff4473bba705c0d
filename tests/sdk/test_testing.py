"""``tellme.testing`` itself: a bot as a program, what it says when something is wrong, and the fixture."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tellme import Bot
from tellme.testing import talk_to

ROOT = Path(__file__).parents[2]

PROGRAM = """
import sys
from tellme import Bot

bot = Bot("Program")


@bot.command("teach", "Say it better", hint="TEXT")
def teach(message):
    return "learned"


@bot.reply
def reply(message):
    state = message.session.state
    match message.text:
        case "boom":
            raise ValueError("boom")
        case "crash":
            print("about to crash")
            sys.exit(7)
        case "no":
            raise bot.Decline("I won't")
        case "choose":
            return message.choose("Red", "Blue") or "nothing"
        case "ask":
            return bot.ask("Math", "2+2")
        case "settings":
            return repr(bot.settings)
        case "env":
            import os
            return os.environ.get("EXTRA", "")
        case "history":
            return repr([turn.message for turn in message.session.history])
    state["n"] = state.get("n", 0) + 1
    return f"{message.text} {state['n']}"


bot.run()
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    file = tmp_path / "bot.py"
    file.write_text(PROGRAM)
    return file


def test_a_program_is_talked_to_as_a_bot_is(program: Path) -> None:
    with talk_to(program, answers={"Math": "4"}, settings={"a": 1}) as chat:
        assert chat.say("hi") == "hi 1"
        assert chat.declines("no") == "I won't"
        assert chat.fails("boom") == "ValueError: boom"
        assert chat.say("choose", choose="Red") == "Red"
        assert chat.say("choose") == "nothing"
        assert chat.say("ask") == "4"
        assert chat.say("settings") == "{'a': 1}"
        assert chat.commands["teach"].hint == "TEXT"
        assert chat.say("/teach me") == "learned"
        chat.restart()
        assert chat.say("hi") == "hi 2"
        assert chat.say("history").startswith("['hi', 'no', 'boom', 'choose'")
        assert "ValueError: boom" in chat.log


def test_a_folder_is_run_as_its_manifest_says(program: Path) -> None:
    (program.parent / "bot.toml").write_text(
        'name = "P"\ncommand = ["bot.py"]\nenv = { EXTRA = "more" }\nsettings = { b = 2 }\n'
    )
    with talk_to(program.parent) as chat:
        assert (chat.say("env"), chat.say("settings")) == ("more", "{'b': 2}")
    with talk_to(str(program.parent), settings={"c": 3}) as chat:
        assert chat.say("settings") == "{'c': 3}"


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("boom", "the turn failed: ValueError: boom\nThe bot's log:\nTraceback"),
        ("crash", "the bot ended in the middle of the conversation\nThe bot's log:\nabout to crash"),
    ],
)
def test_what_went_wrong_is_told_with_the_log(program: Path, said: str, problem: str) -> None:
    with pytest.raises(AssertionError) as caught, talk_to(program) as chat:
        chat.say(said)
    assert str(caught.value).startswith(problem)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("import nothing_of_that_name", "No module named 'nothing_of_that_name'"),
        ("print('hello')", "the bot sent a line that is no JSON"),
        ("import time; time.sleep(60)", "the bot said nothing for 0.5 s"),
        ("import sys; sys.exit('wrong')", "wrong"),
    ],
)
def test_a_program_that_is_no_bot(tmp_path: Path, source: str, problem: str) -> None:
    (tmp_path / "bot.py").write_text(source)
    with (
        pytest.raises(AssertionError, match=problem),
        talk_to(tmp_path / "bot.py", timeout=0.5 if "0.5" in problem else 20),
    ):
        pass


def test_a_bot_that_does_not_end_is_killed_and_told(tmp_path: Path) -> None:
    (tmp_path / "bot.py").write_text(PROGRAM.replace("bot.run()", "bot.run()\nimport time\ntime.sleep(60)"))
    before = time.monotonic()
    chat = talk_to(tmp_path / "bot.py").__enter__()
    chat._timeout = 0.2
    with pytest.raises(AssertionError, match=r"it did not end within 0\.2 s"):
        chat.__exit__(None)
    assert time.monotonic() - before < 20


def test_nothing_is_there(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="there is no"), talk_to(tmp_path / "nothing.py"):
        pass


def test_a_function_that_hangs_fails_its_test() -> None:
    free = threading.Event()
    bot = Bot("Test")
    bot.reply(lambda _message: str(free.wait(20)))
    try:
        with pytest.raises(AssertionError, match=r"the bot said nothing for 0\.1 s"), talk_to(bot, timeout=0.1) as chat:
            chat.say("x")
    finally:
        free.set()


def test_a_bot_that_is_wrongly_made() -> None:
    with pytest.raises(AssertionError, match="Empty has no function that replies"), talk_to(Bot("Empty")):
        pass


@pytest.mark.parametrize(
    ("choose", "problem"),
    [
        ("Green", r"'Green' is none of the options \('Red', 'Blue'\)"),
        ([], r"nothing is left to choose for 'Which one\?'"),
    ],
)
def test_what_cannot_be_chosen(choose: object, problem: str) -> None:
    bot = Bot("Test")
    bot.reply(lambda message: message.choose("Red", "Blue"))
    with pytest.raises(AssertionError, match=problem), talk_to(bot) as chat:
        chat.say("x", choose=choose)  # type: ignore[arg-type]


def test_expectations_that_do_not_hold() -> None:
    bot = Bot("Test")
    bot.reply(lambda _message: "fine")
    with talk_to(bot) as chat:
        with pytest.raises(AssertionError, match="'x' was answered: 'fine'"):
            chat.declines("x")
        with pytest.raises(AssertionError, match="'x' was answered: 'fine'"):
            chat.fails("x")
    with pytest.raises(AssertionError, match="the conversation is over"):
        chat.say("x")


def test_nothing_is_left_behind(program: Path) -> None:
    threads, descriptors = threading.active_count(), len(os.listdir("/proc/self/fd"))
    bot = Bot("Test")
    bot.reply(lambda message: message.text)
    for one in (bot, program):
        with talk_to(one) as chat:
            chat.say("x")
            folder = Path(chat._folder.name)
        assert not folder.exists()
    assert (threading.active_count(), len(os.listdir("/proc/self/fd"))) == (threads, descriptors)


def test_the_fixture(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("""
from tellme import Bot

def test_it(talk_to):
    bot = Bot("Test")
    bot.reply(lambda message: message.text)
    chat = talk_to(bot)
    assert chat.say("hi") == "hi"
    assert chat.say("you") == "me"
""")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tellme.testing.plugin",
        "-p",
        "no:cacheprovider",
        "test_it.py",
    ]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "assert 'you' == 'me'" in done.stdout
    assert "1 failed" in done.stdout


def test_it_needs_no_pytest() -> None:
    code = "import sys, tellme.testing; from tellme.testing import Chat; print('pytest' in sys.modules)"
    environment = {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
