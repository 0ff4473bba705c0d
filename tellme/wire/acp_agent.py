"""The agent's side of the protocol: what a bot hears from its client, and how it answers. See `tellme.wire.acp`."""

from __future__ import annotations

from tellme.values import NamedTuple
from tellme.wire.acp import PROTOCOL_VERSION, AgentCommand, Exchange
from tellme.wire.fields import AcpError, Json, integer_of, list_of, object_of, optional_string, own_meta, string_of

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tellme.model import Attachment


class NewSession(NamedTuple):
    """What a client says when it opens a session."""

    cwd: str
    history: tuple[Exchange, ...] = ()
    session: str = ""
    """The client's own id of the conversation, which outlives the agent's; empty where the client is not tellme."""


class Prompt(NamedTuple):
    """A message to the agent, its content blocks flattened to text, and those that are files besides."""

    session_id: str
    text: str
    turn: str = ""
    """An id that stays the same when the turn is tried again; empty where the client is not tellme."""
    attachments: tuple[Attachment, ...] = ()


def read_initialize(params: Json) -> int:
    """Read the params of ``initialize``: the client's version of the protocol, 0 for the date that old clients send."""
    return 0 if isinstance(params.get("protocolVersion"), str) else integer_of(params, "protocolVersion")


def initialize_result(name: str, version: str, description: str = "", *, greets: bool = False) -> Json:
    """Build the result of ``initialize`` for an agent of ours, which takes histories and files of any kind.

    ``greets`` tells that it speaks first in a session without history.
    """
    takes = {"image": True, "audio": True, "embeddedContext": True}
    told: Json = {"history": True, "description": description} | ({"greets": True} if greets else {})
    return {
        "protocolVersion": PROTOCOL_VERSION,
        "agentCapabilities": {"loadSession": False, "promptCapabilities": takes},
        "agentInfo": {"name": name, "version": version},
        "authMethods": [],
        "_meta": {"tellme": told},
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
    """Read the params of ``session/prompt``. Blocks become lines: a link its address, an embedded text itself.

    Pictures, sounds and other files become attachments only, links and embedded texts both.
    """
    blocks = [object_of(block, "content block") for block in list_of(params, "prompt")]
    text = "\n".join(line for block in blocks for line in _flatten(block))
    turn = optional_string(own_meta(params), "turn")
    if all(block["type"] == "text" for block in blocks):
        return Prompt(string_of(params, "sessionId"), text, turn)
    from tellme.wire.attaching import read_blocks

    return Prompt(string_of(params, "sessionId"), text, turn, read_blocks(blocks))


def prompt_result(stop_reason: str, *, leaves: bool = False) -> Json:
    """Build the result of ``session/prompt``; ``leaves`` tells that the agent ends the conversation with it."""
    result: Json = {"stopReason": stop_reason}
    return result | {"_meta": {"tellme": {"leaves": True}}} if leaves else result


def session_of(params: Json) -> str:
    """Read the id of the session that ``session/cancel``, ``load``, ``resume`` or ``close`` is about."""
    return string_of(params, "sessionId")


def text_update_params(session_id: str, text: str) -> Json:
    """Build the params of ``session/update`` for the next piece of a reply."""
    return chunk_params(session_id, {"type": "text", "text": text})


def chunk_params(session_id: str, block: Json) -> Json:
    """Build the params of ``session/update`` for the next content block of a reply."""
    return {"sessionId": session_id, "update": {"sessionUpdate": "agent_message_chunk", "content": block}}


def thought_update_params(session_id: str, text: str) -> Json:
    """Build the params of ``session/update`` for what an agent thinks."""
    update = {"sessionUpdate": "agent_thought_chunk", "content": {"type": "text", "text": text}}
    return {"sessionId": session_id, "update": update}


def commands_update_params(session_id: str, commands: Iterable[AgentCommand]) -> Json:
    """Build the params of ``session/update`` for the commands that an agent offers."""
    offered = [_command(command) for command in commands]
    return {
        "sessionId": session_id,
        "update": {"sessionUpdate": "available_commands_update", "availableCommands": offered},
    }


def choice_params(session_id: str, options: Sequence[str], title: str) -> Json:
    """Build the params of ``session/request_permission`` for a choice between texts."""
    rows = [{"optionId": str(number), "name": text, "kind": "allow_once"} for number, text in enumerate(options)]
    call = {"toolCallId": "choice", "title": title or "Which one?", "kind": "other", "status": "pending"}
    return {"sessionId": session_id, "toolCall": call, "options": rows}


def read_chosen(result: object, count: int) -> int | None:
    """Read the result of ``session/request_permission``: which of ``count`` options, ``None`` where none was chosen."""
    outcome = object_of(object_of(result, "result of session/request_permission").get("outcome"), "outcome")
    if string_of(outcome, "outcome") != "selected":
        return None
    option = string_of(outcome, "optionId")
    if option not in map(str, range(count)):
        raise AcpError(f"chose what was not offered, {option[:40]!a}")
    return int(option)


def _command(command: AgentCommand) -> Json:
    row: Json = {"name": command.name, "description": command.description}
    return row | {"input": {"hint": command.hint}} if command.hint else row


def _read_exchange(value: object) -> Exchange:
    turn = object_of(value, "turn of the history")
    return Exchange(string_of(turn, "message"), string_of(turn, "text"), string_of(turn, "status"))


def _flatten(block: Json) -> Iterator[str]:
    match string_of(block, "type"):
        case "text":
            yield string_of(block, "text")
        case "resource_link":
            yield string_of(block, "uri")
        case "resource":
            resource = object_of(block.get("resource"), "resource")
            yield string_of(resource, "uri" if "blob" in resource else "text")
        case "image" | "audio":
            return
        case kind:
            raise AcpError(f"sent a content block of a kind that was not offered, {kind[:40]!a}")
