"""The conversations that a process of a bot knows: found from both sides, and bounded by least recent use."""

from __future__ import annotations

import pytest

from tellme.model import BotCommand
from tellme.supervisor import sessions
from tellme.supervisor.sessions import Sessions
from tellme.wire.acp import Exchange

TEACH, LEARN = (BotCommand("teach", "Teach.", ""),), (BotCommand("learn", "Learn.", ""),)
PAST = (Exchange("one", "1", "answered"),)

USES = {
    # what is used, in order, after a b c were added with room for three → what is known once d has come
    "nothing": ("", "bcd"),
    "the oldest": ("a", "acd"),
    "all, in order": ("abc", "bcd"),
    "all, backwards": ("cba", "bad"),
    "one, often": ("bbb", "bcd"),
}


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Sessions:
    """Room for three, of which none is taken."""
    monkeypatch.setattr(sessions, "MAX_SESSIONS", 3)
    return Sessions()


@pytest.mark.parametrize("name", USES)
def test_the_one_unused_for_longest_makes_room(known: Sessions, name: str) -> None:
    used, expected = USES[name]
    for ours in "abc":
        known.add(ours, f"their {ours}")
    for ours in used:
        assert known.use(ours) == f"their {ours}"
    known.add("d", "their d")
    assert {ours for ours in "abcd" if ours in known} == set(expected)
    assert {ours for ours in "abcd" if known.use(ours)} == set(expected)
    assert {known.ours(f"their {ours}") for ours in "abcd"} == {"", *expected}


def test_what_hangs_on_a_session_goes_with_it(known: Sessions) -> None:
    known.add("a", "their a", PAST)
    known.offer("their a", TEACH)
    for ours in "bcd":
        known.add(ours, f"their {ours}")
    assert (known.offered("a"), known.take_untold("a"), known.ours("their a")) == ((), (), "")


def test_a_history_is_told_once(known: Sessions) -> None:
    known.add("a", "their a", PAST)
    assert (known.take_untold("a"), known.take_untold("a"), known.take_untold("b")) == (PAST, (), ())


def test_what_is_offered_before_the_session_is_named_is_kept(known: Sessions) -> None:
    known.offer("their a", TEACH)
    assert known.offered("a") == ()
    known.add("a", "their a")
    assert known.offered("a") == TEACH
    known.offer("their a", LEARN)
    assert known.offered("a") == LEARN


def test_a_session_that_is_forgotten_and_taken_up_again_keeps_its_commands(known: Sessions) -> None:
    known.add("a", "their a")
    known.offer("their a", TEACH)
    known.forget("a")
    known.forget("a")
    assert ("a" in known, known.offered("a")) == (False, ())
    known.add("a", "their a")
    assert known.offered("a") == TEACH


def test_sessions_that_a_bot_makes_up_do_not_add_up(known: Sessions) -> None:
    for number in range(10 * sessions.MAX_UNKNOWN):
        known.offer(f"made up {number}", (BotCommand(f"c{number}", "", ""),))
    for ours, number in (("first", 0), ("last", 10 * sessions.MAX_UNKNOWN - 1)):
        known.add(ours, f"made up {number}")
    assert (known.offered("first"), [one.name for one in known.offered("last")]) == ((), ["c159"])


def test_a_bot_may_have_one_session_for_all_of_ours(known: Sessions) -> None:
    known.add("a", "mine")
    known.add("b", "mine")
    known.offer("mine", TEACH)
    assert known.ours("mine") == "b"
    known.use("a")
    assert known.ours("mine") == "a", "the one that is talked in"
    known.forget("b")
    assert (known.ours("mine"), known.offered("a")) == ("a", TEACH)
    known.add("b", "mine")
    known.forget("b")
    assert (known.use("a"), known.ours("mine"), known.offered("a")) == ("mine", "a", TEACH)
