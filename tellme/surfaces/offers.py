"""What a typed line means where the bot last spoken to has commands of its own. For every surface."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from tellme import shell
from tellme.model import BotCommand, Session

Commands = Callable[[Session], Awaitable[Sequence[BotCommand] | None]]
"""``Host.commands``."""


async def understand(line: str, session: Session | None, commands: Commands) -> shell.Line:
    """Parse a line; only for what may be a command that tellme does not have is the bot of ``session`` asked.

    Where it cannot be asked, the line goes to it as a message: its turn then says what is wrong with the bot.
    """
    parsed = shell.parse(line)
    if session is None or not shell.may_be_offered(line, parsed):
        return parsed
    offered = await commands(session)
    if offered is None:
        is_the_bots = isinstance(parsed, shell.Unknown) and not parsed.nearest
        return shell.SayToBot(line.strip()) if is_the_bots else parsed
    return shell.parse(line, shell.usages(offered))
