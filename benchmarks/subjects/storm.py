"""A storm: 2,000 turns in 100 sessions with ten bots, a random one of which is killed outright every 100 ms for 30 s.

The host runs in a process of its own and prints what it was told; what each turn was told is held against what it was
asked, against the database, and against what the bots noted themselves. Beside it stands the same without kills.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from figures import Figure, Peer, compare
from home import PROGRAMS, add_bot, home_of, settle

OWN = [f"Storm {number}" for number in range(6)]
SUMS = [f"Sum {number}" for number in range(4)]
SESSIONS = 10
KILL_EVERY_S = 0.1
CALM = "the same without kills"

Told = Mapping[str, Any]
"""What ``storm_host.py`` says of one turn."""


class Account(NamedTuple):
    """What became of the turns of one run."""

    asked: int
    told: Sequence[Told]
    kills: int
    lost: int
    """Asked and never told, or told and not kept as it was told."""
    doubled: int
    """Told or kept twice, shown in part twice, or brought to the bot more often than was said."""
    misrouted: int
    """Answered with something that belongs to another message, turn or session, or that forgets what was said."""
    unexplained: int
    """Failed without a reason, or declined."""

    def count(self, status: str) -> int:
        return sum(turn["reply"]["status"] == status for turn in self.told)

    @property
    def tried_again(self) -> int:
        return sum(turn["reply"]["attempts"] > 1 for turn in self.told)

    @property
    def latencies_ms(self) -> list[float]:
        return [turn["reply"]["latency_ms"] for turn in self.told]


def measure(quick: bool) -> list[Figure]:
    """Run it calm and stormy; takes two minutes, when quick twenty seconds."""
    storm_s, turns = (5, 4) if quick else (30, 20)
    calm = _run("calm", storm_s, turns, kills=0)
    storm = _run("storm", storm_s, turns, kills=round(storm_s / KILL_EVERY_S))
    return [
        Figure("turns in the storm", storm.asked, "", CALM, calm.asked),
        Figure("bots killed", storm.kills),
        *_faults("", storm),
        *_faults(", without kills", calm),
        Figure("tried again", storm.tried_again, "", "turns", storm.asked),
        Figure("failed, the reason told and kept", storm.count("failed"), "", "turns", storm.asked),
        *compare("a turn", storm.latencies_ms, [Peer(CALM, calm.latencies_ms)], "ms", ("p50", "p99", "max")),
    ]


def _faults(where: str, account: Account) -> list[Figure]:
    return [
        Figure(f"{name.replace('_', ' ')}{where}", getattr(account, name), "", "turns", account.asked, 0.0)
        for name in ("lost", "doubled", "misrouted", "unexplained")
    ]


def _run(name: str, storm_s: float, turns: int, kills: int) -> Account:
    """Run one host in a home of its own. The turns are spread over the time of the storm."""
    bots = OWN + SUMS
    plan = {"bots": bots, "sessions": SESSIONS, "turns": turns, "pause_s": storm_s / turns}
    plan |= {"kills": kills, "kill_every_s": KILL_EVERY_S, "seed": 1}
    with home_of(name) as home:
        for bot in OWN:
            add_bot(home, bot, "storm_bot.py")
        (home / "config.toml").write_text("".join(f'[bots."{bot}"]\nkind = "math"\n' for bot in SUMS))
        settle()
        command = [sys.executable, str(PROGRAMS / "storm_host.py"), json.dumps(plan)]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
        *told, last = map(json.loads, done.stdout.splitlines())
        return account(told, len(bots) * SESSIONS * turns, last["kills"], home)


def account(told: Sequence[Told], asked: int, kills: int, home: Path) -> Account:
    """Hold what was told against what was asked, kept and delivered."""
    kept = _kept(home)
    deliveries = _deliveries(home)
    once = {turn["turn"]: turn for turn in told}
    as_told = [turn for turn in once.values() if _row(turn) in kept[turn["turn"]]]
    doubled = [
        turn
        for turn in once.values()
        if len(kept[turn["turn"]]) > 1
        or turn["seen"] != turn["reply"]["text"]
        or deliveries[turn["turn"]] > turn["reply"]["attempts"]
    ]
    return Account(
        asked=asked,
        told=told,
        kills=kills,
        lost=asked - len(as_told),
        doubled=len(told) - len(once) + len(doubled) + max(0, len(kept) - asked),
        misrouted=_misrouted(told),
        unexplained=sum(turn["reply"]["status"] != "answered" and not turn["reply"]["error"] for turn in told),
    )


def _kept(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    kept: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    with closing(sqlite3.connect(home / "data" / "tellme.db")) as connection:
        if (found := connection.execute("pragma integrity_check").fetchone()[0]) != "ok":
            raise RuntimeError(f"the database is damaged: {found}")
        for row in connection.execute("select id, session, message, status, text, error, attempts from turn"):
            kept[row[0]].append(row)
    return kept


def _row(turn: Told) -> tuple[Any, ...]:
    """How a turn should stand on disk."""
    reply = turn["reply"]
    told = (reply[name] for name in ("status", "text", "error", "attempts"))
    return turn["turn"], turn["session"], turn["message"], *told


def _deliveries(home: Path) -> Counter[str]:
    notes = (home / "data" / "bots").glob("*/deliveries")
    return Counter(turn for note in notes for turn in note.read_text().split())


def _misrouted(told: Sequence[Told]) -> int:
    """Count the replies that are not what this message should be answered with, in this turn of this session."""
    answered: dict[str, list[str]] = defaultdict(list)
    count = 0
    for turn in told:
        reply, earlier = turn["reply"], answered[turn["session"]]
        fits = (reply["session"], reply["turn"], reply["bot"]) == (turn["session"], turn["turn"], turn["bot"])
        if reply["status"] == "answered":
            fits = fits and _is_right(turn, earlier)
            earlier.append(turn["message"])
        count += not fits
    return count


def _is_right(turn: Told, earlier: Sequence[str]) -> bool:
    text, message = turn["reply"]["text"], turn["message"]
    if turn["bot"] in SUMS:
        return bool(text == str(sum(int(number) for number in message.split(" + "))))
    try:
        said = json.loads(text)
        return bool((said["turn"], said["message"], said["earlier"]) == (turn["turn"], message, earlier))
    except (ValueError, LookupError, TypeError):  # parts of two answers, or something else altogether
        return False
