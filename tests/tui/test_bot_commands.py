"""Commands that a bot offers: typed, completed, and in the help."""

from __future__ import annotations

from pathlib import Path

from ..conftest import TEACHABLE
from .conftest import Tui, add_script, run


def test_a_command_of_the_bot_goes_to_it(home: Path) -> None:
    add_script(home, "Teachable", TEACHABLE)

    async def body(tui: Tui) -> None:
        await tui.start("Teachable")
        await tui.say("/teach this")
        await tui.until_shown("learned 'this'")
        await tui.say("/tech that")
        await tui.until_shown("Did you mean /teach?")

    run(body)


def test_a_command_of_the_bot_that_answered_without_a_session(home: Path) -> None:
    add_script(home, "Teachable", TEACHABLE, aliases=["lesson one"])

    async def body(tui: Tui) -> None:
        await tui.say("lesson one")
        await tui.until(lambda: tui.views and tui.views[-1].turn.status)
        await tui.say("/teach that")
        await tui.until_shown("learned 'that'")

    run(body)


def test_commands_of_the_bot_are_completed_and_in_the_help(home: Path) -> None:
    add_script(home, "Teachable", TEACHABLE)

    async def body(tui: Tui) -> None:
        await tui.start("Teachable")
        await tui.until(lambda: tui.chat.prompt.commands)  # no message is needed for it
        await tui.type("/te")
        await tui.until_shown("/teach TEXT")
        await tui.pilot.press("f1")
        await tui.until_shown("Commands of this bot")

    run(body, size=(100, 60), bots=True)
