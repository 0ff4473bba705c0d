"""The connection to a ``tellme serve``: JSON-RPC over its socket, and the turns that it carries.

The promise: what is open when it ends fails with the reason, and what of the other side's is not understood costs
nothing but itself.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Sequence
from itertools import count

from tellme.errors import HostGone, TellmeError
from tellme.host import endpoint
from tellme.host.host import Choose
from tellme.host.remote_turn import RemoteTurn
from tellme.model import Attachment, Session
from tellme.supervisor.link import Died, Refused, TakeBack
from tellme.supervisor.peer import Peer
from tellme.supervisor.pipes import Input, Output
from tellme.wire import acp, hosting, jsonrpc, plain
from tellme.wire.fields import AcpError, Json
from tellme.wire.hosting import Greeting, Wish

_logger = logging.getLogger(__name__)


class Connection:
    """A JSON-RPC connection over a socket, and the turns that it carries."""

    def __init__(self, descriptor: int) -> None:
        loop = asyncio.get_running_loop()
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._input = Input(loop, os.dup(descriptor))
        self._output = Output(loop, descriptor)
        self._peer = Peer(
            self._input.write, self._notified, self._asked, _skip, hosting.MAX_LINE_BYTES, on_refusal=self._refused
        )
        self._output.listen(self._peer.feed, self._lost)
        self._keys = count(1)
        self._beginning: dict[int, RemoteTurn] = {}
        """Turns whose id is not known yet, by the client's own number."""
        self._turns: dict[str, RemoteTurn] = {}
        self._questions: dict[jsonrpc.RequestId, TakeBack] = {}
        """What a person is being asked, by the request of the other side."""
        self._refusal = ""
        self.on_notification: Callable[[str, Json], None] = lambda method, params: None
        self.on_lost: Callable[[], None] = lambda: None
        self.is_open = True

    @property
    def why_lost(self) -> str:
        """Why nothing comes over it any more, as a person is told."""
        return f"The 'tellme serve' that was used hung up: {self._refusal}" if self._refusal else hosting.GONE

    async def greet(self) -> Greeting | None:
        """Introduce ourselves; return what the other side says of itself.

        Raises ``HostGone`` where it is gone already, else ``TellmeError`` where it takes nobody in or does not answer;
        the connection is closed then.
        """
        try:
            async with asyncio.timeout(endpoint.ANSWERS_WITHIN_S):
                return hosting.read_greeting(await self.request(acp.INITIALIZE, hosting.initialize_params()))
        except TimeoutError:
            silent = endpoint.silent(self._descriptor)
            self.close()
            raise silent from None
        except TellmeError:
            self.close()
            if self._refusal:
                raise TellmeError(self._refusal) from None
            raise

    async def request(self, method: str, params: Json) -> object:
        """Send a request and wait for its result. Raises the ``TellmeError`` that the other side names."""
        try:
            return await self._peer.request(method, params)
        except (Refused, Died) as failure:
            raise self._as_error(failure) from None

    async def begin(
        self,
        session: Session | None,
        message: str,
        wish: Wish,
        choose: Choose | None,
        attachments: Sequence[Attachment] = (),
    ) -> RemoteTurn:
        """Send a message; return once it is on disk there. Raises ``TellmeError``."""
        key = next(self._keys)
        turn = RemoteTurn(session, choose, self._cancel)
        self._beginning[key] = turn
        params = acp.prompt_params(session.id if session else "", message, "", attachments)
        params["_meta"] = hosting.wish_meta(wish._replace(key=key, answers=choose is not None))
        self._peer.call(acp.PROMPT, params, lambda outcome: self._ended(key, turn, outcome))
        await turn.begun
        return turn

    def close(self) -> None:
        """End the connection; what is open fails."""
        self._lost()
        self._input.close()
        self._output.close()

    def _cancel(self, turn: RemoteTurn) -> None:
        self._peer.notify(acp.CANCEL, acp.cancel_params(turn.session.id) | {"_meta": {"tellme": {"turn": turn.id}}})

    def _refused(self, text: str) -> None:
        self._refusal = text

    def _lost(self) -> None:
        if self.is_open:
            self.is_open = False
            self._peer.fail("has gone away")
            self.on_lost()

    def _as_error(self, failure: Refused | Died) -> TellmeError:
        """Return what a failed request means to whoever made it."""
        if isinstance(failure, Died):
            return HostGone(self.why_lost)
        if failure.error is None:
            return TellmeError(f"The 'tellme serve' that is used {failure.reason}.")
        return hosting.read_error(failure.error.message, failure.error.data)

    def _ended(self, key: int, turn: RemoteTurn, outcome: object) -> None:
        self._beginning.pop(key, None)
        self._turns.pop(turn.id, None)
        if not turn.is_over:
            turn.stopped(self._as_error(outcome) if isinstance(outcome, (Refused, Died)) else outcome)

    def _notified(self, method: str, params: Json) -> None:
        if method == acp.UPDATE:
            self._update(params)
        elif method == hosting.TURN:
            self._turn_told(params)
        elif method == acp.CANCEL_REQUEST:
            self._taken_back(params)
        else:
            self.on_notification(method, params)

    def _update(self, params: Json) -> None:
        turn = self._turns.get(hosting.turn_of(params))
        try:
            _, update = acp.read_update(params)
        except AcpError as error:
            not_understood(error)
            return
        if turn is not None:
            turn.update(update)

    def _turn_told(self, params: Json) -> None:
        try:
            told = hosting.read_turn_told(params)
        except AcpError as error:
            not_understood(error)
            return
        if told.key:
            self._begun(told)
        elif (running := self._turns.get(told.turn)) is not None:
            running.told(told.retrying, told.notice)

    def _begun(self, told: hosting.TurnTold) -> None:
        turn = self._beginning.pop(told.key, None)
        if turn is None:
            return
        try:
            session: Session = plain.read(Session, told.session)
        except plain.PlainError as error:
            turn.stopped(TellmeError(f"The 'tellme serve' that is used sent {error} as the session of a turn."))
            return
        self._turns[told.turn] = turn
        turn.has_begun(told.turn, session)

    def _asked(self, request: jsonrpc.Request) -> None:
        """The bot asks the person, by way of its host."""
        turn = self._turns.get(hosting.turn_of(request.params))
        if request.method != acp.REQUEST_PERMISSION or turn is None:
            self._peer.respond(jsonrpc.ErrorResponse(request.id, jsonrpc.METHOD_NOT_FOUND, "is not offered"))
            return

        def answer(option: str | None) -> None:
            self._questions.pop(request.id, None)
            chosen = acp.permission_cancelled() if option is None else acp.permission_selected(option)
            self._peer.respond(jsonrpc.Response(request.id, chosen))

        try:
            wanted = acp.read_permission_request(request.params)
        except AcpError:
            answer(None)
            return
        take_back = turn.asked(wanted, hosting.bot_of(request.params), answer)
        if take_back is not None:
            self._questions[request.id] = take_back

    def _taken_back(self, params: Json) -> None:
        number = acp.read_cancel_request(params)
        take_back = self._questions.pop(number, None) if number is not None else None
        if take_back is not None:
            take_back()


def _skip(malformed: jsonrpc.Malformed) -> None:
    _logger.warning("skipped a line that %s: %s", malformed.reason, malformed.sample)


def not_understood(error: Exception) -> None:
    """A host of our own version does not say such a thing; it costs nothing but itself."""
    _logger.warning("skipped a notification of the host: %s", error)
