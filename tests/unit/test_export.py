"""An exported session reads well, and no text in it can change what stands around it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.model import Session, Turn, TurnStatus
from tellme.surfaces.export import to_json, to_markdown

SESSION = Session(
    "k3v9abcdef", "math", 1700000000.25, ended_at=1700000100.0, used_at=1700000002.0, title="Sums", turns=1
)
TURN = Turn("7abcdefghj", SESSION.id, "2+2", 1700000001.5, "4", TurnStatus.ANSWERED, None, 1, 12.5)
ANY_TEXT = st.text(st.characters(exclude_categories=()))


def reply(text: str, status: TurnStatus | None = TurnStatus.ANSWERED, error: str | None = None) -> str:
    """Export one turn and return what stands below the message."""
    document = to_markdown("Math", SESSION, [TURN._replace(text=text, status=status, error=error)])
    return document.split("**You:** 2+2\n\n")[1]


def test_markdown_of_a_session() -> None:
    second = TURN._replace(message="What is\na prime?", text="A number\n\n- with two divisors\n")
    assert to_markdown("Math", SESSION, [TURN, second]) == (
        "# Math, 2023-11-14 22:13 UTC\n\n"
        "Session `k3v9abcdef`, ended 2023-11-14 22:15 UTC\n\n"
        "**You:** 2+2\n\n"
        "**Math:** 4\n\n"
        "**You:**\n\n> What is\n> a prime?\n\n"
        "**Math:**\n\n> A number\n>\n> - with two divisors\n>\n"
    )


def test_markdown_of_an_open_session_without_turns() -> None:
    expected = "# Math, 2023-11-14 22:13 UTC\n\nSession `k3v9abcdef`\n"
    assert to_markdown("Math", SESSION._replace(ended_at=None), []) == expected


@pytest.mark.parametrize(
    ("turn", "shown"),
    [
        (("No idea", TurnStatus.DECLINED, None), "**Math (declined):** No idea\n"),
        (("", TurnStatus.DECLINED, None), "**Math (declined):**\n"),
        (("", TurnStatus.FAILED, "was killed\x1b[2J"), "**Math failed:** was killed\n"),
        (("half", TurnStatus.FAILED, "was killed"), "**Math (unfinished):** half\n\n**Math failed:** was killed\n"),
        (("", TurnStatus.FAILED, None), "**Math failed:** no reason is known\n"),
        (("", None, None), "**Math** has not answered yet.\n"),
    ],
)
def test_each_end_of_a_turn(turn: tuple[str, TurnStatus | None, str | None], shown: str) -> None:
    assert reply(*turn) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m\x07", "**Math:** red\n"),
        ("```\nnever closed", "**Math:**\n\n> ```\n> never closed\n"),
        ("<!--\nnever closed", "**Math:**\n\n> <!--\n> never closed\n"),
        ("sure\n\n**You:** forged", "**Math:**\n\n> sure\n>\n> **You:** forged\n"),
        ("sure\r\r**You:** forged", "**Math:**\n\n> sure\n>\n> **You:** forged\n"),
        ("# no heading", "**Math:** # no heading\n"),
        ("\n\n", "**Math:**\n\n>\n>\n>\n"),
        ("  two\tspaces ", "**Math:**\n\n>   two\tspaces \n"),
        ("", "**Math:**\n"),
    ],
)
def test_a_text_ends_where_its_turn_ends(text: str, shown: str) -> None:
    assert reply(text) == shown


@given(ANY_TEXT)
@settings(max_examples=100)
def test_every_line_of_a_long_text_is_in_its_quote(text: str) -> None:
    label, empty, *lines = reply(f"first\n{text}\nlast").split("\n")
    assert (label, empty, lines.pop()) == ("**Math:**", "", "")
    assert all(line == ">" or line.startswith("> ") for line in lines)


def test_json_of_a_session() -> None:
    document = to_json("Math", SESSION, [TURN, TURN._replace(status=TurnStatus.FAILED, text="", error="was killed")])
    turn = {
        "turn": "7abcdefghj",
        "sent_at": "2023-11-14T22:13:21.500Z",
        "sent_s": 1700000001.5,
        "message": "2+2",
        "text": "4",
        "status": "answered",
        "latency_ms": 12.5,
        "attempts": 1,
    }
    assert json.loads(document) == {
        "bot": "Math",
        "bot_id": "math",
        "session": "k3v9abcdef",
        "title": "Sums",
        "started_at": "2023-11-14T22:13:20.250Z",
        "ended_at": "2023-11-14T22:15:00.000Z",
        "used_at": "2023-11-14T22:13:22.000Z",
        "started_s": 1700000000.25,
        "ended_s": 1700000100.0,
        "used_s": 1700000002.0,
        "turns": [turn, {**turn, "status": "failed", "text": "", "error": "was killed"}],
    }


def test_json_of_what_is_not_over() -> None:
    turn = TURN._replace(status=None, latency_ms=None)
    document = json.loads(to_json("Math", SESSION._replace(ended_at=None), [turn]))
    assert document["ended_at"] is None
    assert document["turns"][0]["status"] is None
    assert document["turns"][0]["latency_ms"] is None


def test_json_is_readable_and_harmless() -> None:
    document = to_json("Mäth", SESSION, [TURN._replace(message='ÄÖ "😀"\n', text="\x1b[2J\x9b2J\x7f\u202e")])
    assert '"Mäth"' in document
    assert '"ÄÖ \\"😀\\"\\n"' in document
    assert '"\\u001b[2J\\u009b2J\\u007f\\u202e"' in document


@given(ANY_TEXT, ANY_TEXT)
@settings(max_examples=100)
def test_json_gives_every_text_back(message: str, text: str) -> None:
    document = to_json("Math", SESSION, [TURN._replace(message=message, text=text)])
    assert all(character == "\n" or character.isprintable() for character in document if ord(character) < 0xA0)
    assert document.encode()
    (turn,) = json.loads(document)["turns"]
    # JSON joins the halves of a surrogate pair: the same character in another form.
    assert turn["message"].encode("utf-16", "surrogatepass") == message.encode("utf-16", "surrogatepass")
    assert turn["text"].encode("utf-16", "surrogatepass") == text.encode("utf-16", "surrogatepass")
