"""A bot that misbehaves in the way that its first argument names. It speaks ACP by hand, so that it can break it.

With ``NTH=n`` in its environment it misbehaves in the nth turn of its life, else in every one. ``ONCE=path`` makes it
misbehave only while that file does not exist, and create it: the process that comes after behaves. ``PIDS`` names a
file for the pids of all of its processes, ``PROMPTED`` one that it makes when it got a message, ``LOG`` its log.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import Any

WARDEN = os.getppid()


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


OPTIONS = (
    {"optionId": "y", "name": "Yes\x1b[31m", "kind": "allow_once"},
    {"optionId": "n", "name": "No", "kind": "reject_once"},
)


def ask(session: str, title: str = "May I?", options: tuple[dict[str, str], ...] = OPTIONS) -> None:
    params = {"sessionId": session, "toolCall": {"toolCallId": "1", "title": title}, "options": options}
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
        case "half-a-line-then-silence":
            raw(b'{"jsonrpc":"2.0","id":')
            hang()
        case "exits-0-in-reply":
            chunk(session, "half an ans")
            os._exit(0)
        case "closes-stdin":
            os.close(0)
            hang()
        case "closes-stderr":
            os.close(2)
            chunk(session, "fine")
            end(number)
        case "stops-itself":
            os.kill(os.getpid(), signal.SIGSTOP)
        case "huge-numbers":
            for written in ("9" * 100_000, "-" + "9" * 5_000, "1e999999", "NaN", "-Infinity", "0.1", "true"):
                raw(f'{{"jsonrpc":"2.0","id":{written},"result":{{"stopReason":"end_turn"}}}}\n'.encode())
            chunk(session, "fine")
            end(number)
        case "nul-and-surrogates":
            chunk(session, "a\0b\ud800c")
            end(number)
        case "grow-in-a-child":
            if os.fork() == 0:
                misbehave("grow", number, session)
            hang()
        case "hides-its-name-and-grows":
            with open("/proc/self/comm", "w") as name:
                name.write("a) R 1 1\n(")
            misbehave("grow", number, session)
        case "fork-bomb":
            for _ in range(4):
                os.fork()
            report_pid()
            if os.getppid() != WARDEN:
                hang()
            chunk(session, "sixteen")
            end(number)
        case "kills-the-spawner":
            daemon()
            os.kill(parent_of(os.getppid()), signal.SIGKILL)
            chunk(session, "killed")
            end(number)
        case "kills-spawner-and-warden" | "kills-warden-and-spawner":
            daemon()
            both = [parent_of(os.getppid()), os.getppid()]
            for pid in both if mode == "kills-spawner-and-warden" else reversed(both):
                os.kill(pid, signal.SIGKILL)
            hang()
        case "kills-its-parents-group":
            os.killpg(os.getpgid(os.getppid()), signal.SIGKILL)
            hang()
        case "terminates-its-parents-group":
            os.killpg(os.getpgid(os.getppid()), signal.SIGTERM)
            hang()
        case "escapes-in-title":
            ask(session, "May\x1b[2J\x1b]0;owned\x07 I?\nYes")
            chunk(session, json.dumps(answer()))
            end(number)
        case "wants-a-terminal":
            send({"id": 1, "method": "terminal/create", "params": {"sessionId": session, "command": "sh"}})
            refusal = json.loads(sys.stdin.readline())
            chunk(session, f"error {refusal['error']['code']}")
            end(number)
        case "wants-very-much":
            for wanted in range(10_000):
                send({"id": wanted, "method": "fs/write_text_file", "params": {"sessionId": session}})
            chunk(session, "wanted")
            end(number)
        case "asks-without-options":
            ask(session, options=())
            chunk(session, json.dumps(answer()))
            end(number)
        case "asks-after-the-turn":
            chunk(session, "done")
            end(number)
            ask(session)
            answer()
        case "asks-very-much":
            for _ in range(20_000):
                ask(session)
            chunk(session, "asked")
            end(number)
        case "ignores-cancel":
            chunk(session, "on and on")
            while True:
                sys.stdin.readline()
        case "rewrites-its-log":
            os.write(2, b"one line\n")
            log = os.environ["LOG"]
            while not os.path.exists(log):
                time.sleep(0.005)
            os.unlink(log)
            os.mkdir(log)
            os.write(2, b"another line\n")
            chunk(session, "rewritten")
            end(number)
        case "links-its-data-folder":
            data = os.environ["TELLME_BOT_DATA"]
            os.makedirs(os.path.dirname(data), exist_ok=True)
            os.symlink(data, data)
            chunk(session, "linked")
            end(number)
        case "answers-ahead":
            for ahead in range(50):
                end(ahead)
        case _:
            raise SystemExit(f"unknown mode {mode}")


def daemon() -> None:
    """Leave a process behind that has nothing to do with this one any more; returns when it runs."""
    read, write = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        report_pid()
        os.closerange(0, 100)
        hang()
    os.close(write)
    os.read(read, 1)


def parent_of(pid: int) -> int:
    with open(f"/proc/{pid}/stat", "rb") as stat:
        return int(stat.read().rpartition(b")")[2].split()[1])


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
    if mode == "escapes-in-log":
        os.write(2, b"\x1b[2J\x1b]0;owned\x07the key is\xc2\x9b31m missing\n")
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
                if "PROMPTED" in os.environ:
                    open(os.environ["PROMPTED"], "w").close()
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
