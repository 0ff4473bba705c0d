"""The values that the layers hand each other: bots, sessions, turns, replies and what happens to them. No I/O.

They are named tuples rather than dataclasses, because ``tellme ask`` loads this module on its way to the first
answer and ``dataclasses`` alone would cost it 10 ms.
"""

from __future__ import annotations

from enum import StrEnum

from tellme.values import NamedTuple

TYPE_CHECKING = False  # ``typing`` would be loaded for it
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

MAX_MESSAGE_BYTES = 1024 * 1024
"""The longest message, in bytes of UTF-8."""


class BotState(StrEnum):
    """Where a bot's process is in its life."""

    IDLE = "idle"
    STARTING = "starting"
    READY = "ready"
    BUSY = "busy"
    STOPPING = "stopping"
    STOPPED = "stopped"
    BACKOFF = "backoff"
    FAILED = "failed"


class TurnStatus(StrEnum):
    """How a turn ended."""

    ANSWERED = "answered"
    DECLINED = "declined"
    FAILED = "failed"


class RestartLimit(NamedTuple):
    """More than ``max`` crashes within ``within`` seconds make a bot ``failed``."""

    max: int = 10
    within: float = 60.0


class LineRules(NamedTuple):
    """How to tell where an answer of a ``lines`` bot ends. With none of the first three: an answer is one line."""

    prompt: str = ""
    """A regular expression for what the program shows when it waits for its next line; no part of an answer."""
    end: str = ""
    """A regular expression for the line with which an answer ends; no part of it."""
    quiet_s: float | None = None
    """An answer has ended when nothing has come for so long."""
    pty: bool = False
    """Talk to the program on a pseudo-terminal instead of pipes."""


class Grants(NamedTuple):
    """What of the machine an agent may use through tellme; by itself it may do what any program of the person may."""

    folder: str = ""
    """Absolute path: where its sessions work, and the only place whose files are read and written for it."""
    read: bool = False
    write: bool = False
    terminal: bool = False


class BotSpec(NamedTuple):
    """All that is known of a bot before it runs: its manifest, checked."""

    name: str
    id: str
    """The name in lower case, spaces as ``-``: for files, sockets and other programs' registries."""
    kind: str
    """``english``, ``zen``, ``math``, or ``command`` for a program of the user's own."""
    command: tuple[str, ...]
    """Program and arguments, run in ``folder``, no shell. A first word that ends in ``.py`` runs in our interpreter."""
    folder: str
    """Absolute path of the working directory."""
    source: str
    """The file that defined the bot, for messages."""
    description: str = ""
    protocol: str = "acp"
    """``acp`` or ``lines``."""
    aliases: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    """Regular expressions that lead a message here when no session is open."""
    timeout: float = 30.0
    """Seconds for one try of a turn, the bot's start included."""
    memory_bytes: int | None = None
    """The most that any process of the bot may hold resident; ``None`` means no limit."""
    env: Mapping[str, str] = {}
    pass_env: tuple[str, ...] = ()
    retry: bool = False
    """May a turn be sent again after a crash?"""
    restart: RestartLimit = RestartLimit()
    corpus: tuple[str, ...] = ()
    """What a bot of kind ``english`` answers from: names of corpora, absolute paths of files. Empty: its own."""
    keyring: tuple[str, ...] = ()
    """Names of variables whose values come from the system's keyring."""
    sandbox: bool = False
    """Run it in a sandbox, where one is installed: it sees no files but its own and what it needs to run."""
    on_failure: tuple[str, ...] = ()
    """Program and arguments to run when the bot crashes or is given up; empty for none."""
    lines: LineRules = LineRules()
    """For ``protocol = "lines"``."""
    settings: Mapping[str, Any] = {}
    """What the bot itself understands, as JSON can hold it; in its environment as ``TELLME_BOT_SETTINGS``."""
    grants: Grants = Grants()
    asks: tuple[str, ...] | None = None
    """Ids of the bots that it may ask; ``None`` means any, and none for a bot in a sandbox."""
    builtin: bool = False
    """Part of tellme itself; its process may be forked from a warm interpreter instead of started from nothing."""


class BotStatus(NamedTuple):
    """One line of ``tellme list``."""

    name: str
    id: str
    kind: str
    state: BotState
    pid: int | None
    uptime_s: float | None
    restarts: int
    memory_bytes: int | None
    last_exit: str | None
    """How the last process ended (``exited with code 1``, ``was killed by SIGKILL``)."""
    description: str = ""


class BotCommand(NamedTuple):
    """A command that a bot itself offers (``available_commands_update``), for a message that begins with ``/name``."""

    name: str
    description: str
    hint: str = ""
    """What may stand behind the name, for a person; empty where nothing does."""


class Session(NamedTuple):
    """One conversation between a person and a bot. Times are seconds since the epoch."""

    id: str
    bot: str
    """The bot's id."""
    started_at: float
    ended_at: float | None = None
    used_at: float = 0.0
    title: str = ""
    agent_session: str | None = None
    """The id that the bot itself gave to the conversation, for ``session/resume`` and ``session/load``."""
    turns: int = 0


class Turn(NamedTuple):
    """One message and its reply, as kept on disk. ``status`` is ``None`` while the turn is open."""

    id: str
    session: str
    message: str
    sent_at: float
    text: str = ""
    status: TurnStatus | None = None
    error: str | None = None
    attempts: int = 0
    latency_ms: float | None = None


