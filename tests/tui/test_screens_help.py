"""Help: all keys and commands, as they are now, at every size."""

from __future__ import annotations

import pytest

from tellme import shell
from tellme.tui.keys import all_bindings, shown_keys
from tellme.tui.screens.help import HelpScreen

from .conftest import Tui, run


async def _open(tui: Tui) -> str:
    await tui.pilot.press("f1")
    await tui.until(lambda: isinstance(tui.app.screen, HelpScreen))
    await tui.pilot.pause()
    return str(tui.app.screen.query_one("#sections > Static").render())


def test_every_key_and_command_is_there() -> None:
    async def body(tui: Tui) -> None:
        text = await _open(tui)
        for key in all_bindings():
            assert key.id in text
            assert shown_keys(key.keys) in text
            assert key.sentence.split()[0] in text
        for usage in shell.COMMANDS:
            assert usage.form in text
        assert "config.toml" in text
        assert "[tui.keys]" in text

    run(body, (120, 40))


@pytest.mark.parametrize("key", ["escape", "f1", "q"])
def test_it_closes(key: str) -> None:
    async def body(tui: Tui) -> None:
        await _open(tui)
        await tui.pilot.press(key)
        await tui.until(lambda: tui.app.screen is tui.chat)

    run(body)


def test_a_filter_leaves_what_holds_its_words() -> None:
    async def body(tui: Tui) -> None:
        await _open(tui)
        await tui.pilot.press("slash", *"export")
        await tui.until(lambda: "/export" in tui.text and "/list" not in tui.text)
        assert "Ctrl+E" in tui.text
        await tui.pilot.press(*"qqq")
        await tui.until_shown("Nothing here has these words in it.")

    run(body)


def test_it_scrolls_by_keys_also_from_the_filter() -> None:
    async def body(tui: Tui) -> None:
        await _open(tui)
        await tui.pilot.press("slash", "down", "pagedown")
        await tui.until(lambda: "Commands to type" not in tui.text)

    run(body, (60, 16))


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 12), (10, 3), (1, 1)])
def test_every_size_will_do(size: tuple[int, int]) -> None:
    async def body(tui: Tui) -> None:
        await tui.pilot.resize_terminal(*size)
        await _open(tui)
        if size >= (40, 12):
            assert "start_session NAME" in tui.text
            assert all(len(line) <= size[0] for line in tui.lines)

    run(body)
