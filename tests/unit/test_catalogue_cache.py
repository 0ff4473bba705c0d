"""The cache of the catalogue: nobody notices it, whatever is changed, damaged or in its place."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from binascii import crc32
from collections.abc import Callable

import pytest

from .installation import Installation, told
from .installation import here as here


def test_the_cache_spares_the_reading(here: Installation) -> None:
    """What reads TOML is not even loaded."""
    here.load_kept()
    program = (
        "import sys, time\nfrom tellme.paths import Paths\nfrom tellme.host.catalogue import load\n"
        f"bots = load(Paths.below({str(here.home)!r}), builtin={str(here.builtin)!r}, now=time.time() + 60).bots\n"
        "dear = {'tomllib', 'tellme.host.config', 'tellme.nearest', 'importlib.metadata', 'pathlib'}\n"
        "print(len(bots), *dear & {*sys.modules})"
    )
    for _ in range(2):  # the first writes a cache for this interpreter's own search path
        run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "3\n"


def test_what_was_changed_just_now_is_not_kept(here: Installation) -> None:
    """It may change again within the same tick of the file system's clock."""
    here.load()
    assert not here.cache.exists()


def add_a_folder(here: Installation) -> None:
    here.bot("new", 'name = "New"\ncommand = ["a"]')


def edit_in_the_same_tick_of_mtime(here: Installation) -> None:
    file = here.home / "bots" / "a" / "bot.toml"
    before = file.stat()
    file.write_text(file.read_text().replace("one", "two"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace_by_another(here: Installation) -> None:
    (here.home / "bots" / "a" / "other").write_text('name = "A"\ncommand = ["two"]')
    (here.home / "bots" / "a" / "other").rename(here.home / "bots" / "a" / "bot.toml")


def remove_the_manifest(here: Installation) -> None:
    (here.home / "bots" / "a" / "bot.toml").unlink()


def rename_the_folder(here: Installation) -> None:
    (here.home / "bots" / "a").rename(here.home / "bots" / "b")


def add_a_config(here: Installation) -> None:
    here.config("[bots.Math]\ntimeout = 1")


def change_a_builtin(here: Installation) -> None:
    here.write(here.builtin / "zen" / "bot.toml", 'name = "Zen"\ncommand = ["other"]')


@pytest.mark.parametrize(
    "change",
    [
        add_a_folder,
        edit_in_the_same_tick_of_mtime,
        replace_by_another,
        remove_the_manifest,
        rename_the_folder,
        add_a_config,
        change_a_builtin,
    ],
)
def test_a_change_is_seen_at_once(here: Installation, change: Callable[[Installation], None]) -> None:
    here.bot("a", 'name = "A"\ncommand = ["one"]')
    before = told(here.load_kept())
    change(here)
    after = told(here.load(later_s=60))
    assert after != before
    assert after == told(here.load_kept())


def test_a_cache_with_one_letter_changed_is_made_anew(here: Installation) -> None:
    whole = told(here.load_kept())
    here.cache.write_bytes(here.cache.read_bytes().replace(b"bot.py", b"bat.py"))
    assert told(here.load(later_s=60)) == whole


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"00000000\n",
        b"\n{}",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"key": 5}',
        b'{"key": {"packages": []}}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_cache_is_made_anew(here: Installation, content: bytes) -> None:
    whole = told(here.load_kept())
    good = here.cache.read_bytes()
    here.cache.write_bytes(content)
    assert told(here.load(later_s=60)) == whole
    assert here.cache.read_bytes() == good


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("key", None),
        ("bots", None),
        ("bots", [[1]]),
        ("bots", 7),
        ("problems", [["a"]]),
        ("problems", None),
        ("broken", []),
        ("broken", {"a": 1}),
    ],
)
def test_a_cache_of_another_shape_is_made_anew(here: Installation, part: str, value: object) -> None:
    whole = told(here.load_kept())
    data = json.dumps({**json.loads(here.cache.read_bytes().partition(b"\n")[2]), part: value}).encode()
    here.cache.write_bytes(b"%08x\n" % crc32(data) + data)
    assert told(here.load(later_s=60)) == whole


def test_a_cache_that_cannot_be_written_is_no_error(here: Installation) -> None:
    here.write(here.home / "data", "a file where the folder should be")
    assert list(here.load(later_s=60).bots) == ["english", "math", "zen"]


def test_a_cache_in_the_place_of_which_a_folder_lies_is_no_error(here: Installation) -> None:
    here.cache.mkdir(parents=True)
    assert list(here.load(later_s=60).bots) == ["english", "math", "zen"]
    assert [file.name for file in here.cache.parent.iterdir()] == ["catalogue.json"]
