"""How writes wait for a file that another one holds, and share a transaction where there are many."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tellme.errors import SessionNotFound
from tellme.host.archive import Archive
from tellme.store.database import Store


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


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """What the archive logs; a host that ran before in this process has the loggers above it to itself."""
    logger = logging.getLogger("tellme.host.archive")
    logger.addHandler(caplog.handler)
    yield caplog
    logger.removeHandler(caplog.handler)


class Kept:
    """What ``keep`` told, by name, in order."""

    def __init__(self, count: int) -> None:
        self.outcomes: dict[str, object] = {}
        self.all = asyncio.Event()
        self._count = count

    def take(self, name: str) -> Callable[[object], None]:
        def taken(outcome: object) -> None:
            assert name not in self.outcomes
            self.outcomes[name] = outcome
            if len(self.outcomes) == self._count:
                self.all.set()

        return taken


def commits(path: str) -> int:
    """Count the transactions in a write-ahead log: each ends with a frame that tells the size of the database.

    https://sqlite.org/fileformat.html#the_write_ahead_log
    """
    log = Path(path + "-wal").read_bytes()
    page = int.from_bytes(log[8:12], "big")
    frames = range(32, len(log), 24 + page)
    return sum(log[frame + 8 : frame + 16] == log[16:24] and log[frame + 4 : frame + 8] != bytes(4) for frame in frames)


def begin(session: str, message: str) -> Callable[[Store], str]:
    return lambda store: store.begin_turn(session, message).message


def test_what_is_kept_in_one_moment_shares_a_transaction(tmp_path: Path) -> None:
    async def main() -> None:
        path, kept = str(tmp_path / "kept.db"), Kept(10)
        archive = Archive(path, lambda _: None, is_crowded=lambda: True)
        session = await archive.write(lambda store: store.new_session("math"))
        before = commits(path)
        for number in range(10):
            archive.keep(begin(session.id, f"{number}"), kept.take(f"{number}"))
        assert not kept.outcomes
        await kept.all.wait()
        assert list(kept.outcomes.items()) == [(f"{number}", f"{number}") for number in range(10)]
        assert commits(path) == before + 1
        await archive.close()

    asyncio.run(main())


def test_what_comes_alone_is_kept_at_once(tmp_path: Path) -> None:
    async def main() -> None:
        path, kept = str(tmp_path / "kept.db"), Kept(2)
        archive = Archive(path, lambda _: None)
        session = await archive.write(lambda store: store.new_session("math"))
        before = commits(path)
        for name in ("a", "b"):
            archive.keep(begin(session.id, name), kept.take(name))
            assert kept.outcomes[name] == name
        assert commits(path) == before + 2
        await archive.close()

    asyncio.run(main())


@pytest.mark.parametrize("crowded", [False, True])
def test_what_cannot_be_kept_is_in_nobodys_way(crowded: bool, tmp_path: Path) -> None:
    async def main() -> None:
        kept = Kept(3)
        archive = Archive(str(tmp_path / "kept.db"), lambda _: None, is_crowded=lambda: crowded)
        session = await archive.write(lambda store: store.new_session("math"))
        for name, where in (("a", session.id), ("b", "nosuch"), ("c", session.id)):
            archive.keep(begin(where, name), kept.take(name))
        await kept.all.wait()
        assert isinstance(kept.outcomes.pop("b"), SessionNotFound)
        assert kept.outcomes == {"a": "a", "c": "c"}
        assert [turn.message for turn in await archive.read(lambda store: store.turns(session.id))] == ["a", "c"]
        await archive.close()

    asyncio.run(main())


@pytest.mark.parametrize("crowded", [False, True])
def test_what_waits_for_the_file_is_kept_before_it_is_closed(crowded: bool, tmp_path: Path) -> None:
    async def main() -> None:
        path, kept = str(tmp_path / "kept.db"), Kept(3)
        archive = Archive(path, lambda _: None, is_crowded=lambda: crowded)
        session = await archive.write(lambda store: store.new_session("math"))
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        for name in "abc":
            archive.keep(begin(session.id, name), kept.take(name))
        closing = asyncio.ensure_future(archive.close())
        await asyncio.wait((closing,), timeout=0.05)
        assert not kept.outcomes
        other.execute("COMMIT")
        other.close()
        await closing
        assert sorted(kept.outcomes.items()) == [("a", "a"), ("b", "b"), ("c", "c")]

    asyncio.run(main())


def test_what_was_gathered_is_kept_before_it_is_closed(tmp_path: Path) -> None:
    async def main() -> None:
        path, kept = str(tmp_path / "kept.db"), Kept(1)
        archive = Archive(path, lambda _: None, is_crowded=lambda: True)
        session = await archive.write(lambda store: store.new_session("math"))
        archive.keep(begin(session.id, "a"), kept.take("a"))
        await archive.close()
        assert kept.outcomes == {"a": "a"}

    asyncio.run(main())


def test_what_comes_later_is_not_earlier_on_disk(tmp_path: Path) -> None:
    async def main() -> None:
        crowd, kept = [True, False], Kept(2)
        archive = Archive(str(tmp_path / "kept.db"), lambda _: None, is_crowded=lambda: crowd.pop(0))
        session = await archive.write(lambda store: store.new_session("math"))
        for name in "ab":
            archive.keep(begin(session.id, name), kept.take(name))
        await kept.all.wait()
        assert [turn.message for turn in await archive.read(lambda store: store.turns(session.id))] == ["a", "b"]
        await archive.close()

    asyncio.run(main())


@pytest.mark.parametrize("crowded", [False, True])
def test_an_error_in_what_follows_is_nobody_elses(crowded: bool, tmp_path: Path, log: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        kept = Kept(1)
        archive = Archive(str(tmp_path / "kept.db"), lambda _: None, is_crowded=lambda: crowded)
        session = await archive.write(lambda store: store.new_session("math"))

        def fail(_: object) -> None:
            raise ValueError("of ours")

        archive.keep(begin(session.id, "a"), fail)
        archive.keep(begin(session.id, "b"), kept.take("b"))
        await kept.all.wait()
        assert [turn.message for turn in await archive.read(lambda store: store.turns(session.id))] == ["a", "b"]
        await archive.close()

    asyncio.run(main())
    assert "ValueError: of ours" in log.text


def test_what_is_owed_and_can_never_be_written_is_in_nobodys_way(tmp_path: Path, log: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        archive = Archive(str(tmp_path / "kept.db"), lambda _: None)
        session = await archive.write(lambda store: store.new_session("math"))

        def fail(_: Store) -> None:
            raise ValueError("of ours")

        archive.owe(fail)
        archive.owe(lambda store: store.set_title(session.id, "owed"))
        await archive.write(lambda store: store.new_session("zen"))
        assert (await archive.read(lambda store: store.session(session.id))).title == "owed"
        await archive.close()

    asyncio.run(main())
    assert "ValueError: of ours" in log.text


def test_what_is_owed_is_waited_for_at_the_end(tmp_path: Path) -> None:
    async def main() -> None:
        path = str(tmp_path / "kept.db")
        archive = Archive(path, lambda _: None)
        session = await archive.write(lambda store: store.new_session("math"))
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        archive.owe(lambda store: store.set_title(session.id, "owed"))
        closing = asyncio.ensure_future(archive.close())
        await asyncio.wait((closing,), timeout=0.05)
        other.execute("COMMIT")
        await closing
        assert other.execute("SELECT title FROM session").fetchall() == [("owed",)]
        other.close()

    asyncio.run(main())
