"""The line of status at every width: what matters stays whole, what does not fit is left out and not cut."""

from __future__ import annotations

import asyncio

import pytest
from textual.app import App, ComposeResult

from tellme.model import BotState, BotStatus, Option, Question, Session
from tellme.tui.widgets.choice import Choice
from tellme.tui.widgets.status import Status

BOT = BotStatus("Worker", "worker", "command", BotState.BUSY, 11, 61.0, 0, 2**20, None)
SESSION = Session("k3fah7q2vd", "worker", 0.0, title="x^2 - 5x + 6 = 0")
QUESTION = Question("Worker", "s", "Edit parser.py?", (Option("a", "Always in this folder and all below", "allow"),))


class Line(App[None]):
    def compose(self) -> ComposeResult:
        yield Status()
        yield Choice(QUESTION)

    @property
    def lines(self) -> list[str]:
        return [strip.text.rstrip() for strip in self.screen._compositor.render_strips()]


def lines(width: int, *, settled: str = "") -> list[str]:
    """Return what is shown in a terminal of that width."""

    async def main() -> list[str]:
        app = Line()
        async with app.run_test(size=(width, 10)) as pilot:
            status = app.query_one(Status)
            status.bot, status.session, status.mode = BOT, SESSION, "Write code without asking"
            status.under_way = "Esc cancels"
            if settled:
                app.query_one(Choice).settle(settled)
            await pilot.pause()
            return app.lines

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (100, " ● Worker busy  Write code without aski…  x^2 - 5x + 6 = 0  k3fah7q2vd" + " " * 18 + "Esc cancels"),
        (70, " ● Worker busy  Write code without aski…  k3fah7q2vd       Esc cancels"),
        (60, " ● Worker busy  Write code without aski…         Esc cancels"),
        (46, " ● Worker busy  Write code with…  Esc cancels"),
        (36, " ● Worker busy           Esc cancels"),
    ],
)
def test_what_does_not_fit_is_left_out(width: int, shown: str) -> None:
    assert lines(width)[0].split() == shown.split()
    assert lines(width)[0].endswith("Esc cancels")


def test_an_option_that_wraps_goes_on_below_its_name() -> None:
    assert lines(28)[1:4] == ["▌ Worker asks  Edit", "▌ parser.py?", "▌ 1  Always in this folder"]
    assert lines(28)[4] == "▌    and all below"


def test_of_a_question_with_its_answer_two_lines_are_left() -> None:
    assert lines(60, settled="you chose: Yes")[1:4] == ["▌ Worker asked: Edit parser.py?", "▌ you chose: Yes", ""]
