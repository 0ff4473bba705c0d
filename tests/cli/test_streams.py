"""The ends of the pipe: closed, full, endless, or held by a reader who went away."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import PROGRAM, Result, Start, rows, tellme

MEMORY_BYTES = 120 * 2**20
"""The program takes some 35 MiB; what must not happen is that 100 MB of input are held."""

MEASURED = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
sys.exit(code)
"""
"""Runs a command and says how much memory it took at most, in bytes. Not the tests' own process does so, because to
Linux a child has held from the first what its parent held when it was started.
"""


def shell(command: str) -> Result:
    """Run a line of Bash in which ``tellme`` is the program; its code is that of ``tellme``, wherever in a pipe."""
    line = f'tellme() {{ {" ".join(PROGRAM)} "$@"; }}; {command}; exit ${{code:-${{PIPESTATUS[0]}}}}'
    done = subprocess.run(["bash", "-c", line], capture_output=True, timeout=30, stdin=subprocess.DEVNULL, check=False)
    return Result(done.stdout.decode(), done.stderr.decode(), done.returncode)


@pytest.mark.parametrize("command", ["ask Echo hi", "ask Echo hi --json", "list", "--version", "--help"])
def test_a_full_stdout_is_one_line_and_exit_code_3(echo: Path, command: str) -> None:
    done = shell(f"tellme {command} > /dev/full")
    assert done.err.splitlines()[-1] == "tellme: Standard output cannot be written: No space left on device."
    assert "Traceback" not in done.err
    assert done.code == 3


def test_a_closed_stdout_fails_and_no_file_takes_its_place(echo: Path, home: Path) -> None:
    done = shell("tellme ask Echo hi >&-")
    assert done == ("", "tellme: Standard output cannot be written: Bad file descriptor.\n", 3)
    assert rows(home, "SELECT text FROM turn") == [("hi",)]


def test_a_closed_stdin_is_an_empty_one(echo: Path) -> None:
    assert shell("tellme ask Echo hi <&-") == ("hi\n", "", 0)
    assert shell("tellme ask Echo <&-").code == 2
    assert shell("tellme ask Echo --lines <&-").code == 0
    assert shell("tellme <&-").code == 0


def test_a_closed_stderr_costs_nothing_but_what_would_stand_there(echo: Path) -> None:
    assert shell("tellme ask Echo hi 2>&-") == ("hi\n", "", 0)
    assert shell("tellme ask Nobody hi 2>&-") == ("", "", 2)
    assert shell("tellme ask Echo hi <&- >&- 2>&-").code == 3


def test_a_stdin_that_cannot_be_read_is_wrong_usage(echo: Path) -> None:
    # Open for writing only: Python itself refuses to start on a directory.
    for command in ("ask Echo", "ask Echo --lines", ""):
        done = shell(f"tellme {command} 0> /dev/null")
        assert (done.out, done.code) == ("", 2)
        assert done.err.splitlines()[-1] == "tellme: Standard input cannot be read: Bad file descriptor."


@pytest.mark.parametrize(
    "command",
    [
        "tellme ask Echo 'repeat 200000 abc' | head -c 3",
        "yes abc | tellme ask Echo --lines | head -1",
        "yes /help | tellme | head -1",
    ],
)
def test_a_reader_that_goes_away_ends_it_quietly(echo: Path, command: str) -> None:
    place = command.split("|").index(next(part for part in command.split("|") if "tellme" in part))
    done = shell(f"{command}; code=${{PIPESTATUS[{place}]}}")
    assert done.out.strip()
    assert done.err == ""
    assert done.code == 128 + signal.SIGPIPE


def test_a_reader_that_goes_away_from_a_list_or_from_help(echo: Path) -> None:
    assert shell("tellme list | true").code in (0, 128 + signal.SIGPIPE)
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as nobody:
        for command in ("list", "--help"):
            done = tellme(command, capture_output=False, stdout=nobody, stderr=subprocess.PIPE)
            assert "Broken" not in done.err
            assert done.code == 128 + signal.SIGPIPE


def test_a_message_of_a_mebibyte_passes_and_one_byte_more_does_not(echo: Path, home: Path) -> None:
    longest = "count " + "x" * (2**20 - 6)
    assert tellme("ask", "Echo", stdin=f"{longest}\n").out == f"{2**20}\n"
    refused = tellme("ask", "Echo", stdin=f"{longest}y")
    assert (refused.out, refused.code) == ("", 2)
    assert "1,048,576" in refused.err
    assert rows(home, "SELECT count(*) FROM turn") == [(1,)]


@pytest.mark.parametrize("options", [[], ["--lines"]])
def test_a_stdin_of_100_mb_is_refused_and_not_held(echo: Path, options: list[str]) -> None:
    command = [sys.executable, "-c", MEASURED, *PROGRAM, "ask", "Echo", *options]
    done = subprocess.run(command, capture_output=True, input=b"z" * 100_000_000, timeout=30, check=False)
    assert b"1 MiB" in done.stderr
    assert done.returncode == 2
    assert int(done.stdout.split()[-1]) < MEMORY_BYTES


def test_a_stdout_that_does_not_block_gets_the_whole_reply(echo: Path, start: Start) -> None:
    read, write = os.pipe()
    os.set_blocking(write, False)
    process = start("ask", "Echo", "repeat 300000 abc", stdin=subprocess.DEVNULL, stdout=write)
    os.close(write)
    with os.fdopen(read, "rb") as reader:
        assert reader.read() == b"abc" * 300_000 + b"\n"
    assert process.wait(30) == 0
