"""What is unpacked is whole, whatever was before: two starts at once, a kill, a full disk, damage, other versions."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..conftest import wait_until
from .conftest import BINARY, copy_of, only_version, root_of, run, versions

TRAILER = 32
"""Name (16), length (8) and magic (8), at the end of the file."""


def test_a_second_start_unpacks_nothing(tmp_path: Path, bare: dict[str, str], unpacked: Path) -> None:
    before = unpacked.stat().st_ctime_ns
    assert run(BINARY, "--version", env=bare).code == 0
    assert only_version(tmp_path) == unpacked
    assert unpacked.stat().st_ctime_ns == before


def test_eight_first_starts_at_once_unpack_once(tmp_path: Path, bare: dict[str, str]) -> None:
    started = [
        subprocess.Popen([BINARY, "ask", "Math", f"{number}+1"], env=bare, stdout=subprocess.PIPE, text=True)
        for number in range(8)
    ]
    answers = [process.communicate(timeout=60)[0].strip() for process in started]
    assert answers == [str(number + 1) for number in range(8)]
    only_version(tmp_path)


def test_a_killed_unpacking_leaves_nothing_behind(tmp_path: Path, bare: dict[str, str]) -> None:
    for size in (1, 20):  # MB that are there when it is killed
        process = subprocess.Popen([BINARY, "--version"], env=bare, stdout=subprocess.DEVNULL)
        wait_until(lambda size=size, process=process: _size(tmp_path) > size * 1e6 or process.poll() is not None)
        process.kill()
        process.wait()
        assert not any(name[0] != "." for name in versions(tmp_path)), "it was too quick to be killed"
    assert run(BINARY, "ask", "Math", "2+2", env=bare) == ("4\n", "", 0)
    only_version(tmp_path)


def _size(home: Path) -> int:
    found = list(root_of(home).glob(".new-*/lib/**/*")) if root_of(home).exists() else []
    return sum(path.lstat().st_size for path in found if os.path.lexists(path))


DAMAGE = [
    ("bin/python3", "gone"),
    ("bin/python3", "replaced"),
    ("lib/python*/tellme/__init__.pyc", "cut"),
    ("lib/libz.so.1", "changed"),
    ("index", "cut"),
    ("index", "gone"),
    ("in-use", "gone"),
]
"""Of each kind one; ``index`` and ``in-use`` are the launcher's own."""


def test_a_damaged_cache_is_unpacked_anew(tmp_path: Path, bare: dict[str, str], unpacked: Path) -> None:
    for place, damage in DAMAGE:
        (file,) = unpacked.glob(place)
        whole, inode = file.read_bytes(), unpacked.stat().st_ino
        _do(damage, file)
        assert run(BINARY, "--version", env=bare).code == 0, (place, damage)
        assert only_version(tmp_path) == unpacked
        assert unpacked.stat().st_ino != inode, (place, damage)
        assert place == "index" or file.read_bytes() == whole
    assert run(BINARY, "ask", "Math", "2+2", env=bare) == ("4\n", "", 0)


