"""All keys, as they are bound now, and all commands that can be typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Input, Static

from tellme import shell
from tellme.paths import Paths
from tellme.text import clean
from tellme.tui.app import TellmeApp
from tellme.tui.keys import all_bindings, shown_keys
from tellme.tui.render import styles
from tellme.tui.render.pairs import pair

KEYS_WIDTH = 32

WITH_IDS = 104
"""From so many cells on the names for ``config.toml`` are shown too."""

ID_WIDTH = 26

Section = tuple[str, list[tuple[str, str, str]]]
"""A title and its rows: what is typed, what it does, and the id that it is remapped by."""


class HelpScreen(Screen[None]):
    """See the module."""

    AUTO_FOCUS = "#sections"

    DEFAULT_CSS = """
    HelpScreen {
        background: $background;
        & > #head {
            height: 1; padding: 0 2; background: $panel;
            & > .title { width: auto; text-style: bold; padding: 0 3 0 0; }
            & > Input, & > Input:focus {
                height: 1; width: 1fr; border: none; padding: 0; background: $panel; background-tint: $foreground 0%;
            }
        }
        & > #sections { padding: 1 2; scrollbar-size-vertical: 1; }
        & > #sections > Static { width: 1fr; height: auto; }
        &.-narrow > #sections { padding: 0 1; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,q", "close", "Back", id="help.close"),
        Binding("slash,ctrl+f", "filter", "Filter", id="help.filter"),
        Binding("up", "scroll(-1)", "Up", show=False, id="help.up"),
        Binding("down", "scroll(1)", "Down", show=False, id="help.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="help.page_up"),
        Binding("pagedown,space", "page(1)", "Page down", show=False, id="help.page_down"),
    ]

    app = getters.app(TellmeApp)
    sections = getters.query_one("#sections", VerticalScroll)

    def __init__(self, of_bot: Sequence[shell.Usage] = ()) -> None:
        super().__init__()
        self._all = [*_commands(of_bot), *_keys(dict(self.app.settings.keys))]

    def compose(self) -> ComposeResult:
        """Lay out the filter above the sections."""
        with Horizontal(id="head"):
            yield Static("Keys and commands", classes="title", markup=False)
            yield Input(placeholder="/ to filter")
        with VerticalScroll(id="sections"):
            yield Static(markup=False)
        yield Footer(show_command_palette=False, compact=True)

    def on_resize(self) -> None:
        self._show()

    def on_input_changed(self) -> None:
        self._show()
        self.sections.scroll_home(animate=False)

    def on_input_submitted(self) -> None:
        self.sections.focus()

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)

    def action_filter(self) -> None:
        """Show only what holds some words."""
        self.query_one(Input).focus()

    def action_scroll(self, lines: int) -> None:
        """Scroll, from the filter too."""
        self.sections.scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        """Scroll by pages, from the filter too."""
        self.sections.scroll_relative(y=pages * max(1, self.sections.size.height - 1), animate=False)

    def _show(self) -> None:
        width = self.sections.scrollable_content_region.width
        words = self.query_one(Input).value.casefold().split()
        blocks = [_block(title, rows, width) for title, rows in _holding(self._all, words)]
        if not blocks:
            blocks = [Content("Nothing here has these words in it.").stylize(styles.MUTED)]
        elif not words:
            blocks.append(_remapping(Paths.find(self.app.environ).config_file))
        self.query_one("#sections > Static", Static).update(Content("\n\n").join(blocks))


def _commands(of_bot: Sequence[shell.Usage]) -> Iterator[Section]:
    yield "Commands to type", [(usage.form, usage.help, "") for usage in shell.COMMANDS]
    if of_bot:
        yield "Commands of this bot", [(usage.form, usage.help, "") for usage in of_bot]


def _keys(remapped: dict[str, str]) -> Iterator[Section]:
    for group, keys in groupby(all_bindings(remapped), lambda key: key.group):
        yield group, [(shown_keys(key.keys), f"{key.sentence}.", key.id) for key in keys]


def _holding(sections: list[Section], words: list[str]) -> Iterator[Section]:
    for title, rows in sections:
        holding = [row for row in rows if all(word in " ".join((title, *row)).casefold() for word in words)]
        if holding:
            yield title, holding


def _block(title: str, rows: list[tuple[str, str, str]], width: int) -> Content:
    lines = [Content(title).stylize("bold $primary")]
    for typed, means, id in rows:
        aside = f"{id:{ID_WIDTH}}" if width >= WITH_IDS else ""
        lines.append(pair(typed, means, width, name_width=KEYS_WIDTH, style="$accent", aside=aside))
    return Content("\n").join(lines)


def _remapping(config_file: str) -> Content:
    return Content.assemble(
        ("Other keys\n", "bold $primary"),
        f"An action gets other keys by its name, in {clean(config_file)}:\n\n",
        ('[tui.keys]\n"chat.find" = "ctrl+f, f7"', "$accent"),
    )
