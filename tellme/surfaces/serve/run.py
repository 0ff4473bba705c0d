"""``tellme serve``: a host without a screen, from its start to the end of its last turn.

Promises: it is ready when it says so; a SIGHUP reads the configuration anew and ends nothing; a SIGTERM or SIGINT lets
open turns end, or keeps them as failed; a second one ends at once, and even then no process of a bot is left.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Mapping
from types import FrameType

from tellme.errors import TellmeError
from tellme.host.catalogue import load, to_json
from tellme.host.events import Watcher
from tellme.host.local import LocalHost, local_host
from tellme.host.prepare import Prepared
from tellme.host.starting import start_all
from tellme.model import CatalogueChanged
from tellme.paths import Paths
from tellme.surfaces.news import worth_telling
from tellme.surfaces.serve.house import House
from tellme.surfaces.serve.keeping import keep_socket
from tellme.surfaces.serve.place import Place
from tellme.surfaces.serve.server import Server
from tellme.surfaces.serve.stderr import say
from tellme.surfaces.serve.systemd import Notifier

_logger = logging.getLogger(__name__)

DRAIN_S = 25.0
"""How long open turns may take to end."""
TELL_S = 3.0
"""How long it may take to tell clients of turns that were interrupted."""
START_EVERY_S = 0.005
"""Between the starts of two bots, so that a hundred of them keep no client waiting."""


def serve(environ: Mapping[str, str]) -> int:
    """Serve until a signal ends it, and return the exit code. Raises ``TellmeError``."""
    paths = Paths.find(environ)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # else one that comes before it is ready would end it
    place = Place(paths)
    try:
        prepared = Prepared(paths, load(paths), environ, keep=True)
        with asyncio.Runner() as runner:
            return runner.run(_run(prepared, place))
    finally:
        place.close()


async def _run(prepared: Prepared, place: Place) -> int:
    return await Serving(prepared, place).run()


class Serving:
    """One run of the server."""

    def __init__(self, prepared: Prepared, place: Place) -> None:
        self._prepared = prepared
        self._place = place
        self._loop = asyncio.get_running_loop()
        self._notifier = Notifier(prepared.environ)
        self._stop = asyncio.Event()
        self._reload = asyncio.Event()
        self._is_stopping = False
        self._had_terminal = _has_terminal()

    async def run(self) -> int:
        """Serve, and return the exit code."""
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        async with local_host(self._prepared) as host:
            house = House(host, lambda: to_json(host.catalogue))
            server = Server(house, self._place.listener, say)
            with host.watch() as watcher:
                try:
                    house.accompany(start_all(host, [spec.id for spec in host.specs()], START_EVERY_S))
                    house.accompany(_tell_news(host, house, watcher))
                    house.accompany(self._reload_when_asked(host))
                    self._begin(host, server)
                    house.accompany(keep_socket(self._place, server, say))
                    await self._stop.wait()
                    await self._end(host, house, server)
                finally:
                    await house.close()
                    self._notifier.close()
        return 0

    def _begin(self, host: LocalHost, server: Server) -> None:
        for problem in (*host.problems, *host.damage):
            say(str(problem))
        self._place.listen()
        server.open()
        ready = f"Serving {_bots(host)} on {self._place.path} (pid {os.getpid()})."
        say(ready)
        self._notifier.ready(ready)
        self._notifier.beat()

    async def _end(self, host: LocalHost, house: House, server: Server) -> None:
        self._place.remove()
        server.close_door()
        self._place.stop_listening()
        open_turns = house.open_turns
        text = f"Stopping; up to {DRAIN_S:g} s for {_count(open_turns, 'open turn')}." if open_turns else "Stopping."
        say(text)
        self._notifier.stopping(text)
        if left := await house.drain(DRAIN_S):
            say(f"{_count(left, 'turn')} did not end in time; 'tellme failed' lists what was interrupted.")
        host.interrupt_turns()
        await house.settle(TELL_S)
        await server.close()

    async def _reload_when_asked(self, host: LocalHost) -> None:
        while True:
            await self._reload.wait()
            self._reload.clear()
            self._notifier.reloading()
            await _reload(host)
            self._notifier.ready(f"Serving {_bots(host)} on {self._place.path}.")

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        """Runs in the middle of anything; a second signal does not wait for the event loop."""
        if number == signal.SIGHUP and not self._has_lost_terminal():
            self._loop.call_soon_threadsafe(self._reload.set)
        elif not self._is_stopping:
            self._is_stopping = True
            self._loop.call_soon_threadsafe(self._stop.set)
        elif number != signal.SIGHUP:
            os._exit(128 + number)

    def _has_lost_terminal(self) -> bool:
        """Whoever closes the terminal that it runs on wants it to end, and sends the signal that asks for a reload."""
        return self._had_terminal and not _has_terminal()


async def _reload(host: LocalHost) -> None:
    """Read the configuration anew; what changed is told as an event."""
    try:
        if not any(await host.reload()):
            say("The configuration was read again; the bots are the same.")
    except TellmeError as error:
        say(str(error))
    except Exception:
        _logger.exception("a reload failed")
        say("The configuration was not read again because of an error inside tellme; its log has the details.")


async def _tell_news(host: LocalHost, house: House, watcher: Watcher) -> None:
    async for event in watcher:
        for text in worth_telling(event, host.name_of):
            say(text)
        if isinstance(event, CatalogueChanged):
            house.accompany(start_all(host, event.added, START_EVERY_S))


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY | os.O_CLOEXEC))
    except OSError:
        return False
    return True


def _bots(host: LocalHost) -> str:
    return _count(len(host.specs()), "bot")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"
