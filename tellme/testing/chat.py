"""A conversation with a bot, for a test: says something, answers what the bot asks meanwhile, returns the reply."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable, Mapping, Sequence
from json import dumps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from tellme.sdk import Attachment, Bot, Decline
from tellme.sdk.attachment import received
from tellme.testing.wires import ProcessWire, ThreadWire, Wire
from tellme.wire import acp, attaching, delegating
from tellme.wire.fields import own_meta
from tellme.wire.jsonrpc import (
    METHOD_NOT_FOUND,
    ErrorResponse,
    LineReader,
    Malformed,
    Message,
    Notification,
    Request,
    RequestId,
    Response,
    encode,
    parse,
)

if TYPE_CHECKING:
    from tellme.wire.fields import Json

Chooser = Callable[[str, Sequence[str]], str | None]
"""Is given the title and the options of a choice, and returns one of them, or ``None`` for no answer."""

_PING = "_tellme/ping"
"""No method of any bot: each says so, after all that it said before."""

_STATUSES = {acp.END_TURN: "answered", acp.REFUSAL: "declined", acp.CANCELLED: "failed"}


class Reply(str):
    """What a bot replied: the text itself, and what came with it."""

    status = "answered"
    """``answered`` or ``declined``."""
    leaves = False
    """The bot ended the conversation with it."""
    thoughts = ""
    attachments: tuple[Attachment, ...] = ()
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What the person was asked: title and options of each choice."""
    asked: tuple[tuple[str, str], ...] = ()
    """What other bots were asked: name and text of each question."""


class _Turn:
    """What comes of one message, as it comes."""

    def __init__(self, choose: Chooser) -> None:
        self.choose = choose
        self.pieces: list[str] = []
        self.thoughts: list[str] = []
        self.attachments: list[Attachment] = []
        self.choices: list[tuple[str, tuple[str, ...]]] = []
        self.asked: list[tuple[str, str]] = []

    def reply(self, reason: str = acp.END_TURN, *, leaves: bool = False) -> Reply:
        reply = Reply("".join(self.pieces))
        reply.status, reply.leaves = _STATUSES.get(reason, "failed"), leaves
        reply.thoughts, reply.attachments = "".join(self.thoughts), tuple(self.attachments)
        reply.choices, reply.asked = tuple(self.choices), tuple(self.asked)
        return reply


