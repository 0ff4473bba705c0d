"""First usable paint: from the start of the program until a character that was typed is on its screen.

The character is typed at once, before the program has begun, and counts when it is shown on the program's own screen.
A bare Textual app with one ``Input``, run by the same interpreter, is the least that there can be.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from figures import Figure, Peer, compare, skipped
from home import PROGRAMS, tellme_program
from terminal import ENTER_SCREEN, Terminal
from timing import Command, in_turns

from tellme.paths import Paths

AGAINST_BARE = {"median": 1.2}
"""Issue 7: at most 1.2 times a bare Textual app with one ``Input``."""

AGAINST_ANCHORS = {"median": 1.0}
"""Issue 3: faster than every anchor that runs here."""

BARE = "a bare Textual app with one Input"
NAME = "first usable paint"
MARK = "§"
AGAIN_S = 0.01
"""How often a key is typed to a program that loses those that come before it is up."""

BREATH_S = 0.2
"""Between two programs: the bots of one that was killed end, too."""

Way = Callable[[], float]
"""Starts a program and returns how long it took, in milliseconds."""


class Anchor(NamedTuple):
    """A program to be faster than: from PATH, or the whole command in the environment variable of its name."""

    name: str
    arguments: tuple[str, ...] = ()
    has_input: bool = True
    """Is there something to type into at the start? Where not, anything that is shown counts."""

    def command(self, environ: Mapping[str, str]) -> Command | None:
        """Return the command line; ``None`` where it is not installed."""
        program, *arguments = shlex.split(environ.get(self.name.upper(), "")) or [self.name, *self.arguments]
        found = shutil.which(program)
        return [found, *arguments] if found else None


ANCHORS = (
    Anchor("toad", ("acp", "cat")),
    Anchor("posting"),
    Anchor("elia"),
    Anchor("oterm", has_input=False),
    Anchor("harlequin"),
)


def measure(home: Path, quiet: Path, quick: bool) -> list[Figure]:
    """Start the programs in turns: ours and the least there can be, then ours and the anchors.

    In ``home`` the bots start while the person reads, in ``quiet`` with their first message.
    """
    ours: dict[str, Way] = {NAME: partial(_tellme, home)}
    if not quick:
        ours[f"{NAME}, bots not started"] = partial(_tellme, quiet)
    times_ms = in_turns({**ours, BARE: _bare}, 3 if quick else 30, warmup=1, breath_s=BREATH_S)
    peer = Peer(BARE, times_ms[BARE], AGAINST_BARE)
    figures = [figure for name in ours for figure in compare(name, times_ms[name], [peer], "ms", ("median", "best"))]
    return [*figures, *_against_anchors(ours[NAME], rounds=1 if quick else 10)]


def _against_anchors(ours: Way, rounds: int) -> list[Figure]:
    commands = {anchor: anchor.command(os.environ) for anchor in ANCHORS}
    here = {anchor.name: partial(_anchor, anchor, command) for anchor, command in commands.items() if command}
    missing = [
        skipped(f"{NAME} against {anchor.name}", f"it is not on PATH, nor a command in {anchor.name.upper()}")
        for anchor in ANCHORS
        if anchor.name not in here
    ]
    if not here:
        return missing
    times_ms = in_turns({NAME: ours, **here}, rounds, warmup=1, breath_s=BREATH_S)
    peers = [Peer(name, times_ms[name], AGAINST_ANCHORS) for name in here]
    return [*compare(NAME, times_ms[NAME], peers, "ms", ("median",)), *missing]


def _bare() -> float:
    return _typed_at_once([sys.executable, str(PROGRAMS / "bare_textual.py")], os.environ)


def _tellme(home: Path) -> float:
    environ = {**os.environ, "TELLME_HOME": str(home)}
    Path(Paths.find(environ).tui_state).unlink(missing_ok=True)  # else what was typed last time may be shown again
    return _typed_at_once([tellme_program()], environ)


def _typed_at_once(command: Command, environ: Mapping[str, str]) -> float:
    began = time.perf_counter()
    with Terminal(command, environ) as terminal:
        terminal.type(MARK)
        terminal.wait_for(ENTER_SCREEN)
        terminal.wait_for(MARK)
        return (time.perf_counter() - began) * 1000


def _anchor(anchor: Anchor, command: Command) -> float:
    """Several anchors lose what is typed before they are up, so to them a key is typed again and again."""
    began = time.perf_counter()
    with Terminal(command) as terminal:
        terminal.wait_for(ENTER_SCREEN)
        if anchor.has_input:
            terminal.type_until_shown(MARK, AGAIN_S)
        else:
            terminal.wait_for_paint()
        return (time.perf_counter() - began) * 1000
