"""The arguments of ``ask`` are read twice, quickly and by Typer: the two agree wherever both understand them."""

from __future__ import annotations

from functools import partial

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.cli import app
from tellme.cli.ask_arguments import ATTACH, OPTIONS, looks_like_option, read
from tellme.errors import UsageError
from tellme.surfaces.ask import Ask

WORDS = st.sampled_from(["Math", "2+2", "-2+2", "-", "--", "", "list", "--5", "-x y", "-h2"]) | st.text(max_size=4)
ARGUMENTS = st.lists(
    WORDS | st.sampled_from([*OPTIONS, ATTACH, f"{ATTACH}=a b", "--help", "-h", "--bogus", "-x", "--json=1"]),
    max_size=6,
)


def by_typer(arguments: list[str]) -> Ask | None:
    """What Typer reads, or ``None`` where it explains something instead."""
    try:
        call = app._read(["ask", *arguments])
    except UsageError:
        return None
    if not isinstance(call, partial):
        return None
    request = call.args[0]
    assert isinstance(request, Ask)
    return request


@settings(max_examples=75, deadline=None, derandomize=True)
@given(ARGUMENTS.filter(lambda words: not {"--help", "-h"} & {*words}))
def test_where_both_read_the_arguments_they_read_the_same(arguments: list[str]) -> None:
    quickly, typers = read(arguments), by_typer(arguments)
    if quickly is not None and typers is not None:
        assert quickly == typers
    if typers is not None and arguments[0] != "--":
        assert quickly == typers, "what Typer takes needs no Typer"


@settings(max_examples=50, deadline=None, derandomize=True)
@given(ARGUMENTS)
def test_what_is_read_quickly_is_what_typer_reads_behind_two_dashes(arguments: list[str]) -> None:
    quickly = read(arguments)
    if quickly is not None:
        options = [option for option, (field, value) in OPTIONS.items() if getattr(quickly, field) is value]
        options += [f"{ATTACH}={path}" for path in quickly.attach]
        assert by_typer([*options, "--", quickly.bot, *quickly.words]) == quickly


def test_the_options_are_those_that_typer_declares() -> None:
    command = typer.main.get_command(app.app)
    ask = command.commands["ask"]  # type: ignore[attr-defined]
    declared = {
        option for parameter in ask.params if parameter.param_type_name == "option" for option in parameter.opts
    }
    assert {*OPTIONS, ATTACH} == declared - {"--help", "-h"}


@pytest.mark.parametrize("arguments", [[], ["--json"], ["--help"], ["Math", "-h"], ["Math", "--bogus"], ["Math", "-x"]])
def test_what_needs_an_explanation_is_left_to_typer(arguments: list[str]) -> None:
    assert read(arguments) is None


@pytest.mark.parametrize(
    "word", ["-", "-2", "-2+2", "-(3)", "-sqrt(4)", "-x + 2", "--5", "-π*2", "- 3", "-.5", "--=", "="]
)
def test_a_word_that_cannot_be_an_option_is_part_of_the_message(word: str) -> None:
    assert not looks_like_option(word)
    assert read(["Math", word]) == Ask("Math", (word,))


@pytest.mark.parametrize("word", ["-x", "-json", "--lines=3", "--no-such-thing", "-h"])
def test_a_word_that_may_be_meant_as_an_option_is_one(word: str) -> None:
    assert looks_like_option(word)


def test_after_two_dashes_all_is_message() -> None:
    assert read(["Math", "--json", "--", "--lines", "--"]) == Ask("Math", ("--lines", "--"), json=True)
