"""What stands in the conversation before anything was said."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from tellme.model import BotSpec
from tellme.text import clean, shorten

_MOST_BOTS = 12


class Welcome(Static):
    """Names the program and what to type; the bots as soon as they are known."""

    DEFAULT_CSS = """
    Welcome { width: 1fr; height: auto; padding: 1 1 1 1; color: $text-muted; }
    """

    def __init__(self) -> None:
        super().__init__(_welcome(()), markup=False)

    def show_bots(self, bots: Sequence[BotSpec]) -> None:
        """Name the bots that one can talk to."""
        self.update(_welcome(bots))


def _welcome(bots: Sequence[BotSpec]) -> Content:
    parts: list[Content | str | tuple[str, str]] = [
        ("tellme", "bold $primary"),
        "  a shell for bots\n\n",
    ]
    width = max((len(bot.name) for bot in bots[:_MOST_BOTS]), default=0)
    for bot in bots[:_MOST_BOTS]:
        parts += [(f"  {clean(bot.name):{width}}", "bold $foreground"), f"  {shorten(clean(bot.description), 60)}\n"]
    if len(bots) > _MOST_BOTS:
        parts.append(f"  and {len(bots) - _MOST_BOTS} more: list shows them\n")
    if bots:
        parts.append("\n")
        parts += _hint("start_session " + clean(bots[0].name), "begins to talk to one of them")
    parts += _hint("2 + 2", "or just ask: who can answer does")
    parts += _hint("F1", "shows all keys and commands")
    return Content.assemble(*parts)


def _hint(typed: str, means: str) -> list[str | tuple[str, str]]:
    return ["  ", (typed, "$accent"), f"  {means}\n"]
