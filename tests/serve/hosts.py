"""Hosts for a test: what it says to one."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tellme.host import remote
from tellme.host.host import Host
from tellme.host.open import open_host
from tellme.host.prepare import prepare
from tellme.host.remote import RemoteHost
from tellme.model import (
    Reply,
    Session,
)

from ..conftest import add_hostile
from .conftest import ENGLISH_STAYS_AWAY, Serve

T = TypeVar("T")
Run = Callable[[Callable[[Host], Awaitable[T]]], T]


@pytest.fixture(params=["local", "remote"])
def run(request: pytest.FixtureRequest, home: Path, serve: Serve, talker: Path) -> Run[Any]:
    """Run a body with a host, here or there."""
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text(ENGLISH_STAYS_AWAY)
    add_hostile(home, "crash-in-reply", "Once", retry=True, env={"ONCE": str(home / "once")})
    add_hostile(home, "crash", "Quitter", retry=False, env={"ONCE": str(home / "quit")})
    add_hostile(home, "asks", "Asker")
    add_hostile(home, "hang", "Sleeper", retry=False)
    if request.param == "remote":
        serve()

    def start(body: Callable[[Host], Awaitable[T]]) -> T:
        async def main() -> T:
            async with open_host(prepare(os.environ)) as host:
                assert isinstance(host, RemoteHost) == (request.param == "remote")
                assert host.outlives_us == (request.param == "remote")
                return await body(host)

        return asyncio.run(main())

    return start


async def say(host: Host, session: Session, text: str) -> Reply:
    return await (await host.say(session, text)).reply()


class Other:
    """The other end of a ``Connection``, in the same event loop."""

    def __init__(self) -> None:
        ours, self.socket = socket.socketpair()
        self.socket.setblocking(False)
        self.connection = remote.Connection(ours.detach())
        self._stream = b""

    async def hear(self) -> Any:
        while b"\n" not in self._stream:
            self._stream += await asyncio.get_running_loop().sock_recv(self.socket, 65536)
        line, _, self._stream = self._stream.partition(b"\n")
        return json.loads(line)

    def say(self, **message: Any) -> None:
        self.socket.sendall(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")

    def close(self) -> None:
        self.socket.close()
        self.connection.close()
