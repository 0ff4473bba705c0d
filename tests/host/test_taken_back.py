"""An agent takes back what it has asked: nobody is left with a question whose answer nobody waits for."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tellme.host.host import Host
from tellme.model import Question

from .conftest import run, say

AGENT = """
import json, os, sys, time

def send(**message):
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)

def answer_to(number):
    while True:
        message = json.loads(sys.stdin.readline())
        if message.get("id") == number and "method" not in message:
            return message

def question(number, title):
    options = [{"optionId": "y", "name": "Yes", "kind": "allow_once"}]
    params = {"sessionId": "s", "toolCall": {"toolCallId": str(number), "title": title}, "options": options}
    send(id=number, method="session/request_permission", params=params)

def other(number):
    send(id=number, method="_tellme/ask", params={"sessionId": "s", "bot": "Asker", "text": "ask"})

def take_back(number):
    send(method="$/cancel_request", params={"requestId": number})
    return answer_to(number)["error"]["code"]

def wait():
    deadline = time.monotonic() + 20
    while not os.path.exists("asked"):
        assert time.monotonic() < deadline
        time.sleep(0.005)

def turn(text):
    if text == "ask":
        question("q1", "First")
        return str(answer_to("q1")["result"])
    if text == "other":
        other("o")
        wait()
        return str(take_back("o"))
    question("q1", "First")
    question("q2", "Second")
    question("q3", "Third")
    wait()
    codes = [take_back("q2"), take_back("q1")]
    return f"{codes} {answer_to('q3')['result']['outcome']['optionId']}"

for line in sys.stdin:
    call = json.loads(line)
    result = {}
    if call["method"] == "initialize":
        result = {"protocolVersion": 1, "agentCapabilities": {}}
    elif call["method"] == "session/new":
        result = {"sessionId": "s"}
    elif call["method"] == "session/prompt":
        text = turn(call["params"]["prompt"][0]["text"])
        content = {"type": "text", "text": text}
        update = {"sessionUpdate": "agent_message_chunk", "content": content}
        send(method="session/update", params={"sessionId": "s", "update": update})
        result = {"stopReason": "end_turn"}
    if "id" in call:
        send(id=call["id"], result=result)
"""


class Person:
    """Answers nothing but the third question."""

    def __init__(self, told: Path) -> None:
        self.asked: list[str] = []
        self.gone: list[str] = []
        self._told = told

    async def choose(self, question: Question) -> str | None:
        self.asked.append(question.title)
        if question.title == "Third":
            return "y"
        self._told.touch()
        try:
            return await asyncio.get_running_loop().create_future()
        finally:
            self.gone.append(question.title)


@pytest.fixture
def agent(add_bot: Callable[..., Path]) -> Callable[[str], Path]:
    def add(name: str) -> Path:
        folder = add_bot(name, [sys.executable, "agent"])
        (folder / "agent").write_text(AGENT)
        return folder

    return add


def test_a_question_goes_from_the_screen_and_one_that_waits_never_gets_there(agent: Callable[[str], Path]) -> None:
    person = Person(agent("Worker") / "asked")

    async def body(host: Host) -> None:
        async with asyncio.timeout(20):
            reply = await (await host.open_and_say("Worker", "three", person.choose)).reply()
        assert reply.text == "[-32800, -32800] y"
        assert (person.asked, person.gone) == (["First", "Third"], ["First"])

    run(body)


def test_another_bot_need_not_answer_and_is_free(agent: Callable[[str], Path]) -> None:
    agent("Asker")
    person = Person(agent("Worker") / "asked")

    async def body(host: Host) -> None:
        async with asyncio.timeout(20):
            reply = await (await host.open_and_say("Worker", "other", person.choose)).reply()
            assert (reply.text, person.gone) == ("-32800", ["First"])
            assert not (await say(host, "Asker", "ask")).error

    run(body)
