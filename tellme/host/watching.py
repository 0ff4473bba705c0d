"""Sees that a bot's folder or ``config.toml`` appears, changes or goes while a host runs.

Events only say that it is time to look; what has changed is found by comparing how all files are now with how they
were, so that no event can be lost that matters (an overflow, a folder that fills before it is watched). The promise: a
quiet folder costs nothing, and one that is written to without end costs a look in ever longer intervals.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from typing import Self

from tellme.host.catalogue import MANIFEST, Catalogue, Signature, signature
from tellme.host.inotify import Inotify
from tellme.model import BotSpec, CatalogueChanged
from tellme.paths import Paths

SETTLE_S = 0.1
"""How long after an event comes the look: an editor writes a file in several steps."""
LOOK_S = 2.0
"""How often to look where the system tells nothing, and the longest wait where it tells too much."""
QUIET_S = 5.0
"""After so long without an event the next one is looked at soon again."""
APART_S = 1.0
"""The shortest time between two changes that are told: a bot that writes its own program is not restarted faster."""

SOURCES = (
    *(".py", ".js", ".mjs", ".cjs", ".ts", ".rb", ".pl", ".lua", ".php", ".sh", ".bash", ".r", ".jl", ".exs", ".clj"),
    *(".toml", ".yaml", ".yml", ".ini", ".cfg", ".conf"),
)
"""What people write. What else is in a bot's folder may be what the bot itself keeps there (``notes.json``,
``bot.db``): if that counted, a bot that writes when it starts would be restarted for ever."""

Look = dict[str, dict[str, Signature]]
"""By folder, the state of each file in it that counts; a folder of bots itself has an entry without files."""


class Watching:
    """An asynchronous iterator over changes, in an ``async with`` block: each is the set of changed bots' folders.

    The first comes at once and is empty, for what changed between the reading of the catalogue and this; so may others
    be, where a manifest or ``config.toml`` came, changed or went.
    """

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._inotify: Inotify | None = None
        self._news = asyncio.Event()
        self._look: Look = {}
        self._pause_s = SETTLE_S
        self._looked_at = 0.0
        self._told_at: float | None = None

    async def __aenter__(self) -> Self:
        try:
            try:
                self._inotify = Inotify()
                asyncio.get_running_loop().add_reader(self._inotify.descriptor, self._told)
            except OSError:
                self._give_up_events()
            self._look = await self._see()
        except BaseException:
            self._give_up_events()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        self._give_up_events()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> frozenset[str]:
        """Wait for the next change."""
        now = asyncio.get_running_loop().time
        if self._told_at is None:
            self._told_at = now() - APART_S
            return frozenset()
        await asyncio.sleep(self._told_at + APART_S - now())
        while True:
            await self._next_look()
            before, self._look = self._look, await self._see()
            if self._look != before:
                self._pause_s = SETTLE_S
                self._told_at = now()
                return _changed_folders(before, self._look)
            self._pause_s = min(self._pause_s * 2, LOOK_S)

    async def _next_look(self) -> None:
        """Return when it is time to look; events that come in the moment before it are covered by it."""
        if self._inotify is None:
            await asyncio.sleep(LOOK_S)
            return
        await self._news.wait()
        now = asyncio.get_running_loop().time
        if now() - self._looked_at > QUIET_S:
            self._pause_s = SETTLE_S
        await asyncio.sleep(self._pause_s)
        self._looked_at = now()
        if self._inotify is not None:
            self._inotify.take()
            self._news.clear()
            asyncio.get_running_loop().add_reader(self._inotify.descriptor, self._told)

    def _told(self) -> None:
        """Listen no more until the look: a folder that is written to all the time must not keep the host busy."""
        if self._inotify is not None:
            asyncio.get_running_loop().remove_reader(self._inotify.descriptor)
        self._news.set()

    async def _see(self) -> Look:
        """Watch the folders that there are now, and only then look into them; a slow disk holds nobody up."""
        folders = await asyncio.to_thread(_folders, self._paths)
        if self._inotify is not None:
            try:
                self._inotify.watch(folders)
            except OSError:  # too many: from now on by looking
                self._give_up_events()
        return await asyncio.to_thread(look, self._paths)

    def _give_up_events(self) -> None:
        inotify, self._inotify = self._inotify, None
        if inotify is not None:
            asyncio.get_running_loop().remove_reader(inotify.descriptor)
            inotify.close()
        self._news.set()


def look(paths: Paths) -> Look:
    """Return how the files are now that bots are made of."""
    config = {paths.config_file: signature(paths.config_file)}
    return {"": config, **{folder: _sources(folder) for folder in _bot_folders(paths.bots_dir)}}


def _folders(paths: Paths) -> set[str]:
    """Return the folders in which a change may matter."""
    wanted = [paths.bots_dir, os.path.dirname(paths.config_file)]
    return {*map(_nearest_folder, wanted), *_bot_folders(paths.bots_dir)}


def _changed_folders(before: Look, now: Look) -> frozenset[str]:
    """Return the folders of bots that were there before and are other now."""
    return frozenset(folder for folder in before.keys() & now.keys() if folder and before[folder] != now[folder])


def _bot_folders(root: str) -> list[str]:
    try:
        with os.scandir(root) as entries:
            found = [entry.path for entry in entries if entry.name[0] not in "._"]
    except OSError:
        return []
    return [path for path in found if os.path.isdir(path)]  # which takes a link to itself for none


def _sources(folder: str) -> dict[str, Signature]:
    try:
        with os.scandir(folder) as entries:
            return {entry.name: signature(entry.path) for entry in entries if _is_source(entry)}
    except OSError:
        return {}


def _is_source(entry: os.DirEntry[str]) -> bool:
    """Is it a part of the bot that a person made: its manifest, a source file, a program?"""
    name = entry.name
    if name[0] in "._#" or name.endswith(("~", ".swp", ".tmp", ".bak", ".orig", ".log")) or name.isdigit():
        return False  # what editors keep beside a file, and what is hidden
    try:
        is_program = "." not in name and entry.is_file() and bool(entry.stat().st_mode & 0o111)
    except OSError:
        return False
    return is_program or name.lower().endswith(SOURCES)


def _nearest_folder(folder: str) -> str:
    """Return the folder, or what there is of the way to it."""
    while not os.path.isdir(folder) and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
    return folder


def compare(old: Catalogue, new: Catalogue, folders: Iterable[str]) -> tuple[Catalogue, CatalogueChanged]:
    """Return the catalogue that counts from now on and what is other in it; ``folders`` are those whose files changed.

    A bot whose definition is wrong now stays as it was: a person is in the middle of writing it.
    """
    kept = {bot: spec for bot, spec in old.bots.items() if bot not in new.bots and _is_being_written(spec, new)}
    bots = {**new.bots, **kept}
    rewritten = {spec.id for spec in bots.values() if _is_in(spec, set(folders)) and spec.id not in kept}
    changed = {bot for bot in old.bots.keys() & bots.keys() if old.bots[bot] != bots[bot]} | (
        rewritten & old.bots.keys()
    )
    return new._replace(bots=bots), CatalogueChanged(
        added=tuple(bot for bot in bots if bot not in old.bots),
        changed=tuple(bot for bot in bots if bot in changed),
        removed=tuple(bot for bot in old.bots if bot not in bots),
    )


def _is_being_written(spec: BotSpec, catalogue: Catalogue) -> bool:
    """Is what is wrong the very file that defined the bot, rather than one that only changes it?"""
    if os.path.basename(spec.source) == MANIFEST:  # of which the name cannot be read, perhaps
        return any(problem.file == spec.source for problem in catalogue.broken.values())
    problem = catalogue.broken.get(spec.id)
    return problem is not None and problem.file == spec.source


def _is_in(spec: BotSpec, folders: set[str]) -> bool:
    """Does the folder belong to this bot alone, and is it one of these?"""
    return os.path.basename(spec.source) == MANIFEST and os.path.dirname(spec.source) in folders
