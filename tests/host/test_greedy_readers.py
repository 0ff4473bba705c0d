"""A bot that asks for more than it reads costs the others nothing, and gets it all when it does read."""

from __future__ import annotations

import asyncio
import resource
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tellme.host.host import Host
from tellme.model import Reply, TurnStatus

from .conftest import run, say

READER = """
import json, os, signal, sys

count, path, taken = int(sys.argv[1]), sys.argv[2], 0
for line in sys.stdin.buffer:
    message = json.loads(line)
    if message.get("method") == "initialize":
        result = {"protocolVersion": 1}
    elif message.get("method") == "session/new":
        result = {"sessionId": "s"}
    elif message.get("method") == "session/prompt":
        prompt = message["id"]
        read = {"jsonrpc": "2.0", "method": "fs/read_text_file", "params": {"sessionId": "s", "path": path}}
        for number in range(count):
            os.write(1, json.dumps({**read, "id": f"r{number}"}).encode() + b"\\n")
        if sys.argv[3] == "never":
            signal.pause()
        continue
    elif "method" not in message:
        taken += len(message["result"]["content"])
        if message["id"] != f"r{count - 1}":
            continue
        content = {"type": "text", "text": str(taken)}
        update = {"sessionId": "s", "update": {"sessionUpdate": "agent_message_chunk", "content": content}}
        print(json.dumps({"jsonrpc": "2.0", "method": "session/update", "params": update}))
        message, result = {"id": prompt}, {"stopReason": "end_turn"}
    else:
        continue
    print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}), flush=True)
"""


@pytest.fixture
def add_reader(add_bot: Callable[..., Path], tmp_path: Path) -> Callable[..., None]:
    """Add a bot that asks for a file so many times before it looks at any answer, if it ever does."""
    (tmp_path / "reader.py").write_text(READER)

    def add(count: int, size: int, reads: str, **keys: object) -> None:
        (tmp_path / "file").write_bytes(b"\1" * size)
        command = [sys.executable, str(tmp_path / "reader.py"), str(count), str(tmp_path / "file"), reads]
        add_bot("Reader", command, grants={"folder": str(tmp_path), "read": True}, **keys)

    return add


def test_a_bot_that_reads_no_answer_keeps_no_other_waiting(
    add_bot: Callable[..., Path], add_reader: Callable[..., None]
) -> None:
    add_reader(490, 4 * 1024 * 1024, "never", timeout=1.5, retry=False)
    add_bot("Shout", ["sed", "-u", "s/.*/\\U&/"], protocol="lines")

    async def body(host: Host) -> tuple[Reply, float]:
        other = await host.open_session("Shout")
        await say(host, other, "wake up")
        reading = asyncio.create_task(say(host, "Reader", "read"))
        waited_ms = 0.0
        while not reading.done():
            waited_ms = max(waited_ms, (await say(host, other, "hello")).latency_ms)
        return await reading, waited_ms

    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reply, waited_ms = run(body)
    assert reply.error == "Reader gave no answer within 1.5 s"
    assert waited_ms < 1_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 200 * 1024


def test_a_bot_that_reads_late_gets_all_and_is_not_accused(add_reader: Callable[..., None]) -> None:
    add_reader(10, 1024 * 1024, "late")  # 60 MiB as JSON
    reply = run(lambda host: say(host, "Reader", "read"))
    assert (reply.text, reply.status, reply.error) == (str(10 * 1024 * 1024), TurnStatus.ANSWERED, None)
