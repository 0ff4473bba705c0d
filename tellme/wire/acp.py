"""The messages of the Agent Client Protocol, version 1, that tellme uses: their params and results, built and read.

Promise: every field that comes from the other side is type checked; what does not fit is an `AcpError`, nothing else is
ever raised, and fields or kinds of update that are not known do no harm. What tellme adds stands in ``_meta.tellme``.
"""

from __future__ import annotations

from tellme.values import NamedTuple

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, TypeAlias

PROTOCOL_VERSION = 1

INITIALIZE = "initialize"
NEW_SESSION = "session/new"
LOAD_SESSION = "session/load"
RESUME_SESSION = "session/resume"
LIST_SESSIONS = "session/list"
CLOSE_SESSION = "session/close"
PROMPT = "session/prompt"
CANCEL = "session/cancel"
UPDATE = "session/update"
REQUEST_PERMISSION = "session/request_permission"

RESOURCE_NOT_FOUND = -32002

END_TURN = "end_turn"
REFUSAL = "refusal"
CANCELLED = "cancelled"
STOP_REASONS = frozenset({END_TURN, "max_tokens", "max_turn_requests", REFUSAL, CANCELLED})

Json: TypeAlias = "dict[str, Any]"


class AcpError(ValueError):
    """A message does not fit the protocol. The text completes the sentence "the other side …"."""


class Exchange(NamedTuple):
    """One turn that is over."""

    message: str
    text: str
    """The reply, as far as it came."""
    status: str
    """``answered``, ``declined`` or ``failed``."""


class AgentInfo(NamedTuple):
    """What an agent says of itself when it is initialized."""

    protocol_version: int
    load_session: bool = False
    resume: bool = False
    reads_history: bool = False
    """It takes ``_meta.tellme.history`` of ``session/new``."""
    name: str = ""
    version: str = ""
    description: str = ""
    """What a bot written with tellme's Bot API says of itself in ``_meta.tellme``."""


class TextChunk(NamedTuple):
    """The next piece of the agent's reply."""

    text: str


class AgentCommand(NamedTuple):
    """A command that an agent offers: a message that begins with ``/`` and its name."""

    name: str
    description: str
    hint: str = ""
    """What may stand behind the name, for a person; empty where nothing does."""


class CommandsUpdate(NamedTuple):
    """The commands that the agent offers from now on, in place of those before."""

    commands: tuple[AgentCommand, ...]


class OtherUpdate(NamedTuple):
    """An update that tellme has no use for: a thought, a plan, a tool call, or a kind of the future."""

    kind: str


Update = TextChunk | CommandsUpdate | OtherUpdate


class PermissionOption(NamedTuple):
    """One of the answers that a person can give."""

    id: str
    name: str
    kind: str
    """``allow_once``, ``allow_always``, ``reject_once``, ``reject_always``, or what else an agent may say."""


class PermissionRequest(NamedTuple):
    """An agent asks the person to choose."""

    session_id: str
    title: str
    options: tuple[PermissionOption, ...]


class NewSession(NamedTuple):
    """What a client says when it opens a session."""

    cwd: str
    history: tuple[Exchange, ...] = ()


class Prompt(NamedTuple):
    """A message to the agent, its content blocks flattened to text."""

    session_id: str
    text: str
    turn: str = ""
    """An id that stays the same when the turn is tried again; empty where the client is not tellme."""


# The client's side: what tellme says to a bot, and how it reads the answers.


def initialize_params(name: str, version: str) -> Json:
    """Build the params of ``initialize``: no file system and no terminal is offered."""
    return {
        "protocolVersion": PROTOCOL_VERSION,
        "clientCapabilities": {"fs": {"readTextFile": False, "writeTextFile": False}, "terminal": False},
        "clientInfo": {"name": name, "version": version},
    }


def read_agent_info(result: object) -> AgentInfo:
    """Read the result of ``initialize``. An agent that does not speak version 1 is an `AcpError`."""
    result = _object(result, "result of initialize")
    version = _integer(result, "protocolVersion")
    if version != PROTOCOL_VERSION:
        raise AcpError(f"speaks version {version} of the protocol, tellme speaks {PROTOCOL_VERSION}")
    capabilities = _optional_object(result, "agentCapabilities")
    info = _optional_object(result, "agentInfo")
    return AgentInfo(
        protocol_version=version,
        load_session=capabilities.get("loadSession") is True,
        resume=isinstance(_optional_object(capabilities, "sessionCapabilities").get("resume"), dict),
        reads_history=_says_it_reads_history(result) or _says_it_reads_history(capabilities),
        name=_optional_string(info, "name"),
        version=_optional_string(info, "version"),
        description=_optional_string(_tellme(result), "description"),
    )


def new_session_params(cwd: str, history: Iterable[Exchange] = ()) -> Json:
    """Build the params of ``session/new``. ``history`` goes only to agents that say they read it."""
    params: Json = {"cwd": cwd, "mcpServers": []}
    past = [{"message": turn.message, "text": turn.text, "status": turn.status} for turn in history]
    return params | {"_meta": {"tellme": {"history": past}}} if past else params


def read_session_id(result: object) -> str:
    """Read the result of ``session/new``."""
    return _string(_object(result, "result of session/new"), "sessionId")


def load_session_params(session_id: str, cwd: str) -> Json:
    """Build the params of ``session/load``."""
    return {"sessionId": session_id, "cwd": cwd, "mcpServers": []}


def resume_session_params(session_id: str, cwd: str) -> Json:
    """Build the params of ``session/resume``."""
    return {"sessionId": session_id, "cwd": cwd, "mcpServers": []}


