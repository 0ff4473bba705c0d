"""The terminal is left as it was found, however a full-screen app ends: a little one, and a shell around it."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..conftest import is_running, wait_until
from .conftest import Terminal

LITTLE_APP = Path(__file__).parent / "programs" / "little_app.py"
COMMAND = [sys.executable, str(LITTLE_APP)]
MODE = re.compile(r"\x1b\[\?(\d+)([hl])")
POINTER = re.compile(r"\x1b\]22;([a-z]*)\x07")
PICTURE = "a picture(.|\n)*type here"
"""What stands still in the app, and what does not."""
ON_BY_DEFAULT = {"7", "25"}
"""Line wrap and the cursor."""


@pytest.fixture
def opened() -> Iterator[list[Terminal]]:
    terminals: list[Terminal] = []
    yield terminals
    for terminal in terminals:
        terminal.close()


def open_app(opened: list[Terminal], *command: str) -> Terminal:
    opened.append(Terminal(command or COMMAND, {}))
    opened[-1].until("type here")
    return opened[-1]


def modes_left_on(shown: str) -> set[str]:
    """The private modes that are not as a terminal has them at first, and the mouse's pointer if it has a shape."""
    modes = dict(MODE.findall(shown))
    shape = POINTER.findall(shown)[-1:]
    return {mode for mode, state in modes.items() if (state == "h") != (mode in ON_BY_DEFAULT)} | {*filter(None, shape)}


def assert_restored(app: Terminal) -> None:
    wait_until(lambda: app.modes() == app.modes_before)
    app.until(r"\x1b\[<u.*\x1b\[\?1049l.*\x1b\[\?25h")
    app.read_rest()
    assert modes_left_on(app.everything) == set()


