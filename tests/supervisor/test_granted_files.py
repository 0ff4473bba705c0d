"""Files that an agent is granted: those below one folder, whatever its paths say."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tellme.supervisor.grants import files
from tellme.supervisor.grants.files import Denied
from tellme.wire.granting import ReadFile, WriteFile


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A granted folder beside a secret, with links of all kinds."""
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("secret")
    folder = tmp_path / "src"
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "a.txt").write_text("one\ntwo\nthree")
    (folder / "deep" / "b.txt").write_text("b")
    (folder / "binary").write_bytes(b"\xff\xfe")
    os.mkfifo(folder / "pipe")
    links = {
        "to_file": "a.txt",
        "to_deep": "deep/er/../b.txt",
        "to_folder": f"{folder}/deep/",
        "to_itself": str(folder),
        "deep/up": "../a.txt",
        "out": "../secret",
        "out_absolute": f"{tmp_path}/secret",
        "out_folder": "../outside",
        "out_by_name": f"{folder}/../secret",
        "loop": "loop",
        "dangling": "deep/new.txt",
        "dangling_out": "../new.txt",
        "to_pipe": "pipe",
        "root": "/",
    }
    for name, target in links.items():
        (folder / name).symlink_to(target)
    (tmp_path / "link_to_src").symlink_to(folder)
    return folder


READS: dict[str, tuple[str, str | type[Exception]]] = {
    # group, case: path below the folder's parent → the text, or what is raised
    "plain: a file": ("src/a.txt", "one\ntwo\nthree"),
    "plain: deeper": ("src/deep/b.txt", "b"),
    "plain: odd ways to write it": ("src//./deep/../deep//b.txt", "b"),
    "link: to a file": ("src/to_file", "one\ntwo\nthree"),
    "link: to a path with ..": ("src/to_deep", "b"),
    "link: to a folder, absolute": ("src/to_folder/b.txt", "b"),
    "link: to the folder itself": ("src/to_itself/a.txt", "one\ntwo\nthree"),
    "link: upwards, inside": ("src/deep/up", "one\ntwo\nthree"),
    "link: .. after a link goes up from where it leads": ("src/to_folder/er/../../a.txt", "one\ntwo\nthree"),
    "outside: beside": ("secret", Denied),
    "outside: a name that begins alike": ("src2/a", Denied),
    "outside: ..": ("src/../secret", Denied),
    "outside: .. deeper": ("src/deep/../../secret", Denied),
    "outside: a link": ("src/out", Denied),
    "outside: an absolute link": ("src/out_absolute", Denied),
    "outside: a link to a folder": ("src/out_folder/secret", Denied),
    "outside: a link that begins inside": ("src/out_by_name", Denied),
    "outside: the root": ("src/root/etc/passwd", Denied),
    "kind: a folder": ("src/deep", Denied),
    "kind: the folder itself": ("src", Denied),
    "kind: a file as a folder": ("src/a.txt/", Denied),
    "kind: below a file": ("src/a.txt/b", NotADirectoryError),
    "kind: a pipe": ("src/pipe", Denied),
    "kind: a link to a pipe": ("src/to_pipe", Denied),
    "kind: no text": ("src/binary", Denied),
    "missing": ("src/none.txt", FileNotFoundError),
    "missing: a link to nothing": ("src/dangling", FileNotFoundError),
    "loop": ("src/loop", OSError),
    "zero byte": ("src/a\0b", Denied),
    "too long": ("src/" + "x" * 5_000, OSError),
}


@pytest.mark.parametrize("name", READS)
def test_reading(folder: Path, name: str) -> None:
    path, expected = READS[name]
    wanted = ReadFile(f"{folder.parent}/{path}")
    if isinstance(expected, str):
        assert files.read(str(folder), wanted) == expected
    else:
        with pytest.raises(expected):
            files.read(str(folder), wanted)


