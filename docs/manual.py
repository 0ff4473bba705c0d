"""Makes what follows from the commands: ``python docs/manual.py`` writes ``tellme/cli/pages.json``, ``docs/tellme.1``.

To be run after a change of a command; tests hold both to what Typer knows.
"""

from __future__ import annotations

from pathlib import Path

from tellme.cli import gather
from tellme.cli.manual import manual

if __name__ == "__main__":
    gather.write()
    (Path(__file__).parent / "tellme.1").write_text(manual(gather.gather()), encoding="utf-8")
