"""Math as the process that it is: what it loads, how it declines over the protocol, how large it gets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "bots" / "math"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
HEAVY = ["typing", "re", "fractions", "decimal", "dataclasses", "asyncio", "inspect", "logging"]
MIB = 1024 * 1024


def _modules_after(question: str) -> set[str]:
    code = f"import sys; from mathbot.engine import answer; answer({question!r}, {{}}); print('\\n'.join(sys.modules))"
    command = [sys.executable, "-S", "-c", code]
    done = subprocess.run(command, cwd=FOLDER, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_a_sum_loads_nothing_heavy() -> None:
    loaded = _modules_after("2+2")
    assert loaded.isdisjoint(HEAVY)
    assert loaded.isdisjoint(["mathbot.numbers.real", "mathbot.numbers.functions"])
    assert not any(name.startswith(("mathbot.quantities", "mathbot.solving", "mathbot.symbolic")) for name in loaded)


def test_a_conversion_does_not_load_equations() -> None:
    loaded = _modules_after("5 km in miles")
    assert loaded.isdisjoint(["mathbot.numbers.primes", "mathbot.numbers.enclosure"])
    assert not any(name.startswith(("mathbot.solving", "mathbot.symbolic")) for name in loaded)


class _Client:
    """Just enough of the protocol to ask."""

    def __init__(self) -> None:
        command = [sys.executable, str(FOLDER / "bot.py")]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, cwd=FOLDER, env=ENVIRONMENT, **pipes)
        self.count = 0
        self.call("initialize", {"protocolVersion": 1, "clientCapabilities": {}})

    def __enter__(self) -> _Client:
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        assert self.process.wait(timeout=30) == 0
        assert self.process.stdout
        self.process.stdout.close()

    def call(self, method: str, params: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """Return the result, and the text of the updates before it."""
        self.count += 1
        request = {"jsonrpc": "2.0", "id": self.count, "method": method, "params": params}
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        said = ""
        while True:
            message = json.loads(self.process.stdout.readline())
            if message.get("id") == self.count:
                return message["result"], said
            said += message["params"]["update"]["content"]["text"]

    def open(self, history: list[dict[str, str]] | None = None) -> str:
        """Open a session, with the turns of an earlier one if it had any."""
        params: dict[str, Any] = {"cwd": str(FOLDER), "mcpServers": []}
        if history:
            params["_meta"] = {"tellme": {"history": history}}
        session: str = self.call("session/new", params)[0]["sessionId"]
        return session

    def ask(self, session: str, text: str) -> tuple[str, str]:
        """Return how the turn stopped, and the reply."""
        prompt = [{"type": "text", "text": text}]
        result, said = self.call("session/prompt", {"sessionId": session, "prompt": prompt})
        return result["stopReason"], said


def test_answers_declines_and_remembers() -> None:
    with _Client() as client:
        session = client.open()
        assert client.ask(session, "2+2") == ("end_turn", "4")
        assert client.ask(session, "hello")[0] == "refusal"
        assert client.ask(session, "x = 5") == ("end_turn", "x = 5")
        assert client.ask(session, "2x") == ("end_turn", "10")
        assert client.ask(client.open(), "2x")[0] == "refusal"


def test_a_session_survives_the_process() -> None:
    history = [
        {"message": "x = 5", "text": "x = 5", "status": "answered"},
        {"message": "x = banana", "text": "…", "status": "declined"},
    ]
    with _Client() as client:
        assert client.ask(client.open(history), "2x") == ("end_turn", "10")


def test_stays_small_whatever_it_is_asked() -> None:
    questions = ["16000!/15999!", "pi to 1900 decimal places", "7^11000", "+".join(["1"] * 24_000), "first 5000 primes"]
    with _Client() as client:
        session = client.open()
        for question in [*questions, "9**9**9**9", "(" * 100_000, "is 10^300+331 prime", "sin(10^9000)"]:
            client.ask(session, question)
        status = Path(f"/proc/{client.process.pid}/status")
        if status.exists():
            peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
            assert int(peak.split()[1]) * 1024 < 64 * MIB