def test_a_path_that_is_not_absolute(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    with pytest.raises(Denied, match="no absolute path"):
        files.read(str(folder), ReadFile("a.txt"))


def test_the_granted_folder_may_be_a_link_and_is_known_by_both_names(folder: Path) -> None:
    link = str(folder.parent / "link_to_src")
    assert files.read(link, ReadFile(f"{link}/deep/b.txt")) == "b"
    assert files.read(link, ReadFile(f"{folder}/deep/b.txt")) == "b"


@pytest.mark.parametrize(
    ("line", "limit", "expected"),
    [
        (1, None, "one\ntwo\nthree"),
        (1, 1, "one\n"),
        (2, 1, "two\n"),
        (2, None, "two\nthree"),
        (3, 5, "three"),
        (4, 1, ""),
        (1, 0, ""),
        (10**12, 10**12, ""),
    ],
)
def test_some_lines(folder: Path, line: int, limit: int | None, expected: str) -> None:
    assert files.read(str(folder), ReadFile(f"{folder}/a.txt", line, limit)) == expected


def test_a_file_that_is_too_large(folder: Path) -> None:
    with open(folder / "large", "wb") as file:
        file.truncate(files.MAX_BYTES + 1)
    with pytest.raises(Denied, match="is larger than 4 MiB"):
        files.read(str(folder), ReadFile(f"{folder}/large"))


WRITES: dict[str, tuple[str, str]] = {
    # case: path → the file that is there then
    "a new file": ("src/new.txt", "src/new.txt"),
    "a new file in new folders": ("src/x/y/new.txt", "src/x/y/new.txt"),
    "over a file": ("src/a.txt", "src/a.txt"),
    "through a link": ("src/to_file", "src/a.txt"),
    "through a link to nothing": ("src/dangling", "src/deep/new.txt"),
}


@pytest.mark.parametrize("name", WRITES)
def test_writing(folder: Path, name: str) -> None:
    path, written = WRITES[name]
    was_link = (folder.parent / path).is_symlink()
    files.write(str(folder), WriteFile(f"{folder.parent}/{path}", "new é"))
    assert (folder.parent / written).read_bytes() == "new é".encode()
    assert (folder.parent / path).is_symlink() == was_link
    assert not list(folder.rglob(".tellme-*"))


NOT_WRITTEN = (
    "secret",
    "src/../new",
    "src/out",
    "src/dangling_out",
    "src/out_folder/new",
    "src/deep",
    "src/pipe",
    "src",
)


@pytest.mark.parametrize("path", NOT_WRITTEN)
def test_what_is_not_written(folder: Path, path: str) -> None:
    before = sorted(folder.parent.rglob("*"))
    with pytest.raises(Denied):
        files.write(str(folder), WriteFile(f"{folder.parent}/{path}", "new"))
    assert sorted(folder.parent.rglob("*")) == before
    assert (folder.parent / "secret").read_text() == "secret"


def test_a_file_keeps_its_rights(folder: Path) -> None:
    (folder / "a.txt").chmod(0o751)
    files.write(str(folder), WriteFile(f"{folder}/a.txt", "new"))
    assert stat.S_IMODE((folder / "a.txt").stat().st_mode) == 0o751


def test_a_file_that_nobody_may_write_stays(folder: Path) -> None:
    (folder / "a.txt").chmod(0o444)
    with pytest.raises(Denied, match="is read-only"):
        files.write(str(folder), WriteFile(f"{folder}/a.txt", "new"))
    assert (folder / "a.txt").read_text() == "one\ntwo\nthree"


def test_a_file_is_replaced_whole_or_not_at_all(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        files.write(str(folder), WriteFile(f"{folder}/a.txt", "new"))
    assert (folder / "a.txt").read_text() == "one\ntwo\nthree"
    assert not list(folder.rglob(".tellme-*"))


def test_a_folder_that_becomes_a_link_on_the_way_leads_nowhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_open = os.open
    swaps: list[Callable[[], object]] = [
        lambda: (folder / "deep").rename(folder / "gone"),
        lambda: (folder / "deep").symlink_to("../outside"),
    ]

    def swapping(path: str, flags: int, *rest: int, dir_fd: int | None = None) -> int:
        if path == "deep":
            while swaps:
                swaps.pop(0)()
        return real_open(path, flags, *rest, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", swapping)
    with pytest.raises(OSError, match=r"directory|links"):
        files.read(str(folder), ReadFile(f"{folder}/deep/secret"))


@pytest.mark.parametrize(
    ("cwd", "expected"),
    [("", "src"), ("src", "src"), ("src/deep", "src/deep"), ("src/to_folder", "src/deep")],
)
def test_a_folder_to_work_in(folder: Path, cwd: str, expected: str) -> None:
    path = f"{folder.parent}/{cwd}" if cwd else ""
    assert files.real_folder(str(folder), path) == f"{folder.parent}/{expected}"


@pytest.mark.parametrize("cwd", ["", "src/..", "src/out_folder", "src/root", "src/a.txt", "src/none", "outside"])
def test_a_folder_that_is_none_to_work_in(folder: Path, cwd: str) -> None:
    with pytest.raises(Denied):
        files.real_folder(str(folder), f"{folder.parent}/{cwd}")


def test_no_descriptor_stays_open(folder: Path) -> None:
    def count() -> int:
        return len(os.listdir("/proc/self/fd"))

    before = count()
    for path, _ in READS.values():
        with suppress(Denied, OSError):
            files.read(str(folder), ReadFile(f"{folder.parent}/{path}"))
    assert count() == before
