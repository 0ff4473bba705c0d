"""A bot asks another bot, through the client that runs both: an extension of the protocol, ``_tellme/ask``.

The bot sends it as a request within a turn of its own. The answer is the other bot's reply, however that turn ended
as long as it was a reply; a JSON-RPC error says why nobody could be asked.
"""

from __future__ import annotations

from tellme.values import NamedTuple
from tellme.wire.fields import AcpError, Json, object_of, optional_string, string_of

NOT_ASKED = -32020
"""The error code for a question that reached no bot: no such bot, not allowed, or a loop; its message says which."""

_STATUSES = frozenset({"answered", "declined", "failed"})


class Ask(NamedTuple):
    """A question of one bot to another."""

    session_id: str
    """The asking bot's own session, in whose turn it asks."""
    bot: str
    """The name of the bot that is asked."""
    text: str
    turn: str = ""
    """The id of the turn in which it is asked; empty where the client gave none."""


class Answer(NamedTuple):
    """How the bot that was asked replied."""

    bot: str
    """Its name as it writes it itself."""
    text: str
    """The reply; for a failed turn, why it failed."""
    status: str
    """``answered``, ``declined`` or ``failed``."""


def ask_params(ask: Ask) -> Json:
    """Build the params of ``_tellme/ask``."""
    params: Json = {"sessionId": ask.session_id, "bot": ask.bot, "text": ask.text}
    return params | ({"turn": ask.turn} if ask.turn else {})


def read_ask(params: Json) -> Ask:
    """Read the params of ``_tellme/ask``."""
    return Ask(
        string_of(params, "sessionId"),
        string_of(params, "bot"),
        string_of(params, "text"),
        optional_string(params, "turn"),
    )


def answer_result(answer: Answer) -> Json:
    """Build the result of ``_tellme/ask``."""
    return {"bot": answer.bot, "text": answer.text, "status": answer.status}


def read_answer(result: object) -> Answer:
    """Read the result of ``_tellme/ask``."""
    reply = object_of(result, "result of _tellme/ask")
    status = string_of(reply, "status")
    if status not in _STATUSES:
        raise AcpError(f"sent an unknown status, {status[:40]!a}")
    return Answer(string_of(reply, "bot"), string_of(reply, "text"), status)
