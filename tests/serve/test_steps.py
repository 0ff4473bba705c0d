"""What a bot does on its way to a reply is shown by ``ask`` on a terminal, with a ``tellme serve`` as without one."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

from ..cli.conftest import PROGRAM
from ..conftest import add_bot
from .conftest import Serve
from .test_remote_features import WORKER


def on_a_terminal(*arguments: str) -> list[str]:
    """Run the program on a terminal of its own; returns the lines that it shows there."""
    ours, its = pty.openpty()
    with subprocess.Popen(
        [*PROGRAM, *arguments], stdin=its, stdout=its, stderr=its, env={**os.environ, "TERM": "dumb"}
    ):
        os.close(its)
        shown = b""
        try:
            while piece := os.read(ours, 4096):
                shown += piece
        except OSError:  # how Linux says that the other end is closed
            pass
        finally:
            os.close(ours)
    return shown.decode().splitlines()


def test_steps_are_shown_the_same(serve: Serve, home: Path) -> None:
    (add_bot(home, "Worker", [sys.executable, "worker.py"]) / "worker.py").write_text(WORKER)
    without = on_a_terminal("ask", "Worker", "work")
    assert without == ["Plan: Look", "○ Read  read", "✓ Read  read", "Done."]
    serve()
    assert on_a_terminal("ask", "Worker", "work") == without
    piped = subprocess.run([*PROGRAM, "ask", "Worker", "work"], capture_output=True, check=True)
    assert (piped.stdout, piped.stderr) == (b"Done.\n", b"")
