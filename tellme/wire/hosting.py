"""What a host says on its socket beyond the Agent Client Protocol, of which it is an agent like any bot.

A plain ACP client opens a session with ``session/new`` (``_meta.tellme.bot`` names the bot), prompts and cancels.
A client that is tellme says so when it initializes, and gets more:

- ``initialize``: with ``_meta.tellme.client`` true, the result's ``_meta.tellme`` is a ``Greeting``.
- ``session/prompt``: ``_meta.tellme`` is a ``Wish``. An empty ``sessionId`` opens a session with its ``bot``.
  ``_tellme/turn`` tells of the turn's begin, once the message is on disk (``key``, ``turn`` and ``session``), of tries
  that begin anew (``turn``, ``retrying``: why; the pieces so far are void) and of notices (``turn``, ``notice``).
  Pieces, thoughts, tool calls and plans come as ``session/update``, each with ``_meta.tellme.turn``.
  The result's ``_meta.tellme`` has ``reply`` (whose text is empty where it is that of the pieces) and ``offered``, the
  bot's commands.
- ``session/cancel`` with ``_meta.tellme.turn`` ends that turn, without it all turns of the session.
- ``_tellme/NAME`` calls the method of that name of ``host.Host`` (those in ``CALLS``) with its arguments by name.
- ``_tellme/watch`` has events told from then on, as ``_tellme/event``: the event's class, and the event.

Methods and notifications of our own begin with an underscore, as the protocol asks of extensions.
"""

from __future__ import annotations

from tellme import __version__, errors
from tellme.values import NamedTuple
from tellme.wire import acp
from tellme.wire.fields import AcpError, Json

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

OWN = "_tellme/"
TURN = "_tellme/turn"
EVENT = "_tellme/event"
WATCH = "_tellme/watch"
CATALOGUE = "_tellme/catalogue"
"""A notification: the bots are others now. Comes before the event that says which."""

CALLS = frozenset({
    "bots", "status", "why_not_startable", "start", "stop", "restart", "exits", "stats",
    "open_session", "resume_session", "end_session", "set_title", "session", "last_used_session", "sessions", "history",
    "import_session", "commands", "options", "set_option", "attachments", "attachments_of",
    "turns", "turn", "failed_turns", "find_turns", "messages",
    "check_store", "backup", "restore",
})  # fmt: skip
"""The methods of ``host.Host`` that are called as they are, arguments and result in the form of ``plain``."""

MAX_LINE_BYTES = 1 << 30
"""What a client reads in one line of a host of its own user: a whole session, for one."""

MAX_WAITED_MS = 86_400_000.0
"""So long a person may have waited before a prompt was sent: a day."""

GONE = "The 'tellme serve' that was used has gone away; what it was told is kept. Start it again, or go on without it."

TELLME_ERROR = -32000
"""The code of a ``TellmeError`` that the host raised; ``data`` says which (``error_data``)."""


class Greeting(NamedTuple):
    """What a host says of itself to a client that is tellme. A client of another version turns away."""

    version: str
    pid: int
    catalogue: Json
    """The bots and what is wrong with the configuration, in the form of ``host.catalogue``."""
    damage: tuple[str, ...] = ()
    """Damaged files that were set aside."""
    notes: tuple[str, ...] = ()
    """What a person who asks the bot ``_meta.tellme.about`` should know; then there is no catalogue."""


class Wish(NamedTuple):
    """What a client that is tellme says with a prompt."""

    key: int = 0
    """The client's own number for the turn, until it knows its id."""
    bot: str = ""
    """The bot to open a session with, where the prompt names no session."""
    retry: str = ""
    """The failed turn to send again, in place of a new message."""
    brief: bool = False
    """The session ends with the turn: ``tellme ask``."""
    answers: bool = False
    """Is there a person who can be asked?"""
    waited_ms: float = 0.0
    """How long the person had waited when the prompt was sent."""


def initialize_params(about: str = "") -> Json:
    """Build the params of ``initialize`` for a client that is tellme; ``about`` is the one bot that it is to ask."""
    meta: Json = {"client": True, "about": about} if about else {"client": True}
    return acp.initialize_params("tellme", __version__) | {"_meta": {"tellme": meta}}


def read_about(params: Json) -> str:
    """Read the bot that a client wants to ask and hear of, from the params of ``initialize``; empty for none."""
    return str(_tellme(params).get("about", ""))


def greeting_meta(greeting: Greeting) -> Json:
    """Build the ``_meta`` of the result of ``initialize``."""
    return {"tellme": greeting._asdict()}


