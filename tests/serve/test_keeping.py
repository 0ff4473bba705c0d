"""A socket that is deleted while it is served: clients find the host again, and nobody else begins to serve."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest

from tellme.errors import UsageError
from tellme.paths import Paths
from tellme.surfaces.serve.place import Place

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
