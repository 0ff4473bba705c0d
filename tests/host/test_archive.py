"""How writes wait for a file that another one holds."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tellme.host.archive import Archive


def test_writes_that_wait_for_the_file_do_so_in_one_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One for each of them would have them keep the file busy for each other."""
    asyncio.run(_wait_for_the_file(tmp_path, monkeypatch))


async def _wait_for_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(tmp_path / "kept.db")
    archive = Archive(path, lambda _: None)
    await archive.write(lambda store: store.new_session("math"))
    threads, waits = 0, asyncio.Event()
    to_thread = asyncio.to_thread

    def counted(*given: Any) -> Any:
        nonlocal threads
        threads += 1
        waits.set()
        return to_thread(*given)

    monkeypatch.setattr(asyncio, "to_thread", counted)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writes = asyncio.gather(*(archive.write(lambda store: store.new_session("zen")) for _ in range(40)))
    await waits.wait()
    other.execute("COMMIT")
    other.close()
    assert len({session.id for session in await writes}) == 40
    assert threads == 1
    await archive.close()
