"""The keys: all are listed, explained, can be given to other keys, and what cannot be is said."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

import tellme.tui
from tellme.tui.keys import all_bindings, shown, shown_keys, unknown_keys
from tellme.tui.screens.help import HelpScreen
from tellme.tui.screens.sessions import SessionsScreen

from .conftest import Tui, run


def test_every_binding_of_the_app_is_listed() -> None:
    listed = {key.id for key in all_bindings()}
    found = {binding.id for binding in _bindings_of_all_modules()}
    assert found <= listed, "a class of tellme.tui is missing in keys.py"
    assert listed == found


def test_every_binding_has_an_id_of_its_own_and_says_what_it_does() -> None:
    bindings = list(_bindings_of_all_modules())
    ids = [binding.id for binding in bindings]
    assert all(ids), "each needs an id: config.toml goes by it"
    assert len(set(ids)) == len(ids)
    assert all(binding.description for binding in bindings)
    for key in all_bindings():
        assert "." in key.id
        assert key.sentence[0].isupper() or key.sentence[0] == "F", key
        assert not key.sentence.endswith("."), key


def test_every_action_exists() -> None:
    from textual.actions import parse

    from tellme.tui.keys import _namespace

    for key in all_bindings():
        namespace, name, _ = parse(key.action)
        assert hasattr(_namespace(namespace, key.owner), f"action_{name}"), key


def test_keys_are_known_to_textual() -> None:
    as_they_are = {key.id: ",".join(key.keys) for key in all_bindings()}
    assert [line for line in unknown_keys(as_they_are) if "no terminal has" in line] == []


def test_no_key_has_two_meanings_in_one_place() -> None:
    as_they_are = {key.id: ",".join(key.keys) for key in all_bindings()}
    assert [line for line in unknown_keys(as_they_are) if "too, and does" in line] == []


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"chat.fnd": "f6"}, ['"chat.fnd"', 'Did you mean "chat.find"?']),
        ({"chat.find": "ctlr+e"}, ['"chat.find"', 'no terminal has a key "ctlr+e"', 'Did you mean "ctrl+e"?']),
        ({"chat.find": "Ctrl+E"}, ['Did you mean "ctrl+e"?']),
        ({"chat.find": "pagedwn"}, ['Did you mean "pagedown"?']),
        ({"chat.find": "ctrl+n"}, ['"chat.find"', '"ctrl+n" is the key of "chat.new" too']),
        ({"transcript.copy": "f5,ctrl+q"}, ['"ctrl+q" is the key of "app.quit" too']),
    ],
)
def test_what_cannot_be_used_is_said(keys: dict[str, str], said: list[str]) -> None:
    (sentence,) = unknown_keys(keys)
    assert sentence.startswith("[tui.keys] in config.toml, ")
    assert all(part in sentence for part in said), sentence


@pytest.mark.parametrize("keys", [{}, {"chat.find": "f12, ctrl+e"}, {"chat.find": "ctrl+n", "chat.new": "f7"}])
def test_what_can_be_used_is_not_talked_about(keys: dict[str, str]) -> None:
    assert unknown_keys(keys) == []


def test_a_clash_of_two_that_were_both_given_is_said_once() -> None:
    assert len(unknown_keys({"chat.find": "f7", "chat.new": "f7"})) == 1


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("ctrl+n", "Ctrl+N"),
        ("question_mark", "?"),
        ("slash", "/"),
        ("G", "G"),
        ("alt+up", "Alt+↑"),
        ("pageup", "PgUp"),
        ("f1", "F1"),
        ("shift+enter", "Shift+Enter"),
        ("ctrl+underscore", "Ctrl+_"),
        ("delete", "Del"),
    ],
)
def test_keys_are_shown_as_people_write_them(key: str, written: str) -> None:
    assert shown(key) == written


def test_a_key_from_the_configuration_works_and_is_in_the_help(home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text('[tui.keys]\n"chat.sessions" = "f8"\n"app.help" = "f9"\n')

    async def body(tui: Tui) -> None:
        await tui.pilot.press("f3")
        assert not isinstance(tui.app.screen, SessionsScreen)
        await tui.pilot.press("f8")
        await tui.until(lambda: isinstance(tui.app.screen, SessionsScreen))
        await tui.pilot.press("escape", "f9")
        await tui.until(lambda: isinstance(tui.app.screen, HelpScreen))
        await tui.pilot.press("slash", *"chat.sessions")
        await tui.until(lambda: "F8" in tui.text and "F3" not in tui.text)

    run(body)


def test_a_wrong_key_in_the_configuration_is_said_in_the_app(home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text('[tui.keys]\n"chat.sesions" = "f8"\n')

    async def body(tui: Tui) -> None:
        await tui.until(lambda: any('"chat.sessions"?' in note.message for note in tui.app._notifications))

    run(body)


def test_shown_keys_joins_them() -> None:
    assert shown_keys(("up", "k")) == "↑, k"


def _bindings_of_all_modules() -> Iterator[Binding]:
    seen: set[type] = set()
    for module in pkgutil.walk_packages(tellme.tui.__path__, "tellme.tui."):
        for _, cls in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if cls.__module__.startswith("tellme.") and issubclass(cls, DOMNode) and cls not in seen:
                seen.add(cls)
                yield from vars(cls).get("BINDINGS", ())
