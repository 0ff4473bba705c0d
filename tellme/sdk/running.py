"""Runs a bot on stdin and stdout: chooses its loop, and sets how signals end it."""

from __future__ import annotations

import os
import sys

from tellme.sdk.connection import take_standard_streams

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Callable
    from signal import SIG_DFL, SIGINT, SIGTERM, getsignal, signal
    from typing import Any, NoReturn

    from tellme.sdk import Bot
    from tellme.sdk.connection import Connection

    Loop = Callable[[Bot, Connection, bool], None]
else:  # the module behind ``signal``, without its enums
    from _signal import SIG_DFL, SIGINT, SIGTERM, getsignal, signal

_WRONG_USAGE = 2
_CONFIGURATION_ERROR = 78  # the supervisor does not start such a bot again
_CO_COROUTINE = 0x80
_CO_ASYNC_GENERATOR = 0x200


def run(bot: Bot) -> None:
    """Serve the client until it is gone; a bot that is wrongly made, or started by hand, ends with a word on why."""
    problem = problem_of(bot)
    if problem:
        _leave(problem, _CONFIGURATION_ERROR)
    if os.isatty(0):
        _leave(f"{bot.name} is a bot for tellme, which runs it and talks to it on stdin and stdout.", _WRONG_USAGE)
    # A handler, not SIG_IGN, which the programs that a bot starts would inherit.
    signal(SIGINT, lambda _number, _frame: None)
    loop_of(bot)(bot, take_standard_streams(), bool(bot.stop_hooks) and getsignal(SIGTERM) == SIG_DFL)


def problem_of(bot: Bot) -> str:
    """Return what its author has to change before it can run; empty where nothing is wrong."""
    handlers = _handlers(bot)
    if not handlers:
        return f"{bot.name} has no function that replies: decorate one with @bot.reply."
    hooks = [] if is_async(handlers[0]) else [*bot.start_hooks, *bot.stop_hooks]
    if any(is_async(handler) != is_async(handlers[0]) for handler in (*handlers, *hooks)):
        return f"{bot.name} mixes def and async def; its functions must be one or the other."
    return ""


def loop_of(bot: Bot) -> Loop:
    """Return what serves a connection for the bot, as its functions are; it can be told to end in order at SIGTERM."""
    if is_async(_handlers(bot)[0]):
        from tellme.sdk.concurrent import serve
    else:
        from tellme.sdk.blocking import serve
    return serve


def is_async(handler: Any) -> bool:
    """Tell whether a callable was written as ``async def``."""
    handler = getattr(handler, "func", handler)  # functools.partial
    code = getattr(handler, "__code__", None) or getattr(type(handler).__call__, "__code__", None)
    return bool(getattr(code, "co_flags", 0) & (_CO_COROUTINE | _CO_ASYNC_GENERATOR))


def _handlers(bot: Bot) -> list[Any]:
    others = [handler for _, handler in bot.commands.values()] + [handler for _, handler in bot.phrases.values()]
    return others if bot.handler is None else [bot.handler, *others]


def _leave(message: str, code: int) -> NoReturn:
    os.write(2, f"{message}\n".encode())
    sys.exit(code)
