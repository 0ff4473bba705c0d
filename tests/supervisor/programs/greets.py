"""Agrees on the protocol by hand, and then does what its first argument says, whatever it is asked."""

from __future__ import annotations

import json
import os
import re
import signal
import sys

sys.stdin.readline()
os.write(1, b'{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":1,"agentCapabilities":{}}}\n')


def answer_one() -> None:
    number = json.loads(sys.stdin.readline())["id"]
    error = {"code": -32601, "message": "no such method"}
    os.write(1, json.dumps({"jsonrpc": "2.0", "id": number, "error": error}).encode() + b"\n")


match sys.argv[1]:
    case "deaf":
        answer_one()
        signal.pause()
    case "in C":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        answer_one()
        re.match(r"(a+)+$", "a" * 64 + "b")  # holds the interpreter's lock for as long as anybody waits
    case "no error object":
        for line in sys.stdin:
            os.write(1, json.dumps({"jsonrpc": "2.0", "id": json.loads(line)["id"], "error": "no"}).encode() + b"\n")
    case "speaks":
        update = {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": "hm"}}
        line = {"jsonrpc": "2.0", "method": "session/update", "params": {"sessionId": "s", "update": update}}
        for heard in sys.stdin:
            os.write(2, heard.encode())
            os.write(1, json.dumps(line).encode() + b"\n")
    case "ignores":
        for heard in sys.stdin:
            os.write(2, heard.encode())
    case "breaks":
        sys.stdin.readline()
        sys.exit(5)
    case "garbage":
        while True:
            os.write(1, b"garbage\n" * 8000)
