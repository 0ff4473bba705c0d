"""A live connection to one process of a bot, in the terms of a turn, whatever protocol the bot speaks.

``AcpLink`` (``acp_link.py``), ``LinesLink`` (``lines_link.py``) and ``ReplLink`` (``repl_link.py``) are the kinds. A
link belongs to one process: its ids, open requests and sessions end with it, and the end fails whatever was open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tellme.values import NamedTuple, Protocol

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from tellme.model import Attachment, Plan, Question, SessionOption, ToolCall
    from tellme.supervisor.sessions import Sessions
    from tellme.wire.acp import AgentInfo, Exchange
    from tellme.wire.delegating import Answer, Ask
    from tellme.wire.jsonrpc import ErrorResponse


TakeBack = Callable[[], None]
"""What takes a question back for the bot, whose answer counts no more; harmless once it is answered."""


class Died(Exception):
    """The process of a bot ended, or could not start, while something was waited for.

    ``reason`` continues a sentence that begins with the bot's name. ``final`` means that another try is pointless now.
    """

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final


class Refused(Exception):
    """The bot lives, and answered a request with an error or with something that does not fit.

    ``error`` is the JSON-RPC error as it came, where it was one.
    """

    def __init__(self, reason: str, error: ErrorResponse | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.error = error


class Forgotten(Refused):
    """The bot does not know the session that it was asked in, and has done nothing with what it was asked."""


class Abilities(NamedTuple):
    """What a bot said it can do with a conversation that another process of it began."""

    resume: bool = False
    load: bool = False
    history: bool = False
    told: bool = True
    """It can be told of the conversation at all, if need be in the words of a message."""


class TurnListener(Protocol):
    """Who is told what comes in while a prompt is open, in the order in which it comes."""

    def piece(self, text: str) -> None:
        """Take the next piece of the reply, as the bot wrote it."""

    def thought(self, text: str) -> None:
        """Take the next piece of what the bot thinks; cleaned, and bounded in a turn."""

    def tool(self, call: ToolCall) -> None:
        """Take all that is known by now of something that the bot does; cleaned, and bounded in a turn."""

    def plan(self, plan: Plan) -> None:
        """Take what the bot means to do, in place of what it said before; cleaned, and bounded in a turn."""

    def question(self, question: Question, answer: Callable[[str | None], None]) -> TakeBack | None:
        """Take a question of the bot; ``answer`` must be called once, with an option's id or ``None``."""

    def delegated(self, ask: Ask, answer: Callable[[Answer | str], None]) -> TakeBack | None:
        """Take a question of the bot to another; ``answer`` must be called once, a string says why there is none."""

    def leaving(self) -> None:
        """The bot ends the conversation with this prompt. Called before ``stopped``."""

    def stopped(self, outcome: str | Died | Refused) -> None:
        """The prompt is over, with a stop reason of the protocol or without one. Called once, last."""


class Link(Protocol):
    """What the host needs of a connection, in every protocol."""

    abilities: Abilities
    agent: AgentInfo | None
    """What the bot said of itself when it was initialized, where the protocol has that."""
    sessions: Sessions
    """The conversations that this process knows."""

    @property
    def heard(self) -> int:
        """How many messages that follow the protocol have come."""

    @property
    def doubt(self) -> str:
        """What may be wrong with a program that does not answer in time; continues the sentence that says so."""

    def feed(self, data: bytes) -> None:
        """Take bytes from the bot's stdout."""

    def fail(self, reason: str, *, final: bool = False) -> None:
        """End the connection: everything open raises ``Died(reason)``."""

    def leave(self, name: str) -> bool:
        """The process has ended by itself with code 0: return whether that ended an open turn, which it then did."""

    async def initialize(self) -> None:
        """Agree on the protocol. Raises ``Died`` or ``Refused``."""

    async def new_session(self, history: Sequence[Exchange], session: str) -> str:
        """Begin a conversation, ours with the id ``session``, and return the bot's id for it."""

    async def resume_session(self, agent_session: str) -> None:
        """Continue a conversation that the bot itself kept, silently."""

    async def load_session(self, agent_session: str) -> None:
        """Continue a conversation that the bot itself kept; what it replays is not shown."""

    def prompt(
        self, agent_session: str, text: str, turn: str, listener: TurnListener, attachments: Sequence[Attachment] = ()
    ) -> None:
        """Send a message; ``listener`` hears what comes of it, and at its end ``Forgotten`` if the bot has to be given
        the session anew.
        """

    def cancel(self, agent_session: str) -> None:
        """Ask the bot to end the open prompt."""

    def options(self, agent_session: str) -> tuple[SessionOption, ...]:
        """Return what the bot lets the person choose in a session, with the values as they are."""

    async def set_option(self, agent_session: str, option: str, value: str) -> None:
        """Choose. Raises ``Refused``, also where there is no such option or value, or ``Died``."""

    def close_session(self, ours: str) -> None:
        """Our session has ended: forget it, and have the bot let go of what it holds for it. Waits for nothing."""

    def ping(self, answered: Callable[[], None]) -> None:
        """Ask for a sign of life, where the protocol has a way to. ``answered`` hears of the answer, whatever it is."""
