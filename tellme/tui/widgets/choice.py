"""A bot's question with its options, in the conversation: answered by key or mouse."""

from __future__ import annotations

from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tellme.model import Question
from tellme.text import clean, one_line, shorten

SETTLED_CHARS = 120
"""So much is left of a question that has its answer."""


class Choice(Vertical):
    """Posts ``Chosen`` once; ``settle`` leaves a line that says what was chosen."""

    DEFAULT_CSS = """
    Choice {
        height: auto; margin: 0 0 1 0; padding: 0 1; border-left: outer $warning; background: $surface;
        & > Static { width: 1fr; }
        & > OptionList {
            height: auto; max-height: 12; border: none; padding: 0; background: $surface;
            background-tint: $foreground 0%;
            &:focus { border: none; }
        }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "decline", "Answer nothing", id="choice.decline"),
        *(Binding(str(n), f"number({n})", f"Option {n}", show=False, id=f"choice.{n}") for n in range(1, 10)),
    ]

    class Chosen(Message):
        """The person has chosen; ``option_id`` is ``None`` where the answer is to answer nothing."""

        def __init__(self, choice: Choice, option_id: str | None) -> None:
            super().__init__()
            self.choice = choice
            self.option_id = option_id

    class Typed(Message):
        """The person goes on typing and answers nothing yet."""

        def __init__(self, key: events.Key) -> None:
            super().__init__()
            self.key = key

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question
        self.is_open = True
        """Is there no answer yet?"""

    def compose(self) -> ComposeResult:
        """Lay out the question above its options."""
        asked = Content.assemble((clean(self.question.bot), "bold $warning"), " asks  ", clean(self.question.title))
        yield Static(asked, markup=False)
        yield OptionList(*(Option(self._row(n), id=str(n)) for n in range(len(self.question.options))))

    def focus_options(self) -> None:
        """Let the keys answer, unless the question is settled already; none of the options is marked beforehand."""
        for options in self.query(OptionList):
            options.highlighted = None
            options.focus()

    def on_key(self, event: events.Key) -> None:
        """Let no letter that was meant for the prompt do something here."""
        if event.is_printable and not event.key.isdecimal():
            event.stop()
            self.post_message(self.Typed(event))

    def settle(self, outcome: str) -> None:
        """Replace the options with what came of the question; later answers count no more."""
        self.is_open = False
        asked = shorten(one_line(clean(f"{self.question.bot} asked: {self.question.title}")), SETTLED_CHARS)
        for line in self.query(Static):
            line.update(Content.assemble((asked, "$text-muted"), "\n", one_line(clean(outcome))))
        self.query(OptionList).remove()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._choose(event.option_index)

    def action_number(self, number: int) -> None:
        """Take the option of that number, if there is one."""
        if number <= len(self.question.options):
            self._choose(number - 1)

    def action_decline(self) -> None:
        """Answer nothing: for the bot that is a no."""
        if self.is_open:
            self.is_open = False
            self.post_message(self.Chosen(self, None))

    def _choose(self, index: int) -> None:
        if self.is_open:
            self.is_open = False
            self.post_message(self.Chosen(self, self.question.options[index].id))

    def _row(self, index: int) -> Table:
        """Return an option whose further lines begin below its name."""
        row = Table.grid(padding=(0, 2, 0, 0))
        row.add_row(
            Text(str(index + 1), style="bold"), Text(clean(self.question.options[index].name).replace("\n", " "))
        )
        return row
