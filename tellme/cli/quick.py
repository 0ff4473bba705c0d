"""What needs no Typer: ``--version``, ``list``, every way to ask for help, and the answer to a command there is not."""

from __future__ import annotations

from itertools import takewhile

from tellme.cli.help import asked, find, show
from tellme.cli.pages import below, load
from tellme.errors import TellmeError, UsageError

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Mapping


def run(arguments: list[str], environ: Mapping[str, str]) -> int | None:
    """Carry out a command line and return its exit code, or ``None`` where Typer has to have a look."""
    if arguments == ["--version"]:
        return version()
    if arguments in (["list"], ["list", "--json"]):
        from tellme.cli.at_rest import list_bots

        return list_bots(environ, as_json="--json" in arguments)
    if (words := asked(arguments)) is not None:
        return show(environ, words)
    _refuse_unknown(arguments, environ)
    return None


def version() -> int:
    """Print the version."""
    from tellme import __version__
    from tellme.surfaces import output

    output.block(f"tellme {__version__}")
    return 0


def _refuse_unknown(arguments: list[str], environ: Mapping[str, str]) -> None:
    """Raise ``UsageError`` where there is no such command, with what was meant: people begin with a bot's name, too."""
    words = [*takewhile(lambda word: not word.startswith("-"), (word for word in arguments if word != "--plain"))]
    pages = load()
    if words and words[0] not in pages and (name := _bot(words[0], environ)):
        bot = f'"{name}"' if " " in name else name
        raise UsageError(
            f"{name} is a bot, no command: 'tellme ask {bot} TEXT' asks it, 'tellme help' shows what else."
        )
    found = find(pages, words)
    if found.path and found.path.split() == words and below(pages, found.path):
        raise UsageError(f"Which command? See 'tellme help {found.path}'.")


def _bot(word: str, environ: Mapping[str, str]) -> str | None:
    """Return the name of the bot that a word names, if there is one."""
    from tellme.host.catalogue import load as load_bots
    from tellme.paths import Paths

    try:
        return load_bots(Paths.find(environ)).find(word).name
    except TellmeError:
        return None
