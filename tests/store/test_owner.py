"""The owner of a turn is this very process, not whichever has its pid."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from tellme.store import owner


@pytest.fixture
def spawned(spawn: Callable[..., subprocess.Popen[str]]) -> subprocess.Popen[str]:
    return spawn("from tellme.store import owner\nprint(owner.current(), flush=True)\ninput()")


def test_this_process_is_alive() -> None:
    assert owner.is_alive(owner.current())
    assert owner.current().startswith(f"{os.getpid()}:")


def test_a_process_that_has_ended_is_not(spawned: subprocess.Popen[str]) -> None:
    name = spawned.stdout.readline().strip() if spawned.stdout else ""
    assert owner.is_alive(name)
    spawned.kill()
    os.waitid(os.P_PID, spawned.pid, os.WEXITED | os.WNOWAIT)
    if sys.platform == "linux":
        assert not owner.is_alive(name), "a zombie counts as alive"
    spawned.wait()
    assert not owner.is_alive(name)


def test_a_pid_that_is_used_again_is_another_process() -> None:
    pid, start, boot = owner.current().split(":")
    if not start:
        pytest.skip("no /proc")
    assert not owner.is_alive(f"{pid}:{int(start) - 1}:{boot}")
    assert not owner.is_alive(f"{pid}:{start}:another")


def test_without_proc_the_pid_alone_decides(spawned: subprocess.Popen[str]) -> None:
    assert owner.is_alive(f"{spawned.pid}::")
    spawned.kill()
    spawned.wait()
    assert not owner.is_alive(f"{spawned.pid}::")


@pytest.mark.parametrize("name", ["", "::", "x:1:2", "-1::"])
def test_what_names_no_process_is_not_alive(name: str) -> None:
    assert not owner.is_alive(name)
