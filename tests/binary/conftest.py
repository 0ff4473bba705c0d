"""The one file, run as people run it; ``TELLME_BINARY`` names it, and without that nothing here is tested."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ..conftest import wait_until

BINARY = os.environ.get("TELLME_BINARY", "")
"""The file that ``./build-binary`` made."""


class Result(NamedTuple):
    out: str
    err: str
    code: int


Run = Callable[..., Result]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    if not BINARY:
        for item in items:
            if item.path.is_relative_to(here):
                item.add_marker(pytest.mark.skip(reason="TELLME_BINARY names no file made by ./build-binary"))


def run(program: str | Path, *arguments: str, env: Mapping[str, str], stdin: str = "", **more: Any) -> Result:
    """Run a program in this environment and no other, to its end."""
    given = {"input": stdin.encode(), "capture_output": True, "timeout": 60.0, **more}
    done = subprocess.run([program, *arguments], env=dict(env), check=False, **given)
    return Result(done.stdout.decode(), done.stderr.decode(), done.returncode)


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """An environment with a home and nothing else: no Python, no program is found."""
    return {"HOME": str(tmp_path), "PATH": "/nonexistent", "XDG_RUNTIME_DIR": str(tmp_path / "run")}


@pytest.fixture
def unpacked(tmp_path: Path, bare: dict[str, str]) -> Path:
    """The folder of a first start in this home."""
    assert run(BINARY, "--version", env=bare).code == 0
    return only_version(tmp_path)


@pytest.fixture
def serving(bare: dict[str, str], unpacked: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A ``tellme serve`` of this home, up; it is ended with the test."""
    with subprocess.Popen([BINARY, "serve"], env=bare, stderr=subprocess.DEVNULL) as process:
        wait_until(lambda: "a tellme serve is running" in run(BINARY, "doctor", env=bare).out)
        yield process
        process.terminate()


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that several tests use, so that not each of them unpacks."""
    folder = tmp_path_factory.mktemp("cache")
    if BINARY:
        assert run(BINARY, "--version", env={"XDG_CACHE_HOME": str(folder), "HOME": str(folder)}).code == 0
    return folder


@pytest.fixture
def tellme(bare: dict[str, str], cache: Path) -> Run:
    """Run the one file, unpacked before, in a home of this test's own, and without a way to any other program."""
    env = {**bare, "XDG_CACHE_HOME": str(cache)}
    return lambda *arguments, **more: run(BINARY, *arguments, **{"env": env, **more})


def root_of(home: Path) -> Path:
    return home / ".cache" / "tellme" / "unpacked"


def versions(home: Path) -> list[str]:
    """What lies where versions are unpacked, but for the lock."""
    return sorted(path.name for path in root_of(home).iterdir() if path.name != ".lock")


def only_version(home: Path) -> Path:
    (name,) = versions(home)
    return root_of(home) / name


def copy_of(binary: str, place: Path) -> Path:
    return Path(shutil.copy(binary, place))
