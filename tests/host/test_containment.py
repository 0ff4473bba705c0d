"""Whatever a bot does: another one answers while and after, its failure names it, nothing is left, nothing grows."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tellme.host import turns
from tellme.host.host import Host
from tellme.model import Question, Reply, TurnStatus

from ..conftest import HOSTILE, is_running, wait_until
from .conftest import run, say

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="rests on /proc and the child subreaper of Linux")

Add = Callable[..., Path]

HANGS_S = 0.4
"""The timeout of bots that never answer."""
MAX_HOST_BYTES = 96 << 20
"""What a host may hold at most on behalf of one bot, ..."""
WITH_A_REPLY_BYTES = 256 << 20
"""... and together with a reply as long as one may be."""

NEVER_ANSWER = {
    *("hang", "hang-ignoring-everything", "spin", "stops-its-parent", "stops-itself", "closes-stdin"),
    *("half-a-line-then-silence", "flood-stdout", "flood-short-lines", "endless-line", "hang-on-start"),
    "ignores-cancel",
}
LIMITED = {"grow", "grow-in-a-child", "hides-its-name-and-grows"}
FLOODS = [
    *("flood-stdout", "flood-short-lines", "flood-chunks", "endless-line", "flood-stderr"),
    *("wants-very-much", "asks-very-much"),
]
NOT_ALONE = {"asks-and-dies", "asks-again-after-death", "asks-when-cancelled", "speaks-later"}
"""These need a person or a file: ``test_hostile_bots.py``."""

AT_THE_START = ["crash-on-start", "escapes-in-log", "bad-configuration", "hang-on-start", "speaks-another-version"]
ALL = [
    *AT_THE_START,
    *(
        mode
        for case in re.findall(r'^        case (".+"):$', HOSTILE.read_text(), re.MULTILINE)
        for mode in re.findall(r'"([-\w]+)"', case)
        if mode not in NOT_ALONE
    ),
]
"""The modes of the bot, read from its source, so that none is forgotten here."""


FAILS = {
    "crash": "exited with code 3",
    "segfault": "was killed by SIGSEGV",
    "close-stdout": "closed its stdout",
    "kills-its-parent": "lost its warden, which was killed",
    "exits-0-in-reply": "exited with code 0",
    "closes-stdin": "gave no answer within 0.4 s",
    "stops-itself": "gave no answer within 0.4 s",
    "half-a-line-then-silence": "gave no answer within 0.4 s",
    "grow-in-a-child": "passed its memory limit",
    "hides-its-name-and-grows": "passed its memory limit",
    "kills-spawner-and-warden": "lost its warden, which was killed",
    "kills-warden-and-spawner": "lost its warden, which was killed",
    "kills-its-parents-group": "lost its warden, which was killed",
    "terminates-its-parents-group": "was killed by SIGTERM",
    "escapes-in-log": "says that its configuration is wrong (exit code 78): the key is missing",
}


ANSWERS = {
    "closes-stderr": "fine",
    "huge-numbers": "fine",
    "nul-and-surrogates": "ab\ufffdc",
    "fork-bomb": "sixteen",
    "kills-the-spawner": "killed",
    "escapes-in-title": '{"outcome": "selected", "optionId": "n"}',
    "wants-a-terminal": "error -32601",
    "wants-very-much": "wanted",
    "asks-without-options": '{"outcome": "cancelled"}',
    "asks-after-the-turn": "done",
    "asks-very-much": "asked",
    "rewrites-its-log": "rewritten",
    "links-its-data-folder": "linked",
    "answers-ahead": "",
}


def options(mode: str, tmp_path: Path) -> dict[str, object]:
    """Return the keys of the bot's manifest."""
    return {
        "timeout": HANGS_S if mode in NEVER_ANSWER else 20.0,
        "retry": False,
        "env": {"PIDS": str(tmp_path / "pids"), "LOG": os.path.join(os.environ["TELLME_HOME"], "log", "foe.log")},
        **({"memory": "64 MiB"} if mode in LIMITED else {}),
    }


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bot that has had its time is given little more."""
    monkeypatch.setattr(turns, "CANCEL_GRACE_S", 0.1)


@pytest.mark.parametrize("mode", ALL)
def test_it_is_contained(mode: str, hostile: Add, tmp_path: Path) -> None:
    hostile(mode, **options(mode, tmp_path))
    hostile("echo", "Friend", env={"PIDS": str(tmp_path / "pids")})

    async def body(host: Host) -> tuple[Reply, list[str]]:
        friends = await host.open_session("Friend")
        await say(host, friends, "are you there?")
        foe = await host.say(await host.open_session("Foe"), "hello")
        answers = [(await say(host, friends, "meanwhile")).text]
        reply = await foe.reply()
        return reply, [*answers, (await say(host, friends, "afterwards")).text]

    reply, answers = run(body)
    assert answers == ["echo meanwhile", "echo afterwards"]
    assert (reply.status is TurnStatus.FAILED) is (reply.error is not None)
    assert reply.error is None or re.fullmatch(r"Foe [^\n\x1b\x9b]+", reply.error)
    assert FAILS.get(mode, "") in (reply.error or "")
    assert mode not in ANSWERS or (reply.error, reply.text) == (None, ANSWERS[mode])
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    wait_until(lambda: not any(map(is_running, pids)))


HOST = """
import asyncio, os
from tellme.host.open import open_host
from tellme.host.prepare import prepare

