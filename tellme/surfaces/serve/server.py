"""Lets clients in: one ``Channel`` and one ``Agent`` each, and no more of them than there is room for.

Promise: who is not this user is not let in, and clients that say nothing keep nobody out who does.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable

from tellme.surfaces.serve import place
from tellme.surfaces.serve.agent import Agent
from tellme.surfaces.serve.channel import Channel
from tellme.surfaces.serve.house import House

MAX_CLIENTS = 256
ACCEPTS = 64
"""How many clients are let in before others have their turn."""
PAUSE_S = 0.5
"""How long nobody is let in where the system has no descriptor left."""
CLOSE_S = 2.0
"""How long clients may take at the end to read what was sent to them."""

Say = Callable[[str], None]


class Server:
    """Belongs to an event loop; ``say`` takes what the one who runs it should know."""

    def __init__(self, house: House, listener: socket.socket, say: Say) -> None:
        self._loop = asyncio.get_running_loop()
        self._house = house
        self._listener = listener
        self._say = say
        self._clients: dict[Agent, Channel] = {}
        """In the order in which they came."""
        self._has_told_stranger = False
        self._paused: asyncio.TimerHandle | None = None
        self._emptied = asyncio.Event()

    def open(self) -> None:
        """Let clients in."""
        self._paused = None
        self._loop.add_reader(self._listener, self._accept)

    def move(self, listener: socket.socket) -> None:
        """Let in those who stand at the door, and from now on those who come to another one."""
        self._accept()
        if self._paused is None:
            self._loop.remove_reader(self._listener)
            self._loop.add_reader(listener, self._accept)
        self._listener = listener

    def close_door(self) -> None:
        """Let in those who stand at the door, and nobody after them; the listener is closed by its owner."""
        self._accept()
        if self._paused is not None:
            self._paused.cancel()
        self._loop.remove_reader(self._listener)

    async def close(self) -> None:
        """End all connections, each when its client has read what was sent to it, or after ``CLOSE_S``."""
        for channel in list(self._clients.values()):
            channel.finish()
        try:
            async with asyncio.timeout(CLOSE_S):
                while self._clients:
                    self._emptied.clear()
                    await self._emptied.wait()
        except TimeoutError:
            for channel in list(self._clients.values()):
                channel.abort()

    def _accept(self) -> None:
        for _ in range(ACCEPTS):
            try:
                client, _ = self._listener.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError as error:
                self._pause(error)
                return
            self._let_in(client)

    def _pause(self, error: OSError) -> None:
        if error.errno not in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
            raise error
        self._say(f"A client has to wait: {error.strerror}.")
        self._loop.remove_reader(self._listener)
        self._paused = self._loop.call_later(PAUSE_S, self.open)

    def _let_in(self, client: socket.socket) -> None:
        if not place.is_peer_ours(client):
            client.close()
            if not self._has_told_stranger:
                self._has_told_stranger = True
                self._say("A process of another user was not let in; later ones are not told of.")
            return
        descriptor = client.detach()
        channel = Channel(descriptor, descriptor)
        agent = Agent(self._house, channel)
        is_full = len(self._clients) >= MAX_CLIENTS and not self._make_room()
        self._clients[agent] = channel
        channel.on_data = agent.feed
        channel.on_end = agent.end_input
        channel.on_close = lambda why: self._left(agent, why)
        if is_full:
            agent.send_away(f"tellme serve has {MAX_CLIENTS} clients, and there is no room for more; try again.")
            return
        channel.open()

    def _make_room(self) -> bool:
        """Send away the one that has said nothing for longest, if there is one."""
        silent = next((agent for agent in self._clients if not agent.is_known), None)
        if silent is not None:
            silent.send_away("Others had something to say; come again when you have.")
        return silent is not None

    def _left(self, agent: Agent, why: str) -> None:
        self._clients.pop(agent, None)
        agent.lost()
        self._emptied.set()
        if why:
            self._say(f"A client {why}, and was cut off; its turns go on.")
