"""``tellme help``, ``--help`` and ``-h``: a page for each command, as wide as the terminal, in colour where wanted.

No line is cut. Typer is not needed for it, which makes the answer come at once.
"""

from __future__ import annotations

import os
from textwrap import wrap

from tellme.cli.pages import Item, Page, below, last_word, load, usage
from tellme.errors import UsageError

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

WIDEST = 120
NARROWEST = 40
NAMES = 26
"""The widest column of names; what is longer has its explanation below."""
ASKING = ("-h", "--help")


def asked(arguments: Sequence[str]) -> list[str] | None:
    """Return the words of the command that is asked about, or ``None`` where nobody asks."""
    words = arguments[: arguments.index("--")] if "--" in arguments else arguments
    if any(word in ASKING for word in words):
        return [word for word in words if not word.startswith("-")]
    if arguments[:1] == ["help"]:
        return [*arguments[1:]]
    return [*arguments] if list(arguments) == ["bots"] else None


def show(environ: Mapping[str, str], words: Sequence[str]) -> int:
    """Print the page of the command that these words begin with. Raises ``UsageError`` where there is none."""
    from tellme.surfaces import output

    pages = load()
    page = find(pages, words)
    is_coloured = output.is_drawable() and not environ.get("NO_COLOR")
    output.block(render(page, below(pages, page.path), _width(environ), is_coloured))
    return 0


def find(pages: dict[str, Page], words: Sequence[str]) -> Page:
    """Return the page of the longest command that the words begin with."""
    path = ""
    for word in words:
        longer = f"{path} {word}".strip()
        if longer in pages:
            path = longer
        elif below(pages, path):
            raise UsageError(unknown(word, path, pages))
        else:
            break
    return pages[path]


def unknown(word: str, path: str, pages: dict[str, Page]) -> str:
    """Say that there is no such command, and which are near."""
    from difflib import get_close_matches

    named = {last_word(page): page.path for page in pages.values() if page.path}
    named |= {last_word(page): page.path for page in below(pages, path)}
    near = [f"'tellme {named[each]}'" for each in get_close_matches(word.lower(), named)]
    place = f"tellme help {path}".strip()
    return f"No such command {word!r}." + (f" Did you mean {' or '.join(near)}?" * bool(near)) + f" See '{place}'."


def render(page: Page, commands: Sequence[Page], width: int, is_coloured: bool) -> str:
    """Return the page as text of at most so many columns."""
    bold, off = ("\x1b[1m", "\x1b[0m") if is_coloured else ("", "")
    parts = [[*wrap(page.summary, width)], [f"{bold}Usage:{off} {usage(page, bool(commands))}"]]
    parts += [wrap(paragraph, width) for paragraph in page.about]
    tables = [*_tables(page, commands)]
    column = max((len(name) for _, rows in tables for name, _ in rows if len(name) <= NAMES), default=0)
    for heading, rows in tables:
        lines = (line for name, text in rows for line in _row(name, text, column, width, is_coloured))
        parts.append([f"{bold}{heading}{off}", *lines])
    if page.examples:
        parts.append([f"{bold}{'Example' + 's' * (len(page.examples) > 1)}{off}"])
        parts[-1] += [f"  {example}" for example in page.examples]
    if not page.path:
        parts.append(wrap("'tellme help COMMAND' says more about a command.", width))
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _tables(page: Page, commands: Sequence[Page]) -> Iterable[tuple[str, list[tuple[str, str]]]]:
    """Yield the headings, with names and explanations below each."""
    for group in dict.fromkeys(each.group for each in commands):
        yield group or "Commands", [(last_word(each), each.summary) for each in commands if each.group == group]
    if page.arguments:
        yield "Arguments", [(each.value + "..." * each.many, each.help) for each in page.arguments]
    if page.options:
        yield "Options", [(option_names(each), each.help) for each in page.options]


def option_names(option: Item) -> str:
    """``-n, --last NUMBER``."""
    return f"{', '.join(option.names)} {option.value}".rstrip()


def _row(name: str, text: str, column: int, width: int, is_coloured: bool) -> Iterable[str]:
    shown = f"\x1b[36m{name}\x1b[0m" if is_coloured else name
    lines = wrap(text, width - column - 4) or [""]
    if len(name) > column:
        yield f"  {shown}"
    else:
        yield f"  {shown}{' ' * (column - len(name))}  {lines.pop(0)}".rstrip()
    yield from (" " * (column + 4) + line for line in lines)


def _width(environ: Mapping[str, str]) -> int:
    columns = environ.get("COLUMNS", "")
    width = int(columns) if columns.isdecimal() and int(columns) else _terminal_width()
    return max(NARROWEST, min(width, WIDEST))


def _terminal_width() -> int:
    from tellme.surfaces.output import STDOUT_FD

    try:
        return os.get_terminal_size(STDOUT_FD).columns or 80
    except OSError:
        return 80
