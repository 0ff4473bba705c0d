"""Zen: a line for a theme, the next for a line, all, by number, at random, with its meaning; the rest is declined."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from zenbot.answering import Zen
from zenbot.aphorisms import APHORISMS
from zenbot.engine import open_zen

Answer = Callable[..., str | None]
LINES = [aphorism.text for aphorism in APHORISMS]


@pytest.fixture(scope="module")
def answer() -> Answer:
    return open_zen()


def talk(answer: Answer, *messages: str) -> list[str | None]:
    said: list[str] = []
    replies = []
    for message in messages:
        replies.append(answer(message, said))
        said.append(replies[-1] or "")
    return replies


CASES = {
    "theme": {
        "beauty": 1,
        "simple": 3,
        "complexity": 3,
        "nested loops": 5,
        "readability": 7,
        "rules": 8,
        "practicality": 9,
        "errors": 10,
        "silence": 11,
        "ambiguity": 12,
        "dutch": 14,
        "namespaces": 19,
    },
    "synonym": {
        "elegance": 1,
        "clarity": 2,
        "simplicity": 3,
        "convoluted": 4,
        "indentation": 5,
        "whitespace": 6,
        "legible": 7,
        "consistency": 8,
        "pragmatism": 9,
        "exceptions": 10,
        "bugs": 10,
        "suppress an exception": 11,
        "guessing": 12,
        "guido": 14,
        "procrastination": 15,
        "hurry": 16,
        "premature optimization": 16,
        "modules": 19,
    },
    "question": {
        "what does python say about errors?": 10,
        "should I guess?": 12,
        "my code is ugly": 1,
        "my function is too deeply nested, what should I do?": 5,
        "what is better than ugly?": 1,
        "how many ways should there be to do it?": 13,
        "should I rush this?": 16,
        "Is it OK to swallow exceptions?": 10,
        "what about special cases": 8,
        "what if it is hard to explain?": 17,
        "I keep postponing it": 15,
    },
    "half remembered": {
        "Beutiful is better than ugly": 1,
        "flat better nested": 5,
        "errors pass silently": 10,
        "errors shoud nevr pass silenty": 10,
        "although practicality": 9,
        "in the face of ambiguity": 12,
        "one obvious way to do it": 13,
        "never is better than right now": 16,
        "if the implementation is hard": 17,
        "if it is easy to explain it's a good idea": 18,
        "one honking great idea": 19,
        "good idea": 18,
        "bad idea": 17,
        "better late than never": 15,
        "readabilty": 7,
    },
    "number": {
        "7": 7,
        "the 7th": 7,
        "line 3": 3,
        "number five": 5,
        "seventh": 7,
        "the last one": 19,
        "show me the first aphorism": 1,
        "what's the 19th one?": 19,
        "give me the 4th line of the zen of python": 4,
        "twelfth": 12,
    },
}
UNKNOWN = [
    "what is the capital of France",
    "what is 2+2",
    "tell me a joke",
    "hello",
    "how are you",
    "is pizza better than pasta",
    "what time is it now",
    "I love you",
    "space travel",
    "deep learning",
    "buy a car",
    "who is the president",
    "explain the weather",
    "20",
    "0",
    "line 20",
    "explain line 20",
    "what is love",
    "asdf qwer",
    "?",
    "",
    "日本語",
    "what's python",
    "is it going to rain tomorrow",
    "how do I bake bread",
    "999999999999999999999",
    "explain",
    "why?",
    "previous",
    "the",
    "better",
    "is better than",
    "java",
]


@pytest.mark.parametrize(
    ("message", "number"),
    [
        pytest.param(message, number, id=f"{group}: {message}")
        for group, cases in CASES.items()
        for message, number in cases.items()
    ],
)
def test_finds_the_line(answer: Answer, message: str, number: int) -> None:
    assert answer(message) == LINES[number - 1]


@pytest.mark.parametrize("message", UNKNOWN)
def test_declines_the_rest(answer: Answer, message: str) -> None:
    assert answer(message) is None


@pytest.mark.parametrize("number", range(19))
@pytest.mark.parametrize(
    "form", [str, str.upper, lambda line: line.rstrip(".!").replace("*", ""), lambda line: f"  {line}  "]
)
def test_an_aphorism_gets_the_next_and_the_last_the_first(
    answer: Answer, number: int, form: Callable[[str], str]
) -> None:
    assert answer(form(LINES[number])) == LINES[(number + 1) % 19]


def test_the_lines_are_those_of_python() -> None:
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        import this  # noqa: F401
    assert printed.getvalue().splitlines()[2:] == LINES


@pytest.mark.parametrize(
    "message",
    [
        "all",
        "all nineteen please",
        "the whole zen",
        "list all",
        "recite the zen of python",
        "import this",
        "The Zen of Python",
    ],
)
def test_all(answer: Answer, message: str) -> None:
    assert answer(message) == "\n".join(LINES)


@pytest.mark.parametrize(
    "message", ["random", "give me a random one", "surprise me", "some wisdom please", "an aphorism"]
)
def test_random(message: str) -> None:
    zen = Zen(LINES, choose=lambda count: count - 1)
    assert zen.answer(message) == LINES[18]
    assert zen.answer(message, said=[LINES[18]]) == LINES[17]


def test_random_says_each_line_before_it_repeats_one(answer: Answer) -> None:
    assert set(talk(answer, *["random"] * 19)) == set(LINES)


@pytest.mark.parametrize(
    "message",
    ["explain line 5", "what does 'Flat is better than nested.' mean?", "explain nesting", "meaning of the 5th"],
)
def test_explains_the_line_that_is_named(answer: Answer, message: str) -> None:
    assert answer(message) == f"{LINES[4]}\n{APHORISMS[4].meaning}"


@pytest.mark.parametrize("message", ["explain", "why?", "what does it mean?", "what does that mean", "please explain"])
def test_explains_the_line_said_last(answer: Answer, message: str) -> None:
    assert talk(answer, "dense", message)[1] == f"{LINES[5]}\n{APHORISMS[5].meaning}"


def test_next_and_previous_go_on_from_the_line_said_last(answer: Answer) -> None:
    messages = ["line 18", "next", "next", "previous", "explain", "more"]
    numbers: Sequence[int] = [18, 19, 1, 19, 19, 1]
    assert [(reply or "").split("\n")[0] for reply in talk(answer, *messages)] == [
        LINES[number - 1] for number in numbers
    ]


def test_facts(answer: Answer) -> None:
    assert answer("who wrote the zen of python?") == "Tim Peters."
    assert answer("how many aphorisms are there?") == "Nineteen."


@settings(max_examples=100, deadline=None, derandomize=True)
@given(message=st.text(max_size=100))
def test_any_text_is_answered_or_declined(answer: Answer, message: str) -> None:
    reply = answer(message)
    assert reply is None or reply.split("\n")[0] in LINES


def test_it_starts_on_chatterbot_without_a_database_or_spacy() -> None:
    bots = Path(__file__).parents[3] / "bots"
    program = f"""
import sys
sys.path[:0] = [{str(bots / "zen")!r}, {str(bots / "english")!r}]
from zenbot.engine import open_zen
print(open_zen()("beauty"))
print("chatterbot" in sys.modules, sorted({{"sqlalchemy", "spacy.language", "numpy"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.splitlines() == [LINES[0], "True []"]


def test_its_process_speaks_the_protocol() -> None:
    bots = Path(__file__).parents[3] / "bots"
    request = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": 1}}
    done = subprocess.run(
        [sys.executable, "bot.py"],
        cwd=bots / "zen",
        env=os.environ | {"PYTHONPATH": str(bots.parent)},
        input=json.dumps(request) + "\n",
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert json.loads(done.stdout)["result"]["agentInfo"]["name"] == "Zen"
