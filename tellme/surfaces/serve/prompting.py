"""One ``session/prompt``: its turn as the client that asked is told of it.

A client that is tellme hears of all that happens, as it happens. Any other one cannot take back what it has heard:
pieces of a try that may yet be void are kept from it until the turn has ended.
"""

from __future__ import annotations

import time

from tellme.errors import TellmeError
from tellme.host.host import Choose, Host, RunningTurn
from tellme.model import Notice, Piece, Question, Reply, Retrying, TurnStatus
from tellme.surfaces.serve.client import Client
from tellme.wire import acp, hosting
from tellme.wire.acp import Json
from tellme.wire.hosting import TurnTold, Wish

WHOLE_CHARS = 1024 * 1024
"""The text of a longer reply is not told again with the result: it is the pieces since the turn began last."""

_STOP_REASONS = {
    TurnStatus.ANSWERED: acp.END_TURN,
    TurnStatus.DECLINED: acp.REFUSAL,
    TurnStatus.FAILED: acp.CANCELLED,
}


class TurnFailed(Exception):
    """A turn failed, and its client knows of no such end: it gets an error."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.error)
        self.reply = reply


class Prompt:
    """See the module. Raises ``AcpError`` for params that are none."""

    def __init__(self, client: Client, params: Json, *, is_tellme: bool) -> None:
        asked = acp.read_prompt(params)
        self.wish: Wish = hosting.read_wish(params)
        self.session_id = asked.session_id
        self.message = asked.text.replace("\0", "\ufffd")
        self.taken_at = time.monotonic()
        self._client = client
        self._is_tellme = is_tellme
        self._running: RunningTurn | None = None
        self._is_cancelled = False
        self._held: list[str] = []
        self._holds = False

    @property
    def choose(self) -> Choose | None:
        """What asks the person at the other end; ``None`` where there is none."""
        return self._ask if self.wish.answers or not self._is_tellme else None

    def is_of(self, session_id: str) -> bool:
        """Does it belong to this session?"""
        return session_id in (self.session_id, self._running.session.id if self._running else None)

    def cancel(self, turn: str = "") -> None:
        """End the turn, also one that has not begun yet; with ``turn``, only if it is that one."""
        if turn and (self._running is None or self._running.id != turn):
            return
        self._is_cancelled = True
        if self._running is not None:
            self._running.cancel()

    async def follow(self, running: RunningTurn, host: Host) -> Reply:
        """Tell the client what comes of the turn; return the reply, which ``result`` tells."""
        self._running = running
        if self._is_cancelled:
            running.cancel()
        if self._is_tellme:
            self._tell(TurnTold(running.id, key=self.wish.key, session=running.session))
        self._holds = not self._is_tellme and _may_be_void(running, host)
        async for event in running:
            if isinstance(event, Piece):
                await self._piece(event.text)
            elif isinstance(event, Reply):
                return event
            else:
                self._aside(event, running.id)
        raise AssertionError("a turn ends with a reply")

    async def result(self, reply: Reply, host: Host) -> Json:
        """Return the result of the prompt, after what was held back. Raises ``TurnFailed``."""
        running = self._running
        if self._is_tellme and running is not None:
            told = reply if len(reply.text) <= WHOLE_CHARS else reply._replace(text="")
            meta = hosting.result_meta(told, host.offered(running.session))
            return acp.prompt_result(_STOP_REASONS[reply.status]) | {"_meta": meta}
        if reply.status is TurnStatus.FAILED and not self._is_cancelled:
            raise TurnFailed(reply)
        for text in self._held:
            await self._send(text)
        return acp.prompt_result(_STOP_REASONS[reply.status])

    async def decline(self, text: str) -> Json:
        """Answer without a turn: there is nobody to carry it out."""
        await self._send(text)
        return acp.prompt_result(acp.REFUSAL)

    async def _piece(self, text: str) -> None:
        if self._holds:
            self._held.append(text)
        else:
            await self._send(text)

    def _aside(self, event: Retrying | Notice, turn: str) -> None:
        if isinstance(event, Retrying):
            self._held.clear()
            told = TurnTold(turn, retrying=event.reason)
        else:
            told = TurnTold(turn, notice=event.text)
        if self._is_tellme:
            self._tell(told)

    def _tell(self, told: TurnTold) -> None:
        self._client.notify(hosting.TURN, hosting.turn_told_params(told))

    async def _send(self, text: str) -> None:
        await self._client.tell_text("agent_message_chunk", self._told_session, text, self._meta())

    @property
    def _told_session(self) -> str:
        """The id of the session as the client knows it."""
        return self.session_id or (self._running.session.id if self._running else "")

    def _meta(self, **more: str) -> Json:
        return {"_meta": {"tellme": {"turn": self._running.id, **more}}} if self._running else {}

    async def _ask(self, question: Question) -> str | None:
        """Have the person choose; ``None`` where there is no answer. The link sees whether it is an option."""
        options = [{"optionId": each.id, "name": each.name, "kind": each.kind} for each in question.options]
        params = {
            "sessionId": self._told_session,
            "toolCall": {"toolCallId": "question", "title": question.title},
            "options": options,
            **self._meta(bot=question.bot),
        }
        match await self._client.ask(acp.REQUEST_PERMISSION, params):
            case {"outcome": {"outcome": "selected", "optionId": str(chosen)}}:
                return chosen
        return None


def failure_data(reply: Reply) -> Json:
    """Build the ``data`` of the error for a turn that failed: where to find it."""
    return {"tellme": {"turn": reply.turn, "session": reply.session}}


def _may_be_void(running: RunningTurn, host: Host) -> bool:
    """Tell whether pieces may turn out to be void: where the bot's turns are tried again."""
    try:
        return host.find(running.session.bot).retry
    except TellmeError:
        return True
