"""The commands about single turns: what failed, what is known of it, and another try."""

from __future__ import annotations

import os
from functools import partial
from typing import Annotated

import typer

from tellme.cli.parameters import AsJson, Call, Last

commands = typer.Typer()


TurnId = Annotated[str, typer.Argument(metavar="TURN", help="A turn's id, or its start.")]


@commands.command()
def failed(last: Last = None, json: AsJson = False) -> Call:
    """Show the turns that failed, with the reason.

    'tellme retry' sends them again, 'tellme show' tells everything about one.
    """
    from tellme.surfaces.turns import failed as carry_out

    return partial(carry_out, os.environ, as_json=json, limit=last)


@commands.command(epilog="Examples:  tellme retry 3hx4  |  tellme retry --all")
def retry(
    turns: Annotated[list[str] | None, typer.Argument(metavar="TURN", help="Ids of turns, or their starts.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All that failed, oldest first.")] = False,
    json: AsJson = False,
) -> Call:
    """Send failed turns again, and print the replies."""
    from tellme.surfaces.turns import retry as carry_out

    return partial(carry_out, os.environ, tuple(turns or ()), every=every, as_json=json)


@commands.command()
def show(turn: TurnId, json: AsJson = False) -> Call:
    """Show everything about a turn, with its timings."""
    from tellme.surfaces.turns import show as carry_out

    return partial(carry_out, os.environ, turn, as_json=json)
