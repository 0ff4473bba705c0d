"""Every surface reads a line the same way."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.shell import (
    COMMANDS,
    Command,
    Line,
    Misused,
    Nothing,
    Say,
    SayToBot,
    Unknown,
    complete,
    parse,
    usages,
)


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("", Nothing()),
        (" \t\r\n", Nothing()),
        ("list", Command("list")),
        ("  List \n", Command("list")),
        ("list all primes below 10", Say("list all primes below 10")),
        ("listen", Say("listen")),
        ("help", Command("help")),
        ("help me", Say("help me")),
        ("end_session", Command("end_session")),
        ("end_session now", Say("end_session now")),
        ("start_session Math", Command("start_session", "Math")),
        ("start_session  Wall  E ", Command("start_session", "Wall  E")),
        ('start_session "Wall E"', Command("start_session", "Wall E")),
        ("start_session 'Wall E'", Command("start_session", "Wall E")),
        ("START_SESSION math", Command("start_session", "math")),
        ("start_session\tMath", Command("start_session", "Math")),
        ("start_session", Misused("start_session", "start_session NAME")),
        ('start_session ""', Misused("start_session", "start_session NAME")),
        ("start_session Math\nand then", Say("start_session Math\nand then")),
        ("quit", Say("quit")),
        ("2+2", Say("2+2")),
        ("  indented\n", Say("  indented")),
        ("two\nlines", Say("two\nlines")),
        ("either/or", Say("either/or")),
        ("/list", Command("list")),
        (" /LIST ", Command("list")),
        ("/restart Math", Command("restart", "Math")),
        ("/restart", Command("restart")),
        ("/end_session 17", Command("end_session", "17")),
        ("/list all", Misused("list", "list")),
        ("/clear all", Misused("clear", "/clear")),
        ("/start_session", Misused("start_session", "start_session NAME")),
        ("/lsit", Unknown("lsit", ("list",))),
        ("/re Math", Unknown("re", ("rename", "restart", "resume"))),
        ("/etc/passwd is what?", Unknown("etc/passwd", ())),
        ("/", Unknown("", ())),
        ("/ list", Unknown("", ())),
        ("@tellme", Command("help")),
        ("@tellme list", Command("list")),
        ("@Tellme: /list", Command("list")),
        ("@tellme, restart Math", Command("restart", "Math")),
        ("@tellme start_session", Misused("start_session", "start_session NAME")),
        ("@tellme list all primes", Say("list all primes")),
        ("@tellme hello", Say("hello")),
        ("@tellme /etc/passwd is what?", Say("/etc/passwd is what?")),
        ("@tellmemore", Say("@tellmemore")),
        ("ask @tellme list", Say("ask @tellme list")),
    ],
)
def test_parse(line: str, meaning: Line) -> None:
    assert parse(line) == meaning
    assert type(parse(line)) is type(meaning)


@given(
    st.text(max_size=30)
    | st.sampled_from(["/", "@tellme ", "start_session ", "@tellme /"]).flatmap(
        lambda start: st.text(max_size=10).map(lambda rest: start + rest)
    )
)
@settings(max_examples=200, derandomize=True)
def test_every_line_means_something(line: str) -> None:
    meaning = parse(line)
    assert isinstance(meaning, Nothing) == (not line.strip())
    if isinstance(meaning, Say):
        assert meaning.text.strip()
        assert meaning.text in line
    if line.strip().startswith("/"):
        assert isinstance(meaning, Command | Unknown | Misused)


def test_every_command_can_be_typed_as_its_form_says() -> None:
    for usage in COMMANDS:
        typed = usage.form.replace("[", "").replace("]", "")
        if usage.bare and not usage.needs_argument:
            typed = usage.name
        line = parse(typed)
        assert isinstance(line, Command)
        assert line.name == usage.name
        assert usage.help.endswith(".")


OFFERED = usages(
    [
        ("correct", "Say it better", "TEXT"),
        ("LIST", "Is tellme's", ""),
        ("Undo", "Take it back", "[N]"),
        ("UNDO", "Twice", ""),
    ]
)


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("/correct  It is 4 \n", SayToBot("/correct It is 4")),
        ("/correct", SayToBot("/correct")),
        ("/UNDO 2", SayToBot("/Undo 2")),
        ("/list", Command("list")),
        ("/corect x", Unknown("corect", ("correct",))),
        ("correct that", Say("correct that")),
        ("@tellme /correct x", SayToBot("/correct x")),
        ("@tellme correct x", SayToBot("/correct x")),
        ("@tellme incorrect x", Say("incorrect x")),
        ("/LIST", Command("list")),
    ],
)
def test_parse_with_what_the_bot_offers(line: str, meaning: Line) -> None:
    assert parse(line, OFFERED) == meaning
    assert type(parse(line, OFFERED)) is type(meaning)


def test_completion_of_what_the_bot_offers() -> None:
    assert complete("/co", offered=OFFERED) == ("/correct",)
    assert complete("/u", offered=OFFERED) == ("/Undo",)
    assert complete("/lis", offered=OFFERED) == ("/list",)
    assert complete("co", offered=OFFERED) == ()


def test_completion() -> None:
    assert complete("/st") == ("/start_session", "/stats", "/stop", "/start")
    assert complete("st") == ("start_session",)
    assert complete("L") == ("list",)
    assert complete("/") == tuple(f"/{usage.name}" for usage in COMMANDS)
    assert complete("") == complete("xyz") == ()


def test_completion_of_what_a_command_is_about() -> None:
    bots = ("Math", "Marvin", "Wall E")
    assert complete("start_session ma", bots) == ("start_session Math", "start_session Marvin")
    assert complete("/Restart WALL e", bots) == ("/Restart Wall E",)
    assert complete("/bot ", bots) == ("/bot Math", "/bot Marvin", "/bot Wall E")
    assert complete("/rename ma", bots) == complete("list ma", bots) == complete("restart ma", bots) == ()
    assert complete("mat", bots) == ()
