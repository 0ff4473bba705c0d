"""What a host keeps and reads back: sessions and turns, through the archive."""

from __future__ import annotations

import time
from collections.abc import Sequence

from tellme.errors import SessionNotFound
from tellme.host.archive import Archive
from tellme.model import Attachment, BotStats, Session, Turn, TurnRecord
from tellme.store.database import Store


class Records:
    """The part of ``Host`` that needs no bot; see there."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    async def resume_session(self, session_id: str | None = None, *, other_than: str | None = None) -> Session:
        def resume(store: Store) -> Session:
            last = None if session_id else store.last_used_session(other_than)
            if not session_id and last is None:
                what = "other session" if other_than else "session yet"
                raise SessionNotFound(f"There is no {what} to go on with; 'start_session NAME' begins one.")
            return store.resume_session(session_id or (last.id if last else ""))

        return await self._archive.write(resume)

    async def end_session(self, session_id: str | None = None) -> Session:
        def end(store: Store) -> Session:
            newest = None if session_id else store.newest_open_session()
            if not session_id and newest is None:
                raise SessionNotFound("There is no open session; 'tellme sessions' shows the ones that were.")
            return store.end_session(session_id or (newest.id if newest else ""))

        return await self._archive.write(end)

    async def set_title(self, session_id: str, title: str) -> Session:
        def rename(store: Store) -> Session:
            session = store.session(session_id)
            store.set_title(session.id, title)
            return store.session(session.id)

        return await self._archive.write(rename)

    async def session(self, session_id: str) -> Session:
        return await self._archive.read(lambda store: store.session(session_id))

    async def last_used_session(self) -> Session | None:
        return await self._archive.read(lambda store: store.last_used_session())

    async def sessions(
        self, search: str | None = None, limit: int | None = None, bot: str | None = None
    ) -> list[Session]:
        return await self._archive.read_slowly(lambda store: store.sessions(search, limit, bot))

    async def history(self, session_id: str) -> tuple[Session, list[Turn]]:
        def both(store: Store) -> tuple[Session, list[Turn]]:
            session = store.session(session_id)
            return session, store.turns(session.id)

        return await self._archive.read_slowly(both)

    async def turns(
        self, session_id: str, limit: int, before: str | None = None, after: str | None = None
    ) -> list[Turn]:
        return await self._archive.read_slowly(lambda store: store.turns(session_id, limit, before, after))

    async def find_turns(self, session_id: str, text: str) -> list[str]:
        return await self._archive.read_slowly(lambda store: store.find_turns(session_id, text))

    async def messages(self, search: str | None = None, limit: int = 500) -> list[str]:
        return await self._archive.read_slowly(lambda store: store.messages(search, limit))

    async def check_store(self) -> str | None:
        return await self._archive.read_slowly(lambda store: store.check())

    async def import_session(self, session: Session, turns: list[Turn], files: Sequence[Sequence[str]] = ()) -> Session:
        return await self._archive.write_slowly(lambda store: store.import_session(session, turns, files))

    async def turn(self, turn_id: str) -> TurnRecord:
        return await self._archive.read(lambda store: store.turn(turn_id))

    async def attachments(self, turn_id: str) -> tuple[Attachment, ...]:
        return await self._archive.read(lambda store: store.attachments(store.turn(turn_id).turn.id))

    async def attachments_of(
        self, session_id: str, first: str | None = None, last: str | None = None
    ) -> list[tuple[str, tuple[Attachment, ...]]]:
        return await self._archive.read_slowly(lambda store: store.attachments_of(session_id, first, last))

    async def failed_turns(self, limit: int | None = None, session: str | None = None) -> list[TurnRecord]:
        return await self._archive.read_slowly(lambda store: store.failed_turns(limit, session))

    async def stats(self, since: float, buckets: int = 0) -> list[BotStats]:
        return await self._archive.read_slowly(lambda store: store.stats(since, time.time(), buckets))

    async def backup(self, path: str) -> str:
        return await self._archive.read_slowly(lambda store: store.backup(path))

    async def restore(self, path: str) -> str:
        return await self._archive.write_slowly(lambda store: store.restore(path))
