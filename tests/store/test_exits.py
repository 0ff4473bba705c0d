"""Ends of processes: kept, listed newest first, bounded."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tellme.model import BotState, Exit
from tellme.store import exits
from tellme.store.database import Store


def ended(bot: str, at: float, state: BotState = BotState.BACKOFF) -> Exit:
    return Exit(bot, at, 77, None, 9, "was killed by SIGKILL", True, 3.5, state)


@pytest.mark.parametrize(
    "kept",
    [
        ended("math", 1.5),
        Exit("wall-e", 2.5, 78, 0, None, "exited with code 0", False, 10.0, BotState.STOPPED),
        Exit("ünï", 3.5, None, None, None, "could not be started: no such file", True, None, BotState.FAILED),
    ],
)
def test_an_end_comes_back_as_it_was(path: str, store: Store, kept: Exit) -> None:
    store.add_exit(kept)
    assert store.exits(kept.bot) == [kept]
    other = Store.open(path)
    assert other.exits() == [kept]
    other.close()


def test_any_reason_can_be_kept(store: Store) -> None:
    store.add_exit(ended("math", 1.0)._replace(reason="\ud800" + "x" * 5000))
    (kept,) = store.exits()
    assert kept.reason == "\ufffd" + "x" * (exits.MAX_REASON - 1)


def test_ends_are_listed_newest_first(store: Store) -> None:
    for number in range(4):
        store.add_exit(ended("math" if number % 2 else "zen", 10.0 - number))
    assert [each.at for each in store.exits()] == [7.0, 8.0, 9.0, 10.0]
    assert [each.at for each in store.exits("zen")] == [8.0, 10.0]
    assert [each.at for each in store.exits(limit=1)] == [7.0]
    assert store.exits("nobody") == []


def test_of_each_bot_the_newest_are_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exits, "KEPT", 5)
    monkeypatch.setattr(exits, "PRUNED_AFTER", 4)
    store.add_exit(ended("zen", 0.0))
    for number in range(39):
        store.add_exit(ended("math", float(number)))
    assert [each.at for each in store.exits("math")] == [38.0, 37.0, 36.0, 35.0, 34.0]
    assert [each.at for each in store.exits("zen")] == [0.0]
    store.add_exit(ended("math", 39.0))
    assert len(store.exits("math")) == 6, "what is too old is looked for now and then, not at each end"


def test_a_state_that_a_damaged_file_garbled_reads_as_failed(path: str, store: Store) -> None:
    store.add_exit(ended("math", 1.0))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE exit SET state = 'bakoff'")
        connection.commit()
    assert store.exits() == [ended("math", 1.0, BotState.FAILED)]