def prompt_params(session_id: str, text: str, turn: str) -> Json:
    """Build the params of ``session/prompt``."""
    return {
        "sessionId": session_id,
        "prompt": [{"type": "text", "text": text}],
        "_meta": {"tellme": {"turn": turn}},
    }


def read_stop_reason(result: object) -> str:
    """Read the result of ``session/prompt``: one of `STOP_REASONS`."""
    reason = _string(_object(result, "result of session/prompt"), "stopReason")
    if reason not in STOP_REASONS:
        raise AcpError(f"ended the turn for an unknown reason, {reason[:40]!a}")
    return reason


def cancel_params(session_id: str) -> Json:
    """Build the params of ``session/cancel``."""
    return {"sessionId": session_id}


def read_update(params: Json) -> tuple[str, Update]:
    """Read the params of ``session/update``: the session's id and what is new."""
    session_id = _string(params, "sessionId")
    update = _object(params.get("update"), "update")
    kind = _string(update, "sessionUpdate")
    if kind == "available_commands_update":
        return session_id, CommandsUpdate(tuple(_read_commands(_list(update, "availableCommands"))))
    if kind != "agent_message_chunk":
        return session_id, OtherUpdate(kind)
    content = _object(update.get("content"), "content")
    if _string(content, "type") != "text":
        return session_id, OtherUpdate(kind)
    return session_id, TextChunk(_string(content, "text"))


def read_permission_request(params: Json) -> PermissionRequest:
    """Read the params of ``session/request_permission``."""
    title = _optional_string(_object(params.get("toolCall"), "toolCall"), "title")
    options = tuple(_read_option(option) for option in _list(params, "options"))
    return PermissionRequest(_string(params, "sessionId"), title, options)


def permission_selected(option_id: str) -> Json:
    """Build the result of ``session/request_permission``: the person chose."""
    return {"outcome": {"outcome": "selected", "optionId": option_id}}


def permission_cancelled() -> Json:
    """Build the result of ``session/request_permission``: the turn was cancelled, or no person can answer."""
    return {"outcome": {"outcome": "cancelled"}}


# The agent's side: what a bot hears, and how it answers.


def read_initialize(params: Json) -> int:
    """Read the params of ``initialize``: the client's version of the protocol, 0 for the date that old clients send."""
    return 0 if isinstance(params.get("protocolVersion"), str) else _integer(params, "protocolVersion")


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
    history = _tellme(params).get("history")
    if history is None:
        return NewSession(_string(params, "cwd"))
    if not isinstance(history, list):
        raise AcpError("sent a history that is no list")
    return NewSession(_string(params, "cwd"), tuple(_read_exchange(turn) for turn in history))


def new_session_result(session_id: str) -> Json:
    """Build the result of ``session/new``."""
    return {"sessionId": session_id}


def read_prompt(params: Json) -> Prompt:
    """Read the params of ``session/prompt``. Blocks become lines: a link its address, an embedded text itself."""
    text = "\n".join(_flatten(_object(block, "content block")) for block in _list(params, "prompt"))
    return Prompt(_string(params, "sessionId"), text, _optional_string(_tellme(params), "turn"))


def prompt_result(stop_reason: str) -> Json:
    """Build the result of ``session/prompt``."""
    return {"stopReason": stop_reason}


def session_of(params: Json) -> str:
    """Read the id of the session that ``session/cancel``, ``load``, ``resume`` or ``close`` is about."""
    return _string(params, "sessionId")


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


# Fields of strangers.


def _read_option(value: object) -> PermissionOption:
    option = _object(value, "option")
    return PermissionOption(_string(option, "optionId"), _string(option, "name"), _string(option, "kind"))


def _command(command: AgentCommand) -> Json:
    row: Json = {"name": command.name, "description": command.description}
    return row | {"input": {"hint": command.hint}} if command.hint else row


def _read_commands(values: list[object]) -> Iterator[AgentCommand]:
    """Yield those that fit; one that does not costs no other."""
    for value in values:
        try:
            command = _object(value, "command")
            hint = _optional_string(_optional_object(command, "input"), "hint")
            yield AgentCommand(_string(command, "name"), _string(command, "description"), hint)
        except AcpError:
            continue


def _read_exchange(value: object) -> Exchange:
    turn = _object(value, "turn of the history")
    return Exchange(_string(turn, "message"), _string(turn, "text"), _string(turn, "status"))


def _flatten(block: Json) -> str:
    match _string(block, "type"):
        case "text":
            return _string(block, "text")
        case "resource_link":
            return _string(block, "uri")
        case "resource":
            return _string(_object(block.get("resource"), "resource"), "text")
        case kind:
            raise AcpError(f"sent a content block of a kind that was not offered, {kind[:40]!a}")


def _says_it_reads_history(holder: Json) -> bool:
    return _tellme(holder).get("history") is True


def _tellme(holder: Json) -> Json:
    return _optional_object(_optional_object(holder, "_meta"), "tellme")


def _object(value: object, name: str) -> Json:
    if not isinstance(value, dict):
        raise AcpError(f"sent no object as {name}")
    return value


def _optional_object(holder: Json, key: str) -> Json:
    value = holder.get(key)
    return {} if value is None else _object(value, key)


def _list(holder: Json, key: str) -> list[object]:
    value = holder.get(key)
    if not isinstance(value, list):
        raise AcpError(f"sent no list as {key}")
    return value


def _string(holder: Json, key: str) -> str:
    value = holder.get(key)
    if not isinstance(value, str):
        raise AcpError(f"sent no string as {key}")
    return value


def _optional_string(holder: Json, key: str) -> str:
    return "" if holder.get(key) is None else _string(holder, key)


def _integer(holder: Json, key: str) -> int:
    value = holder.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        raise AcpError(f"sent no integer as {key}")
    return value
