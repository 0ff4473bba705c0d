"""What the spawner loads for built-in bots beyond the SDK, once it is plain that more than one process will want it.

A built-in bot that has a ``warm.py`` beside its ``bot.py`` says with it what all of its processes load. Forks made
later start with that, and with the script compiled, in memory that they share.
"""

from __future__ import annotations

import os
import sys

from tellme.supervisor import run_script

WARM = "warm.py"


def preload() -> None:
    """Run each ``warm.py``; where one cannot be, its bot starts as slowly as before, and says why."""
    root = _builtin_bots()
    try:
        folders = [os.path.join(root, name) for name in sorted(os.listdir(root))]
    except OSError:
        return
    for folder in folders:
        if os.path.exists(os.path.join(folder, WARM)):
            sys.path.insert(0, folder)
            try:
                exec(run_script.compile_script(os.path.join(folder, WARM)), {"__name__": "warm"})
                script = os.path.join(folder, "bot.py")
                run_script.compiled[script] = run_script.compile_script(script)
            except (ImportError, OSError, SyntaxError):
                continue
            finally:
                sys.path.remove(folder)


def _builtin_bots() -> str:
    """As ``tellme.paths`` has it, which would load more than it finds."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    installed = os.path.join(package, "bots")
    return installed if os.path.isdir(installed) else os.path.join(os.path.dirname(package), "bots")
