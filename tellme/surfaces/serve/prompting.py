"""One ``session/prompt``: its turn as the client that asked is told of it.

A client that is tellme hears of all that happens, as it happens. Any other one cannot take back what it has heard:
pieces of a try that may yet be void are kept from it until the turn has ended.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod

from tellme.errors import TellmeError
from tellme.host.host import Choose, Host, RunningTurn
from tellme.model import Notice, Piece, Plan, Question, Reply, Retrying, Session, Thought, ToolCall, TurnStatus
from tellme.surfaces.serve.client import Client
from tellme.wire import acp, acp_agent, hosting
from tellme.wire.fields import Json
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
    """What a client asked for, until it does not want it any more. Raises ``AcpError`` for params that are none."""

    def __init__(self, params: Json) -> None:
        asked = acp_agent.read_prompt(params)
        self.wish: Wish = hosting.read_wish(params)
        self.session_id = asked.session_id
        self.message = _said(params, asked).replace("\0", "\ufffd")
        self.attachments = asked.attachments
        self.taken_at = time.monotonic() - self.wish.waited_ms / 1000
        self.is_cancelled = False
        self._running: RunningTurn | None = None

    @property
    def told_session(self) -> str:
        """The id of the session as the client knows it."""
        return self.session_id or (self._running.session.id if self._running else "")

    @property
    def turn(self) -> str:
        """The id of the turn; empty until it has begun."""
        return self._running.id if self._running else ""

    def is_of(self, session_id: str) -> bool:
        """Does it belong to this session?"""
        return session_id in (self.session_id, self._running.session.id if self._running else None)

    def begun(self, running: RunningTurn) -> None:
        """Know the turn, and end it where the client did not wait for it."""
        self._running = running
        if self.is_cancelled:
            running.cancel()

    def cancel(self, turn: str = "") -> None:
        """End the turn, also one that has not begun yet; with ``turn``, only if it is that one."""
        if turn and self.turn != turn:
            return
        self.is_cancelled = True
        if self._running is not None:
            self._running.cancel()


def _said(params: Json, asked: acp_agent.Prompt) -> str:
    """Return the message without what goes along as attachments, from which its bot is told of them.

    Files alone are a message as well: it consists of their names.
    """
    if not asked.attachments:
        return asked.text
    said = "\n".join(block["text"] for block in params["prompt"] if block["type"] == "text")
    return said if said.strip() else ", ".join(each.name for each in asked.attachments)


class Telling(ABC):
    """Tells a client what comes of its prompt: ``OwnTelling`` one that is tellme, ``PlainTelling`` any other."""

    def __init__(self, client: Client, prompt: Prompt, host: Host) -> None:
        self._client = client
        self._prompt = prompt
        self._host = host
        self._tools: set[str] = set()
        """The ids of the tool calls that the client knows."""

    @property
    def choose(self) -> Choose | None:
        """What asks the person at the other end; ``None`` where there is none."""
        return self._ask

    async def follow(self, running: RunningTurn) -> Reply:
        """Tell what happens up to the reply, and return that; ``result`` tells it."""
        self._prompt.begun(running)
        self._begun(running)
        async for event in running:
            if isinstance(event, Piece):
                await self._piece(event.text)
            elif isinstance(event, Reply):
                return event
            elif isinstance(event, Thought):
                kind = "agent_thought_chunk"
                await self._client.tell_text(kind, self._prompt.told_session, event.text, self._meta())
            elif isinstance(event, ToolCall | Plan):
                await self._activity(event)
            elif isinstance(event, Retrying | Notice):
                self._aside(event)
        raise AssertionError("a turn ends with a reply")

    @abstractmethod
    async def result(self, reply: Reply, session: Session) -> Json:
        """Return the result of the prompt, after what was held back. Raises ``TurnFailed``."""

    @abstractmethod
    def _begun(self, running: RunningTurn) -> None: ...

    @abstractmethod
    def _aside(self, event: Retrying | Notice) -> None: ...

    async def _piece(self, text: str) -> None:
        await self._client.tell_text("agent_message_chunk", self._prompt.told_session, text, self._meta())

    async def _activity(self, event: ToolCall | Plan) -> None:
        """What a bot does is told as it happens: it has happened, whatever becomes of the turn."""
        if isinstance(event, Plan):
            update = _plan_update(event)
        else:
            update = _tool_update(event, is_new=event.id not in self._tools)
            self._tools.add(event.id)
        await self._client.channel.room()
        self._client.notify(acp.UPDATE, {"sessionId": self._prompt.told_session, "update": update, **self._meta()})

    def _meta(self, **more: str) -> Json:
        return {"_meta": {"tellme": {"turn": self._prompt.turn, **more}}}

    async def _ask(self, question: Question) -> str | None:
        """Have the person choose; ``None`` where there is no answer. The link sees whether it is an option."""
        options = [{"optionId": each.id, "name": each.name, "kind": each.kind} for each in question.options]
        params = {
            "sessionId": self._prompt.told_session,
            "toolCall": {"toolCallId": "question", "title": question.title},
            "options": options,
            **self._meta(bot=question.bot),
        }
        match await self._client.ask(acp.REQUEST_PERMISSION, params):
            case {"outcome": {"outcome": "selected", "optionId": str(chosen)}}:
                return chosen
        return None


class OwnTelling(Telling):
    """All that happens, as it happens."""

    @property
    def choose(self) -> Choose | None:
        return self._ask if self._prompt.wish.answers else None

    async def result(self, reply: Reply, session: Session) -> Json:
        told = reply if len(reply.text) <= WHOLE_CHARS else reply._replace(text="")
        meta = hosting.result_meta(told, self._host.offered(session))
        return acp_agent.prompt_result(_STOP_REASONS[reply.status]) | {"_meta": meta}

    def _begun(self, running: RunningTurn) -> None:
        self._tell(TurnTold(running.id, key=self._prompt.wish.key, session=running.session))

    def _aside(self, event: Retrying | Notice) -> None:
        if isinstance(event, Retrying):
            self._tell(TurnTold(self._prompt.turn, retrying=event.reason))
        else:
            self._tell(TurnTold(self._prompt.turn, notice=event.text))

    def _tell(self, told: TurnTold) -> None:
        self._client.notify(hosting.TURN, hosting.turn_told_params(told))


class PlainTelling(Telling):
    """What cannot be taken back, once it is sure."""

    def __init__(self, client: Client, prompt: Prompt, host: Host) -> None:
        super().__init__(client, prompt, host)
        self._holds = False
        self._held: list[str] = []

    async def result(self, reply: Reply, session: Session) -> Json:
        if reply.status is TurnStatus.FAILED and not self._prompt.is_cancelled:
            raise TurnFailed(reply)
        for text in self._held:
            await super()._piece(text)
        return acp_agent.prompt_result(_STOP_REASONS[reply.status])

    def _begun(self, running: RunningTurn) -> None:
        self._holds = _may_be_void(running, self._host)

    async def _piece(self, text: str) -> None:
        if self._holds:
            self._held.append(text)
        else:
            await super()._piece(text)

    def _aside(self, event: Retrying | Notice) -> None:
        if isinstance(event, Retrying):
            self._held.clear()


async def decline(client: Client, prompt: Prompt, text: str) -> Json:
    """Answer a prompt without a turn: there is nobody to carry it out."""
    await client.tell_text("agent_message_chunk", prompt.told_session, text, {})
    return acp_agent.prompt_result(acp.REFUSAL)


def failure_data(reply: Reply) -> Json:
    """Build the ``data`` of the error for a turn that failed: where to find it."""
    return {"tellme": {"turn": reply.turn, "session": reply.session}}


def _plan_update(plan: Plan) -> Json:
    """Build the update for a plan; tellme does not know what of it matters most."""
    entries = [{"content": text, "priority": "medium", "status": status} for text, status in plan.entries]
    return {"sessionUpdate": "plan", "entries": entries}


def _tool_update(call: ToolCall, *, is_new: bool) -> Json:
    """Build the update for a tool call, which says all that is known of it."""
    content = [{"type": "content", "content": {"type": "text", "text": call.text}}] if call.text else []
    return {
        "sessionUpdate": "tool_call" if is_new else "tool_call_update",
        "toolCallId": call.id,
        "title": call.title,
        "kind": call.kind,
        "status": call.status,
        "content": content,
    }


def _may_be_void(running: RunningTurn, host: Host) -> bool:
    """Tell whether pieces may turn out to be void: where the bot's turns are tried again."""
    try:
        return host.find(running.session.bot).retry
    except TellmeError:
        return True
