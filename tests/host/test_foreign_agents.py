"""Agents on the protocol's official SDK are bots here as they are."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tellme.host.host import Host
from tellme.model import Question, Reply, TurnStatus
from tellme.supervisor import sandbox

from .conftest import run, say

OURS = Path(__file__).parents[1] / "wire" / "sdk_agent.py"
WORKS = Path(__file__).parents[1] / "supervisor" / "programs" / "works.py"
EXAMPLES = os.environ.get("SDK_EXAMPLES", "")
"""The folder of the SDK's own examples, which its wheel does not have; ``.ci/run`` takes it out of the source package.

Two of them are agents on stdio; the others are clients, or need a server or an account.
"""


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


@pytest.mark.skipif(not EXAMPLES, reason="SDK_EXAMPLES does not name the folder of the SDK's examples")
@pytest.mark.parametrize(
    ("example", "before"),
    [("echo_agent.py", ""), ("agent.py", "Client sent:")],
)
def test_the_sdks_own_agents_run_unmodified(add_bot: Callable[..., Path], example: str, before: str) -> None:
    add_bot("Example", [sys.executable, str(Path(EXAMPLES) / example)])

    async def body(host: Host) -> list[Reply]:
        session = await host.open_session("Example")
        return [await say(host, session, text) for text in ("Is anybody there?", "And now?")]

    assert [(reply.text, reply.status) for reply in run(body)] == [
        (f"{before}Is anybody there?", TurnStatus.ANSWERED),
        (f"{before}And now?", TurnStatus.ANSWERED),
    ]


BWRAP = shutil.which("bwrap")


@pytest.mark.skipif(
    sys.platform != "linux" or BWRAP is None or sandbox.why_not(BWRAP) is not None,
    reason="no sandbox works on this system",
)
@pytest.mark.parametrize("write", [True, False])
def test_what_an_agent_in_a_sandbox_is_granted_it_gets_through_tellme(
    add_bot: Callable[..., Path], tmp_path: Path, write: bool
) -> None:
    granted = tmp_path / "granted"
    granted.mkdir()
    (granted / "a").write_text("mine")
    (tmp_path / "secret").write_text("secret")
    grants = {"folder": str(granted), "read": True, "write": write, "terminal": True}
    add_bot("Worker", [sys.executable, str(WORKS)], sandbox=True, grants=grants, timeout=60)
    command = f"cat a {tmp_path}/secret 2>/dev/null; echo; echo new 2>/dev/null > b || echo no"
    steps = [["read", f"{granted}/a"], ["run", [command], {}]]
    read, (output, *_) = json.loads(run(lambda host: say(host, "Worker", json.dumps(steps))).text)
    assert read == "mine"
    assert output == ("mine\n" if write else "mine\nno\n")
    assert (granted / "b").exists() == write
