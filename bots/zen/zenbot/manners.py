"""What people say around what they ask for: ``could you show me ... of the Zen, please``. Promise: what is peeled off
tells nothing of what is asked.
"""

from __future__ import annotations

from collections.abc import Sequence


def word_set(text: str) -> frozenset[str]:
    """Return the words of a table."""
    return frozenset(text.split())


KINDS = word_set("line aphorism saying rule principle quote verse maxim proverb adage entry item")
"""What people call a line of the Zen."""

PLURALS = frozenset(f"{kind}s" for kind in KINDS)

_BEFORE = word_set(
    """
    please kindly can could would will you may might i we like love want wish to let hear see have get me us tell show
    give say quote recite read print display output write type spell out list repeat fetch go jump what which is are
    was about how does do know and now then so ok okay well just the your that of for from dear zen python s
    """
)
_AFTER = word_set(
    """
    please zen python then say says go goes read reads like for me us to thanks thank you now s
    again here there kindly
    """
)


def peeled(said: Sequence[str]) -> list[str]:
    """Return the words ``said`` without the politeness before and after them."""
    first, last = 0, len(said)
    while first < last and said[first] in _BEFORE:
        first += 1
    while last > first and said[last - 1] in _AFTER:
        last -= 1
    return list(said[first:last])
