"""What an agent shows of its work: read, bounded and cleaned, or an `AcpError`."""

from __future__ import annotations

from typing import Any

import pytest

from tellme.model import OptionValue, Plan, PlanEntry, SessionOption, ToolCall
from tellme.wire import acp, content, options, updates
from tellme.wire.fields import AcpError
from tellme.wire.updates import ModeUpdate, OptionsUpdate, Thinking, TitleUpdate, ToolUpdate, merged, tool_call

from .acp_fields import HUGE, SELECT, read

BLOCKS: dict[str, tuple[dict[str, Any], str]] = {
    # group, case → the text
    "text: as it is": ({"type": "text", "text": "a\x1b[1mb"}, "a\x1b[1mb"),
    "mark: an image": ({"type": "image", "data": "QUJD", "mimeType": "image/png"}, "[image: image/png, 3 bytes]"),
    "mark: a sound": ({"type": "audio", "data": "A" * 2_796_202, "mimeType": "audio/ogg"}, "[audio: audio/ogg, 1 MiB]"),
    "mark: a sound of no type": ({"type": "audio", "data": ""}, "[audio: 0 bytes]"),
    "mark: a type that would command": (
        {"type": "image", "data": "", "mimeType": "\x1b[31mx\n"},
        "[image: x\\n, 0 bytes]",
    ),
    "mark: a kind of the future": ({"type": "smell"}, "[smell]"),
    "resource: text": ({"type": "resource", "resource": {"uri": "u", "text": "b's text"}}, "b's text"),
    "resource: blob": ({"type": "resource", "resource": {"uri": "file:///b", "blob": "AAAA"}}, "[file:///b: 3 bytes]"),
    "resource: link": ({"type": "resource_link", "uri": "file:///a", "name": "a.py"}, "[a.py: file:///a]"),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_becomes_text(name: str) -> None:
    block, expected = BLOCKS[name]
    assert content.text_of(block) == expected


CALLS: dict[str, tuple[list[dict[str, Any]], ToolCall]] = {
    # group, case: what comes of a call, one after the other → what is shown in the end
    "least: an id": ([{"toolCallId": "1"}], ToolCall("1", "")),
    "least: a title": ([{"toolCallId": "1", "title": "Read\x1b[1m a\n"}], ToolCall("1", "Read a\\n")),
    "merge: the new wins, the rest stays": (
        [
            {"toolCallId": "1", "title": "Read", "kind": "read", "status": "pending"},
            {"toolCallId": "1", "status": "completed"},
        ],
        ToolCall("1", "Read", "read", "completed"),
    ),
    "merge: null says nothing": (
        [{"toolCallId": "1", "title": "Read", "kind": "read"}, {"toolCallId": "1", "title": None, "kind": None}],
        ToolCall("1", "Read", "read"),
    ),
    "merge: content is replaced": (
        [
            {"toolCallId": "1", "content": [{"type": "content", "content": {"type": "text", "text": "old"}}]},
            {"toolCallId": "1", "content": [{"type": "content", "content": {"type": "text", "text": "new\n"}}]},
        ],
        ToolCall("1", "", text="new"),
    ),
    "unknown: kind and status": (
        [{"toolCallId": "1", "kind": "switch_mode", "status": "dreaming"}],
        ToolCall("1", "", "other", "pending"),
    ),
    "text: places, unless the title has them": (
        [{"toolCallId": "1", "title": "Read /a", "locations": [{"path": "/a"}, {"path": "/b", "line": 3}, {}, 1]}],
        ToolCall("1", "Read /a", text="/b:3"),
    ),
    "text: a diff": (
        [
            {
                "toolCallId": "1",
                "content": [{"type": "diff", "path": "/a", "oldText": "1\n2\n3\n", "newText": "1\nx\n3\n"}],
            }
        ],
        ToolCall("1", "", text="/a\n@@ -2,1 +2,1 @@\n-2\n+x"),
    ),
    "text: a new file": (
        [{"toolCallId": "1", "content": [{"type": "diff", "path": "/a", "newText": "one\ntwo"}]}],
        ToolCall("1", "", text="/a\n@@ -1,0 +1,2 @@\n+one\n+two"),
    ),
    "text: a terminal's output": (
        [{"toolCallId": "1", "content": [{"type": "terminal", "terminalId": "t"}]}],
        ToolCall("1", "", text="the output of t"),
    ),
    "text: raw data where there is nothing else": (
        [{"toolCallId": "1", "rawInput": {"command": "ls"}, "rawOutput": "a\tb"}],
        ToolCall("1", "", text='{"command": "ls"}\na\tb'),
    ),
    "text: parts that do not fit cost no other": (
        [
            {
                "toolCallId": "1",
                "content": [
                    *(1, {"type": "content"}, {"type": "diff", "path": 1}),
                    {"type": "content", "content": {"type": "text", "text": "kept"}},
                ],
            }
        ],
        ToolCall("1", "", text="kept"),
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_what_is_shown_of_a_tool_call(name: str) -> None:
    told, expected = CALLS[name]
    known = ToolUpdate("1")
    for number, call in enumerate(told):
        update = read(sessionUpdate="tool_call_update" if number else "tool_call", **call)
        assert isinstance(update, ToolUpdate)
        known = merged(known, update)
    assert tool_call(known, lambda terminal: f"the output of \x1b[1m{terminal}") == expected


LARGE: dict[str, dict[str, Any]] = {
    "title": {"title": HUGE},
    "text": {"content": [{"type": "content", "content": {"type": "text", "text": HUGE}}]},
    "parts": {"content": [{"type": "content", "content": {"type": "text", "text": "y" * 900}}] * 10_000},
    "a diff of long lines": {"content": [{"type": "diff", "path": HUGE, "oldText": HUGE, "newText": "z"}]},
    "a diff of many lines": {"content": [{"type": "diff", "path": "a", "oldText": "", "newText": "z\n" * 100_000}]},
    "places": {"locations": [{"path": HUGE}] * 100},
    "raw data": {"rawInput": {"a": HUGE}, "rawOutput": [HUGE]},
}


@pytest.mark.parametrize("name", LARGE)
def test_what_is_shown_of_a_tool_call_is_bounded(name: str) -> None:
    update = read(sessionUpdate="tool_call", toolCallId="1", **LARGE[name])
    assert isinstance(update, ToolUpdate)
    call = tool_call(update)
    assert 0 < len(call.title + call.text) <= updates.MAX_TITLE + updates.MAX_TEXT
    assert sum(len(str(field)) for field in update) < 10 * updates.MAX_PARTS * updates.MAX_PART


OTHERS: dict[str, tuple[dict[str, Any], acp.Update]] = {
    # group, case → what is read
    "thought": (
        {"sessionUpdate": "agent_thought_chunk", "content": {"type": "text", "text": "hm\x1b"}},
        Thinking("hm\x1b"),
    ),
    "plan": (
        {
            "sessionUpdate": "plan",
            "entries": [
                {"content": "Look\n", "priority": "high", "status": "completed"},
                *({"content": "Think", "status": "some day"}, {"content": 1}, "x"),
            ],
        },
        Plan((PlanEntry("Look\\n", "completed"), PlanEntry("Think", "pending"))),
    ),
    "mode": ({"sessionUpdate": "current_mode_update", "currentModeId": "ask"}, ModeUpdate("ask")),
    "options": (
        {"sessionUpdate": "config_option_update", "configOptions": [SELECT, {"id": 1}, "x"]},
        OptionsUpdate((options.Choice(SessionOption("model", "Model", "b", (OptionValue("b", "B"),))),)),
    ),
    "title": ({"sessionUpdate": "session_info_update", "title": "My\x07 talk"}, TitleUpdate("My talk")),
    "title: none": ({"sessionUpdate": "session_info_update"}, acp.OtherUpdate("session_info_update")),
}


@pytest.mark.parametrize("name", OTHERS)
def test_the_other_kinds_of_update(name: str) -> None:
    fields, expected = OTHERS[name]
    assert read(**fields) == expected


MISFITS: list[dict[str, Any]] = [
    {"sessionUpdate": "agent_thought_chunk"},
    {"sessionUpdate": "agent_thought_chunk", "content": {"type": "text"}},
    {"sessionUpdate": "tool_call"},
    {"sessionUpdate": "tool_call", "toolCallId": "x" * (updates.MAX_ID + 1)},
    {"sessionUpdate": "tool_call", "toolCallId": "1", "title": 1},
    {"sessionUpdate": "tool_call", "toolCallId": "1", "content": {}},
    {"sessionUpdate": "plan"},
    {"sessionUpdate": "current_mode_update"},
    {"sessionUpdate": "config_option_update", "configOptions": {}},
]


@pytest.mark.parametrize("fields", MISFITS)
def test_an_update_that_does_not_fit(fields: dict[str, Any]) -> None:
    with pytest.raises(AcpError):
        read(**fields)
