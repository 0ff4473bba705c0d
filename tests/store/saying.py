"""Stores for a test: one with something said in it, and what it holds."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tellme.model import Timings, TurnStatus
from tellme.store.database import Store

WRITE_UNTIL_TOLD = """
store = Store.open(sys.argv[1])
session = write(store, lambda store: store.new_session("zen"))
print("begun", flush=True)
import select
number = 0
while number < 50 or not select.select([sys.stdin], [], [], 0)[0]:
    print(turn(store, session, f"kept {number}").id, flush=True)
    number += 1
store.close()
"""


def say(store: Store, message: str, reply: str = "4") -> str:
    session, turn = store.open_and_begin("math", message)
    store.end_turn(turn.id, TurnStatus.ANSWERED, reply, None, 1, 2.5, Timings(0.5, 1.5))
    return session.id


def contents(store: Store) -> list[object]:
    sessions = store.sessions()
    return [sessions, [store.turns(session.id) for session in sessions], store.exits()]


def opened(file: str) -> list[object]:
    """What a backup holds: of a copy, because to open a store makes files beside it."""
    copy = file + ".opened"
    shutil.copy(file, copy)
    store = Store.open(copy)
    found = contents(store)
    store.close()
    return found


@pytest.fixture
def backup(tmp_path: Path) -> str:
    (tmp_path / "elsewhere").mkdir()
    return str(tmp_path / "elsewhere" / "backup.db")
