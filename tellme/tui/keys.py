"""The keys of the app: one list of all bindings, made from the classes that have them, for help, palette and checks.

Its ids are what ``[tui.keys]`` in ``config.toml`` goes by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain, permutations
from typing import TYPE_CHECKING, NamedTuple

from tellme.nearest import nearest

if TYPE_CHECKING:
    from textual.binding import Binding
    from textual.dom import DOMNode

MODIFIERS = ("ctrl", "shift", "alt", "super", "hyper", "meta")

_SHOWN = {
    "escape": "Esc",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "delete": "Del",
    "enter": "Enter",
    "space": "Space",
    "backspace": "Backspace",
}

_WHERE = '[tui.keys] in config.toml, "{id}": '


class Key(NamedTuple):
    """An action that keys are bound to."""

    id: str
    keys: tuple[str, ...]
    """As Textual calls them (``ctrl+n``, ``question_mark``), remapped where the person did."""
    action: str
    description: str
    """One to a few words."""
    sentence: str
    """What it does, as an imperative sentence; where its class does not say, the description."""
    group: str
    owner: type[DOMNode]
    """Where the action is found, and must be on screen for the keys to do anything."""
    priority: bool


def all_bindings(remapped: Mapping[str, str] | None = None) -> list[Key]:
    """Return every binding of the app in the order of help, with the keys that ``remapped`` gives them."""
    remapped = remapped or {}
    return [_key(group, owner, binding, remapped) for group, owner in _owners() for binding in _bindings(owner)]


def unknown_keys(remapped: Mapping[str, str]) -> list[str]:
    """Say, in one sentence each, what of ``[tui.keys]`` names no action or no key, and which keys got two meanings."""
    if not remapped:
        return []
    bindings = all_bindings(remapped)
    return [
        *_unknown_ids(bindings, remapped),
        *chain.from_iterable(_unknown_names(key) for key in bindings if key.id in remapped),
        *_clashes(bindings, remapped),
    ]


def shown(key: str) -> str:
    """Return a key as people write it: ``Ctrl+N``, ``PgUp``, ``?``."""
    from textual.keys import format_key

    *modifiers, name = key.split("+")
    written = _SHOWN.get(name) or format_key(name)
    if len(written) > 1:
        written = written[0].upper() + written[1:]
    elif modifiers:
        written = written.upper()
    return "+".join([*(modifier.capitalize() for modifier in modifiers), written])


def shown_keys(keys: tuple[str, ...]) -> str:
    """Return the keys of one action as people write them."""
    return ", ".join(map(shown, keys))


def _owners() -> list[tuple[str, type[DOMNode]]]:
    from tellme.tui.app import TellmeApp
    from tellme.tui.screens.bot import BotScreen
    from tellme.tui.screens.chat import ChatScreen
    from tellme.tui.screens.help import HelpScreen
    from tellme.tui.screens.reader import ReaderScreen
    from tellme.tui.screens.sessions import SessionsScreen
    from tellme.tui.screens.stats import StatsScreen
    from tellme.tui.widgets.bot_list import BotList
    from tellme.tui.widgets.choice import Choice
    from tellme.tui.widgets.pager import Pager
    from tellme.tui.widgets.prompt import Prompt
    from tellme.tui.widgets.search_bar import SearchBar
    from tellme.tui.widgets.transcript import Transcript

    return [
        ("Everywhere", TellmeApp),
        ("Conversation", ChatScreen),
        ("In the conversation, with the focus there", Transcript),
        ("Finding a text", SearchBar),
        ("A bot's question", Choice),
        ("Bots at the side", BotList),
        ("All sessions", SessionsScreen),
        ("A bot", BotScreen),
        ("Statistics", StatsScreen),
        ("Reading a long text", ReaderScreen),
        ("Reading a long text", Pager),
        ("Help", HelpScreen),
        ("Prompt", Prompt),
    ]


def _bindings(owner: type[DOMNode]) -> Iterator[Binding]:
    """Yield what a class binds and what it has from classes of ours; Textual's own are not in the list."""
    for base in owner.__mro__:
        if base.__module__.startswith("tellme."):
            yield from vars(base).get("BINDINGS", ())


