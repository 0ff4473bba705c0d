"""What a session remembers: the last result, names, and how it comes back after a restart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize(
    "turns",
    [
        [("2+2", "4"), ("ans * 3", "12"), ("ans^2", "144")],
        [("x = 5", "x = 5"), ("2x", "10"), ("x^2 + 1", "26"), ("x", "5")],
        [("x = 5", "x = 5"), ("y = 2x", "y = 10"), ("x + y", "15"), ("x = 1", "x = 1"), ("y", "10")],
        [("r = sqrt(2)", "r = 1.4142135623731"), ("r^2", "2")],
        [("t = 1/3", "t = 0.333333333333333"), ("3t", "1"), ("t as a fraction", "1/3")],
        [("5 km", "5 km"), ("ans in miles", "3.10685596118667 miles")],
        [("d = 3 km", "d = 3 km"), ("2d in m", "6000 m")],
        [("let z be 4", "z = 4"), ("z!", "24")],
        [("let x be 3 and y be 4", "x = 3, y = 4"), ("x + y", "7")],
        [("a = 3, b = 4", "a = 3, b = 4"), ("a + b", "7"), ("sqrt(a^2 + b^2)", "5")],
        [("n = 12", "n = 12"), ("factors of n", "1, 2, 3, 4, 6, 12"), ("expand (n+1)^2", "n^2 + 2n + 1")],
        [("k = 3", "k = 3"), ("2.5k", "7.5")],
        [("X = 3", "x = 3"), ("2x", "6")],
        [("x = 5", "x = 5"), ("is x = 5", "yes"), ("is x > 7", "no")],
        [("x = 5", "x = 5"), ("2x + 3 = 7", "x = 2 (read as an equation for x)"), ("x", "5")],
        [("1/3", "0.333333333333333"), ("ans * 3", "1")],
        [("what percent of 80 is 20", "25%"), ("ans * 100", "25")],
        [
            ("x = 8", "x = 8"),
            ("x + y = 10, x - y = 2", "x = 6, y = 4 (read as an equation for x, y)"),
            ("x + y = 10", "y = 2 (read as an equation for y, where x = 8)"),
        ],
    ],
)
def test_remembers(turns: list[tuple[str, str]], ask: Callable[..., str]) -> None:
    state: dict[str, Any] = {}
    assert [ask(question, state) for question, _ in turns] == [wanted for _, wanted in turns]


def test_a_declined_question_changes_nothing(ask: Callable[..., str]) -> None:
    state: dict[str, Any] = {}
    ask("x = 5", state)
    assert ask("x = 1/0", state).startswith("! ")
    assert ask("x", state) == "5"


def test_sessions_do_not_share(ask: Callable[..., str]) -> None:
    ask("x = 5", {})
    assert ask("2x", {}).startswith("! ")


def test_nothing_is_remembered_before_there_is_something(ask: Callable[..., str]) -> None:
    assert ask("ans + 1", {}).startswith("! ")


def test_recall_brings_a_session_back(ask: Callable[..., str]) -> None:
    from mathbot.engine import recall

    state: dict[str, Any] = {}
    recall(["x = 5", "2+2", "y = 3x"], state)
    assert (ask("x + y", state), ask("ans", state)) == ("20", "20")


def test_recall_forgets_all_rather_than_part() -> None:
    from mathbot.engine import recall

    state: dict[str, Any] = {}
    recall(["x = 5", "x = nonsense", "y = 2"], state)
    assert state["names"] == {}
