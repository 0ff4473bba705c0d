"""What the command palette offers: each action that a key is bound to where the person is, each command that can be
typed, and what can be done with each bot, session and theme.

Titles hold what people and strangers named: they are never read as markup.
"""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from textual import events
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.dom import DOMNode
from textual.markup import escape
from textual.screen import Screen
from textual.widget import Widget

from tellme import shell
from tellme.errors import TellmeError
from tellme.model import BotSpec, Session, SessionOption
from tellme.surfaces.options import shown
from tellme.text import clean, one_line, shorten
from tellme.tui import themes
from tellme.tui.app import TellmeApp
from tellme.tui.keys import all_bindings, shown_keys
from tellme.tui.screens.chat import ChatScreen
from tellme.tui.screens.layout import Job

if TYPE_CHECKING:
    from tellme.host.host import Host

MOST_SESSIONS = 50
MOST_SUGGESTED = 4
"""So many bots, and so many sessions, are suggested before anything was typed."""

TITLE_LENGTH = 60

_SUGGESTED = ("chat.new", "chat.sessions", "chat.find", "app.help", "app.quit")
_WITH_A_KEY = ("help", "new", "sessions", "stats", "quit")
"""Commands that do the same as a key."""


class Palette(CommandPalette):
    """Textual's palette with our entries and our look."""

    DEFAULT_CSS = """
    Palette {
        background: $background 70%;
        & > Vertical { width: 100%; max-width: 80; background: $surface; }
        & > Vertical:dark { background: $surface; }
        & #--input, & #--input.--list-visible { border: none; padding: 1 1; background: $surface; }
        & > .command-palette--help-text { color: $text-muted; text-style: not bold; }
        & SearchIcon { display: none; }
        & CommandInput, & CommandInput:focus { border: none; height: 1; padding: 0 1; }
        & CommandList, & CommandList:focus {
            border: none; padding: 0 0 1 0; background: $surface; scrollbar-size-vertical: 1;
            & > .option-list--option-highlighted {
                color: $block-cursor-foreground; background: $block-cursor-background; text-style: bold;
            }
        }
    }
    """

    def __init__(self) -> None:
        super().__init__([Actions], placeholder="What shall be done?")

    def on_resize(self, event: events.Resize) -> None:
        """Leave the list all rows of a low terminal."""
        self.query_one("#--container").styles.margin = (2 if event.size.height > 16 else 0, 0)


class Entry(NamedTuple):
    """Something that can be done."""

    title: str
    help: str
    run: Callable[[], Awaitable[object] | object]
    is_suggested: bool = False


class Actions(Provider):
    """Finds entries by the words of their titles and help lines."""

    async def startup(self) -> None:
        """Gather what can be done now."""
        assert isinstance(self.app, TellmeApp)
        self._entries = await entries(self.app, self.screen)

    async def discover(self) -> Hits:
        """Suggest a few entries."""
        for entry in self._entries:
            if entry.is_suggested:
                yield DiscoveryHit(Content(entry.title), entry.run, entry.title, escape(entry.help))

    async def search(self, query: str) -> Hits:
        """Find entries that hold all words of the query."""
        for entry in self._entries:
            score, spans = match(query, entry)
            if score:
                title = Content(entry.title)
                for start, end in spans:
                    title = title.stylize(self.match_style or "bold", start, end)
                yield Hit(score, title, entry.run, entry.title, escape(entry.help))


async def entries(app: TellmeApp, screen: Screen[object]) -> list[Entry]:
    """Return all that can be done while ``screen`` is shown, what people look for most first."""
    chat = app.screen_stack[0]
    if not isinstance(chat, ChatScreen):
        return [*_bound(app, screen), *_themes(app)]
    of_host: list[Entry] = []
    try:
        host = await app.bridge.host()
        of_host += _options(chat, chat.talk.options)
        of_host += [*_sessions(chat, host, await host.sessions(limit=MOST_SESSIONS)), *_bots(chat, host.specs())]
    except TellmeError:
        pass  # the conversation says it, and the rest works without a host
    return [*of_host, *_bound(app, screen), *_typed(chat), *_themes(app)]


def match(query: str, entry: Entry) -> tuple[float, list[tuple[int, int]]]:
    """Return how well an entry fits, from 0 (not at all) to 1, and which parts of its title do.

    All words must be there, in any order and case; a word of the title counts most where one begins with it, one of
    the help least.
    """
    score, spans = 0.0, []
    words = query.split()
    for word in words:
        found = _find(word, entry.title)
        if found is not None:
            spans.append(found)
            score += 1.0 if found[0] == 0 else 0.8 if not entry.title[found[0] - 1].isalnum() else 0.5
        elif word.casefold() in entry.help.casefold():
            score += 0.2
        else:
            return 0.0, []
    return score / max(1, len(words)), spans


