"""A storm: many sessions talk to ten bots while a bot is killed every moment. None is lost, doubled or misrouted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from . import storm

SESSIONS, TURNS = 2, 10
ALL = len(storm.BOTS) * SESSIONS * TURNS


@pytest.fixture
def turns(home: Path) -> list[dict[str, Any]]:
    """All that a host was told in a storm, in the order in which it was."""
    storm.add_bots(home)
    with storm.storming(home, sessions=SESSIONS, turns=TURNS, kills=40, seed=5) as host:
        *ended, last = storm.told(host)
        assert host.wait(30) == 0
    assert last["kills"] > 0
    return ended


def test_a_storm_loses_doubles_and_misroutes_nothing(turns: list[dict[str, Any]], home: Path) -> None:
    assert len({turn["turn"] for turn in turns}) == len(turns) == ALL
    storm.check_replies(turns)
    storm.check_database(home, turns)
    assert storm.rows(home, "select count(*), count(distinct id) from turn") == [(ALL, ALL)]
    tries = {turn["turn"]: turn["reply"]["attempts"] for turn in turns}
    assert set(tries.values()) <= {1, 2}
    assert {turn: count for turn, count in storm.deliveries(home).items() if count > tries[turn]} == {}
