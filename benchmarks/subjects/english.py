"""English against plain ChatterBot, both trained on the same corpus: their answers, question by question in turns, the
memory of both after them, and the time until they are ready.

English is asked through the host, as a person asks it: the way there and back and the store are in its figures. Of
plain ChatterBot only ``get_response`` is counted. Ready is English when ``tellme ask`` has its first answer and is at
its end, with no host running before; plain ChatterBot when it is imported and started, and it answers nothing.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

from figures import STATISTICS, Figure, Peer, compare, skipped
from home import PROGRAMS, tellme_program
from timing import interleaved

from subjects.memory import SMAPS, memory_of
from tellme.host.host import Host
from tellme.host.open import open_host
from tellme.host.prepare import prepare

AGAINST_PLAIN = {"p50": 0.1, "p99": 0.1}
"""Issue 2: at least ten times faster."""

AT_MOST_MS = {"p50": 5, "p99": 20}
MEMORY_AGAINST_PLAIN = 1.2
"""Issue 4, these two."""
READY_AGAINST_PLAIN = {"median": 1.1}
"""Issue 7: importing ChatterBot and opening its trained database is what plain ChatterBot does until it is ready."""

PLAIN = "plain ChatterBot"
FIRST_QUESTION = "How are you?"

FROM_THE_CORPUS = (
    "What was the first computer",
    "How are you?",
    "How far is the sun",
    "How many hearts does an octopus have?",
    "Tell me a joke",
    "Who invented the lightbulb",
    "What are your interests",
    "What is your favorite book?",
    "Do androids dream of electric sheep",
    "My printer is not printing.",
    "Galileo was the citizen of which country?",
    "What is ultrasound",
    "What's up?",
    "Can you write a priority queue in Python?",
    "Are you sad",
    "Who is Geoffrey Chaucer",
    "You are not honest",
    "What kind of history",
    "Do you know gossip",
    "Why can you not eat?",
)
NOT_IN_IT = (
    "When does the last train to Leeds leave tonight?",
    "My sister has a new bicycle, and it is red",
    "qwertz",
    "Which of the two contracts did we sign in March?",
    "How do I get wax out of a carpet",
)
"""What people also type; the answer should be that it does not know."""

Answer = Callable[[str], Awaitable[float]]
"""Asks a question; returns how long the answer took, in milliseconds."""


class Asked(NamedTuple):
    """Something that answers."""

    answer: Answer
    pid: int


def measure(quick: bool) -> list[Figure]:
    """Train both, then ask both the same questions."""
    if importlib.util.find_spec("chatterbot") is None:
        return [skipped("English against plain ChatterBot", "ChatterBot is not installed")]
    figures = asyncio.run(_measure(_quick_questions() if quick else _questions()))
    return [*figures, *_ready(rounds=3 if quick else 15)]


def _ready(rounds: int) -> list[Figure]:
    """Time both from nothing, now that their databases are trained."""
    ours, theirs = f"ask English {FIRST_QUESTION!r}", "plain ChatterBot until it is ready"
    commands = {
        ours: [tellme_program(), "ask", "English", FIRST_QUESTION],
        theirs: [sys.executable, str(PROGRAMS / "plain_chatterbot.py"), _database()],
    }
    wall = {name: [run.wall_ms for run in runs] for name, runs in interleaved(commands, rounds).items()}
    return compare(ours, wall[ours], [Peer(theirs, wall[theirs], READY_AGAINST_PLAIN)], "ms", ("median",))


def _questions() -> list[str]:
    """Ask as the corpus has it, carelessly, and politely."""
    asked = (*FROM_THE_CORPUS, *NOT_IN_IT)
    return [form(text) for form in (str, str.lower, _careless, _polite) for text in asked]


def _quick_questions() -> list[str]:
    return [*FROM_THE_CORPUS[:6], *map(_careless, FROM_THE_CORPUS[6:10]), *NOT_IN_IT[:3]]


def _careless(text: str) -> str:
    """Leave out punctuation and capitals, and swap two letters of the longest word."""
    words = text.lower().rstrip("?.!").split()
    longest = max(words, key=len)
    return " ".join(words).replace(longest, longest[:2] + longest[3:1:-1] + longest[4:], 1)


def _polite(text: str) -> str:
    return f"Could you please tell me: {text}"


async def _measure(questions: Sequence[str]) -> list[Figure]:
    async with _plain() as plain, open_host(prepare(os.environ)) as host:
        english = await _english(host)
        ours: list[float] = []
        theirs: list[float] = []
        for question in questions:
            ours.append(await english.answer(question))
            theirs.append(await plain.answer(question))
        memory = _memory(english.pid, plain.pid)
    name = "English, an answer through the host"
    against_limit = [
        Figure(f"{name}, {statistic}", STATISTICS[statistic](ours), "ms", "the limit of issue 4", most_ms, 1.0)
        for statistic, most_ms in AT_MOST_MS.items()
    ]
    peer = Peer(PLAIN, theirs, AGAINST_PLAIN)
    return [*compare(name, ours, [peer], "ms", ("p50", "p99")), *against_limit, memory]


def _memory(ours: int, theirs: int) -> Figure:
    name = "English, PSS after these questions"
    if not os.path.exists(SMAPS):
        return skipped(name, "this system has no /proc/PID/smaps_rollup")
    return Figure(name, memory_of(ours).pss, "MiB", PLAIN, memory_of(theirs).pss, MEMORY_AGAINST_PLAIN)


async def _english(host: Host) -> Asked:
    session = await host.open_session("English")

    async def answer(question: str) -> float:
        began = time.perf_counter()
        reply = await (await host.say(session, question)).reply()
        taken_ms = (time.perf_counter() - began) * 1000
        if reply.error:
            raise RuntimeError(reply.error)
        return taken_ms

    await answer("Hello")  # trains it, where nothing is kept yet
    pid = next(status.pid for status in await host.bots() if status.name == "English")
    assert pid is not None
    return Asked(answer, pid)


def _database() -> str:
    return os.path.join(os.environ["HOME"], "plain_chatterbot.sqlite3")


@asynccontextmanager
async def _plain() -> AsyncIterator[Asked]:
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        sys.executable, str(PROGRAMS / "plain_chatterbot.py"), _database(), stdin=pipe, stdout=pipe
    )
    assert child.stdin is not None
    assert child.stdout is not None
    to_child, from_child = child.stdin, child.stdout

    async def answer(question: str) -> float:
        to_child.write(question.encode() + b"\n")
        line = await from_child.readline()
        if not line:
            raise RuntimeError("plain ChatterBot has ended; what it wrote to stderr says why")
        return float(json.loads(line)["ms"])

    try:
        await from_child.readline()  # it is trained
        await answer("Hello")
        yield Asked(answer, child.pid)
    finally:
        to_child.close()
        await child.wait()
