"""The agent's side of the protocol: what a bot hears from its client, and how it answers. See `tellme.wire.acp`."""

from __future__ import annotations

from tellme.values import NamedTuple
from tellme.wire.acp import PROTOCOL_VERSION, AgentCommand, Exchange
from tellme.wire.fields import AcpError, Json, integer_of, list_of, object_of, optional_string, own_meta, string_of

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Iterable


class NewSession(NamedTuple):
    """What a client says when it opens a session."""

    cwd: str
    history: tuple[Exchange, ...] = ()
    session: str = ""
    """The client's own id of the conversation, which outlives the agent's; empty where the client is not tellme."""


class Prompt(NamedTuple):
    """A message to the agent, its content blocks flattened to text."""

    session_id: str
    text: str
    turn: str = ""
    """An id that stays the same when the turn is tried again; empty where the client is not tellme."""


def read_initialize(params: Json) -> int:
    """Read the params of ``initialize``: the client's version of the protocol, 0 for the date that old clients send."""
    return 0 if isinstance(params.get("protocolVersion"), str) else integer_of(params, "protocolVersion")


def initialize_result(name: str, version: str, description: str = "") -> Json:
    """Build the result of ``initialize`` for an agent of ours, which takes histories and embedded texts."""
    return {
        "protocolVersion": PROTOCOL_VERSION,
        "agentCapabilities": {"loadSession": False, "promptCapabilities": {"embeddedContext": True}},
        "agentInfo": {"name": name, "version": version},
        "authMethods": [],
        "_meta": {"tellme": {"history": True, "description": description}},
    }


def read_new_session(params: Json) -> NewSession:
    """Read the params of ``session/new``."""
    told = own_meta(params)
    history = told.get("history", [])
    if not isinstance(history, list):
        raise AcpError("sent a history that is no list")
    past = tuple(_read_exchange(turn) for turn in history)
    return NewSession(string_of(params, "cwd"), past, optional_string(told, "session"))


def new_session_result(session_id: str) -> Json:
    """Build the result of ``session/new``."""
    return {"sessionId": session_id}


def read_prompt(params: Json) -> Prompt:
    """Read the params of ``session/prompt``. Blocks become lines: a link its address, an embedded text itself."""
    text = "\n".join(_flatten(object_of(block, "content block")) for block in list_of(params, "prompt"))
    return Prompt(string_of(params, "sessionId"), text, optional_string(own_meta(params), "turn"))


def prompt_result(stop_reason: str) -> Json:
    """Build the result of ``session/prompt``."""
    return {"stopReason": stop_reason}


def session_of(params: Json) -> str:
    """Read the id of the session that ``session/cancel``, ``load``, ``resume`` or ``close`` is about."""
    return string_of(params, "sessionId")


def text_update_params(session_id: str, text: str) -> Json:
    """Build the params of ``session/update`` for the next piece of a reply."""
    update = {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": text}}
    return {"sessionId": session_id, "update": update}


def commands_update_params(session_id: str, commands: Iterable[AgentCommand]) -> Json:
    """Build the params of ``session/update`` for the commands that an agent offers."""
    offered = [_command(command) for command in commands]
    return {
        "sessionId": session_id,
        "update": {"sessionUpdate": "available_commands_update", "availableCommands": offered},
    }


def _command(command: AgentCommand) -> Json:
    row: Json = {"name": command.name, "description": command.description}
    return row | {"input": {"hint": command.hint}} if command.hint else row


def _read_exchange(value: object) -> Exchange:
    turn = object_of(value, "turn of the history")
    return Exchange(string_of(turn, "message"), string_of(turn, "text"), string_of(turn, "status"))


def _flatten(block: Json) -> str:
    match string_of(block, "type"):
        case "text":
            return string_of(block, "text")
        case "resource_link":
            return string_of(block, "uri")
        case "resource":
            return string_of(object_of(block.get("resource"), "resource"), "text")
        case kind:
            raise AcpError(f"sent a content block of a kind that was not offered, {kind[:40]!a}")
