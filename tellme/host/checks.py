"""Checks of the values in a table: each takes what TOML gave and returns what it stands for, or says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

from tellme.host.toml import Section, shown

Check = Callable[[object], Any]

DAY_S = 86_400
_UNITS_S = {"day": DAY_S, "week": 7 * DAY_S, "month": 30 * DAY_S, "year": 365 * DAY_S}
MAX_AGE_S = 1000 * 365 * DAY_S


class Wrong(ValueError):
    """What is wrong with a value, and the keys below it that lead there."""

    def __init__(self, problem: str, *keys: str) -> None:
        super().__init__(problem)
        self.keys = keys


def checked(section: Section, keys: Mapping[str, tuple[str, Check]]) -> dict[str, Any]:
    """Return the fields that a table fills, given the field and the check of each key; notes what is wrong."""
    values: dict[str, Any] = {}
    for key, (field, check) in keys.items():
        if key in section.table:
            try:
                values[field] = check(section.table[key])
            except Wrong as wrong:
                section.problem(str(wrong), key, *wrong.keys)
    return values


def text(value: object) -> str:
    """Take any text but the empty one."""
    if not isinstance(value, str) or not value:
        raise Wrong(f"must be text, not {shown(value)}")
    return value


def flag(value: object) -> bool:
    """Take true or false."""
    if not isinstance(value, bool):
        raise Wrong(f"must be true or false, not {shown(value)}")
    return value


def seconds(value: object, most: float, *, zero: bool = False) -> float:
    """Take a length of time, in seconds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Wrong(f"must be a number of seconds, not {shown(value)}")
    if not (0 < value <= most or (zero and value == 0)):
        raise Wrong(f"must be {'' if zero else 'more than '}0 and at most {most} seconds, not {shown(value)}")
    return float(value)


def age(value: object) -> float:
    """Take a length of time as people say it (``90 days``), in seconds; a month has 30 days and a year 365."""
    said = re.fullmatch(r"([0-9]{1,7}) *(day|week|month|year)s?", value.strip().lower()) if _is_text(value) else None
    if said is None:
        raise Wrong(f'must be a whole number of days, weeks, months or years, as in "90 days", not {shown(value)}')
    seconds = int(said[1]) * _UNITS_S[said[2]]
    if not 0 < seconds <= MAX_AGE_S:
        raise Wrong(f"must be at least 1 day and at most 1000 years, not {shown(value)}")
    return float(seconds)


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str)
