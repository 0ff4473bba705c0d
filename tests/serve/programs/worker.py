"""An agent that shows its steps, offers modes and options, greets, and leaves; it speaks ACP by hand.

What it is told to do is the text of the message; ``show`` has it say which content blocks came, and how it is set.
"""

from __future__ import annotations

import json
import sys
from typing import Any

Json = dict[str, Any]

state = {"mode": "ask", "model": "small", "bot": "no"}


def send(*messages: Json) -> None:
    print("\n".join(json.dumps({"jsonrpc": "2.0", **each}) for each in messages), flush=True)


def update(session: str, what: str, **fields: Any) -> Json:
    return {"method": "session/update", "params": {"sessionId": session, "update": {"sessionUpdate": what, **fields}}}


def text(words: str) -> Json:
    return {"type": "text", "text": words}


def modes() -> Json:
    available = [{"id": "ask", "name": "Ask"}, {"id": "code", "name": "Code", "description": "Writes it"}]
    return {"currentModeId": state["mode"], "availableModes": available}


def option(name: str, *values: str) -> Json:
    options = [{"value": each, "name": each.title()} for each in values]
    return {"id": name, "name": name.title(), "type": "select", "currentValue": state[name], "options": options}


def options() -> list[Json]:
    return [option("model", "small", "large"), option("bot", "no", "yes")]


def work(session: str, words: str, blocks: list[Json]) -> bool:
    """Do what the message says; tell whether that was the end of the conversation."""
    said = "Done."
    if words == "work":
        content = [{"type": "content", "content": text("3 lines")}]
        send(
            update(session, "agent_thought_chunk", content=text("Hm.")),
            update(session, "plan", entries=[{"content": "Look", "priority": "high", "status": "pending"}]),
            update(session, "tool_call", toolCallId="t", title="Read", kind="read", status="pending"),
            update(session, "tool_call_update", toolCallId="t", status="completed", content=content),
        )
    elif words == "code":
        state["mode"] = "code"
        send(update(session, "current_mode_update", currentModeId="code"))
    elif words == "show":
        said = json.dumps([state, blocks])
    send(update(session, "agent_message_chunk", content=text(said)))
    return words == "leave"


def answer(method: str, params: Json) -> Json:
    if method == "initialize":
        takes = {"image": True, "embeddedContext": True}
        return {"protocolVersion": 1, "agentCapabilities": {"promptCapabilities": takes}}
    if method == "session/new":
        return {"sessionId": f"s{params['_meta']['tellme']['session']}", "modes": modes(), "configOptions": options()}
    if method == "session/set_mode":
        state["mode"] = params["modeId"]
        return {}
    if method == "session/set_config_option":
        state[params["configId"]] = params["value"]
        return {"configOptions": options()}
    blocks = params["prompt"]
    leaves = work(params["sessionId"], "".join(each.get("text", "") for each in blocks), blocks)
    return {"stopReason": "end_turn", **({"_meta": {"tellme": {"leaves": True}}} if leaves else {})}


for line in sys.stdin:
    call = json.loads(line)
    if "id" in call:
        result = answer(call["method"], call["params"])
        opened = result.get("sessionId")
        greeting = [update(opened, "agent_message_chunk", content=text("Hello. "))] if opened else []
        send({"id": call["id"], "result": result}, *greeting)
