"""What an agent shows of its work, lets the person choose and asks for: read, bounded and cleaned, or an `AcpError`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.model import Option, OptionValue, Plan, PlanEntry, SessionOption, ToolCall
from tellme.text import clean
from tellme.wire import acp, content, elicitation, granting, options, updates
from tellme.wire.fields import AcpError
from tellme.wire.updates import ModeUpdate, OptionsUpdate, Thinking, TitleUpdate, ToolUpdate, merged, tool_call


def read(**fields: object) -> acp.Update:
    return acp.read_update({"sessionId": "s", "update": fields})[1]


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


HUGE = "x" * 1_000_000

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


MODE = {"value": "ask", "name": "Ask", "description": "First"}
SELECT = {
    "id": "model",
    "name": "Model",
    "type": "select",
    "currentValue": "b",
    "options": [{"value": "b", "name": "B"}],
}
THINK = {"id": "think", "name": "Think", "type": "boolean", "currentValue": True}

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


MODES = {
    "currentModeId": "ask",
    "availableModes": [{"id": "ask", "name": "Ask"}, {"id": "do", "name": "Do"}, {"id": 1}],
}
MODE_OPTION = SessionOption("mode", "Mode", "ask", (OptionValue("ask", "Ask"), OptionValue("do", "Do")))
ON_OFF = (OptionValue("true", "On"), OptionValue("false", "Off"))

CHOICES: dict[str, tuple[dict[str, Any], list[SessionOption]]] = {
    # group, case: the result of session/new → what there is to choose
    "none": ({"sessionId": "s"}, []),
    "none: null": ({"modes": None, "configOptions": None}, []),
    "none: garbage": ({"modes": [1], "configOptions": [{}, {"id": "x", "name": "X", "type": "dial"}]}, []),
    "modes": ({"modes": MODES}, [MODE_OPTION]),
    "config: one of a list": (
        {"configOptions": [SELECT]},
        [SessionOption("model", "Model", "b", (OptionValue("b", "B"),))],
    ),
    "config: in groups": (
        {"configOptions": [{**SELECT, "options": [{"group": "g", "name": "G", "options": [MODE]}]}]},
        [SessionOption("model", "Model", "b", (OptionValue("ask", "Ask", "First"),))],
    ),
    "config: on or off": ({"configOptions": [THINK]}, [SessionOption("think", "Think", "true", ON_OFF)]),
    "both: modes and others": (
        {"modes": MODES, "configOptions": [THINK]},
        [MODE_OPTION, SessionOption("think", "Think", "true", ON_OFF)],
    ),
    "both: modes twice are shown once": (
        {"modes": MODES, "configOptions": [{**SELECT, "id": "how", "category": "mode"}]},
        [SessionOption("how", "Model", "b", (OptionValue("b", "B"),))],
    ),
    "ids: one that nobody can type is none": ({"configOptions": [{**SELECT, "id": "a\x1bb"}]}, []),
    "ids: the first of two": (
        {"configOptions": [THINK, {**THINK, "currentValue": False}]},
        [SessionOption("think", "Think", "true", ON_OFF)],
    ),
}


@pytest.mark.parametrize("name", CHOICES)
def test_what_there_is_to_choose(name: str) -> None:
    result, expected = CHOICES[name]
    assert [choice.option for choice in options.shown(options.read_choices(result))] == expected


def test_what_there_is_to_choose_is_bounded() -> None:
    many = [{**SELECT, "id": f"o{number}", "name": HUGE} for number in range(100)]
    many[0]["options"] = [{"value": f"v{number}", "name": "n"} for number in range(10_000)]
    choices = options.read_config(many)
    assert len(choices) == options.MAX_OPTIONS
    assert len(choices[0].option.values) == options.MAX_VALUES
    assert len(choices[0].option.name) == options.MAX_NAME


def test_a_boolean_is_set_as_one() -> None:
    (choice,) = options.read_config([THINK])
    assert options.set_config_params("s", choice, "false") == {
        "sessionId": "s",
        "configId": "think",
        "type": "boolean",
        "value": False,
    }


def form(field: object, **changes: object) -> dict[str, Any]:
    schema = {"type": "object", "properties": {"colour": field}, "required": ["colour"]}
    return {"sessionId": "s", "mode": "form", "message": "Which?", "requestedSchema": schema} | changes


FORMS: dict[str, tuple[dict[str, Any], list[str], object]] = {
    # group, case → what a person can choose from, and what the first of them sends
    "list: enum": (form({"type": "string", "enum": ["red", "blue"]}), ["red", "blue"], "red"),
    "list: oneOf": (form({"type": "string", "oneOf": [{"const": "r", "title": "Red"}]}), ["Red"], "r"),
    "yes or no": (form({"type": "boolean"}), ["Yes", "No"], True),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_is_a_choice(name: str) -> None:
    params, names, first = FORMS[name]
    asked = elicitation.read_form(params)
    assert asked is not None
    choices = elicitation.options(asked)
    assert [option.name for option in choices] == [*names, "No answer"]
    assert choices[-1] == Option("decline", "No answer", "reject_once")
    assert elicitation.result(asked, choices[0].id) == {"action": "accept", "content": {"colour": first}}
    assert elicitation.result(asked, "decline") == {"action": "decline"}
    assert elicitation.result(asked, None) == {"action": "cancel"}


MORE_THAN_A_CHOICE: dict[str, dict[str, Any]] = {
    "a text": form({"type": "string"}),
    "a number": form({"type": "integer"}),
    "an empty list": form({"type": "string", "enum": []}),
    "too long a list": form({"type": "string", "enum": [str(number) for number in range(101)]}),
    "no field": form(1, requestedSchema={"properties": {}}),
    "two fields": form(1, requestedSchema={"properties": {"a": {"type": "boolean"}, "b": {"type": "boolean"}}}),
}


@pytest.mark.parametrize("name", MORE_THAN_A_CHOICE)
def test_a_form_that_is_more_than_a_choice(name: str) -> None:
    assert elicitation.read_form(MORE_THAN_A_CHOICE[name]) is None


@pytest.mark.parametrize("params", [{}, form({}, mode="url"), form(1), form({"type": "boolean"}, message=None)])
def test_what_is_no_form(params: dict[str, Any]) -> None:
    with pytest.raises(AcpError):
        elicitation.read_form(params)


def test_requests_for_files_and_commands() -> None:
    assert granting.read_read_file({"path": "/a", "line": 0}) == granting.ReadFile("/a")
    assert granting.read_read_file({"path": "/a", "line": 2, "limit": 3}) == granting.ReadFile("/a", 2, 3)
    least = {"sessionId": "s", "command": "ls"}
    assert granting.read_command(least) == granting.Command("s", "ls")
    full = least | {"args": ["-l"], "env": [{"name": "A", "value": "1"}], "cwd": "/a", "outputByteLimit": 9}
    assert granting.read_command(full) == granting.Command("s", "ls", ("-l",), (("A", "1"),), "/a", 9)


@pytest.mark.parametrize(
    "change",
    [
        {"command": "a\0b"},
        {"args": [1]},
        {"args": "x"},
        {"env": [{"name": "A=B", "value": ""}]},
        {"env": [{"name": "", "value": ""}]},
        {"outputByteLimit": -1},
        {"outputByteLimit": 1.5},
    ],
)
def test_a_command_that_cannot_be_run(change: dict[str, Any]) -> None:
    with pytest.raises(AcpError):
        granting.read_command({"sessionId": "s", "command": "ls"} | change)


KINDS = (
    *("agent_thought_chunk", "tool_call", "tool_call_update", "plan", "current_mode_update", "config_option_update"),
    *("session_info_update", "usage_update", "agent_message_chunk", "available_commands_update", "of_the_future"),
)
KEYS = (
    *("toolCallId", "title", "kind", "status", "content", "type", "text", "path", "oldText", "newText", "locations"),
    *("line", "rawInput", "rawOutput", "entries", "currentModeId", "configOptions", "id", "name", "options", "value"),
    *("currentValue", "category", "description", "terminalId", "uri", "resource", "blob", "data", "mimeType"),
    *("modes", "availableModes", "properties", "mode", "message", "requestedSchema", "sessionId", "enum", "oneOf"),
    *("const", "command", "args", "env", "cwd", "limit", "outputByteLimit"),
)
WORDS = ("text", "image", "resource", "diff", "terminal", "content", "select", "boolean", "string", "form", "\x1b[31m")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=20,
)
OBJECTS = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(kind=st.sampled_from(KINDS), fields=OBJECTS)
def test_garbage_is_read_or_refused(kind: str, fields: dict[str, Any]) -> None:
    with suppress(AcpError):
        update = read(**fields, sessionUpdate=kind)
        if isinstance(update, ToolUpdate):
            call = tool_call(merged(ToolUpdate(update.id), update), str)
            assert "\x1b" not in call.title + call.text


@pytest.mark.parametrize(
    "reader",
    [
        options.read_choices,
        options.read_config_result,
        elicitation.read_form,
        granting.read_command,
        granting.read_read_file,
        granting.read_write_file,
    ],
)
@settings(max_examples=60, derandomize=True, deadline=None)
@given(fields=OBJECTS)
def test_a_reader_raises_nothing_but_its_error(
    reader: Callable[[dict[str, Any]], object], fields: dict[str, Any]
) -> None:
    with suppress(AcpError):
        reader(fields)


def test_little_of_large_texts_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[int] = []

    def look(text: str) -> str:
        looked_at.append(len(text))
        return clean(text)

    monkeypatch.setattr(updates, "clean", look)
    part = {"type": "diff", "path": "a", "oldText": ("x" * 79 + "\n") * 800, "newText": "y\n" * 30_000}
    many = [part | {"path": str(number)} for number in range(50)]
    updates.read_tool({"toolCallId": "1", "content": many})
    assert sum(looked_at) <= 2 * updates.MAX_COMPARED


def test_a_small_change_of_a_large_text_is_shown() -> None:
    line = "x" * 79 + "\n"
    part = {"type": "diff", "path": "a", "oldText": line * 20_000, "newText": line * 10_000 + "y\n" + line * 10_000}
    (shown,) = updates.read_tool({"toolCallId": "1", "content": [part]}).parts or ()
    assert shown.text == "a\n@@ -10001,0 +10001,1 @@\n+y"
