"""Storms for tests: a home with ten bots, a host in a process of its own that talks to them while they are killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tellme

from ..conftest import add_bot
from ..conftest import rows as rows

PROGRAMS = Path(__file__).parents[2] / "benchmarks" / "programs"
OWN = [f"Storm {number}" for number in range(6)]
BUILT_IN = [f"Sum {number}" for number in range(4)]
BOTS = OWN + BUILT_IN


def add_bots(home: Path, **env: str) -> None:
    """Add six bots of the user's own, which take a moment for an answer, and four that calculate."""
    for name in OWN:
        add_bot(home, name, [str(PROGRAMS / "storm_bot.py")], env={"MOMENT_S": "0.01", **env})
    config = "".join(f'[bots."{name}"]\nkind = "math"\n' for name in BUILT_IN)
    (home / "config.toml").write_text(config)


@contextmanager
def storming(home: Path, **plan: object) -> Iterator[subprocess.Popen[bytes]]:
    """Run the host for the length of a block; what it is told comes on its stdout."""
    wanted = {"bots": BOTS, "sessions": 2, "pause_s": 0, "kill_every_s": 0.02, **plan}
    environment = {**os.environ, "TELLME_HOME": str(home), "PYTHONPATH": str(Path(tellme.__file__).parents[1])}
    command = [sys.executable, str(PROGRAMS / "storm_host.py"), json.dumps(wanted)]
    with subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as host:
        try:
            yield host
        finally:
            host.kill()


def told(host: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    """Read what the host was told; half a line, where it was killed while it wrote, is nothing that it said."""
    assert host.stdout is not None
    for line in host.stdout:
        if line.endswith(b"\n"):
            yield json.loads(line)


def answered(home: Path, session: str) -> list[str]:
    """The messages of a session that were answered, in order: more than was told, where the host was killed between."""
    where = f"session = '{session}' and status = 'answered'"
    return [message for (message,) in rows(home, f"select message from turn where {where} order by seq")]


def deliveries(home: Path) -> Counter[str]:
    """Count how often each turn reached a bot of the user's own, as these bots noted it."""
    notes = (home / "data" / "bots").glob("*/deliveries")
    return Counter(turn for note in notes for turn in note.read_text().split())


def check_replies(turns: list[dict[str, Any]]) -> None:
    """Hold every answer against its message, its turn and what its session had been answered before."""
    so_far: dict[str, list[str]] = defaultdict(list)
    for turn in turns:
        reply, message = turn["reply"], turn["message"]
        assert (reply["session"], reply["turn"], reply["bot"]) == (turn["session"], turn["turn"], turn["bot"])
        assert turn["seen"] == reply["text"], "a reader saw something else than the reply"
        if reply["status"] == "failed":
            assert reply["error"].startswith(f"{turn['bot']} ")
            continue
        assert (reply["status"], reply["error"]) == ("answered", None)
        earlier = so_far[turn["session"]]
        if turn["bot"] in OWN:
            said = json.loads(reply["text"])
            assert (said["turn"], said["message"], said["earlier"]) == (turn["turn"], message, earlier)
        else:
            first, _, second = message.split()
            assert reply["text"] == str(int(first) + int(second))
        earlier.append(message)


def check_database(home: Path, turns: list[dict[str, Any]]) -> None:
    """Hold what is on disk against what was told: the same, and each turn once."""
    columns = "id, session, message, status, text, error, attempts, latency_ms"
    kept: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows(home, f"select {columns} from turn"):
        kept[row[0]].append(row)
    for turn in turns:
        of_reply = [turn["reply"][name] for name in ("status", "text", "error", "attempts", "latency_ms")]
        assert kept[turn["turn"]] == [(turn["turn"], turn["session"], turn["message"], *of_reply)]
    assert rows(home, "pragma integrity_check") == [("ok",)]
