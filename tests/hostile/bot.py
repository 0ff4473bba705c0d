"""A bot that misbehaves in the way that its first argument names. It speaks ACP by hand, so that it can break it.

With ``NTH=n`` in its environment it misbehaves in the nth turn of its life, else in every one. ``ONCE=path`` makes it
misbehave only while that file does not exist, and create it: the process that comes after behaves.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import Any


def send(message: dict[str, Any]) -> None:
    raw(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")


def raw(data: bytes) -> None:
    while data:
        data = data[os.write(1, data) :]


def chunk(session: str, text: str) -> None:
    content = {"type": "text", "text": text}
    update = {"sessionUpdate": "agent_message_chunk", "content": content}
    send({"method": "session/update", "params": {"sessionId": session, "update": update}})


def end(number: object, reason: str = "end_turn") -> None:
    send({"id": number, "result": {"stopReason": reason}})


def ask(session: str) -> None:
    options = [
        {"optionId": "y", "name": "Yes\x1b[31m", "kind": "allow_once"},
        {"optionId": "n", "name": "No", "kind": "reject_once"},
    ]
    params = {"sessionId": session, "toolCall": {"toolCallId": "1", "title": "May I?"}, "options": options}
    send({"id": "question", "method": "session/request_permission", "params": params})


def answer() -> Any:
    """Wait for the answer to ``ask``, whatever else comes."""
    while True:
        result = json.loads(sys.stdin.readline()).get("result")
        if result is not None:
            return result["outcome"]


def hang() -> None:
    while True:
        signal.pause()


def misbehave(mode: str, number: object, session: str) -> None:
    match mode:
        case "crash":
            os._exit(3)
        case "crash-in-reply":
            chunk(session, "half an ans")
            os._exit(3)
        case "segfault":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "hang":
            hang()
        case "hang-ignoring-everything":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            hang()
        case "spin":
            while True:
                pass
        case "close-stdout":
            os.close(1)
            hang()
        case "garbage":
            raw(b"\x00\xff\xfe garbage {]\n{}\n[]\n[1,2]\nnull\n" * 3)
            chunk(session, "still here")
            end(number)
        case "half-a-line":
            raw(b'{"jsonrpc":"2.0","id":')
            os._exit(0)
        case "wrong-id":
            end("no such request")
            end(987654)
            chunk(session, "right")
            end(number)
        case "answers-twice":
            chunk(session, "once")
            end(number)
            chunk(session, "and again")
            end(number)
        case "wrong-session":
            chunk("somebody else's", "not for you")
            chunk(session, "for you")
            end(number)
        case "no-stop-reason":
            send({"id": number, "result": {}})
        case "unknown-stop-reason":
            end(number, "because")
        case "stop-reason-of-a-wrong-type":
            send({"id": number, "result": {"stopReason": 7}})
        case "max-tokens":
            chunk(session, "as far as it")
            end(number, "max_tokens")
        case "error":
            send({"id": number, "error": {"code": -32603, "message": "boom\x1b[31m\nand more"}})
        case "broken-update":
            send({"method": "session/update", "params": {"sessionId": session, "update": {"sessionUpdate": 5}}})
            send({"method": "session/update", "params": {"update": None}})
            chunk(session, "fine")
            end(number)
        case "unknown-update":
            update = {"sessionUpdate": "of_the_future", "x": 1}
            send({"method": "session/update", "params": {"sessionId": session, "update": update}})
            chunk(session, "fine")
            end(number)
        case "escapes":
            chunk(session, "\x1b]0;owned\x07\x1b[31mred\x1b[0m \x9b2J\x1b")
            chunk(session, "[2Jplain\r\n\u202etxt.exe")
            end(number)
        case "flood-stdout":
            line = b"x" * 1023 + b"\n"
            while True:
                raw(line * 64)
        case "flood-short-lines":
            while True:
                raw(b"x\n" * 30_000)
        case "flood-chunks":
            while True:
                chunk(session, "y" * 10_000)
        case "endless-line":
            raw(b'{"jsonrpc":"2.0","id":1,"result":"')
            while True:
                raw(b"z" * 65536)
        case "exits-after-each-answer":
            chunk(session, "done")
            end(number)
            os._exit(0)
        case "flood-when-idle":
            chunk(session, "soon")
            end(number)
            while True:
                chunk(session, "y" * 1000)
        case "flood-stderr":
            line = b"e" * 1023 + b"\n"
            for _ in range(200):
                os.write(2, line * 1024)
            chunk(session, "survived")
            end(number)
        case "grow":
            kept = []
            while True:
                kept.append(bytearray(16 * 2**20))
                for at in range(0, len(kept[-1]), 4096):
                    kept[-1][at] = 1
        case "fork-and-daemonise":
            for _ in range(2):
                if os.fork() == 0:
                    os.setsid()
                    if os.fork() == 0:
                        report_pid()
                        hang()
                    os._exit(0)
            subprocess.Popen(["sh", "-c", 'echo $$ >> "$PIDS"; trap "" TERM HUP; while :; do sleep 60; done'])
            chunk(session, "forked")
            end(number)
        case "reads-a-file":
            send({"id": 1, "method": "fs/read_text_file", "params": {"sessionId": session, "path": "/etc/passwd"}})
            refusal = json.loads(sys.stdin.readline())
            chunk(session, f"error {refusal['error']['code']}")
            end(number)
        case "asks":
            ask(session)
            chunk(session, json.dumps(answer()))
            end(number)
        case "asks-and-dies":
            ask(session)
            os._exit(3)
        case "asks-when-cancelled":
            chunk(session, "on and on")
            assert json.loads(sys.stdin.readline())["method"] == "session/cancel"
            ask(session)
            chunk(session, json.dumps(answer()))
            end(number, "cancelled")
        case "asks-again-after-death":
            ask(session)
            if not os.path.exists("died"):
                with open("died", "x"):
                    pass
                os._exit(3)
            chunk(session, json.dumps(answer()))
            end(number)
        case "speaks-later":
            end(number)
            while not os.path.exists("go"):
                time.sleep(0.005)
            chunk(session, "by the\x1b[31m way\nmore")
        case "asks-too-much":
            for _ in range(150):
                ask(session)
            chunk(session, str({json.dumps(answer()) for _ in range(40)}))
            end(number)
        case "environment":
            chunk(session, json.dumps(dict(os.environ)))
            end(number)
        case "kills-its-parent":
            os.kill(os.getppid(), signal.SIGKILL)
            hang()
        case "stops-its-parent":
            os.kill(os.getppid(), signal.SIGSTOP)
            hang()
        case "big":
            chunk(session, "b" * 5_000_000)
            end(number)
        case "invalid-utf-8":
            raw(b'{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"\xff"}}\n')
            chunk(session, "fine")
            end(number)
        case "deep":
            raw(b"[" * 100_000 + b"\n")
            chunk(session, "fine")
            end(number)
        case _:
            raise SystemExit(f"unknown mode {mode}")


def report_pid() -> None:
    with open(os.environ["PIDS"], "a") as file:
        file.write(f"{os.getpid()}\n")


def behave(number: object, session: str, text: str, turn: str) -> None:
    if text == "pid":
        text = str(os.getpid())
    elif text == "turn":
        text = turn
    chunk(session, f"echo {text}")
    end(number)


def main(mode: str) -> None:
    if "PIDS" in os.environ:
        report_pid()
    if mode == "crash-on-start":
        sys.exit("cannot go on")
    if mode == "bad-configuration":
        print("the key is missing", file=sys.stderr, flush=True)
        sys.exit(78)
    if mode == "hang-on-start":
        hang()
    nth, turns, sessions = int(os.environ.get("NTH", 0)), 0, 0
    for line in sys.stdin:
        message = json.loads(line)
        number, params = message.get("id"), message.get("params", {})
        match message.get("method"):
            case "initialize":
                version = 99 if mode == "speaks-another-version" else 1
                send({"id": number, "result": {"protocolVersion": version}})
            case "session/new":
                sessions += 1
                send({"id": number, "result": {"sessionId": f"s{sessions}"}})
            case "session/cancel":
                continue
            case "session/prompt":
                turns += 1
                if mode != "echo" and due(nth, turns):
                    misbehave(mode, number, params["sessionId"])
                else:
                    behave(number, params["sessionId"], params["prompt"][0]["text"], params["_meta"]["tellme"]["turn"])
            case _:
                send({"id": number, "error": {"code": -32601, "message": "no such method"}})


def due(nth: int, turns: int) -> bool:
    once = os.environ.get("ONCE")
    if once:
        if os.path.exists(once):
            return False
        with open(once, "x"):
            return True
    return not nth or turns == nth


if __name__ == "__main__":
    main(sys.argv[1])
