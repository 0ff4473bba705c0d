"""The messages of the Agent Client Protocol, version 1, that tellme uses: their params and results, built and read.

Promise: every field that comes from the other side is type checked; what does not fit is an `AcpError`, nothing else is
ever raised, and fields or kinds of update that are not known do no harm. What tellme adds stands in ``_meta.tellme``.
"""

from __future__ import annotations

from tellme.values import NamedTuple
from tellme.wire.fields import (
    AcpError,
    Json,
    integer_of,
    list_of,
    object_of,
    optional_object,
    optional_string,
    own_meta,
    string_of,
)

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TypeAlias

    from tellme.model import Attachment
    from tellme.wire.updates import MoreUpdate

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
CREATE_ELICITATION = "elicitation/create"
CANCEL_REQUEST = "$/cancel_request"

ASK = "_tellme/ask"
"""An extension of ours, by its underscore: see ``delegating``."""
PING = "_tellme/ping"
"""Another one, that no agent need know: the error for it is a sign of life too."""

RESOURCE_NOT_FOUND = -32002
AUTH_REQUIRED = -32000
REQUEST_CANCELLED = -32800

END_TURN = "end_turn"
REFUSAL = "refusal"
CANCELLED = "cancelled"
STOP_REASONS = frozenset({END_TURN, "max_tokens", "max_turn_requests", REFUSAL, CANCELLED})


class Exchange(NamedTuple):
    """One turn that is over."""

    message: str
    text: str
    """The reply, as far as it came."""
    status: str
    """``answered``, ``declined`` or ``failed``."""


class AuthMethod(NamedTuple):
    """A way to log in that an agent offers."""

    id: str
    name: str
    description: str = ""
    kind: str = "agent"
    """``terminal``: by running it with ``args`` added; ``env_var``: by variables; ``agent``: it does so itself."""
    args: tuple[str, ...] = ()


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
    title: str = ""
    close: bool = False
    lists: bool = False
    """It can say which sessions it has kept."""
    embedded_context: bool = False
    """A prompt may hold the text of a file."""
    images: bool = False
    audio: bool = False
    auth_methods: tuple[AuthMethod, ...] = ()


class TextChunk(NamedTuple):
    """The next piece of the agent's reply; of what is no text, a mark."""

    text: str
    message: str = ""
    """The id of the message that it is a piece of, where the agent gives its messages any."""


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
    """An update that tellme has no use for: what the person said, what was used, or a kind of the future."""

    kind: str


Update: TypeAlias = "TextChunk | CommandsUpdate | OtherUpdate | MoreUpdate"


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


# The client's side: what tellme says to a bot, and how it reads the answers.


def initialize_params(
    name: str, version: str, *, read: bool = False, write: bool = False, terminal: bool = False, forms: bool = False
) -> Json:
    """Build the params of ``initialize``: which files and commands are offered, and whether questions are."""
    capabilities: Json = {"fs": {"readTextFile": read, "writeTextFile": write}, "terminal": terminal}
    if forms:
        capabilities |= {"elicitation": {"form": {}}, "session": {"configOptions": {"boolean": {}}}}
    return {
        "protocolVersion": PROTOCOL_VERSION,
        "clientCapabilities": capabilities,
        "clientInfo": {"name": name, "version": version},
    }


def read_agent_info(result: object) -> AgentInfo:
    """Read the result of ``initialize``. An agent that does not speak version 1 is an `AcpError`."""
    result = object_of(result, "result of initialize")
    version = integer_of(result, "protocolVersion")
    if version != PROTOCOL_VERSION:
        raise AcpError(f"speaks version {version} of the protocol, tellme speaks {PROTOCOL_VERSION}")
    capabilities = optional_object(result, "agentCapabilities")
    info = optional_object(result, "agentInfo")
    sessions = optional_object(capabilities, "sessionCapabilities")
    prompts = optional_object(capabilities, "promptCapabilities")
    return AgentInfo(
        protocol_version=version,
        load_session=capabilities.get("loadSession") is True,
        resume=isinstance(sessions.get("resume"), dict),
        reads_history=_says_it_reads_history(result) or _says_it_reads_history(capabilities),
        name=optional_string(info, "name"),
        version=optional_string(info, "version"),
        description=optional_string(own_meta(result), "description"),
        title=optional_string(info, "title"),
        close=isinstance(sessions.get("close"), dict),
        lists=isinstance(sessions.get("list"), dict),
        embedded_context=prompts.get("embeddedContext") is True,
        images=prompts.get("image") is True,
        audio=prompts.get("audio") is True,
        auth_methods=tuple(_read_auth_methods(result.get("authMethods"))),
    )


def new_session_params(cwd: str, history: Iterable[Exchange] = (), session: str = "") -> Json:
    """Build the params of ``session/new``. ``history`` goes only to agents that say they read it; ``session`` is our
    own id of the conversation, which stays the same when the bot's process is another.
    """
    past = [{"message": turn.message, "text": turn.text, "status": turn.status} for turn in history]
    told = ({"session": session} if session else {}) | ({"history": past} if past else {})
    params: Json = {"cwd": cwd, "mcpServers": []}
    return params | {"_meta": {"tellme": told}} if told else params


def read_session_id(result: object) -> str:
    """Read the result of ``session/new``."""
    return string_of(object_of(result, "result of session/new"), "sessionId")


def load_session_params(session_id: str, cwd: str) -> Json:
    """Build the params of ``session/load``."""
    return {"sessionId": session_id, "cwd": cwd, "mcpServers": []}


