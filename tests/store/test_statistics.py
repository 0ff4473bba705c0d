"""What bots did in a span of time, against counts and ranks worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.model import BotState, BotStats, Exit, Session, StatsBucket, Turn, TurnStatus
from tellme.store.database import Store


def add(store: Store, bot: str, *turns: tuple[float, TurnStatus, float | None]) -> None:
    kept = [Turn("", "", "m", at, "t", status, None, 1, latency) for at, status, latency in turns]
    store.import_session(Session("", bot, turns[0][0]), kept)


def crash(bot: str, at: float, *, crash: bool = True, state: BotState = BotState.BACKOFF) -> Exit:
    return Exit(bot, at, 1, 1, None, "exited", crash, 1.0, state)


A, D, F = TurnStatus.ANSWERED, TurnStatus.DECLINED, TurnStatus.FAILED


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store.open(None)
    yield store
    store.close()


def test_counts_of_two_bots_and_of_each_part(store: Store) -> None:
    add(store, "zen", (100.0, A, 5.0), (149.0, D, 7.0), (150.0, F, None), (200.0, A, 1.0), (201.0, A, 1.0))
    add(store, "math", (99.0, A, 9.0), (160.0, A, 4.0))
    for exit_ in (
        crash("zen", 120.0),
        crash("zen", 121.0, state=BotState.FAILED),
        crash("zen", 180.0, crash=False, state=BotState.STOPPED),
        crash("other", 199.0),
        crash("other", 201.0),
    ):
        store.add_exit(exit_)
    assert store.stats(100.0, 200.0, 2) == [
        BotStats(
            "math", 1, 1, 0, 0, 4.0, 4.0, 0, 0, (StatsBucket(100.0, 0, 0, 0, None), StatsBucket(150.0, 1, 0, 0, 4.0))
        ),
        BotStats(
            "other",
            0,
            0,
            0,
            0,
            None,
            None,
            1,
            1,
            (StatsBucket(100.0, 0, 0, 0, None), StatsBucket(150.0, 0, 0, 1, None)),
        ),
        BotStats(
            "zen", 4, 2, 1, 1, 5.0, 7.0, 2, 1, (StatsBucket(100.0, 2, 0, 2, 5.0), StatsBucket(150.0, 2, 1, 0, 1.0))
        ),
    ]


def test_an_open_turn_counts_as_a_turn_and_has_no_latency(store: Store) -> None:
    _, turn = store.open_and_begin("math", "2+2")
    (found,) = store.stats(turn.sent_at, turn.sent_at, 1)
    assert found == BotStats("math", 1, 0, 0, 0, None, None, 0, 0, (StatsBucket(turn.sent_at, 1, 0, 0, None),))


@pytest.mark.parametrize("buckets", [0, -1])
def test_no_parts_no_series(store: Store, buckets: int) -> None:
    add(store, "math", (100.0, A, 9.0))
    assert store.stats(0.0, 200.0, buckets) == [BotStats("math", 1, 1, 0, 0, 9.0, 9.0, 0, 0, ())]


@pytest.mark.parametrize(("since", "now"), [(200.0, 100.0), (math.nan, 1.0), (0.0, 99.0), (101.0, math.inf)])
def test_a_span_with_nothing_in_it(store: Store, since: float, now: float) -> None:
    add(store, "math", (100.0, A, 9.0))
    assert store.stats(since, now, 0) == []


@pytest.mark.parametrize(
    ("count", "p50", "p99"),
    [(1, 1.0, 1.0), (2, 1.0, 2.0), (3, 2.0, 3.0), (99, 50.0, 99.0), (100, 50.0, 99.0), (101, 51.0, 100.0)],
)
def test_ranks(store: Store, count: int, p50: float, p99: float) -> None:
    add(store, "math", *((float(number), A, float(count - number)) for number in range(count)))
    (found,) = store.stats(0.0, 1000.0)
    assert (found.p50_ms, found.p99_ms) == (p50, p99)


@given(
    st.lists(st.tuples(st.floats(0, 100), st.sampled_from([A, D, F]), st.floats(0, 9)), min_size=1), st.integers(1, 9)
)
@settings(max_examples=50, deadline=None, derandomize=True)
def test_the_parts_are_the_whole(turns: list[tuple[float, TurnStatus, float]], buckets: int) -> None:
    store = Store.open(None)
    add(store, "math", *turns)
    (found,) = store.stats(0.0, 100.0, buckets)
    assert len(found.series) == buckets
    assert sum(part.turns for part in found.series) == found.turns == len(turns)
    assert sum(part.failed for part in found.series) == found.failed
    below = [latency for *_, latency in turns if latency <= (found.p50_ms or 0)]
    assert 2 * len(below) >= len(turns)
    store.close()
