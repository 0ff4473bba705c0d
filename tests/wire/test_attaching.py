"""Files as content blocks, and questions between bots: built, read, and refused where they do not fit."""

from __future__ import annotations

from typing import Any

import pytest

from tellme.model import Attachment
from tellme.wire import acp_agent
from tellme.wire.attaching import block_of, read_block
from tellme.wire.delegating import Answer, Ask, answer_result, ask_params, read_answer, read_ask
from tellme.wire.fields import AcpError

BLOCKS: list[tuple[str, Attachment, dict[str, Any]]] = [
    (
        "link",
        Attachment("a.txt", "file:///a.txt", "text/plain"),
        {"type": "resource_link", "name": "a.txt", "uri": "file:///a.txt", "mimeType": "text/plain"},
    ),
    ("bare link", Attachment("a", "x:a"), {"type": "resource_link", "name": "a", "uri": "x:a"}),
    (
        "text",
        Attachment("a.txt", "file:///a.txt", "", "content"),
        {"type": "resource", "resource": {"uri": "file:///a.txt", "text": "content"}},
    ),
    (
        "text of no address",
        Attachment("a.txt", "attachment:a.txt", "text/plain", ""),
        {"type": "resource", "resource": {"uri": "attachment:a.txt", "text": "", "mimeType": "text/plain"}},
    ),
    (
        "data",
        Attachment("a.bin", "file:///a.bin", "", None, "AA=="),
        {"type": "resource", "resource": {"uri": "file:///a.bin", "blob": "AA=="}},
    ),
    (
        "image",
        Attachment("image", "", "image/png", None, "AA=="),
        {"type": "image", "data": "AA==", "mimeType": "image/png"},
    ),
    (
        "image of a file",
        Attachment("a.png", "file:///a.png", "image/png", None, "AA=="),
        {"type": "image", "data": "AA==", "mimeType": "image/png", "uri": "file:///a.png"},
    ),
    ("sound", Attachment("audio", "", "audio/wav", None, ""), {"type": "audio", "data": "", "mimeType": "audio/wav"}),
]


@pytest.mark.parametrize(("attachment", "block"), [row[1:] for row in BLOCKS], ids=[row[0] for row in BLOCKS])
def test_there_and_back(attachment: Attachment, block: dict[str, Any]) -> None:
    assert block_of(attachment) == block
    assert read_block(block) == attachment


def test_what_has_no_address_gets_one() -> None:
    block = block_of(Attachment("notes.md", "", "", "text"))
    assert block["resource"]["uri"] == "attachment:notes.md"


@pytest.mark.parametrize("block", [row[2] for row in BLOCKS], ids=[row[0] for row in BLOCKS])
def test_the_official_schema_takes_them(block: dict[str, Any]) -> None:
    schema = pytest.importorskip("acp.schema")
    params = {"sessionId": "s", "prompt": [block]}
    assert schema.PromptRequest.model_validate(params).prompt[0].type == block["type"]
    update = acp_agent.chunk_params("s", block)
    assert schema.SessionNotification.model_validate(update).update.content.type == block["type"]


def test_the_official_schema_takes_a_choice() -> None:
    schema = pytest.importorskip("acp.schema")
    asked = schema.RequestPermissionRequest.model_validate(acp_agent.choice_params("s", ["Red"], ""))
    assert [(option.name, option.kind) for option in asked.options] == [("Red", "allow_once")]


@pytest.mark.parametrize(
    ("block", "text"),
    [
        ({"type": "text", "text": "a"}, "a"),
        ({"type": "resource_link", "name": "n", "uri": "file:///a"}, "file:///a"),
        ({"type": "resource", "resource": {"uri": "file:///a", "text": "b"}}, "b"),
        ({"type": "resource", "resource": {"uri": "file:///a", "blob": ""}}, "file:///a"),
        ({"type": "image", "data": "", "mimeType": "image/png"}, ""),
    ],
)
def test_what_of_a_prompt_is_text(block: dict[str, Any], text: str) -> None:
    prompt = acp_agent.read_prompt({"sessionId": "s", "prompt": [{"type": "text", "text": "see"}, block]})
    assert prompt.text == (f"see\n{text}" if text else "see")
    assert len(prompt.attachments) == (block["type"] != "text")


@pytest.mark.parametrize(
    "block",
    [
        {},
        {"type": 4},
        {"type": "video", "data": ""},
        {"type": "text"},
        {"type": "image", "data": ""},
        {"type": "image", "mimeType": "image/png", "data": 4},
        {"type": "resource_link"},
        {"type": "resource_link", "uri": "a", "name": 4},
        {"type": "resource"},
        {"type": "resource", "resource": {"uri": "a"}},
        {"type": "resource", "resource": {"uri": "a", "blob": None}},
        {"type": "resource", "resource": {"text": "a"}},
    ],
)
def test_what_does_not_fit(block: dict[str, Any]) -> None:
    with pytest.raises(AcpError):
        acp_agent.read_prompt({"sessionId": "s", "prompt": [block]})


@pytest.mark.parametrize("turn", ["", "t1"])
def test_a_question_and_its_answer(turn: str) -> None:
    ask, answer = Ask("s", "Math", "2+2", turn), Answer("Math", "4", "answered")
    assert read_ask(ask_params(ask)) == ask
    assert read_answer(answer_result(answer)) == answer


@pytest.mark.parametrize("missing", ["sessionId", "bot", "text"])
def test_a_question_that_lacks_something(missing: str) -> None:
    params = ask_params(Ask("s", "Math", "2+2"))
    del params[missing]
    with pytest.raises(AcpError, match=f"sent no string as {missing}"):
        read_ask(params)


@pytest.mark.parametrize("result", [None, [], {}, {"bot": "M", "text": "4"}, {"bot": "M", "text": "4", "status": "ok"}])
def test_an_answer_that_does_not_fit(result: object) -> None:
    with pytest.raises(AcpError):
        read_answer(result)
