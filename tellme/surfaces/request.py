"""What ``tellme ask`` is asked for: read before anything heavier is loaded."""

from __future__ import annotations

from tellme.values import NamedTuple


class Ask(NamedTuple):
    """The arguments of ``tellme ask``."""

    bot: str
    words: tuple[str, ...] = ()
    lines: bool = False
    json: bool = False
    keep: bool = True
    attach: tuple[str, ...] = ()
    """Paths of files that go with the message."""