def guard_of(pid: int) -> int:
    """The process that guards the terminal of an app."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    names = {Path(f"/proc/{child}/comm").read_text().strip(): int(child) for child in children}
    return names["tellme-terminal"]


def is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def test_killed_outright(opened: list[Terminal]) -> None:
    app = open_app(opened)
    assert modes_left_on(app.everything) > {"1049", "25", "1000", "2004"}
    guard = guard_of(app.process.pid)
    app.process.kill()
    assert_restored(app)
    wait_until(lambda: not is_running(guard))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_it_in_order(opened: list[Terminal], number: signal.Signals) -> None:
    app = open_app(opened)
    app.signal(number)
    assert app.ends() == 128 + number
    assert app.modes() == app.modes_before
    assert modes_left_on(app.everything) == set()


def test_a_second_signal_ends_it_at_once_and_the_guard_restores(opened: list[Terminal]) -> None:
    app = open_app(opened, *COMMAND, "stubborn")
    app.signal(signal.SIGTERM)
    app.until("not yet")
    app.signal(signal.SIGTERM)
    assert app.ends() == 143
    assert_restored(app)


def test_a_second_sighup_is_that_of_the_same_window(opened: list[Terminal]) -> None:
    app = open_app(opened, *COMMAND, "stubborn")
    app.signal(signal.SIGHUP)
    app.until("not yet")
    app.signal(signal.SIGHUP)
    app.type("still here")
    app.until("still here")
    app.signal(signal.SIGTERM)
    assert app.ends() == 129
    assert_restored(app)


def test_an_end_that_does_not_come_is_not_waited_for(opened: list[Terminal]) -> None:
    app = open_app(opened, *COMMAND, "stubborn", "impatient")
    app.signal(signal.SIGTERM)
    assert app.ends() == 143
    assert_restored(app)


def test_an_ordinary_end_leaves_no_guard(opened: list[Terminal]) -> None:
    app = open_app(opened)
    guard = guard_of(app.process.pid)
    app.type("\x11")
    assert app.ends() == 0
    assert not is_running(guard)
    assert app.modes() == app.modes_before
    assert app.everything.count("\x1b[?1049l") == 1, "nobody undoes it a second time"


def test_signals_of_the_terminal_and_to_all_of_its_processes_do_not_reach_the_guard(opened: list[Terminal]) -> None:
    app = open_app(opened)
    guard = guard_of(app.process.pid)
    assert os.getsid(guard) == guard
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        os.kill(guard, number)
    app.process.kill()
    assert_restored(app)


def test_without_its_guard_the_app_goes_on(opened: list[Terminal]) -> None:
    app = open_app(opened)
    os.kill(guard_of(app.process.pid), signal.SIGKILL)
    app.type("still here")
    app.until("still here")
    app.type("\x11")
    assert app.ends() == 0
    assert app.modes() == app.modes_before


@pytest.mark.parametrize("ignored", [False, True], ids=["", "nohup"])
def test_a_window_that_is_closed_ends_it(opened: list[Terminal], ignored: bool) -> None:
    trap = "trap '' HUP; " if ignored else ""
    app = open_app(opened, "bash", "-c", f"{trap}exec {sys.executable} {LITTLE_APP}")
    guard = guard_of(app.process.pid)
    app.hang_up()
    assert app.process.wait(30) == 128 + signal.SIGHUP
    wait_until(lambda: not is_running(guard))


def test_it_draws_on_stdout_wherever_stderr_leads(opened: list[Terminal], tmp_path: Path) -> None:
    app = open_app(opened, "bash", "-c", f"exec {sys.executable} {LITTLE_APP} 2> {tmp_path}/errors")
    app.type("\x11")
    assert app.ends() == 0
    assert (tmp_path / "errors").read_text() == ""


def test_stopped_from_outside_it_takes_the_terminal_again(opened: list[Terminal]) -> None:
    app = open_app(opened)
    app.signal(signal.SIGSTOP)
    wait_until(lambda: is_stopped(app.process.pid))
    app.set_modes(app.modes_before)
    app.signal(signal.SIGCONT)
    app.until(r"\x1b\[\?1049h")
    app.until(PICTURE)
    app.type("as before")
    app.until("as before")
    assert app.modes() != app.modes_before
    app.type("\x11")
    assert app.ends() == 0


class Shell:
    """Bash on a terminal, with job control."""

    PROMPT = "ready> "

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.terminal.until(self.PROMPT)

    def run(self, line: str, until: str = PROMPT) -> str:
        """Type a command and wait for what it shows, by default the next prompt."""
        self.terminal.type(f"{line}\r")
        return self.terminal.until(until)

    def suspend(self) -> None:
        self.terminal.type("\x1a")
        self.terminal.until(rf"\x1b\[\?1049l(.|\n)*Stopped(.|\n)*{self.PROMPT}")

    def job(self) -> int:
        """The process of the only job."""
        return int(re.findall(r"^\d+$", self.run("jobs -p"), re.MULTILINE)[0])


@pytest.fixture
def shell(opened: list[Terminal], tmp_path: Path) -> Shell:
    (tmp_path / "inputrc").write_text("set enable-bracketed-paste off\n")
    env = {"PS1": Shell.PROMPT, "HISTFILE": "", "INPUTRC": str(tmp_path / "inputrc")}
    opened.append(Terminal(["bash", "--norc", "--noprofile", "-i"], env))
    return Shell(opened[-1])


APP = " ".join(COMMAND)


def test_ctrl_z_gives_the_terminal_to_the_shell_and_fg_takes_it_back(shell: Shell) -> None:
    before = shell.run("stty -a").split("\n", 2)[2]
    shell.run(APP, until="type here")
    shell.suspend()
    assert modes_left_on(shell.terminal.everything) == set()
    assert shell.run("stty -a").split("\n", 2)[2] == before
    shell.terminal.resize(70, 20)
    shell.run("fg", until="[^▔]▔{68}[^▔]")
    shell.terminal.type("after it")
    shell.terminal.until("after it")
    shell.terminal.type("\x11")
    shell.terminal.until(Shell.PROMPT)
    assert modes_left_on(shell.terminal.everything) == set()


def test_in_the_background_it_waits_for_fg(shell: Shell) -> None:
    shell.run(APP, until="type here")
    shell.suspend()
    shell.run("bg")
    wait_until(lambda: is_stopped(shell.job()))
    shell.run("fg", until=PICTURE)
    shell.terminal.type("after it")
    shell.terminal.until("after it")


def test_what_was_started_with_it_stops_with_it(shell: Shell) -> None:
    shell.run(f"bash -c '{APP}; echo o''ver'", until="type here")
    shell.suspend()
    shell.run("fg", until=PICTURE)
    shell.terminal.type("\x11")
    shell.terminal.until(f"over\n(.|\n)*{Shell.PROMPT}")


def test_killed_while_suspended_the_terminal_is_the_shells(shell: Shell) -> None:
    shell.run(APP, until="type here")
    shell.suspend()
    guard = guard_of(shell.job())
    shown = shell.run("kill -9 %1")
    wait_until(lambda: not is_running(guard))
    shell.terminal.read_rest()
    assert "1049" not in shown + shell.terminal.seen


def test_without_a_shell_to_continue_it_ctrl_z_does_not_stop_it(opened: list[Terminal]) -> None:
    app = open_app(opened)
    app.type("\x1a")
    app.until(r"\x1b\[\?1049l")
    app.until(r"\x1b\[\?1049h")
    app.type("still here")
    app.until("still here")
