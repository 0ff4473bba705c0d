"""The history: a walk that comes back to the draft, and a search."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.tui.widgets.prompt_history import History, Search


def history(*entries: str) -> History:
    kept = History()
    kept.set(entries)
    return kept


def test_the_walk_goes_from_the_newest_to_the_oldest_and_back_to_the_draft() -> None:
    past = history("new", "old")

    assert [past.older(""), past.older("new"), past.older("old")] == ["new", "old", None]
    assert [past.newer(), past.newer(), past.newer()] == ["new", "", None]
    assert not past.is_walking


def test_the_walk_visits_what_begins_as_the_draft_does() -> None:
    past = history("what now", "2+2", "what", "what was")

    assert [past.older("what"), past.older("what now"), past.older("what was")] == ["what now", "what was", None]
    assert [past.newer(), past.newer()] == ["what now", "what"]


def test_an_entry_counts_once_where_it_was_last() -> None:
    past = history("a", "b", "a")
    past.remember("b")
    past.remember("  ")

    assert [past.older(""), past.older(""), past.older("")] == ["b", "a", None]


def test_older_entries_come_behind_those_there_are() -> None:
    past = history("a")
    past.older("")

    assert past.add(["a", "b"])
    assert not past.add(["b"])
    assert past.older("") == "b"


def test_a_suggestion_goes_on_from_the_newest_entry_of_one_line() -> None:
    past = history("2+2\n3", "2+2 and more", "2+2 or less")

    assert past.suggest("2+2") == " and more"
    assert past.suggest("") == past.suggest("  ") == past.suggest("x") == ""


def test_the_search_finds_any_part_and_minds_capitals_only_where_some_are_typed() -> None:
    past = history("Zen and Math", "zen", "other")

    assert past.find("zen") == ["Zen and Math", "zen"]
    assert past.find("Zen") == ["Zen and Math"]
    assert past.find("") == []


def test_the_search_stops_at_its_ends() -> None:
    search = Search(history("one a", "two a"), "")
    search.look_for("a")

    assert [search.match, search.move(1), search.match, search.move(1), search.match] == [
        "one a",
        True,
        "two a",
        False,
        "two a",
    ]
    assert [search.move(-1), search.match, search.move(-1)] == [True, "one a", False]


entries = st.lists(st.text("ab\n", max_size=3), max_size=8)


@given(entries, st.text("ab", max_size=2), st.integers(1, 10))
@settings(max_examples=100, derandomize=True)
def test_every_walk_comes_back_to_its_draft(past: list[str], draft: str, steps: int) -> None:
    walk = history(*past)
    seen = [entry for _ in range(steps) if (entry := walk.older(draft)) is not None]
    back = [entry for _ in range(steps + 1) if (entry := walk.newer()) is not None]

    assert all(entry.startswith(draft) and entry != draft for entry in seen)
    assert len(set(seen)) == len(seen)
    assert back == [*reversed(seen[:-1]), draft] if seen else back == []
