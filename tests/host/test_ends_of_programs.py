"""What the end of a bot's process in a turn means: an answer, a wrong configuration, or a crash with its reason."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tellme.host.host import Host
from tellme.model import BotState, Reply, Retrying, TurnStatus

from .conftest import events_of, run, say, until_state

RULES: dict[str, dict[str, object]] = {
    "a line": {},
    "a prompt": {"prompt": "> "},
    "a prompt on a terminal": {"prompt": "> ", "pty": True},
}


def counter(prompt: str) -> list[str]:
    """Return the command of a program that counts the lines that it reads."""
    return [sys.executable, "-c", COUNTS, prompt]


COUNTS = """
import sys
prompt = sys.argv[1]
print(prompt, end="", flush=True)
for number, line in enumerate(sys.stdin, 1):
    word, _, rest = line.strip().partition(" ")
    if word == "quit":
        print(rest, end="", flush=True)
        sys.exit(0)
    print(number, end="\\n" + prompt, flush=True)
"""


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize(("message", "expected"), [("quit", "Count has ended."), ("quit bye", "bye")])
def test_a_message_that_ends_a_program_is_carried_out_once(
    add_bot: Callable[..., Path], name: str, message: str, expected: str
) -> None:
    limit = {"max": 1, "within": 60}
    add_bot("Count", counter("> " if RULES[name] else ""), protocol="lines", restart=limit, **RULES[name])

    async def body(host: Host) -> list[Reply]:
        session = await host.open_session("Count")
        return [await say(host, session, text) for text in ("a", message, "b", message, "c", message, "d")]

    replies = run(body)
    status = TurnStatus.ANSWERED if message == "quit bye" else TurnStatus.DECLINED
    assert [(reply.text, reply.status, reply.attempts) for reply in replies] == [
        ("1", TurnStatus.ANSWERED, 1),
        *([(expected, status, 1), ("1", TurnStatus.ANSWERED, 1)] * 3),
    ]


def test_a_program_that_was_ended_by_a_message_waits_for_the_next(add_bot: Callable[..., Path]) -> None:
    add_bot("Count", counter(""), protocol="lines")

    async def body(host: Host) -> None:
        with host.watch() as events:
            await say(host, "Count", "quit")
            await until_state(events, BotState.IDLE)

    run(body)


def test_a_wrong_configuration_that_shows_in_a_turn_is_not_tried_again(add_bot: Callable[..., Path]) -> None:
    add_bot("Odd", ["sh", "-c", "read -r line; echo no key >&2; exit 78"], protocol="lines", retry=True)
    reply = run(lambda host: say(host, "Odd", "hello"))
    assert (reply.status, reply.attempts) == (TurnStatus.FAILED, 1)
    assert reply.error == "Odd says that its configuration is wrong (exit code 78): no key"


def test_a_crash_at_the_start_is_told_in_the_words_of_the_bot(add_bot: Callable[..., Path]) -> None:
    folder = add_bot("Raises", ["bot.py"])
    (folder / "bot.py").write_text('raise ValueError("no \\x1b[31mluck")\n')
    events = run(lambda host: events_of(host, "Raises", "hello"))
    told = [event.reason for event in events if isinstance(event, Retrying)]
    assert told == ["Raises exited with code 1: ValueError: no luck; the message is sent again"]
