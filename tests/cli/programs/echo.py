"""Says back what it is told; a few first words make it do something else."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from tellme import Bot, Message

bot = Bot("Echo")


@bot.reply
def reply(message: Message) -> str | Iterator[str]:
    word, _, rest = message.text.partition(" ")
    match word:
        case "decline":
            raise bot.Decline(rest)
        case "raise":
            raise ValueError(rest)
        case "die":
            os._exit(4)
        case "repeat":
            times, _, what = rest.partition(" ")
            return what * int(times)
        case "pieces":
            return pieces(rest)
        case "count":
            return str(len(message.text))
    return message.text


def pieces(text: str) -> Iterator[str]:
    """Yield the first word, then the rest as soon as the file ``go`` is there; with ``then-die`` not all of it."""
    first, _, rest = text.partition(" ")
    yield first
    while not Path("go").exists():
        time.sleep(0.005)
    if first == "then-die" and not Path("died").exists():
        Path("died").touch()
        os._exit(4)
    yield f" {rest}"


bot.run()
