"""The man page: the pages of all commands, and what holds for all of them, as roff (``man 7 man``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from tellme import __version__
from tellme.cli.gather import HELP
from tellme.cli.pages import Page, below, shape, usage

INTRODUCTION = (
    "tellme hosts any number of chatbots, each in a process of its own, keeps them alive, and lets you talk to them on "
    "a full screen, from one command, or from a pipe. English, Zen and Math come with it; any program that speaks the "
    "Agent Client Protocol, or just answers a line with a line, can join.",
    "What is piped into tellme ask is the message, or follows it. A word that begins with - and is no option, such as "
    "-2+2, is part of the message; -- ends the options.",
)
EXIT_STATUS = (
    ("0", "The bot answered; the command did what it should."),
    ("1", "The bot declined; doctor or check found something wrong."),
    ("2", "Wrong usage, or no such bot: the message names the nearest."),
    ("3", "The bot crashed, timed out or could not start, or the message cannot be kept on disk."),
    ("130", "Interrupted."),
)
FILES = (
    ("~/.config/tellme/config.toml", "Your wishes, and bots of a kind."),
    ("~/.config/tellme/bots/", "A folder with a bot.toml for each bot of yours."),
    ("~/.local/share/tellme/", "The sessions (tellme.db, SQLite), and what bots keep."),
    ("~/.local/state/tellme/log/", "A log for each bot, and tellme's own."),
    ("$XDG_RUNTIME_DIR/tellme/tellme.sock", "Where tellme serve listens."),
)
ENVIRONMENT = (
    ("TELLME_HOME", "A folder that holds all of the above: config.toml, bots, data, log and run."),
    ("XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_STATE_HOME, XDG_RUNTIME_DIR", "Where the folders above are, without it."),
    ("NO_COLOR", "No colours."),
    ("TERM", "dumb: nothing is drawn; tellme --plain is the shell for such a terminal."),
    ("COLUMNS", "The width of help, instead of the terminal's."),
    ("EDITOR, VISUAL", "What edits a message from the full screen."),
)
_ESCAPES = {"\\": "\\e", "-": "\\-", "~": "\\(ti", "^": "\\(ha", "'": "\\(aq"}
SEE_ALSO = "The README and docs/bots.md come with the source. The protocol of bots: https://agentclientprotocol.com"


def manual(pages: Sequence[Page]) -> str:
    """Return the man page, in section 1."""
    by_path = {page.path: page for page in pages}
    return "\n".join(_lines(by_path)) + "\n"


def _lines(pages: dict[str, Page]) -> Iterator[str]:
    root = pages[""]
    yield f'.TH TELLME 1 "" "tellme {__version__}" "User Commands"'
    yield from (".SH NAME", "tellme \\- a shell for chatbots")
    yield from (".SH SYNOPSIS", *_synopsis(root, has_commands=True), ".br", "\\fBtellme help\\fR [\\fICOMMAND\\fR]")
    yield ".SH DESCRIPTION"
    yield "\n.PP\n".join(map(_paragraph, (*INTRODUCTION, *root.about)))
    yield from (".SH OPTIONS", *_items(root), ".SH COMMANDS")
    for group in dict.fromkeys(page.group for page in below(pages, "")):
        yield f".SS {_text(group)}"
        for page in below(pages, ""):
            if page.group == group:
                yield from _command(page, pages)
    for heading, entries in (("EXIT STATUS", EXIT_STATUS), ("FILES", FILES), ("ENVIRONMENT", ENVIRONMENT)):
        yield f".SH {heading}"
        yield from (line for name, text in entries for line in _entry(f"\\fB{_text(name)}\\fR", text))
    yield from (".SH EXAMPLES", *_examples(root))
    yield from (".SH SEE ALSO", _paragraph(SEE_ALSO))


def _command(page: Page, pages: dict[str, Page]) -> Iterator[str]:
    """The entry of a command, and of those below it."""
    commands = below(pages, page.path)
    if not commands:
        yield from (".TP", *_synopsis(page, has_commands=False), _paragraph(page.summary))
        yield from (f".IP\n{_paragraph(paragraph)}" for paragraph in page.about)
        if details := [*_items(page), *_examples(page)]:
            yield from (".RS", *details, ".RE")
    for each in commands:
        yield from _command(each, pages)


def _synopsis(page: Page, *, has_commands: bool) -> Iterator[str]:
    yield _bold_first(usage(page, has_commands), len(f"tellme {page.path}".strip()))


def _bold_first(text: str, length: int) -> str:
    return f"\\fB{_text(text[:length])}\\fR{_text(text[length:])}"


def _items(page: Page) -> Iterator[str]:
    for argument in page.arguments:
        yield from _entry(f"\\fI{_text(shape(argument))}\\fR", argument.help)
    for option in page.options:
        if page.path and option.names == HELP.names:
            continue
        names, value = _text(", ".join(option.names)), _text(option.value)
        yield from _entry(f"\\fB{names}\\fR \\fI{value}\\fR" if value else f"\\fB{names}\\fR", option.help)


def _entry(name: str, text: str) -> Iterator[str]:
    yield from (".TP", name, _paragraph(text))


def _examples(page: Page) -> Iterator[str]:
    if page.examples:
        yield from (*[".PP"] * bool(page.path), ".nf", *map(_text, page.examples), ".fi")


def _paragraph(text: str) -> str:
    return "\n".join(map(_text, wrap(text, 72, break_on_hyphens=False)))


def _text(text: str) -> str:
    """Escape what roff would take for its own."""
    escaped = "".join(_ESCAPES.get(character, character) for character in text)
    return f"\\&{escaped}" if escaped.startswith(".") else escaped