def _do(damage: str, file: Path) -> None:
    whole = file.read_bytes()
    file.unlink() if damage in ("gone", "replaced") else None
    if damage == "cut":
        os.truncate(file, len(whole) // 2)
    elif damage == "changed":
        file.write_bytes(bytes(len(whole)))
    elif damage == "replaced":
        file.symlink_to("/etc/passwd")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with too little room."""
    yield from _mounted(tmp_path / "small", "size=20m")


@pytest.fixture
def noexec(tmp_path: Path) -> Iterator[Path]:
    """A file system that no programs are run from."""
    yield from _mounted(tmp_path / "noexec", "size=400m,noexec")


def _mounted(folder: Path, options: str) -> Iterator[Path]:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("nothing can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_said_and_left_as_it_was(small_disk: Path, bare: dict[str, str]) -> None:
    said = run(BINARY, "--version", env={**bare, "XDG_CACHE_HOME": str(small_disk)})
    assert (said.out, said.code) == ("", 3)
    assert said.err.startswith(f"tellme: cannot unpack to {small_disk}/tellme/unpacked: No space left on device")
    assert said.err.endswith("XDG_CACHE_HOME can name another place.\n")
    assert said.err.count("\n") == 1
    assert [path.name for path in (small_disk / "tellme" / "unpacked").iterdir()] == [".lock"]


def test_where_no_programs_may_run_another_place_is_taken(noexec: Path, tmp_path: Path, bare: dict[str, str]) -> None:
    env = {**bare, "XDG_CACHE_HOME": str(noexec), "TMPDIR": str(tmp_path)}
    assert run(BINARY, "--version", env=env).code == 0
    assert (tmp_path / f"tellme-{os.geteuid()}" / "unpacked").is_dir()
    said = run(BINARY, "--version", env={**env, "TMPDIR": str(noexec)})
    assert (said.code, said.err.count("\n")) == (3, 1)
    assert "no programs can be run from there (mounted noexec)" in said.err


def test_a_home_that_cannot_be_written_is_no_hindrance(tmp_path: Path) -> None:
    env = {"HOME": "/proc/nothing", "TMPDIR": str(tmp_path), "TELLME_HOME": ""}
    assert run(BINARY, "--version", env=env).code == 0
    said = run(BINARY, "--version", env={**env, "TMPDIR": "/proc/nothing"})
    assert (said.code, said.err.count("\n")) == (3, 1)
    assert said.err.startswith("tellme: cannot unpack to /proc/nothing/.cache/tellme/unpacked: ")


def test_it_needs_no_home_in_the_environment(cache: Path) -> None:
    assert run(BINARY, "--version", env={"XDG_CACHE_HOME": str(cache)}).code == 0


@pytest.mark.parametrize("wrong", ["writable", "link", "parent", "file"])
def test_nothing_is_run_from_where_others_may_write(tmp_path: Path, bare: dict[str, str], wrong: str) -> None:
    root, elsewhere = root_of(tmp_path), tmp_path / "elsewhere"
    root.parent.mkdir(parents=True, mode=0o700)
    if wrong == "link":
        elsewhere.mkdir(0o700)
        root.symlink_to(elsewhere)
    elif wrong == "file":
        root.write_text("")
    else:
        root.mkdir(0o700)
        (root if wrong == "writable" else root.parent).chmod(0o777)
    said = run(BINARY, "--version", env={**bare, "TMPDIR": "/proc/nothing"})
    assert (said.code, said.err.count("\n")) == (3, 1)
    assert str(root) in said.err


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_nothing_is_run_from_what_belongs_to_another(tmp_path: Path, bare: dict[str, str], unpacked: Path) -> None:
    os.chown(unpacked.parent, 65534, 65534)
    said = run(BINARY, "--version", env={**bare, "TMPDIR": "/proc/nothing"})
    assert (said.code, said.err.count("\n")) == (3, 1)
    assert "not a folder of yours alone" in said.err


def test_old_versions_go_but_not_what_is_in_use(
    tmp_path: Path, bare: dict[str, str], unpacked: Path, serving: subprocess.Popen[bytes]
) -> None:
    newer = _another_version(tmp_path)
    assert run(newer, "--version", env=bare).code == 0
    assert unpacked.name in versions(tmp_path), "it was in use"
    assert len(versions(tmp_path)) == 2
    serving.terminate()
    serving.wait(30)
    newest = _another_version(tmp_path)
    assert run(newest, "--version", env=bare).code == 0
    assert unpacked.name not in versions(tmp_path)
    only_version(tmp_path)


def _another_version(folder: Path) -> Path:
    """Write the same archive under another name."""
    data = Path(BINARY).read_bytes()
    name = hashlib.sha256(str(time.monotonic_ns()).encode()).hexdigest()[:16].encode()
    file = folder / f"tellme-{name.decode()}"
    file.write_bytes(data[:-TRAILER] + name + data[-TRAILER + 16 :])
    file.chmod(0o755)
    return file


@pytest.mark.parametrize("keep", [0, 1000, -1, -TRAILER, -1_000_000])
def test_a_file_that_was_cut_says_so(tmp_path: Path, bare: dict[str, str], keep: int) -> None:
    data = Path(BINARY).read_bytes()
    begin = data.index(b"\x28\xb5\x2f\xfd", 200_000)  # where the archive begins
    file = tmp_path / "tellme"
    file.write_bytes(data[: begin + keep] if keep >= 0 else data[:keep])
    file.chmod(0o755)
    assert run(file, "--version", env=bare) == ("", "tellme: this file is not whole: download it again\n", 3)


@pytest.mark.parametrize("where", [-5_000_000, -TRAILER - 4])
def test_a_file_with_wrong_bytes_says_so(tmp_path: Path, bare: dict[str, str], where: int) -> None:
    file = copy_of(BINARY, tmp_path / "tellme")
    with file.open("r+b") as opened:
        opened.seek(where, os.SEEK_END)
        opened.write(bytes(4))  # the last four before the trailer are the checksum of all
    assert run(file, "--version", env=bare) == ("", "tellme: this file is not whole: download it again\n", 3)
    assert versions(tmp_path) == []


def test_no_process_of_a_bot_holds_the_lock(
    bare: dict[str, str], unpacked: Path, serving: subprocess.Popen[bytes]
) -> None:
    assert run(BINARY, "ask", "Math", "2+2", env=bare).out == "4\n"
    holders = [pid for pid in map(int, filter(str.isdecimal, os.listdir("/proc"))) if _holds(pid, unpacked / "in-use")]
    assert holders == [serving.pid]
    (number,) = (each for each in _numbers(serving.pid) if _leads_to(serving.pid, each, unpacked / "in-use"))
    flags = re.search(r"flags:\s*([0-7]+)", Path(f"/proc/{serving.pid}/fdinfo/{number}").read_text())
    assert flags is not None
    assert int(flags[1], 8) & os.O_CLOEXEC, "whatever it starts would have it, too"


def _holds(pid: int, file: Path) -> bool:
    return any(_leads_to(pid, number, file) for number in _numbers(pid))


def _numbers(pid: int) -> list[str]:
    try:
        return os.listdir(f"/proc/{pid}/fd")
    except OSError:
        return []


def _leads_to(pid: int, number: str, file: Path) -> bool:
    try:
        return os.readlink(f"/proc/{pid}/fd/{number}") == str(file)
    except OSError:
        return False
