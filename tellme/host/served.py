"""One turn with a ``tellme serve``, over its socket, without an event loop: for ``tellme ask``.

What this imports is what a person waits for: ``tests/cli/test_imports.py`` lists it.
"""

from __future__ import annotations

import _socket

from tellme import __version__
from tellme.errors import HostGone, TellmeError
from tellme.model import Reply, TurnStatus
from tellme.wire import acp, hosting, jsonrpc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Protocol

    class Listener(Protocol):
        """Who is told what comes of the turn, as it comes."""

        def piece(self, text: str) -> None: ...
        def again(self, reason: str) -> None: ...
        def aside(self, text: str) -> None: ...
        def end(self, *, whole: bool) -> None: ...


READ_BYTES = 64 * 1024
MAX_LINE_BYTES = 1 << 30
_INITIALIZE, _PROMPT = 0, 1
"""The ids of the only two requests."""


class Served:
    """A connection to a host that listens. Made with the descriptor of one; close it."""

    def __init__(self, descriptor: int) -> None:
        self._socket = _socket.socket(fileno=descriptor)
        self._socket.setblocking(True)
        self._lines = jsonrpc.LineReader(MAX_LINE_BYTES)
        self.turn = ""
        """The turn's id, once the message is on disk."""
        self._session = ""
        self._pieces: list[str] = []
        self._messages = self._read()

    def close(self) -> None:
        """End the connection; a turn that is open goes on, and is kept."""
        self._socket.close()

    def is_like_us(self, bot: str, note: Callable[[str], None]) -> bool:
        """Tell whether the host is of our version; then say what it has to say about a bot."""
        params = acp.initialize_params("tellme", __version__)
        params["_meta"] = {"tellme": {"client": True, "about": bot}}
        self._send(jsonrpc.Request(_INITIALIZE, acp.INITIALIZE, params))
        greeting = hosting.read_greeting(self._result(_INITIALIZE))
        if greeting is None or greeting.version != __version__:
            return False
        for text in greeting.notes:
            note(text)
        return True

    def ask(self, bot: str, message: str, listener: Listener) -> Reply:
        """Send a message in a session of its own, and return the reply. Raises ``TellmeError``.

        The first Ctrl-C cancels the turn, and comes out as ``KeyboardInterrupt`` when it has ended.
        """
        params = acp.prompt_params("", message, "")
        params["_meta"] = hosting.wish_meta(hosting.Wish(key=_PROMPT, bot=bot, brief=True))
        self._send(jsonrpc.Request(_PROMPT, acp.PROMPT, params))
        try:
            reply = self._reply(listener)
        except KeyboardInterrupt:
            self._cancel(listener)
            raise
        listener.end(whole=reply.status is not TurnStatus.FAILED)
        return reply

    def _reply(self, listener: Listener) -> Reply:
        found = hosting.read_reply(self._result(_PROMPT, listener))
        if not isinstance(found, list) or len(found) != len(Reply._fields):
            raise TellmeError("The tellme serve that is used sent no reply.")
        reply = Reply(*found)
        return reply._replace(status=TurnStatus(reply.status), text=reply.text or "".join(self._pieces))

    def _cancel(self, listener: Listener) -> None:
        if self.turn:
            params = acp.cancel_params(self._session) | {"_meta": {"tellme": {"turn": self.turn}}}
            self._send(jsonrpc.Notification(acp.CANCEL, params))
            self._result(_PROMPT, listener)

    def _result(self, number: int, listener: Listener | None = None) -> object:
        """Read up to the answer to a request, handing on what comes before it. Raises the error that it may be."""
        for message in self._messages:
            match message:
                case jsonrpc.Response(id_, result) if id_ == number:
                    return result
                case jsonrpc.ErrorResponse(_, _, text, data):
                    raise hosting.read_error(text, data)
                case jsonrpc.Notification(acp.UPDATE, params) if listener is not None:
                    _, update = acp.read_update(params)
                    if isinstance(update, acp.TextChunk):
                        self._pieces.append(update.text)
                        listener.piece(update.text)
                case jsonrpc.Notification(hosting.TURN, params) if listener is not None:
                    self._told(hosting.read_turn_told(params), listener)
                case jsonrpc.Request(id_):  # the bot asks, and nobody is there to choose
                    self._send(jsonrpc.Response(id_, acp.permission_cancelled()))
        raise HostGone("The tellme serve that was asked has gone away; the message is kept there. Ask again.")

    def _told(self, told: hosting.TurnTold, listener: Listener) -> None:
        if told.key:
            self.turn = told.turn
            self._session = str(told.session[0]) if isinstance(told.session, list) and told.session else ""
        elif told.retrying:
            self._pieces.clear()
            listener.again(told.retrying)
        elif told.notice:
            listener.aside(told.notice)

    def _send(self, message: jsonrpc.Request | jsonrpc.Notification | jsonrpc.Response) -> None:
        try:
            self._socket.sendall(jsonrpc.encode(message))
        except OSError:
            return  # the next read says that it is gone

    def _read(self) -> Iterator[jsonrpc.Message]:
        while True:
            try:
                data = self._socket.recv(READ_BYTES)
            except OSError:
                return
            if not data:
                return
            for line in self._lines.feed(data):
                yield line if isinstance(line, jsonrpc.Malformed) else jsonrpc.parse(line)
