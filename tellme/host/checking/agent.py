"""The steps of a check of a bot that speaks the Agent Client Protocol: what a host asks of it in its life, once."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from typing import Any

from tellme import __version__
from tellme.host.checking.ending import end_of_input, memory
from tellme.host.checking.findings import Failed, Finding, said
from tellme.host.checking.record import Recorded
from tellme.host.checking.talk import Talk
from tellme.model import BotSpec
from tellme.text import one_line, shorten
from tellme.wire import acp
from tellme.wire.fields import AcpError

CANCEL_S = 5.0
"""How long an agent may take to end a turn that was cancelled. The host itself gives it a second."""
PING_S = 2.0

Step = Callable[[], Awaitable[list[Finding]]]


def check_agent(spec: BotSpec, process: Recorded, say: str) -> AsyncGenerator[Finding, None]:
    """Yield what is found, step by step."""
    return _Check(spec, process, say).run()


class _Check:
    def __init__(self, spec: BotSpec, process: Recorded, say: str) -> None:
        self._spec = spec
        self._process = process
        self._say = say
        self._talk = Talk(process)
        self._session = ""
        self._is_well = True
        """Nothing is wrong so far."""
        self._is_silent = False
        """Something was not answered; what else it is asked would have to wait for that."""

    async def run(self) -> AsyncGenerator[Finding, None]:
        steps = {"initialize": self._initialize, "session": self._new_session, "question": self._question}
        for what, step in (steps | {"cancel": self._cancel, "unknown": self._unknown}).items():
            if what == "cancel" and not self._is_well:
                continue  # whatever is wrong with a turn would be told twice
            for finding in await self._step(what, step):
                self._is_well = self._is_well and finding.ok is not False
                yield finding
            if self._talk.has_ended or (not self._is_well and not self._session):
                break
        for finding in (*self._talk.faults(), *self._asked()):
            yield finding
        if not self._talk.has_ended:
            yield memory(self._process, self._spec)
            yield await end_of_input(self._process)

    async def _step(self, what: str, step: Step) -> list[Finding]:
        try:
            return await step()
        except Failed as failed:
            self._is_silent = failed.is_silence
            return [Finding(False, what, failed.text, failed.advice or _ADVICE.get(what, ""))]
        except AcpError as error:
            return [Finding(False, what, f"it does not follow the protocol: it {error}", _ADVICE.get(what, ""))]

    async def _initialize(self) -> list[Finding]:
        begun = time.monotonic()
        result: Any = await self._talk.request(
            acp.INITIALIZE, acp.initialize_params("tellme", __version__), self._spec.timeout
        )
        info = acp.read_agent_info(result)
        who = shorten(one_line(f"{info.name} {info.version}".strip()), 60)
        return [
            Finding(True, "initialize", f"answered after {_ms(begun)}{f': {who}' if who else ''}"),
            Finding(None, "capabilities", ", ".join(_capabilities(result)) or "none beyond the needed"),
        ]

    async def _new_session(self) -> list[Finding]:
        begun = time.monotonic()
        params = acp.new_session_params(self._spec.grants.folder or self._spec.folder)
        try:
            result = await self._talk.request(acp.NEW_SESSION, params, self._spec.timeout)
        except Failed as failed:
            if failed.code == acp.AUTH_REQUIRED:
                raise Failed(failed.text, "Log in first, with the agent's own program.") from None
            raise
        self._session = acp.read_session_id(result)
        self._talk.sessions.add(self._session)
        return [Finding(True, "session", f"begun after {_ms(begun)}")]

    async def _question(self) -> list[Finding]:
        begun = time.monotonic()
        self._talk.reply = ""
        params = acp.prompt_params(self._session, self._say, "check-1")
        result = await self._talk.request(acp.PROMPT, params, self._spec.timeout)
        reason = acp.read_stop_reason(result)
        told = f"{said(self._say, 30)} is answered with {said(self._talk.reply)} after {_ms(begun)} ({reason})"
        if self._talk.reply or reason == acp.REFUSAL:
            return [Finding(True, "question", told)]
        return [Finding(None, "question", told, "A reply is sent as agent_message_chunk updates, before the answer.")]

    async def _cancel(self) -> list[Finding]:
        number = self._talk.begin(acp.PROMPT, acp.prompt_params(self._session, self._say, "check-2"))
        self._talk.notify(acp.CANCEL, acp.cancel_params(self._session))
        begun = time.monotonic()
        reason = acp.read_stop_reason(await self._talk.answer(number, CANCEL_S))
        return [Finding(True, "cancel", f"the turn ended {_ms(begun)} after session/cancel ({reason})")]

    async def _unknown(self) -> list[Finding]:
        """Ask for what no agent has: that it says so is how the host sees that an idle bot lives."""
        if self._is_silent:
            return []
        number = self._talk.begin(acp.PING, {})
        try:
            await self._talk.answer(number, PING_S)
        except Failed as failed:
            if self._talk.has_ended:
                raise
            if failed.is_silence:
                advice = "The error for it (-32601) lets tellme see that an idle bot has not got stuck."
                return [Finding(None, "unknown", "it does not answer a method that it does not know", advice)]
        return [Finding(True, "unknown", "it answers a method that it does not know")]

    def _asked(self) -> Iterator[Finding]:
        for method, count in self._talk.asked.items():
            advice = _GRANTS if method.startswith(("fs/", "terminal/")) else ""
            yield Finding(None, "requests", f"it asked for {method} and was told no ({count} times)", advice)


_GRANTS = 'The manifest can grant that: grants = { folder = "…", read = true, write = true, terminal = true }.'
_ADVICE = {
    "initialize": "A bot reads JSON-RPC lines from stdin and answers initialize with a protocolVersion of 1. "
    'A program that speaks no protocol is a bot too, with protocol = "lines".',
    "session": "session/new is answered with a sessionId, a text.",
    "question": "session/prompt is answered with a stopReason: end_turn, refusal, max_tokens, max_turn_requests or "
    "cancelled. The timeout is a key of the manifest.",
    "cancel": "After session/cancel the open session/prompt is answered with stopReason cancelled, at once.",
}


def _capabilities(result: dict[str, Any]) -> Iterator[str]:
    """Name what an agent says that it can do, and how one logs in."""
    capabilities = result.get("agentCapabilities")
    for name, value in (capabilities if isinstance(capabilities, dict) else {}).items():
        if isinstance(value, dict):
            inner = ", ".join(
                shorten(one_line(str(key)), 30) for key, each in value.items() if each not in (False, None)
            )
            if inner and name != "_meta":
                yield f"{shorten(one_line(name), 40)} ({inner})"
        elif value:
            yield shorten(one_line(name), 40)
    if isinstance(methods := result.get("authMethods"), list) and methods:
        yield f"{len(methods)} way{'s' * (len(methods) > 1)} to log in"


def _ms(begun: float) -> str:
    return f"{(time.monotonic() - begun) * 1000:.0f} ms"
