"""The commands, as Typer sees them: each reads its arguments and returns the one call that carries it out.

The call itself is made outside of Typer, which takes a reader that went away, or a Ctrl-C, for something of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated

import typer

from tellme.cli.completion import VARIABLE, bot_names, session_ids
from tellme.cli.ending import INTERRUPTED
from tellme.cli.way_in import WayIn, enter
from tellme.errors import UsageError

Call = Callable[[], int]
"""What a command line comes to; returns the exit code."""

app = typer.Typer(
    name="tellme",
    help="A shell for chatbots: talk to English, Zen, Math and bots of your own.",
    epilog='Examples:  tellme ask Math "2+2"  |  echo hello | tellme ask English  |  tellme start_session Math',
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

BotName = Annotated[str, typer.Argument(metavar="BOT", help="A bot's name, in any case.", autocompletion=bot_names)]
SessionId = Annotated[
    str, typer.Argument(metavar="ID", help="A session's id, or its start.", autocompletion=session_ids)
]
SomeSessionId = Annotated[
    str | None, typer.Argument(metavar="ID", help="A session's id, or its start.", autocompletion=session_ids)
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
Plain = Annotated[
    bool, typer.Option("--plain", help="Line by line instead of full screen: labels, nothing that moves.")
]


def run(arguments: Sequence[str]) -> int:
    """Carry out a command line and return its exit code. Raises ``TellmeError``."""
    if VARIABLE in os.environ:
        return _complete()
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

        raise OutputError(f"Standard output cannot be written: {error.strerror}.") from None
    except Exception as error:
        explain = getattr(error, "format_message", None)  # what Typer raises for wrong usage, whatever its version
        if explain is None:
            raise
        place = getattr(getattr(error, "ctx", None), "command_path", "tellme")
        raise UsageError(f"{_sentence(explain())} See '{place} --help'.") from None
    return result or 0


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."


def _complete() -> int:
    """Answer the shell that completes a command line; a mistake here must never show on that line."""
    try:
        typer.main.get_command(app).main([], prog_name="tellme")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    except Exception:
        return 1
    return 0


def _version(wanted: bool) -> None:
    if wanted:
        from tellme import __version__

        typer.echo(f"tellme {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def shell(
    context: typer.Context,
    plain: Plain = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
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
) -> Call:
    """Send one message to a bot and print its reply."""
    from tellme.surfaces.ask import Ask
    from tellme.surfaces.ask import ask as carry_out

    return partial(carry_out, Ask(bot, tuple(text or ()), lines, json, keep=not no_store), os.environ)


@app.command("list")
def list_bots(json: AsJson = False) -> Call:
    """Show the bots and how they are.

    Name, kind, state, pid, uptime, restarts and memory of each.
    """
    from tellme.surfaces.commands import list_bots as carry_out

    return partial(carry_out, os.environ, as_json=json)


@app.command("start_session", epilog="Example:  tellme start_session Math")
def start_session(context: typer.Context, bot: BotName, plain: Plain = False) -> Call:
    """Open the shell in a new session with a bot."""
    return partial(enter, WayIn(start=bot, plain=plain or context.obj), os.environ)


@app.command()
def resume(context: typer.Context, session: SomeSessionId = None, plain: Plain = False) -> Call:
    """Go on with a past session.

    Opens the shell in the session ID or, without ID, in the one used last.
    """
    return partial(enter, WayIn(resume=session or "", plain=plain or context.obj), os.environ)


@app.command("end_session")
def end_session(session: SomeSessionId = None) -> Call:
    """End a session.

    Without ID, the newest open one.
    """
    from tellme.surfaces.commands import end_session as carry_out

    return partial(carry_out, os.environ, session)


@app.command(epilog="Example:  tellme sessions --search budget")
def sessions(
    search: Annotated[
        str | None, typer.Option("--search", metavar="TEXT", help="Only those in which TEXT was said.")
    ] = None,
    json: AsJson = False,
) -> Call:
    """Show the sessions, newest first."""
    from tellme.surfaces.commands import list_sessions

    return partial(list_sessions, os.environ, search, as_json=json)


@app.command(epilog="Example:  tellme export 7kq2 > talk.md")
def export(
    session: SessionId,
    json: Annotated[bool, typer.Option("--json", help="One JSON object instead of Markdown.")] = False,
) -> Call:
    """Write a session as Markdown or JSON."""
    from tellme.surfaces.commands import export as carry_out

    return partial(carry_out, os.environ, session, as_json=json)


@app.command()
def logs(
    bot: BotName,
    last: Annotated[int, typer.Option("--last", "-n", min=1, help="How many lines.")] = 100,
) -> Call:
    """Show the last lines of a bot's log."""
    from tellme.surfaces.commands import logs as carry_out

    return partial(carry_out, os.environ, bot, last)


@app.command()
def doctor() -> Call:
    """Say what is wrong with this installation.

    The exit code is 0 when nothing is, else 1.
    """
    from tellme.surfaces.doctor import doctor as carry_out

    return partial(carry_out, os.environ)
