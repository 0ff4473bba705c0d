"""Which of an author's functions a message is for: a command, a phrase, the one that replies, or help."""

from __future__ import annotations

from tellme.sdk.message import Decline
from tellme.wire.moments import CANCEL, GREET, HELP, SPECIAL

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

    from tellme.sdk import Bot, Handler
    from tellme.sdk.message import Message

    Understood = tuple[Handler, str, bool]
    """The function for a message, the text as it takes that, and whether the conversation ends with it."""

_MAX_CLOSE_CHARS = 200
"""Only what is about as long as a phrase can be one with typos in it."""


def understand(bot: Bot, text: str) -> Understood:
    """Return the function that a message is for."""
    name, rest = _split_command(text)
    if name in bot.commands:
        return bot.commands[name][1], rest, False
    found = (bot.phrases.get(key(text)) or _close(bot, text)) if bot.phrases else None
    if found is not None:
        phrases, handler = found
        return handler, text, CANCEL in map(key, phrases)
    if bot.handler is not None:
        return bot.handler, text, False
    help = bot.phrases.get(HELP)
    return help[1] if help else _explain(bot), text, False


def greeting(bot: Bot) -> Understood | None:
    """Return what is to be called when a conversation opens."""
    found = bot.phrases.get(GREET)
    return None if found is None else (found[1], "", False)


def key(text: str) -> str:
    """Return what is left of a phrase without case, punctuation and blanks, where anything is."""
    return "".join(letter for letter in text.casefold() if letter.isalnum()) or text.strip()


def _close(bot: Bot, text: str) -> tuple[tuple[str, ...], Handler] | None:
    # What ends a conversation is to be said as a whole, not found in a longer sentence.
    phrases = {given: _ordinary(given) for given, _ in bot.phrases.values() if CANCEL not in map(key, given)}
    if not any(phrases.values()) or len(text) > _MAX_CLOSE_CHARS:
        return None
    from tellme.matching import best

    found = best(text, phrases)
    return None if found is None else bot.phrases[key(found[0])]


def _ordinary(phrases: Sequence[str]) -> tuple[str, ...]:
    """Leave out the special ones: they are what they are, or nothing."""
    return tuple(phrase for phrase in phrases if key(phrase) not in SPECIAL)


def _split_command(text: str) -> tuple[str, str]:
    """Return the name of the command that a message begins with, if it may be one, and what follows."""
    if not text.startswith("/") or not text[1:2].strip():
        return "", ""
    name, *rest = text[1:].split(None, 1)
    return name, "".join(rest).rstrip()


def _explain(bot: Bot) -> Handler:
    def decline(message: Message) -> NoReturn:
        given = dict.fromkeys(phrases for phrases, _ in bot.phrases.values())
        said = [phrase for phrases in given for phrase in _ordinary(phrases)[:1]]
        offers = [f"“{phrase}”" for phrase in said] + [f"/{name}" for name in bot.commands]
        raise Decline(f"I did not understand that. What I do understand: {', '.join(offers) or 'nothing yet'}.")

    return decline
