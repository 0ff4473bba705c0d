"""Bots of a few lines, with each function as ``def`` and as ``async def``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tellme import Bot

Function = Callable[[Any], Any]


def plain(name: str = "Test") -> Bot:
    """Return a bot that says back what no other function of its takes."""
    bot = Bot(name)
    bot.reply(lambda message: f"heard {message.text}")
    return bot


def asynchronous(function: Function) -> Callable[[Any], Awaitable[Any]]:
    """Return the function as an ``async def`` that awaits what the function returns, where that is to be awaited."""

    async def call(message: Any) -> Any:
        result = function(message)
        return await result if isinstance(result, Awaitable) else result

    return call


def unchanged(function: Function) -> Function:
    return function


BOTH = pytest.mark.parametrize("kind", [unchanged, asynchronous], ids=["def", "async def"])


def replying(kind: Callable[[Function], Any], function: Function) -> Bot:
    bot = Bot("Test")
    bot.reply(kind(function))
    return bot