class Chat:
    """One conversation, from ``with`` to its end."""

    def __init__(
        self,
        bot: Bot | str | os.PathLike[str],
        answers: Mapping[str, str | Callable[[str], str]],
        settings: Mapping[str, Any] | None,
        data: str | os.PathLike[str] | None,
        timeout: float,
    ) -> None:
        self.commands: dict[str, acp.AgentCommand] = {}
        """What the bot offers, by name."""
        self.greeting = Reply("")
        """What it said when the conversation opened; empty if nothing."""
        self._bot = bot
        self._answers = {name.casefold(): answer for name, answer in answers.items()}
        self._timeout = timeout
        self._folder = TemporaryDirectory(prefix="tellme-test-")
        self._environment = {"TELLME_BOT_DATA": str(data or Path(self._folder.name, "data"))}
        if settings is not None:
            self._environment["TELLME_BOT_SETTINGS"] = dumps(dict(settings))
        self._history: list[acp.Exchange] = []
        self._last_id = 0
        self._turn = _Turn(_nobody)
        self._wire: Wire | None = None
        self._deadline = 0.0

    def __enter__(self) -> Chat:
        try:
            self._open()
        except BaseException:
            self._discard()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            problem = self._close()
            assert kind is not None or not problem, self._told(problem)
        finally:
            self._discard()

    def say(
        self,
        text: str,
        *,
        choose: str | Sequence[str] | Chooser | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> Reply:
        """Say something; return the reply. A turn that fails is an ``AssertionError``.

        ``choose`` is what the person chooses when asked: a text, one for each choice in turn, or a function of title
        and options. Without it nobody is there to choose.
        """
        reply, error = self._run_turn(text, choose, attachments)
        assert not error, self._told(f"the turn failed: {error}")
        return reply

    def declines(
        self,
        text: str,
        *,
        choose: str | Sequence[str] | Chooser | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> Reply:
        """Say something that the bot is to decline; return its words."""
        reply = self.say(text, choose=choose, attachments=attachments)
        assert reply.status == "declined", self._told(f"{text!r} was answered: {str(reply)!r}")
        return reply

    def fails(
        self,
        text: str,
        *,
        choose: str | Sequence[str] | Chooser | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> str:
        """Say something at which the bot is to fail; return the error."""
        reply, error = self._run_turn(text, choose, attachments)
        assert error, self._told(f"{text!r} was {reply.status}: {str(reply)!r}")
        return error

    def restart(self) -> None:
        """End the bot and start it anew in the same conversation, as after a crash or an update."""
        problem = self._close()
        assert not problem, self._told(problem)
        self._open()

    @property
    def log(self) -> str:
        """What the bot wrote to its log; of one that runs in this process, only with what it ended."""
        return "" if self._wire is None else self._wire.log()

    # The protocol.

    def _open(self) -> None:
        self._lines = LineReader()
        self._arrived: list[Message] = []
        if isinstance(self._bot, Bot):
            self._wire = ThreadWire(self._bot, self._environment)
        else:
            path = Path(self._bot)
            assert path.exists(), f"there is no {path}"
            self._wire = ProcessWire(path, self._environment, Path(self._folder.name, "log"))
        os.set_blocking(self._wire.input, False)
        told = self._request(acp.INITIALIZE, acp.initialize_params("tellme.testing", "1"))
        new = acp.new_session_params(self._folder.name, self._history, "test-session")
        self._session = acp.read_session_id(self._request(acp.NEW_SESSION, new))
        if own_meta(told).get("greets") is True and not self._history:
            self._await_greeting()

    def _close(self) -> str:
        if self._wire is None:
            return ""
        problem = self._wire.end(self._timeout)
        self._ended_log, self._wire = self._wire.log(), None
        return problem

    def _discard(self) -> None:
        self._close()
        self._folder.cleanup()

    def _run_turn(
        self, text: str, choose: str | Sequence[str] | Chooser | None, attachments: Sequence[Attachment]
    ) -> tuple[Reply, str]:
        self._turn = _Turn(_chooser(choose))
        self._last_id += 1
        params = acp.prompt_params(self._session, text, f"turn-{self._last_id}")
        params["prompt"] += [attachment.block() for attachment in attachments]
        answer = self._answer(acp.PROMPT, params)
        if isinstance(answer, ErrorResponse):
            self._history.append(acp.Exchange(text, "".join(self._turn.pieces), "failed"))
            return self._turn.reply(""), answer.message
        reason = acp.read_stop_reason(answer.result)
        reply = self._turn.reply(reason, leaves=own_meta(answer.result).get("leaves") is True)
        self._history.append(acp.Exchange(text, str(reply), reply.status))
        return reply, "it was cancelled" if reason == acp.CANCELLED else ""

    def _await_greeting(self) -> None:
        self._turn = _Turn(_nobody)
        # It left with the answer to session/new; what comes before the answer to this is all that there is of it.
        self._answer(_PING, {})
        self.greeting = self._turn.reply()

    def _request(self, method: str, params: Json) -> Any:
        answer = self._answer(method, params)
        assert isinstance(answer, Response), self._told(f"{method} was answered with the error {answer.message!r}")
        return answer.result

    def _answer(self, method: str, params: Json) -> Response | ErrorResponse:
        self._last_id += 1
        number = self._last_id
        self._deadline = time.monotonic() + self._timeout
        self._send(Request(number, method, params))
        while True:
            message = self._next()
            if isinstance(message, Response | ErrorResponse) and message.id == number:
                return message
            self._take(message)

    def _send(self, message: Request | Response | ErrorResponse) -> None:
        assert self._wire is not None, "the conversation is over; talk within its with"
        rest = encode(message)
        while rest:
            # Read meanwhile: a bot that writes would else wait for the test, and the test for the bot.
            readable, writable = self._wait([self._wire.input])
            try:
                if writable:
                    rest = rest[os.write(self._wire.input, rest) :]
            except BlockingIOError:
                continue
            except OSError:
                return  # the bot has ended, which reading tells
            if readable:
                self._receive()

    def _next(self) -> Message:
        while not self._arrived:
            self._wait([])
            self._receive()
        late = time.monotonic() > self._deadline
        assert not late, self._told(f"the turn was not over within {self._timeout:g} s")
        return self._arrived.pop(0)

    def _wait(self, inputs: list[int]) -> tuple[bool, bool]:
        """Wait until the bot has said something, or takes something; tell which."""
        assert self._wire is not None, "the conversation is over; talk within its with"
        rest_s = self._deadline - time.monotonic()
        readable, writable, _ = select.select([self._wire.output], inputs, [], max(0.0, rest_s))
        in_time = (readable or writable) and (rest_s > 0 or not inputs)
        assert in_time, self._told(f"the bot {'read' if inputs else 'said'} nothing for {self._timeout:g} s")
        return bool(readable), bool(writable)

    def _receive(self) -> None:
        assert self._wire is not None
        data = os.read(self._wire.output, 65536)
        assert data, self._told("the bot ended in the middle of the conversation")
        self._arrived += [line if isinstance(line, Malformed) else parse(line) for line in self._lines.feed(data)]

    def _take(self, message: Message) -> None:
        match message:
            case Notification(acp.UPDATE, params):
                self._take_update(params)
            case Request(number, acp.REQUEST_PERMISSION, params):
                self._send(Response(number, self._choose(params)))
            case Request(number, acp.ASK, params):
                self._send(self._ask(number, params))
            case Request(number, method, _):
                self._send(ErrorResponse(number, METHOD_NOT_FOUND, f"a test does not offer {method}"))
            case Malformed(reason, sample):
                raise AssertionError(self._told(f"the bot sent a line that {reason}: {sample}"))

    def _take_update(self, params: Json) -> None:
        match params.get("update"):
            case {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": str(text)}}:
                self._turn.pieces.append(text)
            case {"sessionUpdate": "agent_message_chunk", "content": dict(block)}:
                self._turn.attachments.append(received(attaching.read_block(block)))
            case {"sessionUpdate": "agent_thought_chunk", "content": {"type": "text", "text": str(text)}}:
                self._turn.thoughts.append(text)
            case {"sessionUpdate": "available_commands_update"}:
                _, update = acp.read_update(params)
                assert isinstance(update, acp.CommandsUpdate)
                self.commands = {command.name: command for command in update.commands}

    def _choose(self, params: Json) -> Json:
        asked = acp.read_permission_request(params)
        names = tuple(option.name for option in asked.options)
        self._turn.choices.append((asked.title, names))
        chosen = self._turn.choose(asked.title, names)
        if chosen is None:
            return acp.permission_cancelled()
        assert chosen in names, f"{chosen!r} is none of the options {names!r} of {asked.title!r}"
        return acp.permission_selected(asked.options[names.index(chosen)].id)

    def _ask(self, number: RequestId, params: Json) -> Response | ErrorResponse:
        ask = delegating.read_ask(params)
        self._turn.asked.append((ask.bot, ask.text))
        answer = self._answers.get(ask.bot.casefold())
        if answer is None:
            unknown = f"There is no bot named {ask.bot!r} in this test; say what it answers: talk_to(…, answers=…)."
            return ErrorResponse(number, delegating.NOT_ASKED, unknown)
        try:
            reply = delegating.Answer(ask.bot, answer if isinstance(answer, str) else answer(ask.text), "answered")
        except Decline as declined:
            reply = delegating.Answer(ask.bot, str(declined), "declined")
        except Exception as error:
            reply = delegating.Answer(ask.bot, f"{type(error).__name__}: {error}", "failed")
        return Response(number, delegating.answer_result(reply))

    def _told(self, problem: str) -> str:
        log = (self._ended_log if self._wire is None else self._wire.log()).strip()
        return f"{problem}\nThe bot's log:\n{log}" if log else problem

    _ended_log = ""


def _nobody(_title: str, _options: Sequence[str]) -> None:
    return None


def _chooser(choose: str | Sequence[str] | Chooser | None) -> Chooser:
    if choose is None:
        return _nobody
    if callable(choose):
        return choose
    left = [choose] if isinstance(choose, str) else list(choose)

    def next_of(title: str, options: Sequence[str]) -> str:
        assert left, f"nothing is left to choose for {title!r} of {tuple(options)!r}"
        return left.pop(0)

    return next_of
