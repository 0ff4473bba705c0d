"""What to type where ``tellme ask`` got a message and no bot: the bot comes first, and which one that may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tellme.errors import BotNotFound, TellmeError, UsageError
from tellme.host.catalogue import load
from tellme.host.names import bot_id
from tellme.host.routing import route
from tellme.model import BotSpec
from tellme.paths import Paths

MAX_SHOWN = 60
"""Characters of a message that are shown as they are to be typed."""


def explained(error: BotNotFound, words: Sequence[str], environ: Mapping[str, str]) -> UsageError:
    """Return the error for a command line whose first word names no bot, with what to type instead.

    Where the word looks like the name of a bot, that is what is said.
    """
    if error.nearest:
        return error
    try:
        bots = load(Paths.find(environ)).bots
    except TellmeError:
        return error
    message = " ".join(words).strip()
    first, _, rest = message.partition(" ")
    named = bots.get(bot_id(first.rstrip(",:")))
    text = rest.strip() if named else message
    bot = named or route(text, bots.values())
    if bot is None and not rest:
        return error
    example = _typed(bot, text)
    return UsageError(
        f"There is no bot named {error.name!r}. A bot comes first: '{example}'. 'tellme list' shows all of them."
    )


def _typed(bot: BotSpec | None, text: str) -> str:
    name = "BOT" if bot is None else f'"{bot.name}"' if " " in bot.name else bot.name
    is_plain = 0 < len(text) <= MAX_SHOWN and text.isprintable() and not set(text) & set("\"$`\\!'")
    return f'tellme ask {name} "{text}"' if is_plain else f"tellme ask {name} TEXT"
