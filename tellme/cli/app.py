"""The commands, as Typer sees them: each reads its arguments and returns the one call that carries it out.

The call itself is made outside of Typer, which takes a reader that went away, or a Ctrl-C, for something of its own.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from typing import Annotated

import typer

from tellme.cli import on_agents, on_bot_folders, on_bots, on_host, on_sessions, on_turns, quick
from tellme.cli.completion import VARIABLE
from tellme.cli.ending import INTERRUPTED
from tellme.cli.parameters import AsJson, BotName, Call, Plain
from tellme.cli.way_in import WayIn, enter
from tellme.errors import UsageError

app = typer.Typer(
    name="tellme",
    epilog='Examples:  tellme ask Math "2+2"  |  echo hello | tellme ask English  |  tellme start_session Math',
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def run(arguments: Sequence[str]) -> int:
    """Carry out a command line and return its exit code. Raises ``TellmeError``."""
    if VARIABLE in os.environ:
        return _say_script()
    call = _read(arguments)
    return call() if callable(call) else call


def _read(arguments: Sequence[str]) -> Call | int:
    """Return what to do; an exit code where Typer has done it (help, version, completion)."""
    try:
        result = typer.main.get_command(app).main(list(arguments), prog_name="tellme", standalone_mode=False)
    except typer.Abort:
        return INTERRUPTED
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError):
            raise ended.__context__ from None
        return ended.code if isinstance(ended.code, int) else 1
    except OSError as error:
        from tellme.surfaces.output import OutputError

        what = error.filename or "Standard output"  # what a shell's completion is installed in has a name
        raise OutputError(f"{what} cannot be written: {error.strerror}.") from None
    except Exception as error:
        explain = getattr(error, "format_message", None)  # what Typer raises for wrong usage, whatever its version
        if explain is None:
            raise
        place = getattr(getattr(error, "ctx", None), "command_path", "tellme")
        raise UsageError(f"{_sentence(explain())} See '{place} --help'.") from None
    return result or 0


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."


def _say_script() -> int:
    """Give the shell the script that asks `tellme.cli.completion`; a mistake here must never show on its line."""
    try:
        typer.main.get_command(app).main([], prog_name="tellme")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    except Exception:
        return 1
    return 0


def _version(wanted: bool) -> None:
    if wanted:
        quick.version()
        raise typer.Exit


def _licenses(wanted: bool) -> None:
    if wanted:
        from tellme.surfaces.licences import licences

        licences()
        raise typer.Exit


@app.callback(invoke_without_command=True)
def shell(
    context: typer.Context,
    plain: Plain = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
    licenses: Annotated[
        bool, typer.Option("--licenses", callback=_licenses, is_eager=True, help="Show what it consists of.")
    ] = False,
) -> Call | None:
    """A shell for chatbots: talk to English, Zen, Math and bots of your own.

    Without a command it opens the full screen; with standard input from a pipe, the same shell line by line.
    """
    context.obj = plain
    return partial(enter, WayIn(plain=plain), os.environ) if context.invoked_subcommand is None else None


@app.command(
    epilog='Examples:  tellme ask Math "2+2"  |  tellme ask Math --lines < sums.txt  |  tellme ask Zen < note.txt'
)
def ask(
    bot: BotName,
    text: Annotated[
        list[str] | None, typer.Argument(metavar="TEXT", help="The message; without it, all of stdin.")
    ] = None,
    lines: Annotated[
        bool, typer.Option("--lines", help="One turn, and one line of output, for each line of stdin.")
    ] = False,
    json: AsJson = False,
    no_store: Annotated[bool, typer.Option("--no-store", help="Keep nothing on disk.")] = False,
    attach: Annotated[
        list[str] | None, typer.Option("--attach", metavar="FILE", help="Send a file along; may be given again.")
    ] = None,
) -> Call:
    """Send one message to a bot and print its reply."""
    from tellme.surfaces.ask import Ask
    from tellme.surfaces.ask import ask as carry_out

    request = Ask(bot, tuple(text or ()), lines, json, keep=not no_store, attach=tuple(attach or ()))
    return partial(carry_out, request, os.environ)


@app.command("help", epilog="Example:  tellme help bots add")
def show_help(
    command: Annotated[
        list[str] | None, typer.Argument(metavar="COMMAND", help="Its words; without any, all commands.")
    ] = None,
) -> Call:
    """Show the commands, or what one of them does."""
    from tellme.cli.help import show

    return partial(show, os.environ, tuple(command or ()))


for part in (on_bots, on_bot_folders, on_sessions, on_turns, on_host, on_agents):
    app.add_typer(part.commands)
