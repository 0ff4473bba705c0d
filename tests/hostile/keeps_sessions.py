"""An ACP agent that keeps its own conversations in a file; its argument says how it takes one up."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

HOW, FILE = sys.argv[1:3]


def send(message: dict[str, Any]) -> None:
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)


def chunk(session: str, text: str) -> None:
    update = {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": text}}
    send({"method": "session/update", "params": {"sessionId": session, "update": update}})


def said() -> list[str]:
    return open(FILE).read().splitlines() if os.path.exists(FILE) else []


def main() -> None:
    for line in sys.stdin:
        message = json.loads(line)
        params, result = message["params"], {}
        match message["method"]:
            case "initialize":
                capabilities = {"sessionCapabilities": {"resume": {}}} if HOW == "resume" else {"loadSession": True}
                result = {"protocolVersion": 1, "agentCapabilities": capabilities}
            case "session/new":
                result = {"sessionId": "mine"}
            case "session/load":
                for text in said():
                    chunk(params["sessionId"], f"(replayed {text})")
            case "session/prompt":
                text = params["prompt"][0]["text"]
                chunk("mine", f"so far {said()}")
                with open(FILE, "a") as file:
                    file.write(f"{text}\n")
                result = {"stopReason": "end_turn"}
        send({"id": message["id"], "result": result})


main()