def _find(word: str, title: str) -> tuple[int, int] | None:
    literal = re.escape(word)
    found = re.search(rf"(?<!\w){literal}", title, re.IGNORECASE) or re.search(literal, title, re.IGNORECASE)
    return found.span() if found else None


# What there is ----------------------------------------------------------------------------------------------------


def _bound(app: TellmeApp, screen: Screen[object]) -> Iterator[Entry]:
    """Yield the actions of keys that would do something now."""
    seen = set()
    for key in all_bindings(app.settings.keys):
        node = _node(app, screen, key.owner)
        if node is not None and (node, key.action) not in seen:
            seen.add((node, key.action))
            help = f"{shown_keys(key.keys)}, {key.description.lower()}"
            yield Entry(key.sentence, help, partial(app.run_action, key.action, node), key.id in _SUGGESTED)


def _node(app: TellmeApp, screen: Screen[object], owner: type[DOMNode]) -> DOMNode | None:
    """Return where an action is found now: the app, the screen, or a widget in sight, that with the focus first."""
    focused = screen.focused.ancestors_with_self if screen.focused is not None else []
    in_sight = (widget for widget in screen.walk_children(Widget) if widget.region)
    return next((node for node in (*focused, app, screen, *in_sight) if isinstance(node, owner)), None)


def _typed(chat: ChatScreen) -> Iterator[Entry]:
    """Yield the commands that are about no bot; one that needs more than its name goes to the prompt."""
    for usage in shell.COMMANDS:
        if usage.name not in _WITH_A_KEY and usage.argument.strip("[]") != "NAME":
            run = partial(_write, chat, f"/{usage.name} ") if usage.needs_argument else _job(chat, usage.name)
            yield Entry(usage.help.rstrip("."), usage.form, run)


def _sessions(chat: ChatScreen, host: Host, sessions: list[Session]) -> Iterator[Entry]:
    from tellme.tui.screens.sessions import when

    current = chat.talk.session.id if chat.talk.session else None
    if current is not None:
        yield Entry("Copy this session", "as Markdown", partial(_in_chat, chat, chat.talk.copy_session))
    others = [session for session in sessions if session.ended_at is None and session.id != current]
    for number, session in enumerate(sorted(others, key=lambda session: session.used_at, reverse=True)):
        title = shorten(one_line(session.title) or f"new session {session.id}", TITLE_LENGTH)
        about = f"{host.name_of(session.bot)}, {when(session.used_at, time.time())}"
        run = partial(_in_chat, chat, partial(chat.talk.go_to, session.id))
        yield Entry(f"Switch to {title}", clean(about), run, number < MOST_SUGGESTED)


def _options(chat: ChatScreen, options: Sequence[SessionOption]) -> Iterator[Entry]:
    for option in options:
        for value in option.values:
            if value.id != option.value:
                run = partial(_in_chat, chat, partial(chat.talk.set_to, option, value))
                yield Entry(f"Set {shown(option.name)} to {shown(value.name)}", shown(value.description), run)


def _bots(chat: ChatScreen, specs: list[BotSpec]) -> Iterator[Entry]:
    for number, spec in enumerate(specs):
        name, about = clean(spec.name), one_line(spec.description)
        start = partial(_in_chat, chat, partial(chat.talk.start, spec.id))
        yield Entry(f"Start a session with {name}", about, start, number < MOST_SUGGESTED)
    for spec in specs:
        name = clean(spec.name)
        show = partial(_in_chat, chat, partial(chat.open_bot, spec.id))
        yield Entry(f"Show all about {name}", "log, what happened, manifest", show)
        yield Entry(f"Restart {name}", "end its process and start it again", _job(chat, "restart", spec.id))
        yield Entry(f"Stop {name}", "until it is needed again", _job(chat, "stop", spec.id))
        yield Entry(f"Start {name}", "start its process", _job(chat, "start", spec.id))


def _themes(app: TellmeApp) -> Iterator[Entry]:
    own = [theme.name for theme in themes.OWN]
    for name in [*own, *sorted(set(app.available_themes) - set(own))]:
        if name != app.theme:
            yield Entry(f"Use the theme {name}", "colours", partial(setattr, app, "theme", name), name in own)


# How it is done ---------------------------------------------------------------------------------------------------


def _job(chat: ChatScreen, command: str, argument: str = "") -> Callable[[], object]:
    return partial(_in_chat, chat, partial(chat.lines.command, command, argument))


def _in_chat(chat: ChatScreen, job: Job) -> None:
    """Have something done in the conversation, and go back there if another screen covers it."""
    chat.pop_until_active()
    chat.do(job)


def _write(chat: ChatScreen, text: str) -> None:
    """Begin a command in the prompt, for the person to complete."""
    chat.pop_until_active()
    chat.prompt.draft = text
    chat.prompt.focus()