def _key(group: str, owner: type[DOMNode], binding: Binding, remapped: Mapping[str, str]) -> Key:
    keys = remapped.get(binding.id or "", binding.key)
    return Key(
        binding.id or "",
        tuple(_long_name(key.strip()) for key in keys.split(",")),
        binding.action,
        binding.description,
        _sentence(owner, binding),
        group,
        owner,
        binding.priority,
    )


def _sentence(owner: type[DOMNode], binding: Binding) -> str:
    """Return the first sentence of an action's docstring, if the action is ours and does one thing only."""
    from textual.actions import parse

    namespace, name, arguments = parse(binding.action)
    method = getattr(_namespace(namespace, owner), f"action_{name}", None)
    if arguments or method is None or not method.__module__.startswith("tellme."):
        return binding.description
    return (method.__doc__ or binding.description).partition(".")[0].partition("\n")[0]


def _namespace(namespace: str, owner: type[DOMNode]) -> type[DOMNode]:
    from tellme.tui.app import TellmeApp
    from tellme.tui.screens.chat import ChatScreen

    classes: dict[str, type[DOMNode]] = {"app": TellmeApp, "screen": ChatScreen}
    return classes.get(namespace, owner)


def _long_name(key: str) -> str:
    from textual.keys import _character_to_key

    return _character_to_key(key) if len(key) == 1 else key


def _unknown_ids(bindings: list[Key], remapped: Mapping[str, str]) -> Iterator[str]:
    known = [key.id for key in bindings]
    for id in remapped:
        if id not in known:
            yield _WHERE.format(id=id) + f"there is no such action.{_hint(nearest(id, known))} F1 shows all of them."


def _unknown_names(key: Key) -> Iterator[str]:
    for name in key.keys:
        likely = _likely_name(name)
        if likely != name:
            hint = _hint((likely,)) if likely else ""
            yield _WHERE.format(id=key.id) + f'no terminal has a key "{name}".{hint}'


def _clashes(bindings: list[Key], remapped: Mapping[str, str]) -> Iterator[str]:
    for key, other in permutations(bindings, 2):
        shared = next((name for name in key.keys if name in other.keys), None)
        is_told_of_other = other.id in remapped and other.id < key.id
        if shared and key.id in remapped and _meet(key, other) and not is_told_of_other:
            yield _WHERE.format(id=key.id) + f'"{shared}" is the key of "{other.id}" too, and does only one of them.'


def _meet(key: Key, other: Key) -> bool:
    """Can both be on screen, so that one would keep the key from the other?"""
    from tellme.tui.app import TellmeApp

    return key.owner is other.owner or (other.priority and other.owner is TellmeApp)


def _likely_name(key: str) -> str:
    """Return ``key`` if it is the name of one; else the one that may be meant, or an empty string."""
    *modifiers, name = key.split("+")
    names = _names()
    likely = [*(_known(modifier, MODIFIERS) for modifier in modifiers)]
    likely.append(name if len(name) == 1 and not modifiers else _known(name, names))
    return "+".join(likely) if all(likely) else ""


def _known(word: str, known: tuple[str, ...]) -> str:
    if word in known:
        return word
    return word.lower() if word.lower() in known else next(iter(nearest(word, known, 1)), "")


@cache
def _names() -> tuple[str, ...]:
    from string import ascii_lowercase, digits, punctuation

    from textual.keys import Keys

    named = [key.value.rpartition("+")[2] for key in Keys if not key.value.startswith("<")]
    return tuple(dict.fromkeys([*named, *ascii_lowercase, *digits, *map(_long_name, punctuation)]))


def _hint(near: tuple[str, ...]) -> str:
    return f' Did you mean "{near[0]}"?' if near else ""
