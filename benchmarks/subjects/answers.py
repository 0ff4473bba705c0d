"""What Math, English and Zen say to the questions in ``questions/``: right, declined or wrong, beside their peers.

Ours are asked through the host, each question in a session of its own. Plain ChatterBot is trained on its English
corpus; for Math it has its adapters for sums and, where pint is installed, for units instead, and what these leave is
declined. What ours did not answer right is listed on stderr.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import answer_key
from answer_key import Outcome, Question, Rule, Said
from figures import Figure, skipped
from home import PROGRAMS

from tellme.host.host import Host
from tellme.host.open import open_host
from tellme.host.prepare import prepare
from tellme.model import TurnStatus

QUICK = 5
"""Of so many questions one is asked in a quick run."""
QALC = ("qalc", "-t", "-s", "autoconversion 3")
"""The option keeps it from saying 3 mi + 188 yd + 0.2 ft where miles are asked for."""
PEER_SECONDS = 5.0
"""A peer that takes longer over a question is taken to decline it."""
_COURTESY = Path(__file__).parents[2] / "bots" / "english" / "englishbot" / "courtesy.yml"

Ask = Callable[[Question], Awaitable[Said]]
Outcomes = list[Outcome]


def measure(quick: bool) -> list[Figure]:
    """Ask all of them everything, at the same time: it is answers that count here, not their speed."""
    return asyncio.run(_measure(quick))


async def _measure(quick: bool) -> list[Figure]:
    async with open_host(prepare(os.environ)) as host:
        parts = await asyncio.gather(_math(host, quick), _english_and_zen(host, quick))
    return [figure for part in parts for figure in part]


async def _math(host: Host, quick: bool) -> list[Figure]:
    questions = _some(answer_key.read("math"), quick)
    rule = answer_key.is_same_result
    async with _chatterbot("Math", _calculating_adapters()) as chatterbot:
        ours, theirs, qalc = await asyncio.gather(
            _ours(host, "Math", questions, rule), _all(chatterbot, questions, rule), _all(_qalc(), questions, rule)
        )
    return _figures("Math", ours, {"qalc": qalc, "plain ChatterBot": theirs})


async def _english_and_zen(host: Host, quick: bool) -> list[Figure]:
    """Ask both beside the same ChatterBot, one after the other: to train it takes longer than to ask it."""
    zen = _some(answer_key.read("zen"), quick)
    if importlib.util.find_spec("chatterbot_corpus") is None:
        none = skipped("English: right, declined, wrong", "the corpus of ChatterBot is not installed")
        return [none, *_figures("Zen", await _ours(host, "Zen", zen, answer_key.begins_alike), {})]
    known = answer_key.corpus([*_corpus_files(), _COURTESY])
    english = _some(answer_key.with_answers(answer_key.read("english"), known), quick)
    async with _chatterbot("English", []) as chatterbot:
        figures = await _beside(chatterbot, host, "English", english)
        return figures + await _beside(chatterbot, host, "Zen", zen)


async def _beside(chatterbot: Ask | None, host: Host, bot: str, questions: Sequence[Question]) -> list[Figure]:
    rule = answer_key.begins_alike
    ours, theirs = await asyncio.gather(_ours(host, bot, questions, rule), _all(chatterbot, questions, rule))
    return _figures(bot, ours, {"plain ChatterBot": theirs})


def _some(questions: list[Question], quick: bool) -> list[Question]:
    return questions[::QUICK] if quick else questions


def _corpus_files() -> list[Path]:
    spec = importlib.util.find_spec("chatterbot_corpus")
    assert spec is not None
    assert spec.origin is not None
    return sorted((Path(spec.origin).parent / "data" / "english").glob("*.yml"))


def _figures(bot: str, ours: Outcomes, peers: dict[str, Outcomes | None]) -> list[Figure]:
    """Return how often each outcome was met, here and there; without any peer, here."""
    here, whole = answer_key.count(ours), f"of {len(ours)}"
    asked = {peer: answer_key.count(theirs) for peer, theirs in peers.items() if theirs is not None}
    missing = [
        skipped(f"{bot} against {peer}", "it is not installed") for peer, theirs in peers.items() if theirs is None
    ]
    alone = [Figure(f"{bot}: {outcome}", here[outcome], whole) for outcome in Outcome if not asked]
    beside = [
        Figure(f"{bot}: {outcome}", here[outcome], whole, peer, there[outcome])
        for peer, there in asked.items()
        for outcome in Outcome
    ]
    return [*alone, *beside, *missing]


async def _ours(host: Host, bot: str, questions: Sequence[Question], rule: Rule) -> Outcomes:
    """Ask one of our bots, and list what it did not answer right."""
    outcomes: Outcomes = []
    for question in questions:
        said = await _through_host(host, bot, question)
        outcomes.append(answer_key.outcome(question, said, rule))
        if outcomes[-1] is not Outcome.RIGHT:
            asked = answer_key.BETWEEN_TURNS.join(question.turns)
            print(f"{bot} {outcomes[-1]} [{question.group}] {asked!r}: {said.text!r}", file=sys.stderr)
    return outcomes


async def _through_host(host: Host, bot: str, question: Question) -> Said:
    """Ask as a person does. A turn that fails is no decline: nothing accepts its error."""
    session = await host.open_session(bot)
    for turn in question.turns:
        reply = await (await host.say(session, turn)).reply()
    return Said(reply.error or reply.text, reply.status is TurnStatus.DECLINED)


async def _all(ask: Ask | None, questions: Sequence[Question], rule: Rule) -> Outcomes | None:
    """Ask a peer; ``None`` where there is no such peer."""
    if ask is None:
        return None
    return [answer_key.outcome(question, await ask(question), rule) for question in questions]


def _qalc() -> Ask | None:
    return _ask_qalc if shutil.which("qalc") else None


async def _ask_qalc(question: Question) -> Said:
    """Ask in a process of its own, as a person at a prompt; what it gives back as it was asked it has declined."""
    pipe = asyncio.subprocess.PIPE
    asked = question.turns[-1]
    several = ["-f", "/dev/stdin"] if len(question.turns) > 1 else [asked]
    child = await asyncio.create_subprocess_exec(*QALC, *several, stdin=pipe, stdout=pipe, stderr=pipe)
    lines = "\n".join(question.turns).replace(" = ", " := ") if len(question.turns) > 1 else ""
    try:
        out, _ = await asyncio.wait_for(child.communicate(lines.encode()), PEER_SECONDS)
    except TimeoutError:
        child.kill()
        await child.wait()
        return Said("", declined=True)
    said = out.decode(errors="replace").strip()
    is_error = "error" in said or "undefined" in said or not said
    return Said(said.splitlines()[-1] if said else "", is_error or said.replace(" ", "") == asked.replace(" ", ""))


def _calculating_adapters() -> list[str]:
    units = ["chatterbot.logic.UnitConversion"] if importlib.util.find_spec("pint") else []
    return ["chatterbot.logic.MathematicalEvaluation", *units]


@asynccontextmanager
async def _chatterbot(bot: str, adapters: Sequence[str]) -> AsyncIterator[Ask | None]:
    """Start plain ChatterBot, on a database of its own for each bot that it is asked beside."""
    if importlib.util.find_spec("chatterbot") is None:
        yield None
        return
    chatterbot = _Chatterbot(os.path.join(os.environ["HOME"], f"plain_chatterbot_{bot}.sqlite3"), adapters)
    try:
        yield chatterbot.ask
    finally:
        await chatterbot.end()


class _Chatterbot:
    """A process of plain ChatterBot; one that computes 10^10^10 for ever is ended, and begun again for the next."""

    def __init__(self, database: str, adapters: Sequence[str]) -> None:
        self._command = [sys.executable, str(PROGRAMS / "plain_chatterbot.py"), database, *adapters]
        self._child: asyncio.subprocess.Process | None = None

    async def ask(self, question: Question) -> Said:
        text: str | None = None
        for turn in question.turns:
            child = self._child = self._child or await self._start()
            try:
                line = await asyncio.wait_for(_exchange(child, turn), PEER_SECONDS)
            except TimeoutError:
                await self.end()
                return Said("", declined=True)
            text = json.loads(line)["text"]
        return Said(text or "", declined=text is None or "undefined" in text)

    async def end(self) -> None:
        if self._child is not None:
            self._child.kill()
            await self._child.wait()
            self._child = None

    async def _start(self) -> asyncio.subprocess.Process:
        pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        child = await asyncio.create_subprocess_exec(*self._command, stdin=pipe, stdout=pipe, stderr=nowhere)
        assert child.stdout is not None
        await child.stdout.readline()  # it is trained
        return child


async def _exchange(child: asyncio.subprocess.Process, turn: str) -> bytes:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(turn.encode() + b"\n")
    line = await child.stdout.readline()
    if not line:
        raise RuntimeError(f"plain ChatterBot has ended at {turn!r}")
    return line
