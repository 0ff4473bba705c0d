"""What a bot asks its client for within a turn: the person's choice, and the answer of another bot."""

from __future__ import annotations

from tellme.sdk.connection import log
from tellme.sdk.message import BotFailed, Declined
from tellme.wire import acp, acp_agent, delegating
from tellme.wire.fields import AcpError
from tellme.wire.jsonrpc import METHOD_NOT_FOUND, ErrorResponse

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from tellme.sdk.turn import Answer, Turn


def choose(turn: Turn, options: Sequence[str], title: str) -> Any:
    """Ask the person; the result, or what an ``await`` gives, is one of the options or ``None``."""
    if not options or not all(isinstance(option, str) and option.strip() for option in options):
        raise ValueError("choose takes the texts to choose from, none of them empty")

    def read(answer: Answer) -> str | None:
        if isinstance(answer, ErrorResponse):
            log(f"The client has nobody choose: {answer.message}\n")
        if answer is None or isinstance(answer, ErrorResponse):
            return None
        number = acp_agent.read_chosen(answer.result, len(options))
        return None if number is None else options[number]

    return turn.call(acp.REQUEST_PERMISSION, acp_agent.choice_params(turn.message.session.id, options, title), read)


def ask(turn: Turn, bot: str, text: str) -> Any:
    """Ask another bot; the result, or what an ``await`` gives, is the text of its reply."""

    def read(answer: Answer) -> str:
        if answer is None:
            raise BotFailed(f"{bot} could not be asked: the client has gone")
        if isinstance(answer, ErrorResponse):
            known = answer.code != METHOD_NOT_FOUND
            raise BotFailed(answer.message if known else f"{bot} could not be asked: the client knows no other bots")
        try:
            reply = delegating.read_answer(answer.result)
        except AcpError as error:
            raise BotFailed(f"{bot} could not be asked: the client {error}") from None
        if reply.status == "declined":
            raise Declined(reply.text)
        if reply.status == "failed":
            raise BotFailed(f"{reply.bot} failed: {reply.text}")
        return reply.text

    question = delegating.Ask(turn.message.session.id, bot, text, turn.message.turn)
    return turn.call(acp.ASK, delegating.ask_params(question), read)