async def main():
    async with open_host(prepare(os.environ)) as host:
        await (await host.open_and_say("Foe", "hello")).reply()

asyncio.run(main())
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


@pytest.mark.parametrize("mode", FLOODS)
def test_a_host_stays_small(mode: str, hostile: Add, tmp_path: Path) -> None:
    hostile(mode, **options(mode, tmp_path))
    done = subprocess.run([sys.executable, "-c", HOST], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) * 1024 < (WITH_A_REPLY_BYTES if mode == "flood-chunks" else MAX_HOST_BYTES)


def test_the_catalogue_is_whole() -> None:
    assert len({*ALL}) >= 60
    assert {*NEVER_ANSWER, *LIMITED, *FLOODS, *FAILS, *ANSWERS} <= {*ALL}


@pytest.mark.parametrize("mode", ["crash", "kills-its-parent", "hang"])
def test_it_fails_in_the_nth_turn_and_answers_before_and_after(mode: str, hostile: Add, tmp_path: Path) -> None:
    hostile(mode, **(options(mode, tmp_path) | {"env": {"NTH": "3"}, "timeout": 1.0}))

    async def body(host: Host) -> list[str]:
        session = await host.open_session("Foe")
        return [(await say(host, session, str(number))).text for number in range(5)]

    # The bot that comes after is given the conversation before the message.
    assert [text.rpartition("\n")[2] for text in run(body)] == ["echo 0", "echo 1", "", "3", "echo 4"]


def test_a_bot_that_ignores_a_cancel_is_ended(hostile: Add) -> None:
    hostile("ignores-cancel", timeout=60.0, retry=True)

    async def body(host: Host) -> Reply:
        turn = await host.say(await host.open_session("Foe"), "hello")
        await anext(turn)
        turn.cancel()
        return await asyncio.wait_for(turn.reply(), 10)

    assert run(body).error == "Foe was cancelled"


def test_no_escape_of_a_questions_title_reaches_the_person(hostile: Add) -> None:
    hostile("escapes-in-title")
    asked: list[Question] = []

    async def choose(question: Question) -> str:
        asked.append(question)
        return "n"

    async def body(host: Host) -> Reply:
        return await (await host.say(await host.open_session("Foe"), "hello", choose)).reply()

    run(body)
    assert [question.title for question in asked] == ["May I?\nYes"]