def resume_session_params(session_id: str, cwd: str) -> Json:
    """Build the params of ``session/resume``."""
    return {"sessionId": session_id, "cwd": cwd, "mcpServers": []}


def prompt_params(
    session_id: str, text: str, turn: str, attachments: Sequence[Attachment] = (), agent: AgentInfo | None = None
) -> Json:
    """Build the params of ``session/prompt``. To an ``agent`` that is given, what it cannot take goes as a link."""
    prompt: list[Json] = [{"type": "text", "text": text}, *(_block(each, agent) for each in attachments)]
    return {"sessionId": session_id, "prompt": prompt, "_meta": {"tellme": {"turn": turn}}}


def read_stop_reason(result: object) -> str:
    """Read the result of ``session/prompt``: one of `STOP_REASONS`."""
    reason = string_of(object_of(result, "result of session/prompt"), "stopReason")
    if reason not in STOP_REASONS:
        raise AcpError(f"ended the turn for an unknown reason, {reason[:40]!a}")
    return reason


def read_leaves(result: object) -> bool:
    """Say whether the result of ``session/prompt`` ends the conversation: a word of tellme's own."""
    try:
        return own_meta(object_of(result, "result")).get("leaves") is True
    except AcpError:
        return False


def cancel_params(session_id: str) -> Json:
    """Build the params of ``session/cancel``."""
    return {"sessionId": session_id}


def close_session_params(session_id: str) -> Json:
    """Build the params of ``session/close``."""
    return {"sessionId": session_id}


def cancel_request_params(request_id: int | str) -> Json:
    """Build the params of ``$/cancel_request``."""
    return {"requestId": request_id}


def read_cancel_request(params: Json) -> int | str | None:
    """Read the params of ``$/cancel_request``; ``None`` where they name no request."""
    number = params.get("requestId")
    return number if isinstance(number, (int, str)) and not isinstance(number, bool) else None


def read_update(params: Json) -> tuple[str, Update]:
    """Read the params of ``session/update``: the session's id and what is new."""
    session_id = string_of(params, "sessionId")
    update = object_of(params.get("update"), "update")
    kind = string_of(update, "sessionUpdate")
    if kind == "available_commands_update":
        return session_id, CommandsUpdate(tuple(_read_commands(list_of(update, "availableCommands"))))
    if kind == "agent_message_chunk":
        return session_id, _read_chunk(update)
    from tellme.wire.updates import read_more  # most bots send none of these

    return session_id, read_more(kind, update) or OtherUpdate(kind)


def read_permission_request(params: Json) -> PermissionRequest:
    """Read the params of ``session/request_permission``."""
    title = optional_string(object_of(params.get("toolCall"), "toolCall"), "title")
    options = tuple(_read_option(option) for option in list_of(params, "options"))
    return PermissionRequest(string_of(params, "sessionId"), title, options)


def permission_selected(option_id: str) -> Json:
    """Build the result of ``session/request_permission``: the person chose."""
    return {"outcome": {"outcome": "selected", "optionId": option_id}}


def permission_cancelled() -> Json:
    """Build the result of ``session/request_permission``: the turn was cancelled, or no person can answer."""
    return {"outcome": {"outcome": "cancelled"}}


def _block(attachment: Attachment, agent: AgentInfo | None) -> Json:
    from tellme.wire.attaching import block_of

    if agent is not None and not _takes(agent, attachment):
        if not attachment.uri and attachment.text is not None:
            return {"type": "text", "text": attachment.text}
        attachment = attachment._replace(text=None, data=None)
    return block_of(attachment)


def _takes(agent: AgentInfo, attachment: Attachment) -> bool:
    """Every agent takes links."""
    kind = attachment.mime.partition("/")[0] if attachment.data is not None else ""
    if kind in ("image", "audio"):
        return agent.images if kind == "image" else agent.audio
    return agent.embedded_context or (attachment.text is None and attachment.data is None)


# Fields of strangers.


def _read_chunk(update: Json) -> TextChunk:
    content = object_of(update.get("content"), "content")
    message = update.get("messageId")
    of = message if isinstance(message, str) else ""
    if string_of(content, "type") == "text":
        return TextChunk(string_of(content, "text"), of)
    from tellme.wire.content import text_of

    return TextChunk(text_of(content), of)


def _read_auth_methods(values: object) -> Iterator[AuthMethod]:
    """Yield those that fit; one that does not costs no other."""
    for value in values if isinstance(values, list) else ():
        try:
            method = object_of(value, "method")
            args = method.get("args")
            yield AuthMethod(
                string_of(method, "id"),
                string_of(method, "name"),
                optional_string(method, "description"),
                optional_string(method, "type") or "agent",
                tuple(each for each in args if isinstance(each, str)) if isinstance(args, list) else (),
            )
        except AcpError:
            continue


def _read_option(value: object) -> PermissionOption:
    option = object_of(value, "option")
    return PermissionOption(string_of(option, "optionId"), string_of(option, "name"), string_of(option, "kind"))


def _read_commands(values: list[object]) -> Iterator[AgentCommand]:
    """Yield those that fit; one that does not costs no other."""
    for value in values:
        try:
            command = object_of(value, "command")
            hint = optional_string(optional_object(command, "input"), "hint")
            yield AgentCommand(string_of(command, "name"), string_of(command, "description"), hint)
        except AcpError:
            continue


def _says_it_reads_history(holder: Json) -> bool:
    return own_meta(holder).get("history") is True
