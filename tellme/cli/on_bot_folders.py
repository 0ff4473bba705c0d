"""``tellme bots …``: the commands about what bots there are, and whether they do what they should."""

from __future__ import annotations

import os
from functools import partial
from typing import Annotated

import typer

from tellme.cli.parameters import AsJson, BotName, Call

bots = typer.Typer(help="Make, add, check, remove and import bots.")
commands = typer.Typer()
commands.add_typer(bots, name="bots")

NewName = Annotated[str, typer.Argument(metavar="NAME", help="What people type: letters, digits, spaces, - and _.")]
Names = Annotated[
    list[str] | None, typer.Argument(metavar="BOT|FOLDER", help="Names or folders of bots; without any, all.")
]


@bots.command(epilog="Examples:  tellme bots new Greeter  |  tellme bots new Cows --like cows")
def new(
    name: NewName,
    like: Annotated[str | None, typer.Option("--like", metavar="cows", help="Begin from an example.")] = None,
    folder: Annotated[
        str | None, typer.Option("--dir", metavar="FOLDER", help="Make it there, not in the bots directory.")
    ] = None,
) -> Call:
    """Make a bot that runs at once.

    A folder with its manifest, ten lines of Python, and their test.
    """
    from tellme.surfaces.bots.making import new as carry_out

    return partial(carry_out, os.environ, name, like, folder)


@bots.command(
    epilog="Examples:  tellme bots add Calc --pty --quiet 0.2 -- bc -q  |  tellme bots add Wall-E --kind english"
)
def add(
    name: NewName,
    command: Annotated[
        list[str] | None, typer.Argument(metavar="-- COMMAND", help="The program and its arguments.")
    ] = None,
    kind: Annotated[str | None, typer.Option(metavar="english|math|zen", help="Another bot of this kind.")] = None,
    protocol: Annotated[
        str | None, typer.Option(metavar="acp|lines", help="What the program speaks. Without it, acp.")
    ] = None,
    prompt: Annotated[
        str | None, typer.Option(metavar="RE", help="lines: what the program shows when it waits.")
    ] = None,
    end: Annotated[str | None, typer.Option(metavar="RE", help="lines: the line that ends an answer.")] = None,
    quiet: Annotated[
        float | None, typer.Option(metavar="S", help="lines: seconds of silence that end an answer.")
    ] = None,
    pty: Annotated[bool, typer.Option("--pty", help="lines: on a pseudo-terminal.")] = False,
    description: Annotated[str | None, typer.Option(metavar="TEXT", help="One line for people.")] = None,
    alias: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="Messages like this come here; may be given again.")
    ] = None,
    timeout: Annotated[float | None, typer.Option(metavar="S", help="Seconds for a reply.")] = None,
    corpus: Annotated[
        list[str] | None, typer.Option(metavar="NAME|FILE", help="english: what it answers from; may be given again.")
    ] = None,
    setting: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="What the bot finds in its settings.")
    ] = None,
    pass_env: Annotated[list[str] | None, typer.Option(metavar="NAME", help="A variable that it may have.")] = None,
) -> Call:
    """Add a bot: any program, or another one of a kind."""
    from tellme.surfaces.bots.adding import Added
    from tellme.surfaces.bots.adding import add as carry_out

    lines = (protocol, prompt, end, quiet, pty)
    lists = (tuple(each or ()) for each in (corpus, setting, pass_env))
    added = Added(name, tuple(command or ()), kind, *lines, description, tuple(alias or ()), timeout, *lists)
    return partial(carry_out, added, os.environ)


@bots.command(
    epilog="Examples:  tellme bots check  |  tellme bots check Math --say 2+2 --verbose  |  tellme bots check ."
)
def check(
    names: Names = None,
    say: Annotated[str, typer.Option(metavar="TEXT", help="What it is asked (hello; 1 of a lines bot).")] = "",
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show every line that goes and comes.")] = False,
) -> Call:
    """Say what is wrong with a bot.

    Starts a process of its own, asks it something twice, and looks at all that it does. The exit code is 0 when
    nothing is wrong, else 1.
    """
    from tellme.surfaces.bots.checking import check_bots

    return partial(check_bots, os.environ, tuple(names or ()), say=say, verbose=verbose)


@bots.command()
def remove(bot: BotName, yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False) -> Call:
    """Set a bot's folder aside.

    Nothing is deleted: the folder moves to data/removed, and the bot's sessions stay.
    """
    from tellme.surfaces.bots.removing import remove as carry_out

    return partial(carry_out, os.environ, bot, yes=yes)


@bots.command("list")
def list_bots(json: AsJson = False) -> Call:
    """Show every bot that is defined, where, and what is in its way."""
    from tellme.surfaces.bots.listing import list_bots as carry_out

    return partial(carry_out, os.environ, as_json=json)


@bots.command("import", epilog="Examples:  tellme bots import zed  |  tellme bots import agent.json --dry-run")
def import_bots(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="zed|toad|FILE", help="Where from; without any, all known places.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be made.")] = False,
) -> Call:
    """Make bots of the agents that Zed, toad or an ACP registry's agent.json define."""
    from tellme.surfaces.bots.importing import import_bots as carry_out

    return partial(carry_out, os.environ, tuple(sources or ()), dry_run=dry_run)
