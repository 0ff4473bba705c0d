"""What ``ask`` was given ahead is closed, and the garbage collector runs again, whatever comes of it."""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tellme.errors import UsageError
from tellme.host.ahead import Ahead
from tellme.surfaces import stdin
from tellme.surfaces.ask import Ask, ask


@pytest.fixture
def ends() -> Iterator[tuple[int, socket.socket]]:
    """A connection that is given to ``ask``, and its other end."""
    ours, theirs = socket.socketpair()
    with theirs:
        theirs.setblocking(False)
        yield ours.detach(), theirs


@pytest.fixture
def environ(tmp_path: Path) -> Mapping[str, str]:
    return {**os.environ, "TELLME_HOME": str(tmp_path)}


@pytest.mark.parametrize(
    ("question", "problem"),
    [
        (Ask("Math", ("2+2",), lines=True), "--lines reads"),
        (Ask("Math", ("2+2",), attach=("no/such/file",)), "no/such/file"),
        (Ask("Math", attach=(__file__,)), "There is no message"),
    ],
)
def test_a_connection_is_closed_where_an_error_comes_first(
    question: Ask,
    problem: str,
    ends: tuple[int, socket.socket],
    environ: Mapping[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stdin, "is_open", lambda: False)
    with pytest.raises(UsageError, match=problem):
        ask(question, environ, Ahead(ends[0]))
    assert ends[1].recv(1) == b""
    assert gc.isenabled()


def test_the_garbage_collector_runs_again_where_no_host_opens(environ: Mapping[str, str]) -> None:
    with pytest.raises(UsageError, match="no bot named"):
        ask(Ask("Nobody", ("hi",)), environ, Ahead())
    assert gc.isenabled()


def test_who_takes_the_connection_has_to_close_it(ends: tuple[int, socket.socket]) -> None:
    ahead = Ahead(ends[0])
    assert (ahead.take_remote(), ahead.take_remote()) == (ends[0], None)
    ahead.close()
    os.close(ends[0])
