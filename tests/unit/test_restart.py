"""When a crashed bot starts again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.model import RestartLimit
from tellme.supervisor.restart import GiveUp, Restart, decide, prune

NO_LIMIT = RestartLimit(max=1000, within=60)

CRASHES = st.lists(st.sampled_from([0.0, 0.01, 0.3, 5.0, 9.0, 59.9, 60.0, 61.0, 500.0]), min_size=1, max_size=40).map(
    lambda gaps: tuple(sum(gaps[: i + 1]) for i in range(len(gaps)))
)
LIMITS = st.builds(RestartLimit, st.integers(0, 12), st.sampled_from([0.5, 10.0, 60.0, 1000.0]))
JITTER = st.floats(0, 1, exclude_max=True)


def delays(count: int, jitter: float = 0.0) -> list[float]:
    found = []
    for number in range(1, count + 1):
        match decide(tuple(map(float, range(number))), float(number - 1), NO_LIMIT, jitter):
            case Restart(delay_s):
                found.append(round(delay_s, 6))
    return found


def test_the_first_restart_is_at_once_and_then_delays_double_from_50_ms_to_10_s() -> None:
    assert delays(12) == [0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10, 10]


def test_jitter_shortens_a_delay_by_up_to_a_fifth() -> None:
    assert delays(4, jitter=0.5) == [0, 0.045, 0.09, 0.18]
    assert delays(12, jitter=0.999)[-1] == pytest.approx(8.0, abs=0.01)


def test_a_stable_minute_is_forgiveness() -> None:
    assert decide((0.0, 1.0, 61.0), 61.0, NO_LIMIT, 0.0) == Restart(0.0)
    assert decide((0.0, 1.0, 60.9), 60.9, NO_LIMIT, 0.0) == Restart(0.1)
    assert decide((0.0, 1.0), 61.0, NO_LIMIT, 0.0) == Restart(0.0)


def test_more_than_max_crashes_within_the_time_is_giving_up() -> None:
    limit = RestartLimit(max=3, within=10)
    assert isinstance(decide((0.0, 1.0, 2.0), 2.0, limit, 0.0), Restart)
    assert decide((0.0, 1.0, 2.0, 10.0), 10.0, limit, 0.0) == GiveUp(4, 10)
    assert isinstance(decide((0.0, 1.0, 2.0, 10.1), 10.1, limit, 0.0), Restart)


def test_a_limit_of_none_gives_up_at_the_first_crash() -> None:
    assert decide((5.0,), 5.0, RestartLimit(max=0, within=60), 0.0) == GiveUp(1, 60)


@given(CRASHES, LIMITS, JITTER)
@settings(max_examples=200, derandomize=True)
def test_a_delay_is_bounded_and_jitter_decides_nothing_else(
    crashes: tuple[float, ...], limit: RestartLimit, jitter: float
) -> None:
    plain = decide(crashes, crashes[-1], limit, 0.0)
    match decide(crashes, crashes[-1], limit, jitter):
        case Restart(delay_s):
            assert isinstance(plain, Restart)
            assert 0.8 * plain.delay_s <= delay_s <= plain.delay_s <= 10
            assert delay_s == 0 or delay_s > 0.04 - 1e-9
        case GiveUp(count, within):
            assert plain == GiveUp(count, within)
            assert count > limit.max
            assert within == limit.within


@given(CRASHES, LIMITS)
@settings(max_examples=200, derandomize=True)
def test_what_is_pruned_changes_no_decision(crashes: tuple[float, ...], limit: RestartLimit) -> None:
    """Kept from crash to crash, as the bot's owner does."""
    kept: tuple[float, ...] = ()
    for number, crash in enumerate(crashes, 1):
        kept = prune((*kept, crash), crash, limit)
        assert len(kept) <= max(limit.max + 1, 10)
        decision = decide(kept, crash, limit, 0.0)
        whole = decide(crashes[:number], crash, limit, 0.0)
        assert decision == whole or (isinstance(decision, GiveUp) and isinstance(whole, GiveUp))
    assert kept[-1] == crashes[-1]


@given(CRASHES, LIMITS)
@settings(max_examples=50, derandomize=True)
def test_nothing_is_kept_when_all_is_long_ago(crashes: tuple[float, ...], limit: RestartLimit) -> None:
    assert prune(crashes, crashes[-1] + 5000, limit) == ()
