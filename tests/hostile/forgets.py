"""An ACP agent that forgets conversations. Its arguments: how it goes wrong, and a file that gets a line a prompt.

``last``: it knows the session begun last. ``last, reads history``: and takes a history of tellme. ``never``: it knows
none. ``first``: it answers its first prompt. ``late``: it speaks before it finds out; its first prompt is answered.
"""

from __future__ import annotations

import json
import sys
from typing import Any

HOW, FILE = sys.argv[1:3]
NOT_FOUND = {"code": -32002, "message": "no such session"}


def send(message: dict[str, Any]) -> None:
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)


def chunk(session: str, text: str) -> None:
    update = {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": text}}
    send({"method": "session/update", "params": {"sessionId": session, "update": update}})


def knows(session: str, sessions: int, prompts: int) -> bool:
    match HOW:
        case "never":
            return False
        case "first" | "late":
            return prompts == 1
    return session == f"s{sessions}"


def main() -> None:
    sessions = prompts = 0
    told: list[str] = []
    for line in sys.stdin:
        message = json.loads(line)
        params, answer = message["params"], {}
        match message["method"]:
            case "initialize":
                reads = {"_meta": {"tellme": {"history": HOW == "last, reads history"}}}
                answer = {"result": {"protocolVersion": 1, "agentCapabilities": {}, **reads}}
            case "session/new":
                sessions += 1
                told = [turn["message"] for turn in params.get("_meta", {}).get("tellme", {}).get("history", [])]
                answer = {"result": {"sessionId": f"s{sessions}"}}
            case "session/prompt":
                prompts += 1
                with open(FILE, "a") as file:
                    file.write("prompt\n")
                known = knows(params["sessionId"], sessions, prompts)
                if known or HOW == "late":
                    chunk(params["sessionId"], f"{told} {params['prompt'][0]['text']}")
                answer = {"result": {"stopReason": "end_turn"}} if known else {"error": NOT_FOUND}
            case _:
                answer = {"error": {"code": -32601, "message": "no such method"}}
        send({"id": message["id"], **answer})


main()
