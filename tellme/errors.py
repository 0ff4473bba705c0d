"""What can go wrong, as people and programs see it.

TellmeError
├── UsageError            the caller asked for something that cannot be: exit code 2
│   ├── BotNotFound       no bot of that name
│   ├── SessionNotFound   no session of that id
│   ├── TurnNotFound      no turn of that id
│   └── ConfigError       config.toml or bot.toml: file, line or key
├── StoreError            a message or reply cannot be kept: exit code 3
├── Stopping              the host is about to end and takes no new turns: exit code 3
└── HostGone              the host on the other end of a connection is not there any more: exit code 3

A bot that fails is no error here but a way in which a turn ends: ``Reply.status`` and ``Reply.error`` say so.
The text of an error is one line for a person: what is wrong, which bot or file, what to do.
Errors below the host that no person meets directly live where they are raised (``supervisor``, ``wire``).
"""

from __future__ import annotations

from collections.abc import Sequence


class TellmeError(Exception):
    """Root of all that tellme raises; ``exit_code`` is what a command line ends with."""

    exit_code = 3


class UsageError(TellmeError):
    """The request itself is wrong; nothing was done."""

    exit_code = 2


class BotNotFound(UsageError):
    """No bot has this name. ``nearest`` holds up to three names that look like it, best first."""

    def __init__(self, name: str, nearest: Sequence[str] = ()) -> None:
        self.name = name
        self.nearest = tuple(nearest)
        hint = f" Did you mean {' or '.join(self.nearest)}?" if nearest else ""
        super().__init__(f"There is no bot named {name!r}.{hint} 'tellme list' shows all of them.")


class SessionNotFound(UsageError):
    """No session, or more than one, begins with this id."""


class TurnNotFound(UsageError):
    """No turn, or more than one, begins with this id."""


class ConfigError(UsageError):
    """A configuration file is wrong. ``file`` is its path; ``where`` a line (``line 3``) or a key
    (``bots.Wall-E.timeout``).
    """

    def __init__(self, file: str, where: str, problem: str) -> None:
        self.file = file
        self.where = where
        self.problem = problem
        place = f"{file}: {where}" if where else file
        super().__init__(f"{place}: {problem}")


class StoreError(TellmeError):
    """Something cannot be kept or read; the text names the file and the reason."""


class Stopping(TellmeError):
    """The host takes no new turns, because it is about to end."""


class HostGone(TellmeError):
    """The connection to a host that runs elsewhere has ended."""
