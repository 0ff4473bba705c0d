"""Bots of the Bot API that say things back, as real processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

StartBot = Callable[[str], tuple[Any, str]]

ROOT = Path(__file__).parents[2]

SAY_BACK = """
@bot.reply
def reply(message):
    return message.text
"""
ASYNC_SAY_BACK = SAY_BACK.replace("def reply", "async def reply")
BOTH = pytest.mark.parametrize("keyword", ["def", "async def"])


def run(source: str, tmp_path: Path, **options: Any) -> subprocess.CompletedProcess[bytes]:
    program = tmp_path / "bot.py"
    program.write_text(source)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, str(program)], env=environment, stderr=subprocess.PIPE, timeout=60, check=False, **options
    )
