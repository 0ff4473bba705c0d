"""A blank line is no message, and yet a program with a prompt can be sent one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tellme.host.host import Host
from tellme.model import BotCommand

from ..cli.conftest import tellme
from .conftest import run, say

RULES = {"protocol": "lines", "prompt": r"(>>>|\.\.\.) "}


@pytest.mark.parametrize("pty", [False, True], ids=["pipes", "pty"])
def test_enter_ends_a_block_of_python(add_bot: Callable[..., Path], pty: bool) -> None:
    # On pipes its prompts go to stderr.
    shell = ["sh", "-c", f"exec {sys.executable} -q -i 2>&1"]
    add_bot("Python", [sys.executable, "-q", "-i"] if pty else shell, **RULES, pty=pty)

    async def body(host: Host) -> list[str]:
        session = await host.open_session("Python")
        assert await host.commands(session) == (BotCommand("enter", "Send an empty line."),)
        return [(await say(host, session, text)).text for text in ("for i in 3, 4: i", "/enter", "/enter", "5")]

    assert run(body) == ["", "3\n4", "", "5"]


def test_it_is_a_command_in_the_shell_too(add_bot: Callable[..., Path]) -> None:
    add_bot("Python", [sys.executable, "-q", "-i"], **RULES, pty=True)
    assert tellme(stdin="start_session Python\nfor i in 3, 4: i\n\n/enter\n").out == "\n3\n4\n"
