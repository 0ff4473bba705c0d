"""Times, spans of time and sizes as people say them. Pure, but for the local time zone."""

from __future__ import annotations

import time


def moment(at: float, now: float) -> str:
    """Say when something was: ``12:31`` today, ``3 Nov, 12:31`` this year, else ``3 Nov 2024, 12:31``."""
    then, today = time.localtime(at), time.localtime(now)
    clock = time.strftime("%H:%M", then)
    if then[:3] == today[:3]:
        return clock
    year = "" if then.tm_year == today.tm_year else f" {then.tm_year}"
    return f"{then.tm_mday} {time.strftime('%b', then)}{year}, {clock}"


def duration(seconds: float) -> str:
    """Say how long something took: ``12 ms``, ``1.4 s``, ``2 min 5 s``, ``1 h 2 min``."""
    if round(seconds * 1000) < 1000:
        return f"{seconds * 1000:.0f} ms"
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes_left = divmod(minutes, 60)
    return f"{hours} h {minutes_left} min" if hours else f"{minutes} min {rest} s"


def size(characters: int) -> str:
    """Say how much text that is: ``900 B``, ``12 kB``, ``4.9 MB``."""
    if characters < 1000:
        return f"{characters} B"
    return f"{characters / 1e3:.0f} kB" if round(characters, -3) < 1e6 else f"{characters / 1e6:.1f} MB"


def ordinal(number: int) -> str:
    """Say ``second``, ``third``, ``4th`` …"""
    return {1: "first", 2: "second", 3: "third"}.get(number, f"{number}th")
