"""English as a process: speaks the protocol, and loads neither spaCy nor anything else that its start would wait
for.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

LOADED = """
import sys
from englishbot.engine import open_english
english = open_english(sys.argv[1])
print(english.answer("hello"))
slow = {"spacy.cli", "spacy.language", "thinc", "numpy", "requests", "yaml", "tqdm", "englishbot.corpus_files"}
print(sorted(slow & set(sys.modules)))
from chatterbot.tagging import LowercaseTagger
print(LowercaseTagger().get_text_index_string("HELLO"))
"""


def test_spacy_is_loaded_only_for_what_needs_it(trained: Path, english_folder: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-c", LOADED, str(trained)]
    done = subprocess.run(command, cwd=english_folder, capture_output=True, text=True, timeout=50, check=True)
    assert done.stdout.splitlines() == ["Hi", "[]", "hello"]


def test_it_answers_and_declines_over_the_protocol(start: Callable[..., Any]) -> None:
    bot = start()
    assert bot.say("hello") == ("Hi", "end_turn")
    assert bot.say("capital of France?") == ("I don't know what to say to that.", "refusal")
    assert bot.end() == (0, "")


def test_commands_go_to_their_functions(start: Callable[..., Any], tmp_path: Path) -> None:
    bot = start(TELLME_BOT_DATA=str(tmp_path))
    assert bot.say("/correct Paris")[1] == "refusal"
    assert bot.say("/corrections")[1] == "refusal"
    assert bot.say("/uncorrect")[1] == "refusal"
    bot.say("capital of France?")
    assert bot.say("/correct   Paris ") == ("Noted: capital of France? → Paris", "end_turn")
    assert bot.say("the capital of France") == ("Paris", "end_turn")
    assert bot.say("/corrections")[0].endswith("capital of France? → Paris")
    assert bot.say("/uncorrect 1") == ("Taken back: capital of France? → Paris", "end_turn")
    assert bot.say("the capital of France")[1] == "refusal"


def test_other_corpora_are_one_setting(start: Callable[..., Any], tmp_path: Path) -> None:
    bot = start(TELLME_CORPUS='["french"]', TELLME_KIND_DATA=str(tmp_path))
    assert bot.say("Où es-tu ?") == ("Dans Internet.", "end_turn")
    assert bot.say("hello") == ("I don't know what to say to that.", "refusal")


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ('["frnch"]', '"french"'),
        ('["/nowhere/at/all.yml"]', "/nowhere/at/all.yml"),
        ("[]", "TELLME_CORPUS"),
        ("no list", "TELLME_CORPUS"),
    ],
)
def test_a_corpus_that_cannot_be_used_is_a_configuration_error(
    start: Callable[..., Any], setting: str, said: str
) -> None:
    code, errors = start(TELLME_CORPUS=setting).end()
    assert code == 78
    assert len(errors.splitlines()) == 1
    assert said in errors
