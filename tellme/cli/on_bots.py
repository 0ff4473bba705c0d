"""The commands about bots: how they are, what they did, and their starts and stops."""

from __future__ import annotations

import os
from functools import partial
from typing import Annotated

import typer

from tellme.cli.parameters import AsJson, BotName, Call

commands = typer.Typer()


@commands.command("list")
def list_bots(json: AsJson = False) -> Call:
    """Show the bots and how they are.

    Name, kind, state, pid, uptime, restarts and memory of each.
    """
    from tellme.surfaces.commands import list_bots as carry_out

    return partial(carry_out, os.environ, as_json=json)


@commands.command()
def logs(
    bot: BotName,
    last: Annotated[int, typer.Option("--last", "-n", metavar="NUMBER", min=1, help="How many lines.")] = 100,
) -> Call:
    """Show the last lines of a bot's log."""
    from tellme.surfaces.commands import logs as carry_out

    return partial(carry_out, os.environ, bot, last)


@commands.command(epilog="Examples:  tellme stats --since 7d  |  tellme stats --prometheus > tellme.prom")
def stats(
    since: Annotated[str, typer.Option("--since", metavar="SPAN", help="How far back: 90m, 24h, 7d, 4w.")] = "24h",
    json: AsJson = False,
    prometheus: Annotated[bool, typer.Option("--prometheus", help="Metrics as Prometheus reads them.")] = False,
    otlp: Annotated[
        str | None, typer.Option("--otlp", metavar="URL", help="Send them to an OpenTelemetry collector.")
    ] = None,
) -> Call:
    """Show what the bots did over time.

    Turns, latency, crashes and restarts of each; "!" marks a part of the span in which something failed.
    """
    from tellme.surfaces.figures import parse_span
    from tellme.surfaces.stats import stats as carry_out

    return partial(carry_out, os.environ, parse_span(since), as_json=json, prometheus=prometheus, otlp=otlp)


@commands.command()
def start(bot: BotName) -> Call:
    """Start a bot of the running 'tellme serve'.

    Also one that was given up.
    """
    from tellme.surfaces.commands import control_bot

    return partial(control_bot, os.environ, "start", bot)


@commands.command()
def stop(bot: BotName) -> Call:
    """Stop a bot of the running 'tellme serve'.

    Its next message starts it again.
    """
    from tellme.surfaces.commands import control_bot

    return partial(control_bot, os.environ, "stop", bot)


@commands.command()
def restart(bot: BotName) -> Call:
    """Restart a bot of the running 'tellme serve'.

    A turn that is open begins again on the new process, where the bot allows that.
    """
    from tellme.surfaces.commands import control_bot

    return partial(control_bot, os.environ, "restart", bot)


@commands.command()
def doctor() -> Call:
    """Say what is wrong with this installation.

    The exit code is 0 when nothing is, else 1.
    """
    from tellme.surfaces.doctor import doctor as carry_out

    return partial(carry_out, os.environ)