class Timings(NamedTuple):
    """When things happened in a turn, in milliseconds since the message was taken; ``None`` where they did not."""

    sent_ms: float | None = None
    """The last try's message went to the bot's process: before it are the queue and the bot's start."""
    first_ms: float | None = None
    """The first piece of the reply that counts came."""


class TurnRecord(NamedTuple):
    """Everything that is known of a turn."""

    turn: Turn
    bot: str
    """The bot's id."""
    timings: Timings = Timings()
    first_error: str | None = None
    """What became of the first try, where there was a second."""
    replays: int = 0
    """How often a person had it sent again."""


class Exit(NamedTuple):
    """One end of a bot's process, as kept on disk."""

    bot: str
    """The bot's id."""
    at: float
    """Seconds since the epoch."""
    pid: int | None
    """``None`` where it could not even start."""
    code: int | None
    signal: int | None
    reason: str
    """Continues a sentence that begins with the bot's name."""
    crash: bool
    """False where the end was asked for."""
    uptime_s: float | None
    state: BotState
    """Where the bot went from there: ``backoff`` (it is started again), ``failed`` or ``stopped``."""


class BotStats(NamedTuple):
    """What a bot did in a span of time."""

    bot: str
    """The bot's id."""
    turns: int
    answered: int
    declined: int
    failed: int
    p50_ms: float | None
    """The latency that half of the turns that ended kept below; ``None`` where there were none."""
    p99_ms: float | None
    crashes: int
    restarts: int
    series: tuple[StatsBucket, ...] = ()
    """The same span in equal parts, oldest first."""


class StatsBucket(NamedTuple):
    """A part of the span that ``BotStats`` is about."""

    at: float
    """Its begin, in seconds since the epoch."""
    turns: int
    failed: int
    crashes: int
    p50_ms: float | None


class Reply(NamedTuple):
    """How a turn ended, for the person who waited. The last thing that a turn yields."""

    bot: str
    """The bot's name."""
    session: str
    turn: str
    text: str
    status: TurnStatus
    latency_ms: float
    attempts: int
    error: str | None = None
    leaves: bool = False
    """The bot has ended the conversation with this turn."""


class Attachment(NamedTuple):
    """A file that goes with a message."""

    name: str
    uri: str
    mime: str = ""
    text: str | None = None
    """Its content, where that is text and goes along; else only the ``uri`` leads to it."""
    data: str | None = None
    """Its content in base64, where that is no text and goes along."""


class Piece(NamedTuple):
    """The next piece of a reply, cleaned of control sequences."""

    text: str


class Thought(NamedTuple):
    """The next piece of what a bot thinks on its way to a reply, cleaned."""

    text: str


class ToolCall(NamedTuple):
    """Something that a bot does on its way to a reply: all that is known of it by now. Texts are cleaned."""

    id: str
    title: str
    kind: str = "other"
    """``read``, ``edit``, ``delete``, ``move``, ``search``, ``execute``, ``think``, ``fetch`` or ``other``."""
    status: str = "pending"
    """``pending``, ``in_progress``, ``completed`` or ``failed``."""
    text: str = ""
    """What it was given and what came of it, as far as the bot shows that; shortened."""


class PlanEntry(NamedTuple):
    """One step of a plan."""

    text: str
    status: str
    """``pending``, ``in_progress`` or ``completed``."""


class Plan(NamedTuple):
    """What a bot means to do, in place of what it said before."""

    entries: tuple[PlanEntry, ...]


class OptionValue(NamedTuple):
    """A value that an option of a session can have."""

    id: str
    name: str
    description: str = ""


class SessionOption(NamedTuple):
    """Something about a session that a bot lets the person choose: its mode, its model …"""

    id: str
    name: str
    value: str
    """The id of the value that it has."""
    values: tuple[OptionValue, ...]
    description: str = ""


class Retrying(NamedTuple):
    """The bot died: the pieces so far are void, and the turn begins again on a new process."""

    reason: str


class Notice(NamedTuple):
    """Something that the person should know, and that is no part of the reply."""

    text: str


class Option(NamedTuple):
    """One of the ways in which a person can answer a bot's question."""

    id: str
    name: str
    kind: str
    """``allow_once``, ``allow_always``, ``reject_once``, ``reject_always``, or what else a bot may say."""


class Question(NamedTuple):
    """A bot asks the person to choose (``session/request_permission``)."""

    bot: str
    """The bot's name."""
    session: str
    title: str
    options: tuple[Option, ...]


class StateChanged(NamedTuple):
    """A bot went from one state to another; ``reason`` says why where that is not plain."""

    bot: str
    """The bot's id."""
    state: BotState
    reason: str = ""
    at: float = 0.0
    """When, in seconds since the epoch."""


class Spoke(NamedTuple):
    """A bot said something outside a turn."""

    bot: str
    """The bot's id."""
    session: str
    """Empty where the bot speaks in a session that is none of ours."""
    text: str


class CatalogueChanged(NamedTuple):
    """Bots came, changed or went: ids."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


TurnEvent = Piece | Thought | ToolCall | Plan | Retrying | Notice | Reply
"""What a turn yields: any number of the others, then exactly one reply."""

HostEvent = StateChanged | Spoke | Notice | Exit | CatalogueChanged
"""What a host tells whoever watches it."""
