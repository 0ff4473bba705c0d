"""``tellme ask`` with a message where the bot should be says what to type."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..conftest import add_bot
from .conftest import tellme


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["2+2"], "A bot comes first: 'tellme ask Math \"2+2\"'. 'tellme list' shows all of them."),
        (["what", "is", "zen"], "A bot comes first: 'tellme ask Zen \"what is zen\"'. "),
        (["clean this up"], 'A bot comes first: \'tellme ask "Wall E" "clean this up"\'. '),
        (["Zen: hello"], "A bot comes first: 'tellme ask Zen \"hello\"'. "),
        (["it costs $4"], "A bot comes first: 'tellme ask BOT TEXT'. "),
        (["Mathh"], "Did you mean Math? 'tellme list' shows all of them."),
        (["Nobody"], "There is no bot named 'Nobody'. 'tellme list' shows all of them."),
        (["2+2", "--lines"], "There is no bot named '2+2'. 'tellme list' shows all of them."),
    ],
)
def test_a_message_without_a_bot_is_answered_with_what_to_type(home: Path, arguments: list[str], hint: str) -> None:
    add_bot(home, "Wall E", ["true"], aliases=["clean this up"])
    said = tellme("ask", *arguments)
    assert (said.code, said.out) == (2, "")
    assert hint in said.err
    assert said.err.count("\n") == 1
