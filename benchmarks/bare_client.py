"""The least that a client of a bot can be: says one thing in a new session, and waits for the answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

from tellme.supervisor import run_script


def cold_start_ms(program: str, text: str, expected: str) -> float:
    """Start a bot from nothing, as tellme executes it, and return how long its answer took; its end is not counted."""
    command = [sys.executable, run_script.__file__, program]
    pipe = subprocess.PIPE
    began = time.perf_counter()
    with subprocess.Popen(command, bufsize=0, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as bot:
        assert bot.stdin is not None
        assert bot.stdout is not None
        answer = ask(bot.stdout.fileno(), bot.stdin.fileno(), text)
        took_ms = (time.perf_counter() - began) * 1000
    if answer != expected:
        raise RuntimeError(f"{program} answered {answer!r}")
    return took_ms


def ask(from_bot: int, to_bot: int, text: str) -> str:
    """Greet a bot, open a session and return what it answers. Raises ``EOFError`` where it ends before."""
    answers = _messages(from_bot)
    _send(to_bot, 1, "initialize", {"protocolVersion": 1, "clientCapabilities": {}})
    _send(to_bot, 2, "session/new", {"cwd": "/", "mcpServers": []})
    session = next(message for message in answers if message.get("id") == 2)["result"]["sessionId"]
    _send(to_bot, 3, "session/prompt", {"sessionId": session, "prompt": [{"type": "text", "text": text}]})
    said = ""
    for message in answers:
        if message.get("id") == 3:
            return said
        update = message.get("params", {}).get("update", {})
        if update.get("sessionUpdate") == "agent_message_chunk":
            said += update["content"]["text"]
    raise AssertionError("the messages end with an exception")


def _send(to_bot: int, number: int, method: str, params: Mapping[str, Any]) -> None:
    os.write(to_bot, json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode() + b"\n")


def _messages(from_bot: int) -> Iterator[dict[str, Any]]:
    partial = b""
    while data := os.read(from_bot, 65536):
        *lines, partial = (partial + data).split(b"\n")
        yield from map(json.loads, lines)
    raise EOFError("the bot has ended without an answer")
