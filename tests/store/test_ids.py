"""Ids can be typed and read aloud, and a session's is never taken for a turn's."""

from __future__ import annotations

import pytest

from tellme.store import ids


def test_ids_are_short_and_distinct() -> None:
    sessions = {ids.new_session_id() for _ in range(1000)}
    turns = {ids.new_turn_id() for _ in range(1000)}
    assert len(sessions) == len(turns) == 1000
    assert {len(id_) for id_ in sessions | turns} == {ids.LENGTH}
    assert set("".join(sessions | turns)) == set(ids.ALPHABET)


def test_the_first_character_tells_sessions_and_turns_apart() -> None:
    for _ in range(1000):
        session, turn = ids.new_session_id(), ids.new_turn_id()
        assert ids.normalise(session) == session
        assert ids.normalise(turn) == turn
        assert not ids.is_turn(session)
        assert ids.is_turn(turn)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("k3v9", "k3v9"),
        ("  K3V9\n", "k3v9"),
        ("kOlI", "k011"),
        ("a" * 10, "a" * 10),
        ("a" * 11, None),
        ("", None),
        ("  ", None),
        ("k3-9", None),
        ("u000", None),
        ("k%", None),
        ("ké", None),
        ("k\0", None),
    ],
)
def test_normalise(typed: str, kept: str | None) -> None:
    assert ids.normalise(typed) == kept
