"""The TUI in a terminal: its first usable paint, how keys echo under load, and what memory it takes then."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import tui_load
import tui_paint
from figures import Figure
from home import add_bot, settle, tellme_program


def measure(quick: bool) -> list[Figure]:
    """Measure first what it takes to be there, then what it is like to be there."""
    home = Path(os.environ["TELLME_HOME"])
    add_bot(home, "Flood", "flood_bot.py")
    quiet = home / "quiet"
    quiet.mkdir()
    (quiet / "config.toml").write_text("[tui]\nstart_bots = false\n")
    subprocess.run([tellme_program(), "ask", "English", "Hello"], check=True, capture_output=True)  # which trains it
    settle()
    return [*tui_paint.measure(home, quiet, quick), *tui_load.measure(quick)]
