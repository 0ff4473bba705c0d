"""A link without a process: what a bot shows beside its reply, and lets the person choose."""

from __future__ import annotations

import pytest

from tellme.model import Plan, PlanEntry, ToolCall
from tellme.supervisor import acp_prompt
from tellme.supervisor.link import Refused

from .link_wire import Wire, prompted

# What is shown beside the reply -----------------------------------------------------------------------------------


async def test_thoughts_tool_calls_and_plans_are_told_in_order() -> None:
    wire = Wire()
    listener = prompted(wire)
    wire.update("s", "agent_thought_chunk", content={"type": "text", "text": "h\x1b["})
    wire.update("s", "agent_thought_chunk", content={"type": "text", "text": "31mm"})
    wire.update("s", "tool_call", toolCallId="1", title="Read a", kind="read")
    wire.update("s", "plan", entries=[{"content": "Look", "status": "pending"}])
    wire.update("s", "tool_call_update", toolCallId="1", status="completed")
    wire.update("s", "tool_call_update", toolCallId="1", status="completed")
    assert listener.shown == [
        *("h", "m"),
        ToolCall("1", "Read a", "read"),
        Plan((PlanEntry("Look", "pending"),)),
        ToolCall("1", "Read a", "read", "completed"),
    ]


async def test_a_thought_that_breaks_off_is_told_at_the_end() -> None:
    wire = Wire()
    listener = prompted(wire)
    wire.update("s", "agent_thought_chunk", content={"type": "text", "text": "hm\r"})
    assert listener.shown == ["hm"]
    wire.receive(id=0, result={"stopReason": "end_turn"})
    assert listener.shown == ["hm", "\n"]


async def test_messages_of_one_reply_are_set_apart() -> None:
    wire = Wire()
    listener = prompted(wire)
    for text, message in (("a", "1"), ("b", "1"), ("c", "2"), ("d", None), ("e", "2"), ("f", "3")):
        wire.says("s", text, messageId=message)
    assert listener.text == "ab\n\ncde\n\nf"


@pytest.mark.parametrize("kind", ["thoughts", "tool calls", "plans"])
async def test_a_flood_beside_the_reply_is_bounded(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acp_prompt, "MAX_SHOWN", 10)
    wire = Wire()
    listener = prompted(wire)
    for number in range(50):
        if kind == "thoughts":
            wire.update("s", "agent_thought_chunk", content={"type": "text", "text": "hm"})
        elif kind == "tool calls":
            wire.update("s", "tool_call", toolCallId="1", title=str(number))
        else:
            wire.update("s", "plan", entries=[{"content": str(number), "status": "pending"}])
    assert len(listener.shown) == 10


async def test_only_so_many_tool_calls_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acp_prompt, "MAX_TOOL_CALLS", 2)
    wire = Wire()
    listener = prompted(wire)
    for number in (1, 2, 3, 1):
        wire.update("s", "tool_call_update", toolCallId=str(number), status="completed", title=str(len(listener.shown)))
    assert [call.id for call in listener.shown if isinstance(call, ToolCall)] == ["1", "2", "1"]


async def test_an_update_that_does_not_fit_is_an_effect_all_the_same() -> None:
    wire = Wire()
    listener = prompted(wire)
    wire.update("s", "tool_call")
    wire.receive(id=0, error={"code": -32002, "message": "no session s"})
    assert type(await listener.end) is Refused


async def test_a_bot_leaves_before_its_prompt_is_over() -> None:
    wire = Wire()
    listener = prompted(wire)
    listener.stopped = lambda outcome: listener.end.set_result(listener.leaves)  # type: ignore[method-assign]
    wire.receive(id=0, result={"stopReason": "end_turn", "_meta": {"tellme": {"leaves": True}}})
    assert await listener.end is True


# What can be chosen -----------------------------------------------------------------------------------------------

MODES = {"currentModeId": "ask", "availableModes": [{"id": "ask", "name": "Ask"}, {"id": "do", "name": "Do"}]}
THINK = {"id": "think", "name": "Think", "type": "boolean", "currentValue": False}


def values(wire: Wire) -> dict[str, str]:
    return {option.id: option.value for option in wire.link.options("s")}


async def test_a_mode_is_set_by_the_person_and_by_the_bot() -> None:
    wire = Wire()
    await wire.opened(modes=MODES)
    assert values(wire) == {"mode": "ask"}
    await wire.answered(wire.link.set_option("s", "mode", "do"), result={})
    assert wire.sent[0]["method"] == "session/set_mode"
    assert wire.sent[0]["params"] == {"sessionId": "s", "modeId": "do"}
    assert values(wire) == {"mode": "do"}
    wire.update("s", "current_mode_update", currentModeId="ask")
    wire.update("s", "current_mode_update", currentModeId="of the future")
    assert values(wire) == {"mode": "ask"}


async def test_an_option_is_set_and_may_change_others() -> None:
    wire = Wire()
    await wire.opened(configOptions=[THINK])
    changed = [{**THINK, "currentValue": True}, {**THINK, "id": "loud"}]
    await wire.answered(wire.link.set_option("s", "think", "true"), result={"configOptions": changed})
    assert wire.sent[0]["params"] == {"sessionId": "s", "configId": "think", "type": "boolean", "value": True}
    assert values(wire) == {"think": "true", "loud": "false"}
    wire.update("s", "config_option_update", configOptions=[THINK])
    assert values(wire) == {"think": "false"}


@pytest.mark.parametrize(("option", "value"), [("mode", "nap"), ("mood", "ask")])
async def test_what_cannot_be_chosen_is_refused_and_not_sent(option: str, value: str) -> None:
    wire = Wire()
    await wire.opened(modes=MODES)
    with pytest.raises(Refused, match="has no option"):
        await wire.link.set_option("s", option, value)
    assert wire.sent == []


async def test_a_choice_that_the_bot_refuses_changes_nothing() -> None:
    wire = Wire()
    await wire.opened(modes=MODES)
    with pytest.raises(Refused):
        await wire.answered(wire.link.set_option("s", "mode", "do"), error={"code": -32603, "message": "no"})
    assert values(wire) == {"mode": "ask"}


async def test_the_title_of_a_session_is_kept() -> None:
    wire = Wire()
    await wire.opened()
    wire.update("s", "session_info_update", title="A talk")
    assert wire.link.sessions.title("ours") == "A talk"
