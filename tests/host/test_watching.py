"""Bots' folders and ``config.toml``, watched: with real files, by events and by looking."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tellme.errors import ConfigError
from tellme.host import watching
from tellme.host.catalogue import Catalogue
from tellme.host.inotify import Inotify
from tellme.host.watching import Look, Watching, compare, look
from tellme.model import BotSpec, CatalogueChanged
from tellme.paths import Paths

MANIFEST = 'name = "A"\ncommand = ["bot.py"]\n'


@pytest.fixture(params=["events", "looks"])
def by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Watch by the kernel's events, and where there are none."""
    monkeypatch.setattr(watching, "APART_S", 0.02)
    monkeypatch.setattr(watching, "SETTLE_S", 0.02)
    if request.param == "looks":
        monkeypatch.setattr(watching, "LOOK_S", 0.05)
        monkeypatch.setattr(watching, "Inotify", _no_inotify)
    return str(request.param)


def _no_inotify() -> Inotify:
    raise OSError("no such thing")


def add(home: Path, name: str = "a") -> Path:
    folder = home / "bots" / name
    folder.mkdir(parents=True)
    (folder / "bot.toml").write_text(MANIFEST)
    (folder / "bot.py").write_text("# one\n")
    return folder


def watch(home: Path, body: Callable[[Watching], Awaitable[None]]) -> None:
    async def main() -> None:
        async with Watching(Paths.below(str(home))) as changes, asyncio.timeout(30):
            assert await anext(changes) == frozenset(), "the first comes at once"
            await body(changes)

    asyncio.run(main())


def replaced(file: Path, text: str) -> None:
    """Save as many editors do."""
    beside = file.with_name(f".{file.name}.swp")
    beside.write_text(text)
    beside.rename(file)


