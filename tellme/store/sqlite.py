"""SQLite, without what its package adds: conversions of dates, for which it loads ``datetime``, a millisecond."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
else:
    import _sqlite3 as sqlite3

__all__ = ["sqlite3"]
