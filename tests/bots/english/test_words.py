"""How a message is read: plain words, slips of the fingers, and what a sentence asks."""

from __future__ import annotations

import pytest
from englishbot.meaning import read
from englishbot.typos import Typos
from englishbot.words import stem, words


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("What’s a COMPUTER?", "what is a computer"),
        ("I can't, won't and don't", "i can not will not and do not"),
        ("Jordan's capital", "jordan capital"),
        ("r u ok?", "are you okay"),
        ("my favourite café", "my favorite cafe"),
        ("hellooooo", "hello"),
        ("heyyyy, sooo good", "hi so good"),
        ("the US president told us", "the united states president told us"),
        ("2+2", "2 2 arithmetic"),
        ("port-au-prince", "port au prince"),
        ("", ""),
    ],
)
def test_words(text: str, plain: str) -> None:
    assert " ".join(words(text)) == plain


@pytest.mark.parametrize(
    "forms",
    [
        "invent invents invented inventing inventor inventors invention",
        "flicker flickers flickering flickered",
        "city cities",
        "write wrote written writing",
        "hide hiding",
        "name named naming",
        "use used using",
    ],
)
def test_forms_of_a_word_share_their_stem(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("what does BMW mean", "what is the meaning of BMW"),
        ("which color do you like best?", "What is your favorite color?"),
        ("do you have any hobbies", "what are your hobbies"),
        ("is tea better than coffee", "which is better, tea or coffee"),
        ("the thirty-seventh president", "the 37th president"),
        ("the us president", "the President of the United States"),
        ("what is cake made of", "what is the main ingredient in cake"),
        ("the biggest producer of tea", "the most producer of tea"),
        ("where is he from", "where did he come from"),
    ],
)
def test_sentences_that_ask_the_same_read_alike(one: str, other: str) -> None:
    assert set(read(one).content) == set(read(other).content)


@pytest.mark.parametrize(("text", "subject"), [("you make me mad", 2), ("I make you mad", 1), ("who is it", 0)])
def test_subject(text: str, subject: int) -> None:
    assert read(text).subject == subject


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("compuetr", "computer"),
        ("computr", "computer"),
        ("compputer", "computer"),
        ("conputer", "computer"),
        ("hwo", "how"),
        ("jkoe", "joke"),
        ("coke", None),  # a word of its own, though one letter from a joke
        ("lake", None),  # right as it is
        ("poke", None),  # another first letter
        ("computer", None),  # no slip
        ("internt", "internet"),
        ("zzzzzz", None),
    ],
)
def test_typos(typed: str, meant: str | None) -> None:
    typos = Typos(["computer", "how", "joke", "like", "internet"], ["lake", "coke"])
    assert typos.meant(typed) == meant


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Who invented it?", "who"),
        ("In what year did it end?", "when"),
        ("Which author wrote it?", "who"),
        ("In which city is it?", "where"),
        ("How many eyes does a bee have?", "how many"),
        ("Are you sad?", "yes/no"),
        ("You are sad", "says"),
        ("bee eyes", ""),
        ("Could you please tell me who invented it?", "who"),
        ("can you write bubble sort", "task"),
        ("When he played for them, how many games did he win?", "how many"),
    ],
)
def test_kind(text: str, kind: str) -> None:
    assert read(text).kind == kind
