"""When a bot whose process crashed is started again: at once, later, or not at all. Pure.

In the spirit of OTP's supervisor (intensity and period): too many crashes in too short a time mean that starting again
does not help. Between those that may be repaired by it, the waits grow.
"""

from __future__ import annotations

from tellme.model import RestartLimit
from tellme.values import NamedTuple

FIRST_DELAY_S = 0.05
MAX_DELAY_S = 10.0
STABLE_S = 60.0
"""After so long without a crash, those before are forgotten as far as the delay goes."""

JITTER = 0.2
"""The part of a delay that is left to chance, so that bots which died together do not start together."""

_DOUBLINGS = 8
"""After so many the delay is at its maximum."""


class Restart(NamedTuple):
    """Start again after so many seconds."""

    delay_s: float


class GiveUp(NamedTuple):
    """There were so many ``crashes`` ``within`` so many seconds: the bot counts as failed."""

    crashes: int
    within: float


def decide(crashes: tuple[float, ...], now: float, limit: RestartLimit, jitter: float) -> Restart | GiveUp:
    """Decide what follows a crash.

    ``crashes`` are the times of all so far, the newest last and this one included, on the monotonic clock that ``now``
    is read from. ``jitter`` is a random number in [0, 1): it shortens the delay by up to a fifth.
    """
    recent = sum(now - crash <= limit.within for crash in crashes)
    if recent > limit.max:
        return GiveUp(recent, limit.within)
    earlier = _in_a_row(crashes, now) - 1
    if earlier < 1:
        return Restart(0.0)
    delay = min(MAX_DELAY_S, FIRST_DELAY_S * 2 ** min(earlier - 1, _DOUBLINGS))
    return Restart(delay * (1 - JITTER * jitter))


def prune(crashes: tuple[float, ...], now: float, limit: RestartLimit) -> tuple[float, ...]:
    """Return the crashes that can still count, of which there is a bounded number."""
    newest = crashes[-max(limit.max + 1, _DOUBLINGS + 2) :]
    count = max(_in_a_row(newest, now), sum(now - crash <= limit.within for crash in newest))
    return newest[len(newest) - count :]


def _in_a_row(crashes: tuple[float, ...], now: float) -> int:
    """Count the newest crashes with no stable minute between them or since."""
    later = now
    for count, crash in enumerate(reversed(crashes)):
        if later - crash >= STABLE_S:
            return count
        later = crash
    return len(crashes)
