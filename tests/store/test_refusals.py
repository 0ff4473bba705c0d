"""What cannot be kept is refused in one line that names the file, the reason and the way out."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tellme.errors import StoreError
from tellme.model import TurnStatus
from tellme.store.database import Store
from tellme.store.file import DatabaseFile

Run = Callable[..., str]
NOBODY = 65534

# Permissions mean nothing to root, so whoever runs the tests, nobody opens the store.
OPEN_AS_NOBODY = f"""
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid({NOBODY})
    os.setuid({NOBODY})
try:
    Store.open(sys.argv[1]).new_session("math")
except StoreError as error:
    print(error)
"""
FILL = """
store = Store.open(sys.argv[1])
session = store.new_session("math")
kept = []
try:
    for number in range(10_000):
        kept.append(turn(store, session, "x" * 1000))
except StoreError as error:
    print(error)
assert {turn.id for turn in store.turns(session.id)} >= {turn.id for turn in kept}, "an acknowledged turn is gone"
store.sessions()
"""


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that every user can reach, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def refusal(path: str) -> str:
    with pytest.raises(StoreError) as caught:
        Store.open(path)
    return str(caught.value)


def is_a_refusal(text: str, path: str, reason: str) -> bool:
    line = text.rstrip("\n")
    return (
        line.startswith(f"{path}: ")
        and reason in line
        and "\n" not in line
        and line.endswith("; --no-store answers without keeping.")
    )


def test_a_folder_in_its_place(path: str) -> None:
    os.makedirs(path)
    assert is_a_refusal(refusal(path), path, "not a regular file")


def test_a_pipe_in_its_place_is_not_waited_for(path: str) -> None:
    os.mkdir(os.path.dirname(path))
    os.mkfifo(path)
    assert is_a_refusal(refusal(path), path, "not a regular file")


def test_a_file_in_the_place_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    path = str(tmp_path / "data" / "tellme.db")
    assert is_a_refusal(refusal(path), path, "file exists")
    path = str(tmp_path / "data" / "below" / "tellme.db")
    assert is_a_refusal(refusal(path), path, "not a directory")


@pytest.mark.skipif(not os.path.isdir("/sys/kernel"), reason="needs /sys")
def test_a_file_system_that_takes_no_files() -> None:
    path = "/sys/tellme/tellme.db"
    assert is_a_refusal(refusal(path), path, "the file or its folder can't be written")


def test_a_folder_that_cannot_be_written(public_folder: Path, run: Run) -> None:
    public_folder.chmod(0o555)
    path = str(public_folder / "data" / "tellme.db")
    assert is_a_refusal(run(OPEN_AS_NOBODY, path, cwd=str(public_folder)), path, "permission denied")
    path = str(public_folder / "tellme.db")
    assert is_a_refusal(run(OPEN_AS_NOBODY, path, cwd=str(public_folder)), path, "permission denied")


def test_a_file_that_cannot_be_written(public_folder: Path, run: Run) -> None:
    path = str(public_folder / "tellme.db")
    Store.open(path).close()
    public_folder.chmod(0o777)
    os.chmod(path + ".lock", 0o666)
    os.chmod(path, 0o444)
    assert is_a_refusal(run(OPEN_AS_NOBODY, path, cwd=str(public_folder)), path, "can't be written (attempt to write")
    os.chmod(path, 0o000)
    assert is_a_refusal(run(OPEN_AS_NOBODY, path, cwd=str(public_folder)), path, "can't be written (unable to open")


def tiny_disk(folder: Path, size: str) -> tuple[str, ...]:
    """A command prefix that mounts a file system of ``size`` for the command alone."""
    mount = f'mount -t tmpfs -o size={size},mode=777 tmpfs "{folder}" && exec "$@"'
    prefix = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh")
    if (
        shutil.which("unshare") is None
        or subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("no file system can be mounted here")
    return prefix


@pytest.mark.parametrize("size", ["1m", "200k"])
def test_a_full_disk(tmp_path: Path, run: Run, size: str) -> None:
    path = str(tmp_path / "tellme.db")
    assert is_a_refusal(run(FILL, path, prefix=tiny_disk(tmp_path, size)), path, "the disk is full")


@pytest.mark.parametrize("size", ["4k", "8k", "16k", "36k", "1m,nr_inodes=1"])
def test_a_disk_too_full_to_open(tmp_path: Path, run: Run, size: str) -> None:
    code = "try: Store.open(sys.argv[1]).new_session('math')\nexcept StoreError as error: print(error)"
    path = str(tmp_path / "data" / "tellme.db")
    assert is_a_refusal(run(code, path, prefix=tiny_disk(tmp_path, size)), path, "the disk is full")


def test_a_disk_that_fails(path: str, run: Run) -> None:
    limit = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))\n"
    assert is_a_refusal(run(limit + FILL, path), path, "reading or writing it failed (disk I/O error)")


def test_a_lock_that_is_never_given_back(path: str, store: Store) -> None:
    session = store.new_session("math")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        patient = DatabaseFile(path, lambda connection: None, wait_s=0.05)
        with pytest.raises(StoreError) as caught:
            patient.write(lambda connection: connection.execute("UPDATE session SET title = 'late'"))
        patient.close()
    assert is_a_refusal(str(caught.value), path, "locked")
    assert store.session(session.id).title == ""


def test_a_turn_of_no_session_is_refused_by_the_file_itself(path: str) -> None:
    database = DatabaseFile(path, lambda connection: None)
    statement = "INSERT INTO turn (id, session, message, sent_at, owner) VALUES ('7', 'none', '', 0, '')"
    with pytest.raises(StoreError, match="FOREIGN KEY"):
        database.write(lambda connection: connection.execute(statement))
    database.close()


def test_a_closed_store_says_so(path: str) -> None:
    store = Store.open(path)
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.new_session("math")
    assert not os.path.exists(path + "-wal")


def test_a_folder_that_is_back_is_used_again(path: str) -> None:
    store = Store.open(path)
    session = store.new_session("math")
    folder = os.path.dirname(path)
    os.rename(folder, folder + ".away")
    Path(folder).write_text("in the way")
    with pytest.raises(StoreError):
        store.set_title(session.id, "first try")
    os.unlink(folder)
    os.rename(folder + ".away", folder)
    turn = store.begin_turn(session.id, "2+2")
    store.end_turn(turn.id, TurnStatus.ANSWERED, "4")
    assert [kept.id for kept in store.turns(session.id)] == [turn.id]
    store.close()
