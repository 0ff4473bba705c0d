"""What a question begins with, before anything else is loaded: a look for a ``tellme serve``; where there is none, the
spawner, which takes as long to come up as it takes to read which bots there are.
"""

from __future__ import annotations

import os

from tellme.host import endpoint
from tellme.paths import Paths

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Mapping

    from tellme.supervisor.spawn import Spawner


class Ahead:
    """At most one of the two. Whoever has it must close it."""

    __slots__ = ("remote", "spawner")

    def __init__(self, remote: int | None = None, spawner: Spawner | None = None) -> None:
        self.remote = remote
        """The descriptor of a connection to a ``tellme serve``, until somebody takes it."""
        self.spawner = spawner

    def take_remote(self) -> int | None:
        """Return the connection, which is the caller's to close from now on."""
        remote, self.remote = self.remote, None
        return remote

    def close(self) -> None:
        """Close the connection, if nobody has taken it; let the spawner go, if nobody else has."""
        if (remote := self.take_remote()) is not None:
            os.close(remote)
        if self.spawner is not None:
            self.spawner.close()


def begin(environ: Mapping[str, str], *, served: bool = True) -> Ahead:
    """Look for a ``tellme serve``, unless ``served`` is false, and start a spawner where there is none.

    Raises ``UsageError`` for places that cannot be, and ``TellmeError`` for a ``tellme serve`` that lets nobody in.
    """
    remote = endpoint.connect(Paths.find(environ)) if served else None
    return Ahead(remote) if remote is not None else _spawning()


def _spawning() -> Ahead:
    from tellme.supervisor.spawn import Spawner

    return Ahead(spawner=Spawner())
