"""One line of input → a command or a message, the same for every surface. Pure.

``COMMANDS`` is the one list of commands: the grammar, help and completion all come from it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from tellme.nearest import nearest

ADDRESS = "@tellme"
"""Before a command it is the same as ``/``; before anything else it makes a message of what follows."""


class Usage(NamedTuple):
    """A command as people are told of it."""

    name: str
    argument: str
    """``NAME`` where one is needed, ``[NAME]`` where one may stand, else empty."""
    help: str
    bare: bool = False
    """Is it a command without ``/`` too, where it is the whole line?"""

    @property
    def form(self) -> str:
        """The command as it is typed."""
        return f"{'' if self.bare else '/'}{self.name} {self.argument}".rstrip()

    @property
    def needs_argument(self) -> bool:
        return self.argument != "" and not self.argument.startswith("[")


COMMANDS = (
    Usage("list", "", "Show the bots and how they are.", bare=True),
    Usage("start_session", "NAME", "Open a session with a bot; what you type then goes to it.", bare=True),
    Usage("end_session", "[ID]", "End this session, or the one named.", bare=True),
    Usage("help", "", "Show what can be typed here.", bare=True),
    Usage("new", "", "Begin a new session with this bot."),
    Usage("sessions", "[TEXT]", "Show past sessions, or those that hold a text."),
    Usage("resume", "[ID]", "Go on with another session: the one used last, or the one named."),
    Usage("rename", "TITLE", "Give this session a title."),
    Usage("export", "[FILE]", "Show this session, or write it to a new FILE: Markdown, or JSON for .json."),
    Usage("set", "[NAME VALUE]", "Show what can be set in this session, its mode for one, or set it."),
    Usage("attach", "[FILE]", "Send a file along with the next message; '-' takes back those that are to go."),
    Usage("again", "", "Send the last message again."),
    Usage("failed", "", "Show the turns that failed, with the reason."),
    Usage("retry", "[ID]", "Send a failed turn again: the last one of this session, or the one named."),
    Usage("show", "ID", "Show everything about a turn, with its timings."),
    Usage("stats", "", "Show what the bots did: turns, latency, crashes."),
    Usage("bot", "[NAME]", "Show what a bot is and how it is."),
    Usage("logs", "[NAME]", "Show the log of a bot."),
    Usage("restart", "[NAME]", "End a bot's process and start it again."),
    Usage("stop", "[NAME]", "End a bot's process until it is needed again."),
    Usage("start", "[NAME]", "Start a bot's process."),
    Usage("clear", "", "Clear the screen."),
    Usage("quit", "", "Leave."),
)

_BY_NAME = {usage.name: usage for usage in COMMANDS}


class Command(NamedTuple):
    """The person wants something of tellme; ``name`` is one of ``COMMANDS``."""

    name: str
    argument: str = ""


class Say(NamedTuple):
    """A message for a bot."""

    text: str


class Nothing(NamedTuple):
    """A blank line."""


class SayToBot(NamedTuple):
    """A message for the bot last spoken to, which offers the command that it begins with."""

    text: str


class Unknown(NamedTuple):
    """A command that there is not, and those that look like it, best first."""

    name: str
    nearest: tuple[str, ...]


class Misused(NamedTuple):
    """A command whose argument is missing, or that takes none; ``form`` is how it is typed."""

    name: str
    form: str


Line = Command | Say | SayToBot | Nothing | Unknown | Misused


def usages(commands: Iterable[tuple[str, str, str]]) -> tuple[Usage, ...]:
    """Return the commands that a bot offers (name, description, hint), as people are told of them.

    Names in use already are left out, whatever their case: ``/LIST`` is tellme's ``list``.
    """
    own = set(_BY_NAME)
    found = []
    for name, description, hint in commands:
        if name.lower() not in own:
            own.add(name.lower())
            found.append(Usage(name, hint, description))
    return tuple(found)


def may_be_offered(line: str, parsed: Line) -> bool:
    """Tell whether a line could mean a command of the bot's own."""
    return isinstance(parsed, Unknown) or (isinstance(parsed, Say) and line.strip().lower().startswith(ADDRESS))


def parse(line: str, offered: Collection[Usage] = ()) -> Line:
    """Understand one line; commands may be in any case, and white space round them does not count.

    ``offered`` are the commands of the bot last spoken to.
    """
    text = line.strip()
    if not text:
        return Nothing()
    if text.startswith("/"):
        return _command(text[1:], offered)
    address, rest = _split(text)
    if address.lower().rstrip(",:") == ADDRESS:
        return _addressed(rest, offered)
    return _bare(text) or Say(line.rstrip("\r\n"))


def complete(text: str, bots: Iterable[str] = (), offered: Iterable[Usage] = ()) -> tuple[str, ...]:
    """Return the commands that ``text``, the start of a line, can become, as they are typed.

    After a command that is about a bot these are the command with each of the ``bots`` that fit. ``offered`` are the
    commands of the bot last spoken to.
    """
    slash = "/" if text.startswith("/") else ""
    start, space, argument = text.removeprefix("/").partition(" ")
    known = [usage for usage in (*COMMANDS, *offered) if slash or usage.bare]
    if not space:
        names = (usage.name for usage in known if usage.name.casefold().startswith(start.casefold()))
        return tuple(slash + name for name in names) if text else ()
    if not any(usage.name == start.lower() and usage.argument.strip("[]") == "NAME" for usage in known):
        return ()
    fitting = (bot for bot in bots if bot.casefold().startswith(argument.lstrip().casefold()))
    return tuple(f"{slash}{start} {bot}" for bot in fitting)


def _command(text: str, offered: Collection[Usage] = ()) -> Line:
    name, argument = _split(text)
    usage = _BY_NAME.get(name.lower())
    if usage is None:
        names = [usage.name for usage in offered]
        known = next((each for each in names if each.casefold() == name.casefold()), None)
        if known is not None:
            return SayToBot(f"/{known} {argument}".rstrip())
        return Unknown(name, nearest(name, [*_BY_NAME, *names]))
    argument = _unquoted(argument)
    if (usage.needs_argument and not argument) or (argument and not usage.argument):
        return Misused(usage.name, usage.form)
    return Command(usage.name, argument)


def _addressed(text: str, offered: Collection[Usage]) -> Line:
    """Understand what follows ``@tellme``: a command in either form, else a message."""
    if not text:
        return Command("help")
    line = _command(text.removeprefix("/"), offered)
    is_message = isinstance(line, Unknown) or (isinstance(line, Misused) and not _BY_NAME[line.name].argument)
    return Say(text) if is_message else line


def _bare(text: str) -> Line | None:
    """Understand one of the commands that need no ``/``; ``None`` if it is a message that begins like one."""
    name, argument = _split(text)
    usage = _BY_NAME.get(name.lower())
    if usage is None or not usage.bare or "\n" in text:
        return None
    return _command(text) if usage.needs_argument or not argument else None


def _split(text: str) -> tuple[str, str]:
    name, *rest = re.split(r"\s+", text, maxsplit=1)
    return name, "".join(rest).strip()


def _unquoted(argument: str) -> str:
    if len(argument) > 1 and argument[0] == argument[-1] and argument[0] in "\"'":
        return argument[1:-1].strip()
    return argument
