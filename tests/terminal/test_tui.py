"""The full screen from end to end, in a real pseudo-terminal: typed into, read as a person reads it, and killed."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pyte
import pytest

from tellme.supervisor.linux import descendants

from ..cli.conftest import processes_below, rows
from ..conftest import add_hostile, is_running, wait_until
from .conftest import COMES_WITHIN_S, Open, Terminal
from .test_guard import modes_left_on

QUIT = "\x11"
READY = "Type a message"
"""What the empty prompt says where there is no session."""
WITH_ECHO = "Message Echo"


class Tui:
    """The app on a terminal, as the screen that a person sees."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self._screen = pyte.Screen(*terminal.size)
        self._stream = pyte.Stream(self._screen)

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self._screen.display)

    def until(self, holds: str | Callable[[str], object]) -> str:
        """Wait until a pattern is on screen, or something holds of it; returns what is on screen then."""
        matches = holds if callable(holds) else re.compile(holds).search
        deadline = time.monotonic() + COMES_WITHIN_S
        while not matches(self.text):
            assert time.monotonic() < deadline, f"no {holds!r} in time, but\n{self.text}"
            self._stream.feed(self.terminal.take())
        return self.text

    def say(self, line: str) -> None:
        self.terminal.type(f"{line}\r")

    def resize(self, columns: int, lines: int) -> None:
        self._screen.resize(lines, columns)
        self.terminal.resize(columns, lines)

    def quit(self) -> int:
        self.terminal.type(QUIT)
        return self.terminal.ends()


Enter = Callable[..., Tui]


@pytest.fixture
def enter(echo: Path, home: Path, terminal: Open) -> Enter:
    """Open the app in a terminal, with the bot Echo; no bot starts before it is needed."""
    (home / "config.toml").write_text("[tui]\nstart_bots = false\n")

    def begin(*arguments: str, size: tuple[int, int] = (100, 30), **env: str) -> Tui:
        return Tui(terminal(*arguments, size=size, **env))

    return begin


def assert_restored(tui: Tui) -> None:
    wait_until(lambda: tui.terminal.modes() == tui.terminal.modes_before)
    wait_until(lambda: (tui.terminal.read_rest(), not modes_left_on(tui.terminal.everything))[1])


def bot_named(tui: Tui, name: str) -> int:
    """The process of a bot of this app's."""
    title = f"tellme: bot {name}".encode()
    (pid,) = (
        pid
        for pid in descendants(tui.terminal.process.pid)
        if Path(f"/proc/{pid}/cmdline").read_bytes().startswith(title)
    )
    return pid


def answer(text: str) -> str:
    """The pattern of an answer on the screen."""
    return rf"(?m)▌ {re.escape(text)}$"


def test_from_the_start_to_the_end(enter: Enter) -> None:
    tui = enter()
    tui.until(READY)
    tui.say("list")
    tui.until(r"(?s)NAME.*English.*Math.*Zen.*Echo")
    tui.say("start_session Math")
    tui.until(r"Session \w+ with Math")
    tui.say("2+2")
    tui.until(answer("4"))
    before = bot_named(tui, "Math")
    os.kill(before, signal.SIGKILL)
    tui.say("6*7")
    tui.until(answer("42"))
    assert bot_named(tui, "Math") != before
    bots = descendants(tui.terminal.process.pid)
    assert tui.quit() == 0
    assert_restored(tui)
    wait_until(lambda: not any(map(is_running, bots)))


@pytest.mark.parametrize("arguments", [(), ("start_session", "Echo")])
def test_what_is_typed_before_the_first_picture_is_not_lost(enter: Enter, arguments: tuple[str, ...]) -> None:
    tui = enter(*arguments)
    tui.terminal.type("say it back")
    tui.until("› say it back")
    tui.until("Session .* with Echo" if arguments else "no session")
    tui.say(" now")
    tui.until(answer("say it back now"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL])
def test_however_it_ends_the_terminal_is_restored_and_nothing_is_left(
    enter: Enter, home: Path, number: signal.Signals
) -> None:
    tui = enter("start_session", "Echo")
    tui.until(WITH_ECHO)
    tui.say("first")
    tui.until(answer("first"))
    assert processes_below(home)
    tui.terminal.type("half a though")
    tui.until("half a though")
    state = home / "data" / "tui.json"
    wait_until(lambda: state.exists() and "half a though" in state.read_text())
    tui.terminal.signal(number)
    assert tui.terminal.ends() == (-9 if number == signal.SIGKILL else 128 + number)
    assert_restored(tui)
    wait_until(lambda: not processes_below(home))
    again = enter("resume")
    again.until(answer("first"))
    again.until("half a though")


