"""One turn with a ``tellme serve``, over its socket, without an event loop: for ``tellme ask``.

What this imports is what a person waits for: ``tests/cli/test_imports.py`` lists it. A signal may break off any wait
here; nothing that was read is lost by it, so that the turn can still be cancelled and its end be read.
"""

from __future__ import annotations

import _socket
import time
from collections import deque

from tellme.errors import HostGone, TellmeError
from tellme.host import endpoint
from tellme.model import Reply, TurnStatus
from tellme.wire import acp, hosting, jsonrpc
from tellme.wire.fields import AcpError, Json

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from typing import Protocol

    from tellme.model import Plan, ToolCall
    from tellme.wire.hosting import Greeting

    class Listener(Protocol):
        """Who is told what comes of the turn, as it comes."""

        def piece(self, text: str) -> None: ...
        def again(self, reason: str) -> None: ...
        def aside(self, text: str) -> None: ...
        def step(self, step: ToolCall | Plan) -> None: ...
        def end(self, *, whole: bool) -> None: ...


READ_BYTES = 64 * 1024
CANCELLED_WITHIN_S = 5.0
"""How long the end of a turn that was cancelled is waited for."""
STATUSES = tuple(map(str, TurnStatus))
_INITIALIZE, _PROMPT = 0, 1
"""The ids of the only two requests."""


