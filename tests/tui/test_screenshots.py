"""README's pictures come from real runs: the command that makes them works."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "docs" / "screenshots.py"


def test_a_picture_is_made(tmp_path: Path) -> None:
    subprocess.run([sys.executable, SCRIPT, tmp_path, "narrow"], check=True, timeout=50)
    picture = (tmp_path / "narrow.svg").read_text()
    assert "18446744073709551616" in picture
    assert "@font-face" not in picture
