"""Makes the pages of `tellme.cli.pages` of what Typer knows of the commands, in the order in which they are shown."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from typing import Any

import typer

from tellme.cli.app import app
from tellme.cli.pages import FILE, Item, Page

GROUPS = {
    "Talk": ("ask", "start_session", "resume", "end_session"),
    "Sessions": ("sessions", "export", "import", "backup", "restore"),
    "Bots": ("list", "start", "stop", "restart", "bots"),
    "Keep running": ("serve",),
    "Use elsewhere": ("acp", "mcp"),
    "Look into": ("logs", "failed", "retry", "show", "stats", "doctor", "help"),
}
"""The commands as people are shown them."""

HELP = Item(["-h", "--help"], "", "Show this, and nothing else.", needed=False, many=False)


def gather() -> list[Page]:
    """Return all pages. Raises ``KeyError`` for a command that stands in no group."""
    root: Any = typer.main.get_command(app)  # what Typer vendors has no types that could be named here
    group_of = {name: group for group, names in GROUPS.items() for name in names}
    order = list(group_of)
    pages = [page for page in _pages(root, "") if not page.path]
    commands = [page._replace(group=group_of[page.path.split()[0]]) for page in _pages(root, "") if page.path]
    pages += sorted(commands, key=lambda page: order.index(page.path.split()[0]))
    return [page._replace(group="") if " " in page.path else page for page in pages]


def text() -> str:
    """Return the file that holds the pages."""
    return "[\n" + ",\n".join(json.dumps(page, ensure_ascii=False) for page in gather()) + "\n]\n"


def write() -> None:
    made = text()
    with open(FILE, "w", encoding="utf-8") as file:
        file.write(made)


def _pages(command: Any, path: str) -> Iterator[Page]:
    yield _page(command, path)
    for name, each in getattr(command, "commands", {}).items():
        if not each.hidden:
            yield from _pages(each, f"{path} {name}".strip())


def _page(command: Any, path: str) -> Page:
    summary, *about = (" ".join(part.split()) for part in inspect.cleandoc(command.help or "").split("\n\n"))
    _, _, examples = (command.epilog or "").partition(":")
    return Page(
        path,
        "",
        summary,
        about,
        [_item(each) for each in command.params if each.param_type_name == "argument"],
        [*(_item(each) for each in command.params if each.param_type_name == "option" and not each.hidden), HELP],
        [example.strip() for example in examples.split("  |  ") if example.strip()],
    )


def _item(parameter: Any) -> Item:
    is_argument = parameter.param_type_name == "argument"
    is_flag = not is_argument and parameter.is_flag
    names = [] if is_argument else sorted(parameter.opts, key=len)
    value = "" if is_flag else parameter.metavar or parameter.name.upper()
    many = parameter.nargs != 1 or getattr(parameter, "multiple", False)
    return Item(names, value, _help(parameter), parameter.required, many)


def _help(parameter: Any) -> str:
    """Its sentence, with what holds without it where that is not just nothing."""
    default = parameter.default
    said: str = parameter.help
    return said + (f" Without it, {default}." if isinstance(default, str | int) and default else "")