class Served:
    """A connection to a host that listens. Made with the descriptor of one; close it."""

    def __init__(self, descriptor: int) -> None:
        self._socket = _socket.socket(fileno=descriptor)
        self._lines = jsonrpc.LineReader(hosting.MAX_LINE_BYTES)
        self._messages: deque[jsonrpc.Message] = deque()
        self._deadline: float | None = None
        self._is_asked = False
        """May the message be there, and not be answered yet?"""
        self._pieces: list[str] = []
        self.has_begun = False
        """Is the message on disk?"""
        self._is_waiting = False
        self._is_interrupted = False

    def close(self) -> None:
        """End the connection; a turn that is open goes on, and is kept."""
        self._socket.close()

    def interrupt(self) -> None:
        """For a signal's handler: break off what waits with ``KeyboardInterrupt``, at once or before it next waits."""
        if self._is_waiting:
            raise KeyboardInterrupt
        self._is_interrupted = True

    def greet(self, bot: str) -> Greeting | None:
        """Introduce ourselves as who wants to ask a bot; return what the host says of itself and of that bot.

        Raises ``HostGone`` where it is gone already, else ``TellmeError`` where it takes nobody in or does not answer.
        """
        self._deadline = time.monotonic() + endpoint.ANSWERS_WITHIN_S
        try:
            self._send(jsonrpc.Request(_INITIALIZE, acp.INITIALIZE, hosting.initialize_params(bot)))
            return hosting.read_greeting(self._result(_INITIALIZE))
        except TimeoutError:
            raise endpoint.silent(self._socket.fileno()) from None
        finally:
            self._deadline = None

    def ask(self, bot: str, message: str, listener: Listener) -> Reply:
        """Send a message in a session of its own, and return the reply. Raises ``TellmeError``.

        Whatever breaks this off (Ctrl-C, a stdout that takes no more) cancels the turn, and comes out at its end.
        """
        params = acp.prompt_params("", message, "")
        params["_meta"] = hosting.wish_meta(hosting.Wish(key=_PROMPT, bot=bot, brief=True))
        self._is_asked = True
        try:
            self._send(jsonrpc.Request(_PROMPT, acp.PROMPT, params))
            reply = self._reply(listener)
        except BaseException:
            if self._is_asked:
                self._cancel()
            raise
        listener.end(whole=reply.status is not TurnStatus.FAILED)
        return reply

    def _reply(self, listener: Listener) -> Reply:
        reply = _read_reply(hosting.read_reply(self._result(_PROMPT, listener)))
        return reply._replace(text=reply.text or "".join(self._pieces))

    def _cancel(self) -> None:
        """Have the turn end, and wait for that; it is the only one of this connection, in the session without an id."""
        self._deadline = time.monotonic() + CANCELLED_WITHIN_S
        try:
            self._send(jsonrpc.Notification(acp.CANCEL, acp.cancel_params("")))
            self._result(_PROMPT)
        except (TimeoutError, TellmeError):
            return  # it is kept there as it is

    def _result(self, number: int, listener: Listener | None = None) -> object:
        """Read up to the answer to a request, handing on what comes before it. Raises the error that it may be."""
        while True:
            match self._next():
                case jsonrpc.Response(id_, result) if id_ == number:
                    self._is_asked = False
                    return result
                case jsonrpc.ErrorResponse(id_, _, text, data) if id_ is None or id_ == number:
                    self._is_asked = False
                    raise hosting.read_error(text, data)
                case jsonrpc.Malformed(reason, response_id=id_) if id_ == number:
                    self._is_asked = False
                    raise TellmeError(f"The tellme serve that is used sent a line that {reason}.")
                case jsonrpc.Notification(method, params) if listener is not None:
                    self._told(method, params, listener)
                case jsonrpc.Request(id_):  # the bot asks, and nobody is there to choose
                    self._send(jsonrpc.Response(id_, acp.permission_cancelled()))

    def _told(self, method: str, params: Json, listener: Listener) -> None:
        try:
            update = acp.read_update(params)[1] if method == acp.UPDATE else None
            told = hosting.read_turn_told(params) if method == hosting.TURN else None
        except AcpError:
            return  # a host of our own version does not say such a thing
        if isinstance(update, acp.TextChunk):
            self._pieces.append(update.text)
            listener.piece(update.text)
        elif update is not None:
            _step(update, listener)
        elif told is None:
            return
        elif told.key:
            self.has_begun = True
        elif told.retrying:
            self._pieces.clear()
            listener.again(told.retrying)
        elif told.notice:
            listener.aside(told.notice)

    # The socket ---------------------------------------------------------------------------------------------------

    def _send(self, message: jsonrpc.Request | jsonrpc.Notification | jsonrpc.Response) -> None:
        line = jsonrpc.encode(message)
        try:
            self._begin_to_wait()
            self._socket.sendall(line)
        except TimeoutError:
            raise
        except OSError:
            return  # the next read says that it is gone
        finally:
            self._is_waiting = False

    def _next(self) -> jsonrpc.Message:
        while not self._messages:
            for line in self._lines.feed(self._read()):
                self._messages.append(line if isinstance(line, jsonrpc.Malformed) else jsonrpc.parse(line))
        return self._messages.popleft()

    def _read(self) -> bytes:
        """Wait for data, which nothing takes from the socket before the wait is over, and return them."""
        data = b""
        try:
            self._begin_to_wait()
            self._socket.recv(1, _socket.MSG_PEEK)
            self._is_waiting = False
            data = self._socket.recv(READ_BYTES)
        except TimeoutError:
            raise
        except OSError:
            pass  # as at its end
        finally:
            self._is_waiting = False
        if not data:
            self._is_asked = False
            raise HostGone(hosting.GONE)
        return data

    def _begin_to_wait(self) -> None:
        """From here on a signal may break in. Raises ``TimeoutError`` where no time is left to wait."""
        self._is_waiting = True  # and only then the look: of the two, one sees the signal
        if self._is_interrupted:
            self._is_interrupted = False
            raise KeyboardInterrupt
        left = None if self._deadline is None else self._deadline - time.monotonic()
        if left is not None and left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)


def _step(update: acp.Update, listener: Listener) -> None:
    """Hand on what the bot does, or means to do; the host says all that is known of it each time."""
    if isinstance(update, acp.CommandsUpdate | acp.OtherUpdate):
        return
    from tellme.model import Plan
    from tellme.wire.updates import ToolUpdate, tool_call  # loaded for such an update

    if isinstance(update, Plan):
        listener.step(update)
    elif isinstance(update, ToolUpdate):
        listener.step(tool_call(update))


def _read_reply(found: object) -> Reply:
    """Do for this one value what ``wire.plain`` does for all, but with ``typing``, for which a person would wait."""
    match found:
        case [
            str(bot),
            str(session),
            str(turn),
            str(text),
            status,
            int(ms) | float(ms),
            int(attempts),
            error,
            bool(_),
        ] if status in STATUSES and (error is None or isinstance(error, str)):
            return Reply(bot, session, turn, text, TurnStatus(status), ms, attempts, error)
    raise TellmeError("The tellme serve that is used sent no reply.")
