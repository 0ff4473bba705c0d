"""What a line can become: commands, bots and sessions, and nothing that is not understood."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme import shell
from tellme.tui.widgets.completion import Completion, common_start, complete

BOTS = ("English", "Math", "Zen", "Wall-E")
SESSIONS = (("20260801-aa", "About primes"), ("20260802-bb", "A koan"))


def texts(head: str, *, asked: bool = False) -> list[str]:
    return [each.text for each in complete(head, BOTS, SESSIONS, asked=asked)]


def test_a_slash_offers_every_command_with_its_help() -> None:
    offered = complete("/", BOTS)

    assert [each.text.strip() for each in offered] == [f"/{usage.name}" for usage in shell.COMMANDS]
    assert [each.help for each in offered] == [usage.help for usage in shell.COMMANDS]


@pytest.mark.parametrize(
    ("head", "offered"),
    [
        ("/st", ["/start_session ", "/stats", "/stop ", "/start "]),
        ("  /LIS", ["  /list"]),
        ("/start_session ", [f"/start_session {bot}" for bot in BOTS]),
        ("start_session m", ["start_session Math"]),
        ("start_session  'wal", ["start_session Wall-E"]),
        ("/restart e", ["/restart English", "/restart Zen", "/restart Wall-E"]),
        ("/resume 20260802", ["/resume 20260802-bb"]),
        ("/end_session prime", ["/end_session 20260801-aa"]),
        ("@tellme li", ["@tellme list"]),
        ("@tellme lo", ["@tellme logs "]),
        ("@tellme /logs z", ["@tellme /logs Zen"]),
    ],
)
def test_what_is_offered(head: str, offered: list[str]) -> None:
    assert texts(head) == offered


@pytest.mark.parametrize(
    "head", ["", "li", "2+2", "end_session 2026", "/list", "/sessions x", "/nope", "/li\nst", "@you /l"]
)
def test_what_may_be_a_message_or_is_complete_is_left_alone(head: str) -> None:
    assert texts(head) == []


def test_what_the_bot_offers_comes_after_the_commands_of_tellme() -> None:
    offered = shell.usages([("correct", "Say it better.", "TEXT"), ("undo", "Take it back.", "")])
    assert complete("/co", BOTS, offered=offered) == (Completion("/correct ", "/correct TEXT", "Say it better."),)
    assert [each.text for each in complete("/", BOTS, offered=offered)][-2:] == ["/correct ", "/undo"]
    assert complete("@tellme co", BOTS, offered=offered) == ()


def test_words_without_a_slash_are_completed_where_that_is_asked_for() -> None:
    assert texts("li", asked=True) == ["list"]
    assert texts("list", asked=True) == []


def test_a_name_that_begins_another_is_offered_with_it() -> None:
    assert [each.text for each in complete("/stop Math", ("Math", "Maths"))] == ["/stop Math", "/stop Maths"]


def test_what_is_offered_begins_alike() -> None:
    assert common_start([Completion("/restart ", ""), Completion("/resume ", "")]) == "/res"


names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,8}[A-Za-z0-9]", fullmatch=True)
heads = st.one_of(
    st.text(max_size=30),
    st.builds(
        "{}{}{}".format, st.sampled_from(["", "/", "@tellme ", " @TELLME, /"]), st.text(max_size=8), st.text(max_size=8)
    ),
    st.builds("/{} {}".format, st.sampled_from([usage.name for usage in shell.COMMANDS]), st.text(max_size=8)),
)


@given(heads, st.lists(names, max_size=4), st.lists(st.tuples(names, st.text(max_size=9)), max_size=4), st.booleans())
@settings(max_examples=150, derandomize=True)
def test_whatever_is_offered_is_understood(
    head: str, bots: list[str], sessions: list[tuple[str, str]], asked: bool
) -> None:
    for each in complete(head, bots, sessions, asked=asked):
        line = shell.parse(each.text)
        assert isinstance(line, shell.Command) or (isinstance(line, shell.Misused) and each.text.endswith(" "))
