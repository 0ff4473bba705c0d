"""The commands about the host as a whole: a host without a screen, and what is kept on disk."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from typing import Annotated

import typer

from tellme.cli.parameters import Call

commands = typer.Typer()


@commands.command(epilog="Example:  tellme serve --print-unit > ~/.config/systemd/user/tellme.service")
def serve(
    print_unit: Annotated[bool, typer.Option("--print-unit", help="Print a unit file for systemd, and end.")] = False,
) -> Call:
    """Keep the bots alive without a screen.

    Everything else of tellme that you run then talks to these bots. SIGHUP reads the configuration again, SIGTERM
    lets the open turns end.
    """
    if print_unit:
        return partial(_print_unit, os.environ)
    from tellme.surfaces.serve.run import serve as carry_out

    return partial(carry_out, os.environ)


def _print_unit(environ: Mapping[str, str]) -> int:
    from tellme.surfaces import output
    from tellme.surfaces.serve.systemd import unit

    output.write(unit(environ))
    return 0


@commands.command(epilog="Example:  tellme backup tellme-2026.db")
def backup(file: Annotated[str, typer.Argument(metavar="FILE", help="A new file, or an earlier backup.")]) -> Call:
    """Write all sessions to a file, also while they are in use."""
    from tellme.surfaces.commands import backup as carry_out

    return partial(carry_out, os.environ, file)


@commands.command()
def restore(file: Annotated[str, typer.Argument(metavar="FILE", help="What 'tellme backup' wrote.")]) -> Call:
    """Take all sessions from a backup.

    What was there before is set aside.
    """
    from tellme.surfaces.commands import restore as carry_out

    return partial(carry_out, os.environ, file)
