"""What a page of the documentation shows, to be run: fenced blocks of files, and transcripts in which ``…`` stands for
what may differ.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"(?:#|//) (\S+\.\w+)\n")


class Block(NamedTuple):
    """A fenced block."""

    language: str
    text: str

    @property
    def file(self) -> str | None:
        """The path that its first line names, if it is a file to write."""
        named = _NAMED.match(self.text)
        return named[1] if named else None


class Step(NamedTuple):
    """One command of a transcript, and what it shows."""

    command: str
    output: str


def blocks(page: str) -> list[Block]:
    """Return the fenced blocks of a page, or of a part of it."""
    return [Block(*found) for found in _FENCE.findall(page)]


def sections(page: str) -> dict[str, str]:
    """Return the parts of a page below its headings of the second rank that have any blocks, by heading."""
    parts = re.split(r"^## (.*)\n", page, flags=re.MULTILINE)
    return {heading: text for heading, text in zip(parts[1::2], parts[2::2], strict=True) if blocks(text)}


def steps(block: Block) -> Iterator[Step]:
    """Yield the commands of a transcript in order."""
    for step in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, output = step.partition("\n")
        yield Step(command, output)


def shell(command: str, folder: Path | None = None) -> str:
    """Run a command as a reader would who has tellme on the path; returns what it says on stdout."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path},
        timeout=90,
        cwd=folder,
        check=False,
    )
    return done.stdout


def check(step: Step, folder: Path | None = None) -> None:
    """Run a step, and see that it shows what the page says."""
    pattern = "".join(_pattern(line) for line in step.output.splitlines(keepends=True))
    said = shell(step.command, folder)
    assert said.strip()
    assert re.fullmatch(pattern, said), said


def _pattern(line: str) -> str:
    """Return what a line that is shown stands for: ``…`` for anything in it, or as a line of its own for any lines."""
    return r"(?:.*\n)*" if line == "…\n" else ".*".join(map(re.escape, line.split("…")))
