"""The arguments that several commands share, and what a command returns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from tellme.cli.completion import bot_names, session_ids

Call = Callable[[], int]
"""What a command line comes to; returns the exit code."""

BotName = Annotated[str, typer.Argument(metavar="BOT", help="A bot's name, in any case.", autocompletion=bot_names)]
SessionId = Annotated[
    str, typer.Argument(metavar="ID", help="A session's id, or its start.", autocompletion=session_ids)
]
SomeSessionId = Annotated[
    str | None, typer.Argument(metavar="ID", help="A session's id, or its start.", autocompletion=session_ids)
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
Plain = Annotated[
    bool, typer.Option("--plain", help="Line by line instead of full screen: labels, nothing that moves.")
]
Last = Annotated[int | None, typer.Option("--last", "-n", min=1, help="Only so many, the newest.")]
