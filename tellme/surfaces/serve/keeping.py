"""Keeps the socket where clients look for it: one that somebody deletes while it is served is made anew.

The promise: as long as a host serves, whoever comes finds it, and no second one begins to serve beside it.
"""

from __future__ import annotations

import asyncio
import os

from tellme.errors import TellmeError
from tellme.host.inotify import Inotify
from tellme.surfaces.serve.place import Place, Taken
from tellme.surfaces.serve.server import Say, Server

SETTLE_S = 0.2
"""How long after an event comes the look: who deletes the folder above may not be done yet."""
LOOK_S = 5.0
"""How often to look where the system tells nothing, and to try again what could not be."""


async def keep_socket(place: Place, server: Server, say: Say) -> None:
    """Make the socket anew whenever it has gone, without end, or until another one serves in its place."""
    folder = _Folder(os.path.dirname(place.path))
    is_told = False
    try:
        while True:
            folder.watch()
            try:
                is_new = _renew(place, server, say)
            except Taken:
                raise
            except TellmeError as error:  # a full disk, no descriptor left: what passes
                if not is_told:
                    say(f"Clients may not find this host; another try every {LOOK_S:g} s: {error}")
                is_told = True
                await asyncio.sleep(LOOK_S)
                continue
            is_told = False
            if not is_new:  # else it may be another folder now
                await folder.next_change()
    except Taken as error:
        say(f"No client finds this host any more: {error}")
    finally:
        folder.close()


def _renew(place: Place, server: Server, say: Say) -> bool:
    before = place.listener
    if not place.renew():
        return False
    server.move(place.listener)
    before.close()
    say(f"The socket {place.path} was deleted, and has been made anew.")
    return True


class _Folder:
    """Tells when something in a folder, or the folder itself, has changed."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._inotify: Inotify | None = None
        self._news = asyncio.Event()
        try:
            self._inotify = Inotify()
        except OSError:
            return
        asyncio.get_running_loop().add_reader(self._inotify.descriptor, self._told)

    def watch(self) -> None:
        """Watch the folder that is there now."""
        try:
            if self._inotify is not None:
                self._inotify.watch([self._path])
        except OSError:  # no more of it to be had
            self.close()

    async def next_change(self) -> None:
        """Return when it is time to look."""
        if not self._is_watched():
            await asyncio.sleep(LOOK_S)
            return
        await self._news.wait()
        await asyncio.sleep(SETTLE_S)
        self._news.clear()

    def _is_watched(self) -> bool:
        return self._inotify is not None and os.path.isdir(self._path)

    def close(self) -> None:
        if self._inotify is not None:
            asyncio.get_running_loop().remove_reader(self._inotify.descriptor)
            self._inotify.close()
            self._inotify = None

    def _told(self) -> None:
        if self._inotify is not None:
            self._inotify.take()
            self._news.set()
