"""What the line in the prompt can become: commands, names of bots, ids of sessions. Pure.

The promise: whatever is offered is understood by ``shell.parse`` as a command, or still lacks only its argument.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tellme import shell

_ADDRESS = re.compile(rf"\s*(?:{shell.ADDRESS}[,:]?\s+)?", re.IGNORECASE)

_USAGES = {usage.name: usage for usage in shell.COMMANDS}


class Completion(NamedTuple):
    """One of the ways to go on."""

    text: str
    """All that then stands before the cursor."""
    label: str
    help: str = ""
    is_optional: bool = False
    """Is the line understood as it stands too, because it holds enough of this?"""

    def is_said_by(self, head: str) -> bool:
        """Does the text before the cursor say all of it already?"""
        return self.text.strip().lower() == head.strip().lower()


def complete(
    head: str,
    bots: Iterable[str] = (),
    sessions: Iterable[tuple[str, str]] = (),
    offered: Sequence[shell.Usage] = (),
    *,
    asked: bool = False,
) -> tuple[Completion, ...]:
    """Return what ``head``, the text before the cursor, can become, best first.

    Unless ``asked``, words that may well begin a message are left alone: only ``/``, ``@tellme`` and the argument of
    a command are completed. ``offered`` are the commands of the bot last spoken to.
    """
    matched = _ADDRESS.match(head)
    address = matched[0] if matched else ""
    line = head[len(address) :]
    name, space, argument = line.partition(" ")
    found: tuple[Completion, ...] = ()
    if space and "\n" not in head:
        found = _arguments(address, name, argument.lstrip(" \"'"), bots, sessions)
    elif "\n" not in head and (asked or address.strip() or line.startswith("/")):
        found = _commands(address, name, () if address.strip() else offered)
    is_there = len(found) == 1 and found[0].is_said_by(head)
    return () if is_there and (not asked or found[0].text == head) else found


def common_start(found: Iterable[Completion]) -> str:
    """Return what all of them begin with."""
    texts = [each.text for each in found]
    first, last = min(texts), max(texts)
    same = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(letter for letter, _ in same)


def _commands(address: str, name: str, offered: Sequence[shell.Usage]) -> tuple[Completion, ...]:
    added = "/" if address.strip() and not name.startswith("/") else ""  # after @tellme every command may stand bare
    names = [each.removeprefix(added) for each in shell.complete(added + name, offered=offered)]
    known = _USAGES | {usage.name: usage for usage in offered}
    usages = [known[each.removeprefix("/")] for each in names]
    return tuple(
        Completion(f"{address}{each} " if usage.argument else address + each, f"{each} {usage.argument}", usage.help)
        for each, usage in zip(names, usages, strict=True)
    )


def _arguments(
    address: str, name: str, argument: str, bots: Iterable[str], sessions: Iterable[tuple[str, str]]
) -> tuple[Completion, ...]:
    usage = _USAGES.get(name.removeprefix("/").lower())
    if usage is None or not (name.startswith("/") or address.strip() or (usage.bare and usage.needs_argument)):
        return ()
    start, wanted = f"{address}{name} ", argument.strip().lower()
    if "NAME" in usage.argument:
        matching = sorted((bot for bot in bots if wanted in bot.lower()), key=lambda bot: _rank(bot, wanted))
        return tuple(Completion(start + bot, bot) for bot in matching)
    if "ID" in usage.argument:
        return tuple(
            Completion(start + session, session, title, is_optional=session.lower().startswith(wanted))
            for session, title in sessions
            if session.lower().startswith(wanted) or wanted in title.lower()
        )
    return ()


def _rank(name: str, wanted: str) -> bool:
    return not name.lower().startswith(wanted)
