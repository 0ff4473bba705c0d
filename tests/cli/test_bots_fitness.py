"""What ``tellme bots add`` and ``new`` say at once, because nobody would find it out by talking to the bot."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tellme.host.checking import trial

from ..conftest import add_bot
from .making import Run
from .making import bots as bots


@pytest.mark.parametrize(
    ("alias", "problem"),
    [
        ("ZEN!", 'the alias "ZEN!" leads to Zen, and would lead to nobody then; choose another one.'),
        ("day good", 'the alias "good day" leads to Other, and would lead to nobody then; choose another one.'),
        ("Help", 'the alias "help" leads to Other, and would lead to nobody then; choose another one.'),
        ("list", 'nobody can reach it by the alias "list", which is a command of tellme\'s.'),
        ("/x", 'nobody can reach it by the alias "/x", which is a command of tellme\'s.'),
        ("?!", 'nobody can reach it by the alias "?!", which has no letter and no digit.'),
    ],
)
def test_an_alias_that_would_lead_nowhere_is_refused(bots: Run, home: Path, alias: str, problem: str) -> None:
    add_bot(home, "Other", ["true"], aliases=["good day", "help"])
    said = bots("add", "X", "--alias", "my own", "--alias", alias, "--", "cat")
    assert (said.code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    assert problem.removeprefix("the alias").partition('" ')[2] in said.err
    assert os.listdir(home / "bots") == ["other"]


def test_help_and_an_alias_of_its_own_are_welcome(bots: Run, home: Path) -> None:
    assert bots("add", "X", "--alias", "help", "--alias", "my own", "--", "cat").code == 0


def test_the_aliases_of_a_second_example_are_said_in_one_line(bots: Run, home: Path) -> None:
    assert bots("new", "Moo", "--like", "cows").err == ""
    said = bots("new", "Boo", "--like", "cows")
    assert said.code == 0
    assert said.err.count("\n") == 1
    assert '"play a game", ' in said.err
    assert f"of Boo and of Moo that may lead to none of them; give it others in {home}/bots/boo/bot.toml." in said.err


# The corpus --------------------------------------------------------------------------------------------------------


def test_a_corpus_that_there_is_not_is_said_with_what_there_is(bots: Run, home: Path) -> None:
    said = bots("add", "Wit", "--kind", "english", "--corpus", "frnch")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith('tellme: The bot was not added: There is no corpus "frnch". Did you mean "french"?')
    assert said.err.count("\n") == 1
    assert os.listdir(home / "bots") == []


def test_a_corpus_that_cannot_be_read_as_one_is_said(bots: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.yml").write_text("conversations: [[")
    said = bots("add", "Wit", "--kind", "english", "--corpus", str(tmp_path / "mine.yml"))
    assert said.code == 2
    assert f"The bot was not added: The corpus {tmp_path}/mine.yml, line " in said.err


def test_a_bot_that_takes_long_to_be_ready_is_added(bots: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "TRIAL_S", 0.0)
    assert bots("add", "Wit", "--kind", "english", "--corpus", "french").code == 0
