"""The commands that make the bots part of other programs: as agents (ACP), and as tools (MCP)."""

from __future__ import annotations

import os
from functools import partial
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from tellme.cli.completion import bot_names
from tellme.cli.parameters import Call

PRINT_CONFIG = "--print-config"

commands = typer.Typer()


class PrintingCommand(TyperCommand):
    """Takes its option without a value, too, where nothing or another option follows: Typer has no such option."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        ours = args[: args.index("--")] if "--" in args else args
        at = ours.index(PRINT_CONFIG) if PRINT_CONFIG in ours else None
        if at is not None and (at + 1 == len(ours) or ours[at + 1].startswith("-")):
            args = [*args[:at], f"{PRINT_CONFIG}=generic", *args[at + 1 :]]
        return super().parse_args(ctx, args)


@commands.command(
    cls=PrintingCommand,
    epilog="Examples:  tellme acp  |  tellme acp Math  |  tellme acp --print-config zed Math",
)
def acp(
    bot: Annotated[
        str | None,
        typer.Argument(metavar="BOT", help="Only this bot; without it, the whole shell.", autocompletion=bot_names),
    ] = None,
    print_config: Annotated[
        str | None,
        typer.Option(
            PRINT_CONFIG,
            metavar="[PROGRAM]",
            help="Print what adds this to zed, jetbrains or toad; without a PROGRAM, to any other (generic).",
        ),
    ] = None,
) -> Call:
    """Be an agent for editors and other clients of the Agent Client Protocol, on stdin and stdout."""
    if print_config is not None:
        from tellme.surfaces.acp.printing import print_config as show

        return partial(show, os.environ, print_config, bot)
    from tellme.surfaces.acp.run import serve_stdio

    return partial(serve_stdio, os.environ, bot)


@commands.command(epilog="Examples:  tellme mcp  |  tellme mcp Math Zen")
def mcp(
    bot: Annotated[
        list[str] | None,
        typer.Argument(metavar="BOT", help="Only these bots; without any, all.", autocompletion=bot_names),
    ] = None,
) -> Call:
    """Be a server of the Model Context Protocol on stdin and stdout, with the bots as tools.

    It needs the package mcp: pip install 'tellme[mcp]'.
    """
    from tellme.surfaces.mcp.run import serve_mcp

    return partial(serve_mcp, os.environ, tuple(bot or ()))
