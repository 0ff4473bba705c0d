"""Zen, and the folder of English that it shares code with, on its path."""

from __future__ import annotations

import sys
from pathlib import Path

BOTS = Path(__file__).parents[3] / "bots"
for name in ("english", "zen"):
    sys.path.insert(0, str(BOTS / name))
