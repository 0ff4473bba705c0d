"""``tellme``, ``start_session`` and ``resume``: what opens where, and that Typer and the quick reading agree on it."""

from __future__ import annotations

import os
import pty
import subprocess
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.cli import app
from tellme.cli.way_in import WayIn, enter, read
from tellme.errors import UsageError

from ..conftest import wait_until
from .conftest import PROGRAM, Result, rows, tellme

WORDS = ["start_session", "resume", "list", "Math", "7kq2", "Wall E", ""]
ARGUMENTS = st.lists(st.sampled_from([*WORDS, "--plain", "--", "--json", "-x", "--plan", "ask"]), max_size=4)


def by_typer(arguments: list[str]) -> WayIn | None:
    """What Typer reads, or ``None`` where it is something else or explains something."""
    try:
        call = app._read(arguments)
    except UsageError:
        return None
    if not isinstance(call, partial) or call.func is not enter:
        return None
    way = call.args[0]
    assert isinstance(way, WayIn)
    return way


@settings(max_examples=100, deadline=None, derandomize=True)
@given(ARGUMENTS)
def test_both_read_the_same(arguments: list[str]) -> None:
    quickly = read(arguments)
    if quickly is not None:
        assert quickly == by_typer(arguments)
    elif not {"--", "-x"} & {*arguments}:
        assert by_typer(arguments) is None, "what Typer takes needs no Typer"


@pytest.mark.parametrize(
    ("arguments", "way"),
    [
        ([], WayIn()),
        (["--plain"], WayIn(plain=True)),
        (["start_session", "Wall E"], WayIn(start="Wall E")),
        (["start_session", "Math", "--plain"], WayIn(start="Math", plain=True)),
        (["--plain", "start_session", "Math"], WayIn(start="Math", plain=True)),
        (["resume"], WayIn(resume="")),
        (["--plain", "resume", "7kq2"], WayIn(resume="7kq2", plain=True)),
    ],
)
def test_what_is_read(arguments: list[str], way: WayIn) -> None:
    assert read(arguments) == by_typer(arguments) == way


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["list"], ["start_session"], ["start_session", "A", "B"], ["resume", "-x"]]
)
def test_what_needs_an_explanation_is_left_to_typer(arguments: list[str]) -> None:
    assert read(arguments) is None


@pytest.mark.parametrize(
    ("arguments", "instead"),
    [
        (
            ["start_session", "Echo"],
            "'tellme start_session' needs a terminal. Here use 'tellme ask Echo --lines', or give 'start_session Echo' "
            "to a plain 'tellme' as the first line.",
        ),
        (
            ["start_session", "Wall E"],
            "'tellme start_session' needs a terminal. Here use 'tellme ask \"Wall E\" --lines', or give "
            "'start_session Wall E' to a plain 'tellme' as the first line.",
        ),
        (
            ["resume"],
            "'tellme resume' needs a terminal. Here use 'tellme resume --plain', or give '/resume' to a plain 'tellme' "
            "as the first line.",
        ),
        (
            ["resume", "7kq2"],
            "'tellme resume' needs a terminal. Here use 'tellme resume 7kq2 --plain', or give '/resume 7kq2' to a "
            "plain 'tellme' as the first line.",
        ),
    ],
)
def test_without_a_terminal_they_say_what_to_use_instead(
    echo: Path, home: Path, arguments: list[str], instead: str
) -> None:
    assert tellme(*arguments, stdin="hi\n") == Result("", f"tellme: {instead}\n", 2)
    assert rows(home, "SELECT * FROM session") == []


def test_what_they_name_works(echo: Path, home: Path) -> None:
    assert tellme("ask", "Echo", "--lines", stdin="hi\n").out == "hi\n"
    assert tellme(stdin="start_session Echo\nhi\n").out == "hi\n"
    assert tellme("start_session", "Echo", "--plain", stdin="hi\n").out == "hi\n"
    assert tellme("resume", "--plain", stdin="you\n").out == "you\n"
    (last,) = rows(home, "SELECT session FROM turn ORDER BY rowid DESC LIMIT 1")
    assert tellme("--plain", "resume", last[0], stdin="there\n").out == "there\n"


@pytest.mark.parametrize("term", ["dumb", "", "unknown", None])
@pytest.mark.parametrize("arguments", [[], ["start_session", "Echo"], ["resume"]])
def test_a_terminal_that_cannot_be_drawn_on(echo: Path, home: Path, term: str | None, arguments: list[str]) -> None:
    master, slave = pty.openpty()
    env = {name: value for name, value in os.environ.items() if name != "TERM"} | (
        {} if term is None else {"TERM": term}
    )
    try:
        done = subprocess.run(
            [*PROGRAM, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=subprocess.PIPE,
            env=env,
            timeout=60,
            check=False,
        )
    finally:
        os.close(slave)
        os.close(master)
    assert done.stderr.decode() == (
        f"tellme: This needs a terminal that can be drawn on (TERM is '{term or ''}'). 'tellme --plain' opens the "
        "shell line by line; 'tellme ask BOT' sends one message.\n"
    )
    assert done.returncode == 2
    assert not (home / "data").exists(), "nothing was begun"


def test_with_one_end_that_is_no_terminal_it_is_the_line_shell(echo: Path, home: Path) -> None:
    master, slave = pty.openpty()
    answer = home.parent / "answer"
    with open(answer, "wb") as out:
        program = subprocess.Popen(PROGRAM, stdin=slave, stdout=out, stderr=subprocess.DEVNULL)
        os.write(master, b"say it back\n")
        wait_until(answer.read_bytes)
        os.write(master, b"\x04")
        assert program.wait(30) == 0
    assert answer.read_bytes() == b"say it back\n"
    os.close(slave)
    os.close(master)


@pytest.mark.parametrize("arguments", [[], ["--plain"]])
def test_typer_is_not_loaded_on_the_way(arguments: list[str]) -> None:
    command = [PROGRAM[0], "-X", "importtime", *PROGRAM[1:], *arguments]
    done = subprocess.run(command, capture_output=True, input=b"", check=True)
    assert b"tellme.surfaces.line_shell" in done.stderr
    assert b"typer" not in done.stderr
