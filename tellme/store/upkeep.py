"""What is done to all that is kept, beside the turns: recovered, checked, made to expire, backed up and restored."""

from __future__ import annotations

from tellme.store import owner, schema
from tellme.store.carry import Carry
from tellme.store.file import Database
from tellme.store.owner import INTERRUPTED
from tellme.store.texts import one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3


class Upkeep:
    """The part of a ``Store`` that looks after the file; see there for what a method raises."""

    def __init__(self, database: Database, carry: Carry, me: str) -> None:
        self._database = database
        self._carry = carry
        self._me = me

    def recover(self) -> int:
        """End the open turns of processes that are gone as failed, and return how many there were."""
        statement = "SELECT DISTINCT owner FROM turn WHERE status IS NULL"
        owners = self._database.read(lambda connection: connection.execute(statement).fetchall())
        gone = [name for (name,) in owners if not owner.is_alive(name)]
        return self._database.write(lambda connection: _interrupt(connection, gone)) if gone else 0

    def check(self) -> str | None:
        """Write to the file and read all of it; return what is wrong with it, if anything."""
        self._database.write(schema.touch)
        statement = "PRAGMA integrity_check(1)"
        found = self._database.read(lambda connection: str(connection.execute(statement).fetchone()[0]))
        return None if found == "ok" else f"{self._database.path}: {one_line(found)}"

    def expire(self, unused_since: float) -> int:
        """Delete the ended sessions not used since then, with their turns; return how many there were."""
        from tellme.store.expiry import expire_some

        deleted = 0
        while some := self._database.write(lambda connection: expire_some(connection, unused_since)):
            deleted += len(some)
            for id_ in some:
                self._carry.drop(id_)
        return deleted

    def backup(self, path: str) -> str:
        """Write all that is kept to the file ``path`` and return its absolute path. Others can write meanwhile.

        The file is there whole or not at all, readable by its owner alone; only another backup is overwritten. Raises
        ``UsageError`` where something else is in its place, ``StoreError`` where it cannot be written. For a thread.
        """
        from tellme.store.backup import back_up

        return self._database.read(lambda connection: back_up(connection, self._database.path, path))

    def restore(self, path: str) -> str:
        """Put what a backup holds in the place of all that is kept, and return the file to which that was copied.

        Every process that has the store open sees the new content. Raises ``StoreError``, with nothing changed, where
        ``path`` is no sound backup. For a thread.
        """
        from tellme.store.restoring import restore

        return restore(self._database, path)


def _interrupt(connection: sqlite3.Connection, owners: list[str]) -> int:
    # A turn that was being sent again keeps the reason for which it was.
    statement = "UPDATE turn SET status = 'failed', error = coalesce(error, ?) WHERE status IS NULL AND owner = ?"
    return sum(connection.execute(statement, (INTERRUPTED, name)).rowcount for name in owners)
