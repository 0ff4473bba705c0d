"""The steps of a check of a ``lines`` bot: whether an answer ends by the rules of its manifest, or else by which."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from tellme.host.checking.ending import end_of_input, memory
from tellme.host.checking.findings import Finding, said
from tellme.host.checking.record import Recorded
from tellme.model import BotSpec, LineRules, Plan, Question, ToolCall
from tellme.supervisor.lines_link import link_to
from tellme.supervisor.link import Died, Link, Refused
from tellme.text import clean
from tellme.wire.delegating import Answer, Ask

BANNER_S = 0.3
"""How long a program is given to say what it says before it is asked, and after it has answered."""

_LIVE = "A program that is a bot lives until its stdin ends."
_PTY = (
    'Many programs hold back what they print into a pipe: try pty = true, or ["stdbuf", "-oL", …] as the command. '
    'One that speaks the Agent Client Protocol needs protocol = "acp".'
)


async def check_lines(spec: BotSpec, process: Recorded, say: str) -> AsyncGenerator[Finding, None]:
    """Yield what is found, step by step."""
    link = link_to(process, spec.lines)
    ended = asyncio.ensure_future(process.wait())
    ended.add_done_callback(lambda end: None if end.cancelled() else link.fail(end.result().describe()))
    process.listen(link.feed)
    try:
        async with asyncio.timeout(spec.timeout):
            await link.initialize()
    except TimeoutError:
        text = f"it was not ready after {spec.timeout:g} s; it printed {said(process.since_mark)}"
        yield Finding(False, "greeting", text, advice(spec.lines, process.since_mark))
        return
    except (Died, Refused) as problem:
        yield Finding(False, "greeting", f"it {problem.reason}", _LIVE)
        return
    async with aclosing(_turns(spec, process, link, say)) as findings:
        async for finding in findings:
            yield finding
    if not ended.done():
        yield memory(process, spec)
        yield await end_of_input(process)


async def _turns(spec: BotSpec, process: Recorded, link: Link, say: str) -> AsyncGenerator[Finding, None]:
    has_rules = bool(spec.lines.prompt or spec.lines.end or spec.lines.quiet_s is not None)
    await asyncio.sleep(BANNER_S)
    if process.since_mark and not has_rules:
        text = f"it prints {said(process.since_mark)} before it is asked"
        yield Finding(False, "greeting", text, advice(spec.lines, process.since_mark))
    session = await link.new_session((), "check")
    for number in (1, 2):
        process.mark()
        finding = await _question(spec, process, link, session, say)
        yield finding
        if not finding.ok:
            return
        if number == 1 and not has_rules and (more := await _more_than_a_line(process)):
            yield Finding(False, "question", f"more came after the first line: {said(more)}", _MORE)
            return


_MORE = "Without a rule an answer is one line. Try prompt = '…', end = '…' or quiet = 0.3 (seconds of silence)."


async def _more_than_a_line(process: Recorded) -> str:
    await asyncio.sleep(BANNER_S)
    return process.since_mark.partition("\n")[2]


async def _question(spec: BotSpec, process: Recorded, link: Link, session: str, say: str) -> Finding:
    listener = _Listener()
    begun = time.monotonic()
    link.prompt(session, say, "check", listener)
    try:
        async with asyncio.timeout(spec.timeout):
            outcome = await listener.outcome
    except TimeoutError:
        text = f"no answer to {said(say)} had ended after {spec.timeout:g} s; it printed {said(process.since_mark)}"
        return Finding(False, "question", text, advice(spec.lines, process.since_mark))
    if isinstance(outcome, Refused):
        return Finding(False, "question", f"it {outcome.reason}")
    if isinstance(outcome, Died):
        return Finding(False, "question", f"it {outcome.reason}", _LIVE)
    took = f"{(time.monotonic() - begun) * 1000:.0f} ms"
    return Finding(True, "question", f"{said(say)} is answered with {said(''.join(listener.pieces))} after {took}")


def advice(rules: LineRules, printed: str) -> str:
    """Say which rule would tell where an answer ends, from what a program printed until it waited."""
    text = clean(printed)
    waits = text.rpartition("\n")[2]
    if not text.strip():
        return "Does it answer on stderr?" if rules.pty else _PTY
    if rules.prompt:
        return f"What it shows when it waits is {waits!r}; prompt = '{rules.prompt}' does not describe it."
    if waits.strip() and len(waits) <= 80:
        return f"It shows {waits!r} when it waits: try prompt = '{re.escape(waits.strip())}'."
    if rules.end:
        return f"No line of it is described by end = '{rules.end}'."
    return "Try quiet = 0.3: an answer has ended when nothing has come for so many seconds."


class _Listener:
    """Who hears what comes of a message; see ``TurnListener``."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.outcome: asyncio.Future[str | Died | Refused] = asyncio.get_running_loop().create_future()

    def piece(self, text: str) -> None:
        if len(self.pieces) < 1000:
            self.pieces.append(text)

    def stopped(self, outcome: str | Died | Refused) -> None:
        if not self.outcome.done():
            self.outcome.set_result(outcome)

    # A program of lines has none of these.

    def thought(self, text: str) -> None: ...

    def tool(self, call: ToolCall) -> None: ...

    def plan(self, plan: Plan) -> None: ...

    def question(self, question: Question, answer: Callable[[str | None], None]) -> None: ...

    def delegated(self, ask: Ask, answer: Callable[[Answer | str], None]) -> None: ...

    def leaving(self) -> None: ...
