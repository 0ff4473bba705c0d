"""Copying: the terminal's own way, the desktop's programs, and neither of them holding up the app."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import signal
import time
from pathlib import Path

import pytest

from tellme.tui.terminal import clipboard
from tellme.tui.terminal.clipboard import MAX_OSC_52, copy

from ..conftest import is_running, wait_until

KEEPS = "#!/bin/sh\ncat > {file}\n"
LINGERS = "#!/bin/sh\ncat > {file}\nsleep 60 & echo $! > {file}.pid\n"
HANGS = "#!/bin/sh\necho $$ > {file}.pid\nexec sleep 60\n"
REFUSES = "#!/bin/sh\nexit 1\n"


class Desk:
    """A terminal to write to, and programs that stand in for those of a desktop."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written = ""
        self.environ = {"PATH": f"{folder}:/usr/bin:/bin", "TERM": "xterm-256color"}

    def add(self, name: str, script: str) -> Path:
        """Add a program; returns the file that it writes."""
        file = self.folder / f"{name}.out"
        program = self.folder / name
        program.write_text(script.format(file=file))
        program.chmod(0o700)
        return file

    def copy(self, text: str, **environ: str) -> str:
        def write(sequence: str) -> None:
            self.written += sequence

        return asyncio.run(copy(write, text, {**self.environ, **environ}))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "bin").mkdir()
    return Desk(tmp_path / "bin")


def decoded(sequence: str) -> str:
    match = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", sequence)
    assert match, sequence
    return base64.b64decode(match[1]).decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x", "Copied 1 character."),
        ("é字\n\x1b[31m", "Copied 8 characters."),
        ("ab" * 1000, "Copied 2,000 characters."),
    ],
)
def test_the_terminal_gets_it_as_osc_52(desk: Desk, text: str, said: str) -> None:
    assert desk.copy(text) == said
    assert decoded(desk.written) == text


def test_half_a_character_is_no_reason_to_fail(desk: Desk) -> None:
    desk.copy("a\ud800b")
    assert decoded(desk.written) == "a?b"


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"DISPLAY": ":0"}, "xclip"),
        ({"DISPLAY": ":0"}, "xsel"),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "wl-copy"),
        ({"TMUX": "/tmp/tmux-0/default,1,0"}, "tmux"),
    ],
)
def test_the_clipboards_program_gets_it_too(desk: Desk, environ: dict[str, str], name: str) -> None:
    desk.environ["PATH"] = str(desk.folder)
    file = desk.add(name, KEEPS.replace("cat", "/bin/cat"))
    assert desk.copy("$(touch x) 'é'", **environ) == "Copied 14 characters."
    assert file.read_text() == "$(touch x) 'é'"


def test_without_a_display_no_program_is_asked(desk: Desk) -> None:
    file = desk.add("xclip", KEEPS)
    desk.copy("hello")
    assert not file.exists()


def test_in_tmux_and_screen_the_sequence_is_wrapped(desk: Desk) -> None:
    desk.copy("hi", TMUX="/nowhere,1,0")
    assert desk.written.startswith("\x1bPtmux;\x1b\x1b]52;c;aGk=\a\x1b\\")
    desk.written = ""
    desk.copy("hi" * 500, TERM="screen")
    chunks = desk.written.removeprefix("\x1bP").removesuffix("\x1b\\").split("\x1b\\\x1bP")
    assert decoded("".join(chunks)) == "hi" * 500
    assert len(chunks) > 1


def test_what_is_too_long_for_a_terminal_goes_to_the_program_alone(desk: Desk) -> None:
    text = "x" * MAX_OSC_52
    assert desk.copy(text).startswith("Not copied: 100,000 characters are more than a terminal takes")
    desk.add("xclip", REFUSES)
    assert desk.copy(text, DISPLAY=":0").startswith("Not copied")
    file = desk.add("xclip", KEEPS)
    assert desk.copy(text, DISPLAY=":0") == "Copied 100,000 characters."
    assert file.read_text() == text
    assert desk.written == ""


def test_a_program_that_stays_to_serve_the_clipboard_is_not_waited_for(desk: Desk) -> None:
    file = desk.add("xclip", LINGERS)
    began = time.monotonic()
    assert desk.copy("hello", DISPLAY=":0") == "Copied 5 characters."
    assert time.monotonic() - began < clipboard.PATIENCE_S
    pid = int(file.with_name("xclip.out.pid").read_text())
    assert is_running(pid)
    os.kill(pid, signal.SIGKILL)


def test_a_program_that_hangs_is_ended(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipboard, "PATIENCE_S", 0.1)
    pid = desk.add("xclip", HANGS).with_name("xclip.out.pid")
    assert desk.copy("x" * 10**6, DISPLAY=":0").startswith("Not copied")
    wait_until(lambda: not is_running(int(pid.read_text())))
