"""What a host does besides, once it lives longer than one question takes: it sees bots come, change and go, and deletes
sessions that nobody has used for as long as the configuration keeps them.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from tellme.errors import StoreError
from tellme.host.archive import Archive
from tellme.host.catalogue import Catalogue
from tellme.paths import Paths

_logger = logging.getLogger(__name__)

EXPIRE_EVERY_S = 3600.0


async def watch_bots(paths: Paths, reload: Callable[[frozenset[str]], Awaitable[object]]) -> None:
    """Have ``reload`` called with the folders of the bots whose files changed, until cancelled."""
    from tellme.host.watching import Watching

    async with Watching(paths) as changes:
        async for folders in changes:
            await reload(folders)


async def expire_sessions(archive: Archive, catalogue: Callable[[], Catalogue]) -> None:
    """Delete old sessions now and then, until cancelled."""
    while True:
        keep_s = catalogue().keep_sessions_s
        if keep_s is not None:
            await _expire(archive, time.time() - keep_s)
        await asyncio.sleep(EXPIRE_EVERY_S)


async def _expire(archive: Archive, unused_since: float) -> None:
    try:
        await archive.write_slowly(lambda store: store.expire(unused_since))
    except StoreError as error:
        _logger.error("old sessions cannot be deleted: %s", error)


async def chore(work: Callable[[], Awaitable[None]]) -> None:
    """Do ``work``; where it fails for a reason that nobody foresaw, the host goes on without it.

    It begins in here: of a host that ends at once nothing is left that was made and never begun.
    """
    try:
        await work()
    except Exception:
        _logger.exception("a chore of the host ended")
