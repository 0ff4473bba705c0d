"""Checks of the values in a table: each takes what TOML gave and returns what it stands for, or says what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tellme.host.toml import Section, shown

Check = Callable[[object], Any]


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
