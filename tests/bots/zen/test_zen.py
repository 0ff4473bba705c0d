"""Zen: the next line for a line, all, by number, at random, with its meaning; a decline says why."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from zenbot.answering import HELP, NO_LINE, NO_SUCH_NUMBER, NOTHING_SAID, UNWRITTEN, Declined, Zen
from zenbot.aphorisms import APHORISMS
from zenbot.engine import open_zen

LINES = [aphorism.text for aphorism in APHORISMS]


@pytest.fixture(scope="module")
def zen() -> Zen:
    return Zen(LINES)


def talk(zen: Zen, *messages: str) -> list[str]:
    """Return the replies; a decline is its reason."""
    said: list[str] = []
    replies = []
    for message in messages:
        try:
            replies.append(zen.answer(message, said))
            said.append(replies[-1])
        except Declined as declined:
            replies.append(str(declined))
    return replies


def lines(*numbers: int) -> str:
    return "\n".join(LINES[number - 1] for number in numbers)


def explained(*numbers: int) -> str:
    return "\n".join(f"{LINES[number - 1]}\n{APHORISMS[number - 1].meaning}" for number in numbers)


@pytest.mark.parametrize("number", range(19))
@pytest.mark.parametrize(
    "form", [str, str.upper, lambda line: line.rstrip(".!").replace("*", ""), lambda line: f"  {line}  "]
)
def test_an_aphorism_gets_the_next_and_the_last_the_first(zen: Zen, number: int, form: Callable[[str], str]) -> None:
    assert zen.answer(form(LINES[number])) == LINES[(number + 1) % 19]


def test_the_lines_are_those_of_python() -> None:
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        import this  # noqa: F401
    assert printed.getvalue().splitlines()[2:] == LINES


def test_lines_said_in_their_order_get_the_next(zen: Zen) -> None:
    assert talk(zen, f"{LINES[7]} {LINES[8]}") == [LINES[9]]
    assert talk(zen, f"{LINES[8]} {LINES[7]}") != [LINES[9]]


@pytest.mark.parametrize(
    "message",
    [
        "all",
        "all nineteen please",
        "all of them",
        "the whole zen",
        "the whole thing",
        "list",
        "list all",
        "show everything",
        "give me the full list",
        "give me every line",
        "tell me the lines",
        "recite the zen of python",
        "could you print the entire zen of Python?",
        "import this",
        "The Zen of Python",
        "what is the zen of python?",
        "PEP 20",
    ],
)
def test_all(zen: Zen, message: str) -> None:
    assert talk(zen, message) == ["\n".join(LINES)]


@pytest.mark.parametrize(
    "message",
    [
        "random",
        "any",
        "give me a random one",
        "pick one at random",
        "surprise me",
        "inspire me",
        "some wisdom please",
        "say something wise",
        "an aphorism",
        "give me a line",
        "give me one",
        "quote of the day",
        "another random one",
    ],
)
def test_random(message: str) -> None:
    zen = Zen(LINES, choose=lambda count: count - 1)
    assert zen.answer(message) == LINES[18]
    assert zen.answer(message, said=[LINES[18]]) == LINES[17]


def test_random_says_each_line_before_it_repeats_one(zen: Zen) -> None:
    assert set(talk(zen, *["random"] * 19)) == set(LINES)


NUMBERS: dict[str, tuple[int, ...]] = {
    "1 and 3": (1, 3),
    "1, 2 and 7": (1, 2, 7),
    "the 3rd and the 5th": (3, 5),
    "first and last": (1, 19),
    "the first three": (1, 2, 3),
    "the last two": (18, 19),
    "lines 3 to 5": (3, 4, 5),
    "lines 3-5": (3, 4, 5),
    "show me lines 17 through 19": (17, 18, 19),
    "between 3 and 5": (3, 4, 5),
    "from the second to the fourth": (2, 3, 4),
    "5 to 3": (5, 4, 3),
    "the middle one": (10,),
    "last but two": (17,),
    "fourth from the bottom": (16,),
    "№ 4": (4,),
    "n° 4": (4,),
    "line v": (5,),
    "XIX": (19,),
    "Line III": (3,),
    "and the 9th?": (9,),
    "what about number eight": (8,),
    "“7”": (7,),
}


@pytest.mark.parametrize(("message", "numbers"), NUMBERS.items())
def test_lines_by_their_numbers(zen: Zen, message: str, numbers: tuple[int, ...]) -> None:
    assert talk(zen, message) == [lines(*numbers)]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("20", UNWRITTEN),
        ("the 20th", UNWRITTEN),
        ("explain line 20", UNWRITTEN),
        ("twentieth", UNWRITTEN),
        ("0", NO_SUCH_NUMBER),
        ("-1", NO_SUCH_NUMBER),
        ("minus one", NO_SUCH_NUMBER),
        ("21", NO_SUCH_NUMBER),
        ("line 99", NO_SUCH_NUMBER),
        ("1 and 30", NO_SUCH_NUMBER),
        ("the first 30", NO_SUCH_NUMBER),
        ("9" * 900, NO_SUCH_NUMBER),
        ("1.5", NO_LINE),
        ("3-5", NO_LINE),
        ("2 to the 8th", NO_LINE),
        ("5!", NO_LINE),
        ("(7)", NO_LINE),
        ("the capital of France", NO_LINE),
        ("", NO_LINE),
        ("explain", NOTHING_SAID),
        ("why?", NOTHING_SAID),
        ("previous", NOTHING_SAID),
        ("again", NOTHING_SAID),
        ("explain the weather", NO_LINE),
        ("what does carpe diem mean?", NO_LINE),
        ("help", HELP),
        ("what can you do?", HELP),
        ("what can I ask?", HELP),
    ],
)
def test_a_decline_says_why_on_one_line(zen: Zen, message: str, reason: str) -> None:
    assert talk(zen, message) == [reason]
    assert "\n" not in reason


EXPLAINED: dict[str, tuple[int, ...]] = {
    "explain line 5": (5,),
    "explain the 7th": (7,),
    "explain nesting": (5,),
    "please explain the line about errors": (10,),
    "meaning of the 5th": (5,),
    "what is the meaning of number 3?": (3,),
    "what does 'Flat is better than nested.' mean?": (5,),
    "what does flat is better mean": (5,),
    "what is meant by practicality beats purity?": (9,),
    "what do you mean by honking?": (19,),
    "readability counts meaning": (7,),
    "why is flat better than nested?": (5,),
    "why should errors never pass silently?": (10,),
    "can you explain why never is better than right now?": (16,),
    "tell me more about the 7th": (7,),
    "explain 3 and 4": (3, 4),
    "explain the first three": (1, 2, 3),
    "explain all": tuple(range(1, 20)),
}


@pytest.mark.parametrize(("message", "numbers"), EXPLAINED.items())
def test_explains_the_lines_that_are_named(zen: Zen, message: str, numbers: tuple[int, ...]) -> None:
    assert talk(zen, message) == [explained(*numbers)]


@pytest.mark.parametrize(
    "message",
    [
        "explain",
        "why?",
        "what does it mean?",
        "what does that mean",
        "please explain",
        "explain that line",
        "I don't understand",
        "what do you mean?",
        "explain it in simple words",
        "meaning?",
        "can you explain that to me?",
        "elaborate",
    ],
)
def test_explains_what_was_said_last(zen: Zen, message: str) -> None:
    assert talk(zen, "dense", message)[1] == explained(6)
    assert talk(zen, "3 and 4", message)[1] == explained(3, 4)


@pytest.mark.parametrize("message", ["my design takes an hour to explain", "I can't explain how my code works"])
def test_speaking_of_explaining_does_not_ask_for_it(zen: Zen, message: str) -> None:
    assert talk(zen, message) == [lines(17)]


DIALOGUES: list[tuple[tuple[str, ...], tuple[int, ...]]] = [
    (("line 18", "next", "next", "previous", "more"), (18, 19, 1, 19, 1)),
    (("dense", "again", "go on", "and the next one?", "another one", "go back"), (6, 6, 7, 8, 9, 8)),
    (("dense", "what comes after that?", "what came before that?"), (6, 7, 6)),
    (("next", "what's the capital of France", "next"), (1, 0, 2)),
    (("what comes after flat is better than nested?", "the line before the 7th"), (6, 6)),
    (("which one follows readability counts", "what precedes the last line"), (8, 18)),
]


@pytest.mark.parametrize(("messages", "numbers"), DIALOGUES)
def test_next_previous_and_again_go_on_from_what_was_said_last(
    zen: Zen, messages: tuple[str, ...], numbers: tuple[int, ...]
) -> None:
    assert talk(zen, *messages) == [lines(number) if number else NO_LINE for number in numbers]


def test_after_several_lines_next_goes_on_from_the_last_and_previous_from_the_first(zen: Zen) -> None:
    assert talk(zen, "lines 3 to 5", "next")[1] == lines(6)
    assert talk(zen, "lines 3 to 5", "previous")[1] == lines(2)
    assert talk(zen, "dense", "explain", "next")[2] == lines(7)
    assert talk(zen, "all", "next")[1] == lines(1)


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        ("who wrote the zen of python?", "Tim Peters."),
        ("who is the author?", "Tim Peters."),
        ("how many aphorisms are there?", "Nineteen."),
    ],
)
def test_facts(zen: Zen, message: str, answer: str) -> None:
    assert talk(zen, message) == [answer]


ANY = Zen(LINES)
SAYABLE = {*LINES, *(aphorism.meaning for aphorism in APHORISMS), "Nineteen.", "Tim Peters."}
WORDS = str.split(
    "explain what does the line 7 20 -1 first last next before after all random and to of # , why mean errors nested "
    "guess is better than never now not obvious one way to do it Dutch please zen VII second half code"
)


def talked_sense(message: str) -> bool:
    """Return whether the reply is of lines and their meanings; a decline is sense, too."""
    with contextlib.suppress(Declined):
        return set(ANY.answer(message).split("\n")) <= SAYABLE
    return True


@settings(max_examples=100, deadline=None, derandomize=True)
@given(message=st.text(max_size=100))
def test_any_text_is_answered_or_declined(message: str) -> None:
    assert talked_sense(message)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(message=st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
def test_any_words_it_knows_are_answered_or_declined(message: str) -> None:
    assert talked_sense(message)


def test_it_starts_on_chatterbot_without_a_database_or_spacy() -> None:
    bots = Path(__file__).parents[3] / "bots"
    program = f"""
import sys
sys.path[:0] = [{str(bots / "zen")!r}, {str(bots / "english")!r}]
from zenbot.engine import open_zen
print(open_zen()("beauty", ()))
print("chatterbot" in sys.modules, sorted({{"sqlalchemy", "spacy.language", "numpy"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.splitlines() == [LINES[0], "True []"]


def test_the_frame_passes_on_answers_and_reasons() -> None:
    answer = open_zen()
    assert answer("next", [LINES[4]]) == LINES[5]
    with pytest.raises(Declined, match="have said no line yet"):
        answer("explain", [])


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
