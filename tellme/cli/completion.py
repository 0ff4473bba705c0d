"""What the shell completes besides options: names of bots, ids of sessions. A mistake here never prints anything."""

from __future__ import annotations

import os
from collections.abc import Iterator

VARIABLE = "_TELLME_COMPLETE"
"""Set by the shell when it wants to know what a command line can become."""


def bot_names(incomplete: str) -> Iterator[str]:
    """Yield the names of bots that begin with what was typed, in any case.

    What was typed stays as it is (shells drop what does not begin with it); a space after it is given as ``-``, which
    names the same bot and needs no quotes.
    """
    from tellme.host.prepare import prepare

    for spec in prepare(os.environ).catalogue.bots.values():
        if _folded(spec.name).startswith(_folded(incomplete)):
            yield incomplete + spec.name[len(incomplete) :].replace(" ", "-")


def session_ids(incomplete: str) -> Iterator[str]:
    """Yield the ids of the newest sessions that begin with what was typed."""
    from tellme.surfaces.commands import recent_sessions

    yield from (session.id for session in recent_sessions(os.environ, 50) if session.id.startswith(incomplete))


def _folded(name: str) -> str:
    return name.lower().replace(" ", "-")
