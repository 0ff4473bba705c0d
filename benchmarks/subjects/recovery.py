"""Recovery: from kill -9 of a bot that is ready to its next answer, asked for at once.

A built-in kind (Math) and a bot of the user's own (Echo) by tellme, each beside its own cold start: the same program,
started from nothing by a bare client. The same Echo is kept alive by other supervisors, on a socket instead of pipes.
Each of tellme's bots is killed once, the others' again and again, after more than the second that they want it to stay.
"""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import MappingProxyType

import bare_client
from figures import Figure, Peer, compare, skipped
from home import add_bot, home_of, settle
from supervisors import SUPERVISORS, SocketBot, Supervisor, kept, started

from tellme.host.host import Host
from tellme.host.open import open_host
from tellme.host.prepare import prepare

LIMITS = {"Math": {"median": 0.3}, "Echo": {"median": 1.3}}
"""Issue 5: at most so many times the bot's own cold start."""

ANSWERS = {"Math": ("2+2", "4"), "Echo": ("hi", "hi")}
STAY_S = 1.2

Times = dict[str, list[float]]
"""Kind → milliseconds."""


def measure(quick: bool) -> list[Figure]:
    """Measure ours, then each of the others that is here; takes more than a minute, when quick half of one."""
    rounds = 5 if quick else 20
    with home_of("recovery") as home:
        for number in range(rounds):
            add_bot(home, f"Echo {number}", "echo_bot.py")
        maths = "".join(f'[bots."Math {number}"]\nkind = "math"\n' for number in range(rounds))
        (home / "config.toml").write_text(maths)
        settle()
        returns_ms, colds_ms = asyncio.run(_by_tellme(rounds))
    figures = [
        figure
        for kind, limits in LIMITS.items()
        for figure in _compare(f"{kind}'s next answer", returns_ms[kind], "its cold start", colds_ms[kind], limits)
    ]
    for supervisor in SUPERVISORS:
        figures += _beside(supervisor, returns_ms["Echo"], 2 if quick else supervisor.rounds)
    return figures


async def _by_tellme(rounds: int) -> tuple[Times, Times]:
    """Kill one bot of each kind after the other, once each; between them the kind is started from nothing."""
    returns_ms: Times = {kind: [] for kind in ANSWERS}
    colds_ms: Times = {kind: [] for kind in ANSWERS}
    async with open_host(prepare(os.environ)) as host:
        for number in range(rounds):
            for kind, (text, expected) in ANSWERS.items():
                name = f"{kind} {number}"
                returns_ms[kind].append(await _return_ms(host, name, text, expected))
                spec = host.find(name)
                program = os.path.join(spec.folder, spec.command[0])
                colds_ms[kind].append(bare_client.cold_start_ms(program, text, expected))
    return returns_ms, colds_ms


async def _return_ms(host: Host, name: str, text: str, expected: str) -> float:
    session = await host.open_session(name)
    await (await host.say(session, text)).reply()
    pid = (await host.status(name)).pid
    assert pid is not None
    began = time.perf_counter()
    os.kill(pid, signal.SIGKILL)
    reply = await (await host.say(session, text)).reply()
    took_ms = (time.perf_counter() - began) * 1000
    if reply.text != expected:
        raise RuntimeError(f"{name} answered {reply.text!r} ({reply.error})")
    return took_ms


def _beside(supervisor: Supervisor, ours_ms: Sequence[float], rounds: int) -> list[Figure]:
    """Have another supervisor keep Echo alive, and kill it as often."""
    if not supervisor.find():
        return [skipped(f"Echo's next answer by {supervisor.name}", f"{supervisor.program} is not installed")]
    text, expected = ANSWERS["Echo"]
    theirs_ms, colds_ms = [], []
    with kept(supervisor) as bot:
        bot.ask(text)
        for number in range(rounds):
            # So long that the bot counts as started; the moments of those that look now and then are spread.
            time.sleep(STAY_S + number / rounds)
            bot.kill()
            theirs_ms.append(_answer_ms(bot, text, expected))
            colds_ms.append(_cold_start_ms())
    return [
        *_compare("Echo's next answer", ours_ms, supervisor.name, theirs_ms),
        *_compare(f"Echo's next answer by {supervisor.name}", theirs_ms, "its cold start", colds_ms),
    ]


def _cold_start_ms() -> float:
    """Start what the others keep alive from nothing."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, closing(SocketBot(Path(folder))) as bot, started(bot.command):
        _answer_ms(bot, *ANSWERS["Echo"])
        return (time.perf_counter() - began) * 1000


def _answer_ms(bot: SocketBot, text: str, expected: str) -> float:
    began = time.perf_counter()
    answer = bot.ask(text)
    took_ms = (time.perf_counter() - began) * 1000
    if answer != expected:
        raise RuntimeError(f"{answer!r} came back instead of {expected!r}")
    return took_ms


def _compare(
    name: str,
    ours: Sequence[float],
    peer: str,
    theirs: Sequence[float],
    limits: Mapping[str, float] = MappingProxyType({}),
) -> list[Figure]:
    return compare(name, ours, [Peer(peer, theirs, limits)], "ms", ("median", "max"))
