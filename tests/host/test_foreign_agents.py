"""Agents on the protocol's official SDK are bots here as they are."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tellme.host.host import Host
from tellme.model import Question, Reply, TurnStatus

from .conftest import run, say

OURS = Path(__file__).parents[1] / "wire" / "sdk_agent.py"
ECHO_AGENT = os.environ.get("ECHO_AGENT", "")
"""The SDK's own example, which its wheel does not have; ``.ci/run`` takes it out of the source package."""


def test_an_agent_on_the_official_sdk_answers(add_bot: Callable[..., Path]) -> None:
    add_bot("Foreign", [sys.executable, str(OURS)])

    async def body(host: Host) -> list[str]:
        session = await host.open_session("Foreign")
        return [(await say(host, session, text)).text for text in ("hello there", "ask")]

    hello, asked = run(body)
    assert hello == "hellothere"
    assert "n" in asked


def test_the_person_answers_what_a_foreign_agent_asks(add_bot: Callable[..., Path]) -> None:
    add_bot("Foreign", [sys.executable, str(OURS)])
    asked: list[str] = []

    async def choose(question: Question) -> str:
        asked.append(question.title)
        return "y"

    async def body(host: Host) -> Reply:
        return await (await host.say(await host.open_session("Foreign"), "ask", choose)).reply()

    assert run(body).status is TurnStatus.ANSWERED
    assert asked == ["Delete all"]


@pytest.mark.skipif(not ECHO_AGENT, reason="ECHO_AGENT does not name the SDK's examples/echo_agent.py")
def test_the_sdks_own_echo_agent_runs_unmodified(add_bot: Callable[..., Path]) -> None:
    add_bot("Echo", [sys.executable, ECHO_AGENT])
    assert run(lambda host: say(host, "Echo", "Is anybody there?")).text == "Is anybody there?"
