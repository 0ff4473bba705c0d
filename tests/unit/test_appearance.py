"""What ``[tui]`` says is taken; what is wrong in it is said with file, line and key, and costs that key only."""

from __future__ import annotations

from pathlib import Path

import pytest

from tellme.host import appearance, toml
from tellme.host.appearance import TuiSettings


def read(tmp_path: Path, text: str) -> tuple[TuiSettings, list[str]]:
    file = tmp_path / "config.toml"
    file.write_text(text)
    top = toml.read(str(file))
    settings = appearance.read(top.section("tui", "[tui]"))
    return settings, [str(problem).removeprefix(f"{file}: ") for problem in top.problems]


def test_nothing_is_the_defaults(tmp_path: Path) -> None:
    assert read(tmp_path, "") == (TuiSettings(), [])


def test_every_key(tmp_path: Path) -> None:
    text = """
        [tui]
        theme = "nord"
        bell = false
        notify = false
        notify_after = 0
        start_bots = false
        mouse = false
        [tui.keys]
        "prompt.send" = "ctrl+enter, f2"
        app.quit = "ctrl+q"
    """
    keys = {"prompt.send": "ctrl+enter, f2", "app.quit": "ctrl+q"}
    assert read(tmp_path, text) == (TuiSettings("nord", False, False, 0.0, False, False, keys), [])


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("thema = 'x'", "line 3, tui.thema: is not known; did you mean theme?"),
        ("theme = 3", "line 3, tui.theme: must be text, not 3"),
        ("notify = 'no'", 'line 3, tui.notify: must be true or false, not "no"'),
        ("notify_after = true", "line 3, tui.notify_after: must be a number of seconds, not true"),
        ("notify_after = -1", "line 3, tui.notify_after: must be 0 and at most 86400 seconds, not -1"),
        ("keys = 7", 'line 3, tui.keys: must be a table, as in [tui.keys] with "prompt.send" = "ctrl+enter", not 7'),
        ("keys.'a.b' = 7", 'line 3, tui.keys."a.b": must be the keys for it as text, as in "ctrl+enter"'),
        ("keys.a.b = ['x']", 'line 3, tui.keys.a.b: must be the keys for it as text, as in "ctrl+enter"'),
        ("keys.a.b.c = 'x'", 'line 3, tui.keys.a.b: must be the keys for it as text, as in "ctrl+enter"'),
    ],
)
def test_a_mistake_costs_its_key_only(tmp_path: Path, line: str, problem: str) -> None:
    assert read(tmp_path, f"[tui]\nbell = false\n{line}") == (TuiSettings(bell=False), [problem])


def test_a_mistake_in_a_binding_costs_that_binding_only(tmp_path: Path) -> None:
    settings, problems = read(tmp_path, "[tui.keys]\n'a.b' = 'f1'\n'c.d' = ''\n")
    assert settings.keys == {"a.b": "f1"}
    assert problems == ['line 3, tui.keys."c.d": must be the keys for it as text, as in "ctrl+enter"']


def test_something_else_in_its_place(tmp_path: Path) -> None:
    assert read(tmp_path, "tui = 1") == (TuiSettings(), ["line 1, tui: must be a table, as in [tui], not 1"])