def test_a_signal_before_the_first_picture(enter: Enter, home: Path) -> None:
    tui = enter("start_session", "Echo")
    tui.terminal.until(r"\x1b\[\?1049h")
    tui.terminal.signal(signal.SIGTERM)
    assert tui.terminal.ends() == 128 + signal.SIGTERM
    assert_restored(tui)
    wait_until(lambda: not processes_below(home))


def test_a_window_that_is_closed_ends_it(enter: Enter, home: Path) -> None:
    tui = enter("start_session", "Echo")
    tui.until(WITH_ECHO)
    tui.say("first")
    tui.until(answer("first"))
    tui.terminal.hang_up()
    assert tui.terminal.process.wait(30) == 128 + signal.SIGHUP
    wait_until(lambda: not processes_below(home))


@pytest.mark.parametrize("size", [(10, 3), (40, 12), (80, 24), (200, 60)])
def test_a_window_of_any_size_takes_what_is_typed(enter: Enter, size: tuple[int, int]) -> None:
    tui = enter(size=size)
    tui.until("›")
    tui.terminal.type("hey")
    tui.until("hey")
    assert tui.quit() == 0
    assert_restored(tui)


def test_a_window_that_changes_its_size(enter: Enter) -> None:
    tui = enter("start_session", "Echo")
    tui.until(WITH_ECHO)
    tui.say("before it")
    tui.until(answer("before it"))
    for size in ((10, 3), (1, 1), (40, 12), (160, 50)):
        tui.resize(*size)
    tui.say("after it")
    tui.until(answer("after it"))
    assert len(tui.text.split("\n")) == 50


def test_two_apps_on_one_home(enter: Enter, home: Path) -> None:
    apps = [enter("start_session", "Echo") for _ in range(2)]
    for number, tui in enumerate(apps):
        tui.until(WITH_ECHO)
        tui.say(f"message {number}")
        tui.until(answer(f"message {number}"))
    assert [tui.quit() for tui in apps] == [0, 0]
    assert rows(home, "SELECT count(DISTINCT session), count(*), max(status) FROM turn") == [(2, 2, "answered")]


def test_a_state_file_of_a_newer_version_is_told_and_left_as_it_is(enter: Enter, home: Path) -> None:
    (home / "data").mkdir()
    file = home / "data" / "tui.json"
    file.write_text('{"version": 99, "theme": "of tomorrow"}')
    tui = enter()
    tui.until("newer tellme")
    tui.terminal.type("a draft")
    tui.until("a draft")
    assert tui.quit() == 0
    assert file.read_text() == '{"version": 99, "theme": "of tomorrow"}'


def test_what_is_wrong_is_told_before_the_screen_changes(enter: Enter) -> None:
    tui = enter("start_session", "Ecko")
    assert tui.terminal.ends() == 2
    assert tui.terminal.everything == (
        "tellme: There is no bot named 'Ecko'. Did you mean Echo? 'tellme list' shows all of them.\n"
    )


def test_bytes_that_are_no_utf_8_are_text(enter: Enter) -> None:
    tui = enter("start_session", "Echo")
    tui.until(WITH_ECHO)
    tui.terminal.type_bytes(b"\xe9t\xe9 \xff\x9b\x1b[200~caf\xe9\x1b[201~\r")
    tui.until(answer("\ufffdt\ufffd \ufffd\ufffdcaf\ufffd"))
    assert tui.quit() == 0


def test_without_colours(enter: Enter) -> None:
    tui = enter("start_session", "Echo", NO_COLOR="1")
    tui.until(WITH_ECHO)
    tui.say("hello")
    tui.until(answer("hello"))
    assert tui.quit() == 0
    for red, green, blue in re.findall(r"[34]8;2;(\d+);(\d+);(\d+)", tui.terminal.everything):
        assert red == green == blue
    assert not re.search(r"\x1b\[(3[1-6]|4[1-6]|9[1-6]|10[1-6])m", tui.terminal.everything)


def test_escapes_of_a_bot_reach_no_terminal(enter: Enter, home: Path) -> None:
    add_hostile(home, "escapes")
    tui = enter("start_session", "Foe")
    tui.until("Message Foe")
    tui.say("hi")
    tui.until("plain")
    assert tui.quit() == 0
    for escape in ("owned", "\x1b[31m", "\x1b[2J", "\x9b", "\u202e"):
        assert escape not in tui.terminal.everything
