"""The least that a Textual app with something to type into can be."""

from textual.app import App, ComposeResult
from textual.widgets import Input


class Bare(App[None]):
    def compose(self) -> ComposeResult:
        yield Input()


Bare().run()
