"""A conversation in the Agent Client Protocol with a bot of which nothing is taken for granted.

Where the host lets a bot's mistakes pass for the person's sake, they are noted here: each once, with how often it was.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tellme.host.checking.findings import Failed, Finding
from tellme.host.checking.record import Recorded
from tellme.text import one_line, shorten
from tellme.wire import acp, jsonrpc
from tellme.wire.fields import AcpError, object_of, string_of

MUTED_GRACE_S = 0.5
"""How long a bot may live on after its stdout was closed."""
MAX_FAULTS = 10
"""Kinds of faults that are told."""
PATIENCE = 1000
"""After so many faults the bot is ended: what comes of a flood of them is worth no more time."""
MAX_REPLY = 10_000
"""Characters of a reply that are kept."""

_STDOUT = "Stdout is for the protocol alone, one JSON object a line: print everything else to stderr."
_JSON = "One JSON-RPC 2.0 object a line; an id is an integer or a text."
_ERROR = "An error says that something went wrong; a bot that has no answer says so, with stopReason refusal."
_LIVE = "A bot lives, and keeps its stdout open, until its stdin ends."
_ONE_ANSWER = "Each request gets exactly one answer, with the id that it came with."
_UPDATE = "An update names the sessionId that session/new returned, and an update object with a sessionUpdate."


class Talk:
    """One connection. ``faults`` are the rules that the bot broke so far."""

    def __init__(self, process: Recorded) -> None:
        self.sessions: set[str] = set()
        self.reply = ""
        """The text that came since it was last emptied."""
        self.asked: Counter[str] = Counter()
        """What the bot itself asked for: methods."""
        self._process = process
        self._lines = jsonrpc.LineReader()
        self._methods: dict[int | str, str] = {}
        """Of the requests made so far, by id."""
        self._open: dict[int | str, asyncio.Future[object]] = {}
        self._faults: Counter[tuple[str, str]] = Counter()
        self._broken = 0
        self._strangers: Counter[str] = Counter()
        """Sessions that updates named before anybody knew them."""
        self._muted = asyncio.get_running_loop().create_future()
        self._ended = asyncio.ensure_future(process.wait())
        process.listen(self._feed, self._on_close)

    @property
    def has_ended(self) -> bool:
        return self._ended.done()

    def faults(self) -> Iterator[Finding]:
        """Yield the rules that were broken."""
        for session, count in self._strangers.items():
            if session not in self.sessions:
                self._faults[f"sent an update for a session that is not there: {session}", _UPDATE] += count
        for (text, advice), count in self._faults.most_common(MAX_FAULTS):
            yield Finding(False, "protocol", f"it {text}{f' ({count} times)' if count > 1 else ''}", advice)

    async def request(self, method: str, params: dict[str, object], seconds: float) -> object:
        """Ask, and return the result. Raises ``Failed``."""
        return await self.answer(self.begin(method, params), seconds)

    def begin(self, method: str, params: dict[str, object]) -> int:
        """Ask, and return the number of the request."""
        number = len(self._methods)
        self._methods[number] = method
        self._open[number] = asyncio.get_running_loop().create_future()
        self._process.write(jsonrpc.encode(jsonrpc.Request(number, method, params)))
        return number

    def notify(self, method: str, params: dict[str, object]) -> None:
        self._process.write(jsonrpc.encode(jsonrpc.Notification(method, params)))

    async def answer(self, number: int, seconds: float) -> object:
        """Wait for the answer to a request. Raises ``Failed``."""
        method, waiting = self._methods[number], self._open[number]
        await asyncio.wait((waiting, self._ended, self._muted), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done() and self._muted.done():
            await asyncio.wait((self._ended,), timeout=MUTED_GRACE_S)
        if waiting.done():
            return waiting.result()
        self._open.pop(number, None)
        if self._ended.done():
            raise Failed(f"it {self._ended.result().describe()} before it answered {method}", _LIVE)
        if self._muted.done():
            raise Failed(f"it closed its stdout before it answered {method}", _LIVE, is_silence=True)
        raise Failed(f"it did not answer {method} within {seconds:g} s", is_silence=True)

    # What comes ---------------------------------------------------------------------------------------------------

    def _on_close(self) -> None:
        if not self._muted.done():
            self._muted.set_result(None)

    def _feed(self, data: bytes) -> None:
        for line in self._lines.feed(data):
            if self._broken >= PATIENCE:
                return
            message = line if isinstance(line, jsonrpc.Malformed) else jsonrpc.parse(line)
            self._take(message)

    def _take(self, message: jsonrpc.Message) -> None:
        match message:
            case jsonrpc.Notification(acp.UPDATE, params):
                self._update(params)
            case jsonrpc.Request(number, method, params):
                self._serve(number, method, params)
            case jsonrpc.Response(number, result):
                self._settle(number, result)
            case jsonrpc.ErrorResponse(None, code, text):
                self._fault(f"did not understand a line of ours: {_short(text)} ({code})", _ONE_ANSWER)
            case jsonrpc.ErrorResponse(int() | str() as number, code, text):
                said = f"it answered {self._methods.get(number)} with an error: {_short(text)} ({code})"
                advice = _ERROR if self._methods.get(number) == acp.PROMPT else ""
                self._settle(number, Failed(said, advice, code=code))
            case jsonrpc.Malformed():
                self._malformed(message)

    def _malformed(self, line: jsonrpc.Malformed) -> None:
        if line.response_id in self._open:
            said = f"it answered {self._methods[line.response_id]} with a line that {line.reason}: {line.sample}"
            self._settle(line.response_id, Failed(said, _ONE_ANSWER))
        else:
            advice = _JSON if "jsonrpc" in line.sample else _STDOUT
            self._fault(f"printed a line that {line.reason}: {line.sample}", advice)

    def _settle(self, number: int | str, outcome: object) -> None:
        waiting = self._open.pop(number, None)
        if waiting is None:
            method = self._methods.get(number)
            shown = f"answered {method} again" if method else f"answered a request that nobody made (id {number!a:.40})"
            self._fault(shown, _ONE_ANSWER)
        elif isinstance(outcome, Failed):
            waiting.set_exception(outcome)
        else:
            waiting.set_result(outcome)

    def _update(self, params: dict[str, Any]) -> None:
        try:
            session = string_of(params, "sessionId")
            update = object_of(params.get("update"), "update")
            kind = string_of(update, "sessionUpdate")
            if kind == "agent_message_chunk":
                self._chunk(session, object_of(update.get("content"), "content"))
        except AcpError as error:
            self._fault(f"sent an update that does not fit the protocol: it {error}", _UPDATE)
            return
        if session not in self.sessions and len(self._strangers) < MAX_FAULTS:
            self._strangers[_short(session)] += 1

    def _chunk(self, session: str, content: dict[str, Any]) -> None:
        if string_of(content, "type") == "text":
            text = string_of(content, "text")
            if session in self.sessions:
                self.reply += text[: MAX_REPLY - len(self.reply)]

    def _serve(self, number: int | str, method: str, params: dict[str, Any]) -> None:
        """Say no to whatever the bot asks for: nobody is here who could say yes."""
        if method in self.asked or len(self.asked) < MAX_FAULTS:
            self.asked[_short(method)] += 1
        if method != acp.REQUEST_PERMISSION:
            refusal = jsonrpc.ErrorResponse(number, jsonrpc.METHOD_NOT_FOUND, "not offered while a bot is checked")
            self._process.write(jsonrpc.encode(refusal))
            return
        try:
            options = acp.read_permission_request(params).options
        except AcpError as error:
            self._fault(f"asked the person in a way that does not fit the protocol: it {error}", "")
            options = ()
        no = next((option.id for option in options if option.kind.startswith("reject")), None)
        outcome = acp.permission_selected(no) if no is not None else acp.permission_cancelled()
        self._process.write(jsonrpc.encode(jsonrpc.Response(number, outcome)))

    def _fault(self, text: str, advice: str) -> None:
        self._broken += 1
        if self._broken == PATIENCE:
            self._process.kill(f"broke the protocol {PATIENCE} times")
        if (text, advice) in self._faults or len(self._faults) < MAX_FAULTS:
            self._faults[text, advice] += 1


def _short(text: str) -> str:
    return shorten(one_line(text), 100)
