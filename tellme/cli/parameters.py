"""The arguments that several commands share, and what a command returns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

Call = Callable[[], int]
"""What a command line comes to; returns the exit code."""

BotName = Annotated[str, typer.Argument(metavar="BOT", help="A bot's name, in any case.")]
SessionId = Annotated[str, typer.Argument(metavar="ID", help="A session's id, or its start.")]
SomeSessionId = Annotated[str | None, typer.Argument(metavar="ID", help="A session's id, or its start.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
Plain = Annotated[
    bool, typer.Option("--plain", help="Line by line instead of full screen: labels, nothing that moves.")
]
Last = Annotated[int | None, typer.Option("--last", "-n", metavar="NUMBER", min=1, help="Only so many, the newest.")]
