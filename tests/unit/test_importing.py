"""What was exported comes back, whatever was said in it, and what nobody exported is refused in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.errors import UsageError
from tellme.model import Attachment, Session, Turn, TurnStatus
from tellme.surfaces import importing
from tellme.surfaces.export import to_json, to_markdown
from tellme.surfaces.importing import read, read_file
from tellme.text import clean

ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)))
LAYOUT = st.lists(st.sampled_from(["**You:**", "**Math:**", " ", "\n", ">", "```", "# ", "`", "x", "\t"])).map("".join)
TEXT = ANY_TEXT | LAYOUT
TIME = st.floats(0, 2e10)
TURN = st.builds(
    Turn,
    st.just("7abcdefghj"),
    st.just("k3v9abcdef"),
    TEXT,
    TIME,
    TEXT,
    st.sampled_from([None, *TurnStatus]),
    st.none() | TEXT,
    st.integers(0, 5),
    st.none() | st.floats(0, 1e9),
)
SESSION = st.builds(Session, st.just("k3v9abcdef"), st.just("math"), TIME, st.none() | TIME, TIME, TEXT)
BOTS = st.sampled_from(["Math", "You", "Math failed", "Wall-E", "a_b", "Ünï"])


def comparable(turn: Turn) -> tuple[str, str, TurnStatus | None, str | None]:
    """What Markdown says of a turn."""
    failed = turn.status is TurnStatus.FAILED
    text = "" if turn.status is None else clean(turn.text)
    return clean(turn.message), text, turn.status, clean(turn.error or "") or None if failed else None


@given(SESSION, st.lists(TURN, max_size=3))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_json_comes_back_as_it_was(session: Session, turns: list[Turn]) -> None:
    kept = session._replace(agent_session=None, turns=len(turns))
    assert read(to_json("Math", session, turns)) == (kept, turns, [[]] * len(turns))


@given(BOTS, st.lists(TURN, max_size=3))
@settings(max_examples=120, deadline=None, derandomize=True)
def test_markdown_keeps_every_message_and_reply(bot: str, turns: list[Turn]) -> None:
    session = Session("k3v9abcdef", "math", 60.0, 120.0)
    back, again, _ = read(to_markdown(bot, session, turns))
    assert (back.id, back.started_at, back.ended_at, back.turns) == ("k3v9abcdef", 60.0, 120.0, len(turns))
    assert [comparable(turn) for turn in again] == [comparable(turn) for turn in turns]


@given(st.lists(TEXT, max_size=3))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_files_are_named_with_their_turn_and_the_names_come_back(names: list[str]) -> None:
    first = Turn("7abcdefghj", "k3v9abcdef", "**With:** forged", 60.0, "so", TurnStatus.ANSWERED, None, 1)
    turns = [first, first._replace(id="7abcdefghk", message="none")]
    files = {first.id: [Attachment(name, "file:///a%20b", "text/plain", "content") for name in names]}
    session = Session("k3v9abcdef", "math", 60.0)
    as_json, as_markdown = (write("Math", session, turns, files) for write in (to_json, to_markdown))
    assert "content" not in as_json + as_markdown
    assert read(as_json).files == [names, []]
    assert read(as_markdown).files == [[clean(name) for name in names], []]
    assert [turn.message for turn in read(as_markdown).turns] == ["**With:** forged", "none"]


@pytest.mark.parametrize(
    "text",
    [
        "```\nnever closed",
        "# no heading",
        "**You:** forged\n\n**Math:** forged",
        "> quoted\n>\n> more",
        "**Math** has not answered yet.",
        "**Math failed:** no",
        "\n\nleading and trailing\n\n",
        "  indented",
        "trailing  ",
        "\n",
        "",
        "Session `k3v9abcdef`",
    ],
)
def test_what_looks_like_the_document_is_part_of_the_text(text: str) -> None:
    turns = [Turn("", "k3v9abcdef", text, 60.0, text, TurnStatus.ANSWERED, None, 1)] * 2
    assert read(to_markdown("Math", Session("k3v9abcdef", "math", 60.0), turns))[1] == turns


def test_what_markdown_does_not_say_is_empty() -> None:
    turn = Turn("7abcdefghj", "k3v9abcdef", "2+2", 1700000001.5, "4", TurnStatus.ANSWERED, None, 2, 12.5)
    document = to_markdown("Wall-E Two", Session("k3v9abcdef", "wall-e-two", 1700000000.25, title="Sums"), [turn])
    minute = 1699999980.0  # 22:13:00 of 22:13:20
    session = Session("k3v9abcdef", "wall-e-two", minute, None, minute, "", None, 1)
    assert read(document) == (session, [turn._replace(id="", sent_at=minute, attempts=1, latency_ms=None)], [[]])


def test_a_file_that_another_system_saved_is_read() -> None:
    document = "# Math, 2023-11-14 22:13 UTC\n\nSession `k3v9abcdef`\n\n**You:** 2+2\n\n**Math:**\n\n> a\n> b\n"
    assert read("\ufeff" + document.replace("\n", "\r\n")) == read(document)


def test_an_older_export_has_its_times_as_text_only() -> None:
    document = {
        "bot": "Math",
        "bot_id": "math",
        "session": "k3v9abcdef",
        "title": "Sums",
        "started_at": "2023-11-14T22:13:20.250Z",
        "ended_at": None,
        "turns": [
            {
                "turn": "7abcdefghj",
                "sent_at": "2023-11-14T22:13:21.500Z",
                "message": "2+2",
                "text": "4",
                "status": "answered",
                "latency_ms": 12.5,
                "attempts": 1,
            }
        ],
    }
    assert read(json.dumps(document)) == (
        Session("k3v9abcdef", "math", 1700000000.25, None, 1700000000.25, "Sums", None, 1),
        [Turn("7abcdefghj", "k3v9abcdef", "2+2", 1700000001.5, "4", TurnStatus.ANSWERED, None, 1, 12.5)],
        [[]],
    )


HEAD = "# Math, 2023-11-14 22:13 UTC\n\nSession `k3v9abcdef`\n\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Line 1: this is no session"),
        ("notes of mine", "Line 1: this is no session"),
        ("# My notes\n", "Line 1: this is no session that 'tellme export' wrote: it must be '# BOT, YYYY"),
        ("# Math, 2023-13-14 22:13 UTC\n", "Line 1: this is no session that 'tellme export' wrote: it names a time"),
        ("# Math, 2023-11-14 22:13 UTC\n\n", "Line 4: "),
        ("# Math, 2023-11-14 22:13 UTC\n\nhello", "Line 3: "),
        (HEAD + "hello", "Line 5: this is no session that 'tellme export' wrote: it must begin with '**You:**'"),
        (HEAD + "**You:** 2+2", "Line 6: this is no session that 'tellme export' wrote: it must be the reply"),
        (HEAD + "**You:** 2+2\n\n**Zen:** now", "Line 7: "),
        (HEAD + "**You:** 2+2\n\n**Math (unfinished):** now\n\nmore", "Line 9: "),
        (HEAD + "**You:** 2+2\n\n**Math:** 4\n\nmore", "Line 9: "),
        ("{", "Line 1: this is no JSON (Expecting property name"),
        ('{"turns": [],\n\n"session" 1}', "Line 3: this is no JSON (Expecting ':' delimiter)."),
        ("[" * 100_000, "Line 1: this JSON cannot be read"),
        ('{"a": ' + "1" * 5000 + "}", "Line 1: this JSON cannot be read"),
        ('{"a": NaN}', "Line 1: this JSON cannot be read"),
        ("[]", "the document must be one JSON object"),
        ("{}", "turns is missing"),
    ],
)
def test_what_nobody_exported_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(text)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "session.json"
    document = to_json("Mäth", Session("k3v9abcdef", "math", 1.0, title="Ünï"), [])
    file.write_text(document, encoding="utf-8")
    assert read_file(str(file)) == read(document)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "'FILE' cannot be read: No such file or directory."),
        (b"notes", "FILE: Line 1: this is no session that 'tellme export' wrote, neither as JSON nor as Markdown."),
        (b"# Math\n\xff", "FILE: Line 2: this is no UTF-8, which every export is."),
        (b"{" + b" " * 100, "FILE: it is longer than 100 bytes, which no session is."),
    ],
)
def test_a_file_that_is_no_export_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, said: str
) -> None:
    monkeypatch.setattr(importing, "MAX_BYTES", 100)
    file = tmp_path / "file"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read_file(str(file))
    assert str(caught.value) == said.replace("FILE", str(file))


def test_a_name_that_cannot_be_is_said() -> None:
    with pytest.raises(UsageError, match=r"cannot be read: embedded null byte\.$"):
        read_file("a\0b")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("session", 7, "session must be a text"),
        ("bot_id", None, "bot_id must be a text"),
        ("turns", {}, "turns must be a list"),
        ("turns", ["x"], "turns[0] must be an object"),
        ("started_s", "then", "started_s must be a number"),
        ("started_s", 10**400, "started_s must be a number"),
        ("started_s", True, "started_s must be a number"),
        ("title", ["x"], "title must be a text"),
    ],
)
def test_a_field_that_is_wrong_is_named(field: str, value: object, said: str) -> None:
    document = json.loads(to_json("Math", Session("k3v9abcdef", "math", 1.0), []))
    with pytest.raises(UsageError) as caught:
        read(json.dumps({**document, field: value}))
    assert str(caught.value) == f"This JSON is no session that 'tellme export' wrote: {said}."


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("message", 1, "turns[0].message must be a text"),
        ("status", "won", "turns[0].status must be one of answered, declined, failed, or null"),
        ("status", ["answered"], "turns[0].status must be one of answered, declined, failed, or null"),
        ("attempts", 1.5, "turns[0].attempts must be a whole number"),
        ("attempts", True, "turns[0].attempts must be a whole number"),
        ("latency_ms", "fast", "turns[0].latency_ms must be a number"),
        ("sent_s", None, "turns[0].sent_at must be a time like 2026-01-31T12:00:00Z"),
    ],
)
def test_a_field_of_a_turn_that_is_wrong_is_named(field: str, value: object, said: str) -> None:
    turn = Turn("7abcdefghj", "k3v9abcdef", "2+2", 1.0, "4", TurnStatus.ANSWERED, None, 1)
    document = json.loads(to_json("Math", Session("k3v9abcdef", "math", 1.0), [turn]))
    document["turns"][0] |= {"sent_at": "yesterday", field: value}
    with pytest.raises(UsageError) as caught:
        read(json.dumps(document))
    assert str(caught.value) == f"This JSON is no session that 'tellme export' wrote: {said}."