def read_greeting(result: object) -> Greeting | None:
    """Read what a host said of itself; ``None`` where it is no host of tellme's."""
    found = _tellme(result)
    version, pid, catalogue = found.get("version"), found.get("pid"), found.get("catalogue")
    if not isinstance(version, str) or not isinstance(pid, int) or not isinstance(catalogue, dict):
        return None
    return Greeting(version, pid, catalogue, _texts(found.get("damage")), _texts(found.get("notes")))


def why_left_alone(greeting: Greeting | None) -> str | None:
    """Say why a host that greeted so is not used by a client of this version; ``None`` for one that is."""
    if greeting is not None and greeting.version == __version__:
        return None
    who = f"version {greeting.version}, pid {greeting.pid}" if greeting else "of another version"
    return f"A 'tellme serve' ({who}) is running, and this is {__version__}: it is left alone until you restart it."


def wish_meta(wish: Wish) -> Json:
    """Build the ``_meta`` of a prompt."""
    return {"tellme": wish._asdict()}


def read_wish(params: Json) -> Wish:
    """Read what came with a prompt; a plain client wishes for nothing. Raises ``AcpError``."""
    found = _tellme(params)
    wish = Wish(**{name: found[name] for name in Wish._fields if name in found})
    for name, default in Wish._field_defaults.items():
        if type(getattr(wish, name)) is not type(default):
            raise AcpError(f"sent no {type(default).__name__} as {name}")
    if not 0 <= wish.waited_ms <= MAX_WAITED_MS:
        raise AcpError("sent a waited_ms that nobody has waited")
    return wish


class TurnTold(NamedTuple):
    """What ``_tellme/turn`` says."""

    turn: str
    key: int = 0
    """With the turn's begin: the wish's. Else 0."""
    session: object = None
    """With the turn's begin: a ``Session`` in the form of ``plain``."""
    retrying: str = ""
    notice: str = ""


def turn_told_params(told: TurnTold) -> Json:
    """Build the params of ``_tellme/turn``."""
    return told._asdict()


def read_turn_told(params: Json) -> TurnTold:
    """Read the params of ``_tellme/turn``. Raises ``AcpError``."""
    told = TurnTold(
        **{name: params[name] for name in TurnTold._fields if name in params} | {"turn": params.get("turn")}
    )
    if not isinstance(told.turn, str) or not isinstance(told.key, int):
        raise AcpError("sent no turn")
    return told._replace(retrying=str(told.retrying), notice=str(told.notice))


def turn_of(params: Json) -> str:
    """Read which turn an update or a question belongs to; empty where it does not say."""
    return str(_tellme(params).get("turn", ""))


def bot_of(params: Json) -> str:
    """Read the name of the bot that asks."""
    return str(_tellme(params).get("bot", ""))


def result_meta(reply: tuple[object, ...], offered: Iterable[tuple[object, ...]]) -> Json:
    """Build the ``_meta`` of the result of ``session/prompt``: a ``Reply`` and the bot's ``BotCommand``s."""
    return {"tellme": {"reply": reply, "offered": list(offered)}}


def read_reply(result: object) -> object:
    """Read the ``Reply`` in a result of ``session/prompt``, in the form of ``plain``."""
    return _tellme(result).get("reply")


def read_offered(result: object) -> object:
    """Read the list of ``BotCommand`` in a result of ``session/prompt``, in the form of ``plain``."""
    return _tellme(result).get("offered", [])


def error_data(error: errors.TellmeError) -> Json:
    """Build the ``data`` of the JSON-RPC error for something that the host raised."""
    if isinstance(error, errors.BotNotFound):
        arguments: list[Any] = [error.name, list(error.nearest)]
    elif isinstance(error, errors.ConfigError):
        arguments = [error.file, error.where, error.problem]
    else:
        arguments = [str(error)]
    return {"tellme": {"error": type(error).__name__, "arguments": arguments}}


def read_error(message: str, data: object) -> errors.TellmeError:
    """Return the error that ``error_data`` was made of; where it is none, one with the message alone."""
    found = data.get("tellme") if isinstance(data, dict) else None
    kind = _ERRORS.get(str(found.get("error"))) if isinstance(found, dict) else None
    if found is None or kind is None:
        return errors.TellmeError(message)
    try:
        return kind(*found["arguments"])
    except (KeyError, TypeError):
        return errors.TellmeError(message)


_ERRORS: Mapping[str, type[errors.TellmeError]] = {
    name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.TellmeError)
}


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _tellme(holder: object) -> Json:
    meta = holder.get("_meta") if isinstance(holder, dict) else None
    found = meta.get("tellme") if isinstance(meta, dict) else None
    return found if isinstance(found, dict) else {}
