"""What ``tellme help`` and the completion of command lines know of the commands: one page for each, read from a file.

``docs/manual.py`` makes that file of what Typer knows, and a test holds both together. Reading it costs 1 ms, Typer 90.
"""

from __future__ import annotations

import json
import os

from tellme.values import NamedTuple

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

FILE = os.path.join(os.path.dirname(__file__), "pages.json")


class Item(NamedTuple):
    """An argument or an option."""

    names: Sequence[str]
    """Of an option, the short one first; an argument has none."""
    value: str
    """What stands for the value; empty for an option that takes none. ``a|b`` are the values themselves."""
    help: str
    needed: bool
    many: bool
    """May it be given more than once?"""


class Page(NamedTuple):
    """What is known of one command."""

    path: str
    """``bots add``; empty for tellme itself."""
    group: str
    """The heading below which it stands in the list of commands; empty where that has none."""
    summary: str
    """One sentence."""
    about: Sequence[str]
    """Further paragraphs."""
    arguments: Sequence[Item]
    options: Sequence[Item]
    examples: Sequence[str]


def load() -> dict[str, Page]:
    """Return all pages by path, in the order in which people are shown them."""
    with open(FILE, encoding="utf-8") as file:
        return {page.path: page for page in map(_page, json.load(file))}


def below(pages: dict[str, Page], path: str) -> list[Page]:
    """Return the pages of the commands directly below one."""
    return [page for page in pages.values() if page.path and page.path.rpartition(" ")[0] == path]


def last_word(page: Page) -> str:
    return page.path.rpartition(" ")[2]


def usage(page: Page, is_group: bool) -> str:
    """Return how the command is written."""
    words = ["tellme", page.path] if page.path else ["tellme"]
    words += ["[OPTIONS]"] if page.options else []
    words += map(shape, page.arguments)
    words += [] if not is_group else ["COMMAND"] if page.path else ["[COMMAND]"]
    return " ".join(words)


def shape(argument: Item) -> str:
    """``BOT``, ``[ID]`` or ``[TEXT...]``."""
    name = argument.value + "..." * argument.many
    return name if argument.needed else f"[{name}]"


def _page(fields: list[str]) -> Page:
    page = Page(*fields)  # type: ignore[arg-type]  # a file of ours
    return page._replace(arguments=_items(page.arguments), options=_items(page.options))


def _items(found: Iterable[Iterable[Any]]) -> list[Item]:
    return [Item(*each) for each in found]