CHANGES: dict[str, Callable[[Path], object]] = {
    "its program is written": lambda folder: (folder / "bot.py").write_text("# two, longer\n"),
    "its program is replaced": lambda folder: replaced(folder / "bot.py", "# two\n"),
    "its manifest is written": lambda folder: (folder / "bot.toml").write_text(f"{MANIFEST}timeout = 3\n"),
    "its manifest goes": lambda folder: (folder / "bot.toml").unlink(),
    "a module comes": lambda folder: (folder / "helper.py").write_text(""),
    "its settings change": lambda folder: (folder / "settings.yaml").write_text("a: 1\n"),
    "its program goes": lambda folder: (folder / "bot.py").unlink(),
    "its program becomes a link": lambda folder: (
        (folder / "bot.py").unlink(),
        (folder / "bot.py").symlink_to("/dev/null"),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_a_bot_names_its_folder(home: Path, by: str, change: str) -> None:
    folder = add(home)
    add(home, "b")

    async def body(changes: Watching) -> None:
        CHANGES[change](folder)
        assert await anext(changes) == {str(folder)}

    watch(home, body)


ELSEWHERE: dict[str, Callable[[Path], object]] = {
    "a folder comes": lambda home: add(home, "new"),
    "a folder goes": lambda home: shutil.rmtree(home / "bots" / "a"),
    "a folder is renamed": lambda home: (home / "bots" / "a").rename(home / "bots" / "z"),
    "the configuration comes": lambda home: (home / "config.toml").write_text(""),
    "all bots go": lambda home: shutil.rmtree(home / "bots"),
}


@pytest.mark.parametrize("change", ELSEWHERE)
def test_what_is_no_change_of_a_bots_content_names_none(home: Path, by: str, change: str) -> None:
    add(home)

    async def body(changes: Watching) -> None:
        ELSEWHERE[change](home)
        assert await anext(changes) == frozenset()

    watch(home, body)


def test_a_home_that_is_not_there_yet(home: Path, by: str) -> None:
    async def body(changes: Watching) -> None:
        add(home)
        assert await anext(changes) == frozenset()
        (home / "bots" / "a" / "bot.py").write_text("# two, longer\n")
        assert await anext(changes) == {str(home / "bots" / "a")}

    watch(home, body)


def test_a_folder_that_went_and_came_again_is_still_watched(home: Path, by: str) -> None:
    folder = add(home)

    async def body(changes: Watching) -> None:
        shutil.rmtree(home / "bots")
        await anext(changes)
        add(home)
        assert await anext(changes) == frozenset()
        (folder / "bot.py").write_text("# three, longer\n")
        assert await anext(changes) == {str(folder)}

    watch(home, body)


@pytest.mark.parametrize(
    "name",
    [
        "notes.json",
        "bot.db",
        "bot.log",
        "words.txt",
        ".hidden.py",
        "bot.py~",
        ".bot.py.swp",
        "#bot.py#",
        "4913",
        "x.tmp",
    ],
)
def test_what_a_bot_or_an_editor_keeps_is_no_change(home: Path, name: str) -> None:
    folder = add(home)
    before = look(Paths.below(str(home)))
    (folder / name).write_text("x")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "bot.py").write_text("x")
    assert look(Paths.below(str(home))) == before


def test_many_changes_in_a_row_are_told_together(home: Path, by: str) -> None:
    folders = {str(add(home, f"b{number}")) for number in range(20)}

    async def body(changes: Watching) -> None:
        for folder in folders:
            (Path(folder) / "bot.py").write_text("# two, longer\n")
        assert await anext(changes) == folders

    watch(home, body)


def test_events_that_were_lost_lose_no_change(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after an overflow: that something was told is all that is used of it."""
    made: list[Inotify] = []

    def make() -> Inotify:
        made.append(Inotify())
        return made[-1]

    monkeypatch.setattr(watching, "Inotify", make)
    folder = add(home)

    async def body(changes: Watching) -> None:
        (folder / "bot.py").write_text("# two, longer\n")
        made[0].take()
        (folder / "notes.json").write_text("one event")
        assert await anext(changes) == {str(folder)}

    watch(home, body)


def test_a_folder_that_is_written_to_all_the_time_is_looked_at_ever_less_often(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = add(home)
    pauses: list[float] = []
    at_once = asyncio.sleep

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        await at_once(0)

    def look_while_it_is_written_to(paths: Paths) -> Look:
        (folder / "notes.json").write_text("again")
        return look(paths)

    async def body(changes: Watching) -> None:
        monkeypatch.setattr(asyncio, "sleep", sleep)
        monkeypatch.setattr(watching, "look", look_while_it_is_written_to)
        (folder / "notes.json").write_text("first")
        waiting = asyncio.ensure_future(anext(changes))
        while len(pauses) < 8:
            await at_once(0)
        assert pauses[1:8] == [0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0]
        waiting.cancel()
        await asyncio.wait((waiting,))

    watch(home, body)


def test_a_slow_disk_holds_up_nobody_but_the_watch(home: Path, by: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = add(home)
    is_looking, goes_on = threading.Event(), threading.Event()

    def slow(paths: Paths) -> Look:
        is_looking.set()
        assert goes_on.wait(5), "the event loop waits for the disk"
        return look(paths)

    async def body(changes: Watching) -> None:
        monkeypatch.setattr(watching, "look", slow)
        waiting = asyncio.ensure_future(anext(changes))
        (folder / "bot.py").write_text("# two, longer\n")
        await asyncio.to_thread(is_looking.wait, 5)
        goes_on.set()
        assert await waiting == {str(folder)}

    watch(home, body)


def test_a_link_to_itself_among_the_folders_hides_no_change(home: Path, by: str) -> None:
    folder = add(home)
    (home / "bots" / "self").symlink_to("self")

    async def body(changes: Watching) -> None:
        (folder / "bot.py").write_text("# two, longer\n")
        assert await anext(changes) == {str(folder)}

    watch(home, body)


def test_nothing_is_left_open(home: Path) -> None:
    async def main() -> list[int]:
        counts = []
        for _ in range(3):
            async with Watching(Paths.below(str(home))) as changes:
                await anext(changes)
            counts.append(len(os.listdir("/proc/self/fd")))
        return counts

    counts = asyncio.run(main())
    assert counts[0] == counts[-1]


# What follows from a change -----------------------------------------------------------------------------------------


def spec(name: str, timeout: float = 30.0) -> BotSpec:
    return BotSpec(name, name, "command", ("bot.py",), f"/b/{name}", f"/b/{name}/bot.toml", timeout=timeout)


def catalogue(*specs: BotSpec, broken: str = "", by: str = "") -> Catalogue:
    problems = {broken: ConfigError(by or f"/b/{broken}/bot.toml", "", "is wrong")} if broken else {}
    return Catalogue({each.id: each for each in specs}, tuple(problems.values()), problems)


A, B, CONFIGURED = spec("a"), spec("b"), spec("c")._replace(folder="/b", source="/b/config.toml")


@pytest.mark.parametrize(
    ("old", "new", "folders", "ids", "changed"),
    [
        (catalogue(A), catalogue(A), (), ["a"], ((), (), ())),
        (catalogue(A), catalogue(A, B), (), ["a", "b"], (("b",), (), ())),
        (catalogue(A, B), catalogue(B), (), ["b"], ((), (), ("a",))),
        (catalogue(A, B), catalogue(spec("a", 3), B), (), ["a", "b"], ((), ("a",), ())),
        (catalogue(A, B), catalogue(A, B), ("/b/b",), ["a", "b"], ((), ("b",), ())),
        (catalogue(A), catalogue(A, B), ("/b/b",), ["a", "b"], (("b",), (), ())),
        (catalogue(A, B), catalogue(B, broken="a"), ("/b/a",), ["b", "a"], ((), (), ())),
        (catalogue(A, B), catalogue(B, broken="x", by="/b/a/bot.toml"), ("/b/a",), ["b", "a"], ((), (), ())),
        (catalogue(A, B), catalogue(B, broken="a", by="/b/config.toml"), (), ["b"], ((), (), ("a",))),
        (catalogue(CONFIGURED), catalogue(broken="c", by="/b/config.toml"), (), ["c"], ((), (), ())),
        (catalogue(B), catalogue(B, broken="a"), (), ["b"], ((), (), ())),
        (catalogue(CONFIGURED), catalogue(CONFIGURED), ("/b",), ["c"], ((), (), ())),
    ],
    ids=[
        "same",
        "came",
        "went",
        "other",
        "rewritten",
        "came rewritten",
        "in the writing",
        "in the writing, without a name",
        "went, and a table would change it",
        "in the writing in config.toml",
        "wrong and new",
        "no folder",
    ],
)
def test_what_follows_from_a_change(
    old: Catalogue, new: Catalogue, folders: tuple[str, ...], ids: list[str], changed: tuple[tuple[str, ...], ...]
) -> None:
    merged, news = compare(old, new, folders)
    assert (list(merged.bots), news) == (ids, CatalogueChanged(*changed))
    assert merged.problems == new.problems
