"""A socket that is deleted while it is served: clients find the host again, and nobody else begins to serve."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import cast

import pytest

from tellme.errors import UsageError
from tellme.paths import Paths
from tellme.surfaces.serve import keeping
from tellme.surfaces.serve.house import House
from tellme.surfaces.serve.place import LOCK, Place, Taken
from tellme.surfaces.serve.server import Server

from .conftest import Serve


def test_a_socket_that_is_deleted_is_made_anew(serve: Serve, talker: Path) -> None:
    served = serve()
    before = served.client()
    for _ in range(2):
        served.path.unlink()
        assert served.says("was deleted") == f"tellme: The socket {served.path} was deleted, and has been made anew."
    assert stat.S_IMODE(served.path.stat().st_mode) == 0o600
    assert served.client().ask(before.new("Talker"), "hi")[0] == before.ask(before.new("Talker"), "hi")[0]
    assert served.end() == 0
    assert not served.path.exists()


def test_a_folder_that_is_deleted_is_made_anew_and_nobody_else_serves_in_it(serve: Serve, home: Path) -> None:
    served = serve()
    shutil.rmtree(home / "run")
    served.says("was deleted")
    assert stat.S_IMODE((home / "run").stat().st_mode) == 0o700
    with pytest.raises(UsageError, match=f"tellme serve is running already \\(pid {served.pid}\\)"):
        Place(Paths.below(str(home)))
    served.path.unlink()
    served.says("was deleted")


def test_a_lock_that_is_deleted_with_the_socket_lets_nobody_else_serve(serve: Serve, home: Path) -> None:
    served = serve()
    for file in (home / "run").iterdir():
        file.unlink()
    served.says("was deleted")
    with pytest.raises(Taken, match=f"tellme serve is running already \\(pid {served.pid}\\)"):
        Place(Paths.below(str(home)))


def test_a_lock_that_is_deleted_alone_is_taken_again(home: Path) -> None:
    place = Place(Paths.below(str(home)))
    before = os.stat(place.path)
    try:
        (home / "run" / LOCK).unlink()
        assert not place.renew()
        with pytest.raises(Taken):
            Place(Paths.below(str(home)))
        assert os.path.samestat(before, os.stat(place.path))
    finally:
        place.close()


def test_a_place_that_was_taken_by_one_who_found_no_lock_is_left_to_it(home: Path) -> None:
    place = Place(Paths.below(str(home)))
    (home / "run" / LOCK).unlink()
    other = Place(Paths.below(str(home)))
    try:
        with pytest.raises(Taken):
            place.renew()
        place.close()
        assert not other.renew()
    finally:
        other.close()


def test_a_socket_in_the_place_of_ours_is_stale(home: Path) -> None:
    place = Place(Paths.below(str(home)))
    with place.listener:
        os.rename(place.path, home / "aside")
        os.link(home / "aside", place.path)
        assert not place.renew()
        os.unlink(place.path)
        os.mknod(place.path, stat.S_IFSOCK | 0o600)
        assert place.renew()
    place.close()


def test_an_error_that_passes_is_told_once_and_tried_again_until_another_one_serves(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LOOK_S", 0.001)
    monkeypatch.setattr(keeping, "SETTLE_S", 0.0)
    place = Place(Paths.below(str(home)))
    others: list[Place] = []
    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        if "was deleted" in text:
            (home / "run" / LOCK).unlink()
            others.append(Place(Paths.below(str(home))))

    async def keep() -> None:
        place.listen()
        os.unlink(place.path)
        server = Server(cast(House, None), place.listener, say)
        with ExitStack() as shortage:
            shortage.enter_context(no_descriptor_left())
            really, attempts = place.renew, count(1)

            def renew() -> bool:
                if next(attempts) == 4:
                    shortage.close()
                return really()

            monkeypatch.setattr(place, "renew", renew)
            await keeping.keep_socket(place, server, say)

    try:
        asyncio.run(keep())
        assert said[0].endswith(f"The socket {place.path} cannot be made anew: Too many open files.")
        assert [text.partition(":")[0] for text in said] == [
            "Clients may not find this host; another try every 0.001 s",
            f"The socket {place.path} was deleted, and has been made anew.",
            "No client finds this host any more",
        ]
    finally:
        for each in (place, *others):
            each.close()


@contextmanager
def no_descriptor_left() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    os.close(first_free := os.dup(0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (first_free, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_who_deletes_all_of_it_has_it_deleted(home: Path, tmp_path: Path) -> None:
    place = Place(Paths.below(str(tmp_path / "gone")))
    try:
        shutil.rmtree(tmp_path / "gone")
        assert not place.renew()
        assert not (tmp_path / "gone").exists()
    finally:
        place.close()


def test_a_place_that_another_one_has_taken_is_left_to_it(home: Path) -> None:
    paths = Paths.below(str(home))
    place = Place(paths)
    shutil.rmtree(home / "run")
    other = Place(paths)
    os.unlink(other.path)
    try:
        with pytest.raises(UsageError, match="is running already"):
            place.renew()
    finally:
        place.close()
    with other.listener:
        assert other.renew()
    other.close()


def test_what_lies_in_the_place_of_the_socket_stays(home: Path) -> None:
    place = Place(Paths.below(str(home)))
    try:
        os.unlink(place.path)
        Path(place.path).write_text("somebody's")
        assert not place.renew()
        assert Path(place.path).read_text() == "somebody's"
    finally:
        place.close()
