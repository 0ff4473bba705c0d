"""What an agent asks for, and garbage in any of its messages: read, or an `AcpError` and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.text import clean
from tellme.wire import elicitation, granting, options, updates
from tellme.wire.fields import AcpError
from tellme.wire.updates import ToolUpdate, merged, tool_call

from .acp_fields import read


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


@settings(max_examples=120, derandomize=True, deadline=None)
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
@settings(max_examples=30, derandomize=True, deadline=None)
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
