"""For authors of bots who test them: `talk_to` runs a bot and talks with it as tellme does, protocol and all.

Promise: nothing waits for ever, and what goes wrong is an ``AssertionError`` that says what the bot's log says. With
pytest the same function is a fixture, ``talk_to``; pytest itself is not needed.
"""

from __future__ import annotations

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from os import PathLike
    from typing import Any

    from tellme.sdk import Bot
    from tellme.testing.chat import Chat, Reply

__all__ = ["Chat", "Reply", "talk_to"]

PATIENCE_S = 10.0


def talk_to(
    bot: Bot | str | PathLike[str],
    *,
    answers: Mapping[str, str | Callable[[str], str]] | None = None,
    settings: Mapping[str, Any] | None = None,
    data: str | PathLike[str] | None = None,
    timeout: float = PATIENCE_S,
) -> Chat:
    """Open a conversation with a bot; use it in a ``with``, which ends it.

    ``bot`` is a `Bot`, which runs in a thread of this process, or the path of its program, or of the folder of its
    ``bot.toml``, which runs as a process of its own. ``answers`` stand for the other bots that it asks, by name;
    ``settings`` are what its manifest would give it; ``data`` is its folder, a new one where none is named; ``timeout``
    is how many seconds a reply may take.
    """
    from tellme.testing.chat import Chat

    return Chat(bot, answers or {}, settings, data, timeout)


def __getattr__(name: str) -> object:
    if name in __all__:
        from tellme.testing import chat

        return getattr(chat, name)
    raise AttributeError(f"module 'tellme.testing' has no attribute {name!r}")
