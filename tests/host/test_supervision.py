"""Supervision as a person meets it: a bot that uses up its time is ended whatever it does, and is back for the next."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tellme.host import turns
from tellme.host.host import Host
from tellme.model import Reply, TurnStatus

from ..conftest import is_running
from .conftest import run, say

SCRIPT = """
import os, re, signal
from tellme import Bot

bot = Bot("Busy")


@bot.reply
def reply(message):
    if message.text == "pid":
        return str(os.getpid())
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    {body}


bot.run()
"""

BODIES = {
    "loops in C and never lets go of the interpreter": 're.match(r"(a+)+$", "a" * 64 + "b")',
    "computes one number in C": "10 ** 10 ** 9",
    "has stopped itself": "os.kill(os.getpid(), signal.SIGSTOP)",
    "loops in a thread and in itself": "import threading; threading.Thread(target=lambda: [None for _ in iter(int, 1)])"
    ".start(); [None for _ in iter(lambda: 0, 1)]",
}


@pytest.mark.parametrize("what", BODIES)
def test_a_bot_that_uses_up_its_time_is_ended(
    what: str, add_bot: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = add_bot("Busy", ["bot.py"], timeout=1.0, retry=False)
    monkeypatch.setattr(turns, "CANCEL_GRACE_S", 0.1)
    (folder / "bot.py").write_text(SCRIPT.replace("{body}", BODIES[what]))

    async def body(host: Host) -> tuple[int, Reply, int]:
        before = int((await say(host, "Busy", "pid")).text)
        hung = await say(host, "Busy", "work")
        after = int((await say(host, "Busy", "pid")).text)
        assert not is_running(before), "the next one begins when it is gone"
        return before, hung, after

    before, hung, after = run(body)
    assert (hung.status, hung.error) == (TurnStatus.FAILED, "Busy gave no answer within 1 s")
    assert after not in (before, os.getpid())
