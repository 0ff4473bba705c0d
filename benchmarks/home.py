"""A home that lasts for one run: tellme's files, a bot of our own, and an environment with nothing else in it."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tellme.host.catalogue import SETTLED_S

PROGRAMS = Path(__file__).parent / "programs"
ANCHORS = ("TOAD", "POSTING", "ELIA", "OTERM", "HARLEQUIN", "SUPERVISORD", "CIRCUSD", "RUNSV", "PYSPY", "TELLME_BINARY")
"""Variables that may name commands to measure against; of the environment they and PATH are kept."""


@contextmanager
def temporary_home() -> Iterator[Path]:
    """Make a home with the bot Echo in it, and the environment that leads there; both are gone afterwards."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="tellme-benchmarks-") as folder:
        home = Path(folder)
        os.environ.clear()
        os.environ.update({name: before[name] for name in ANCHORS if name in before})
        os.environ.update(PATH=before.get("PATH", os.defpath), LANG="C.UTF-8", HOME=folder, TELLME_HOME=folder)
        add_bot(home, "Echo", "echo_bot.py")
        settle()
        try:
            yield home
        finally:
            os.environ.clear()
            os.environ.update(before)


@contextmanager
def home_of(subject: str) -> Iterator[Path]:
    """Make a home inside the temporary one for a subject whose bots and turns should be in nobody else's way."""
    before = os.environ["TELLME_HOME"]
    home = Path(before) / subject
    home.mkdir()
    os.environ["TELLME_HOME"] = str(home)
    try:
        yield home
    finally:
        os.environ["TELLME_HOME"] = before


def add_bot(home: Path, name: str, program: str) -> None:
    """Add one of our programs as a bot of the user's own."""
    folder = home / "bots" / name.lower()
    folder.mkdir(parents=True)
    shutil.copy(PROGRAMS / program, folder / "bot.py")
    (folder / "bot.toml").write_text(f'name = "{name}"\ncommand = ["bot.py"]\n')


def settle() -> None:
    """Wait until the catalogue is old enough to be kept; before, each start reads the manifests anew."""
    time.sleep(SETTLED_S + 0.1)


def tellme_program() -> str:
    """Return the path of the installed command; the one beside this interpreter, if there is one."""
    beside = os.path.join(os.path.dirname(sys.executable), "tellme")
    found = beside if os.access(beside, os.X_OK) else shutil.which("tellme")
    if found is None:
        raise RuntimeError("tellme is not installed: 'pip install -e .' puts its command beside this interpreter")
    return found
