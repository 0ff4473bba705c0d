"""A bot that behaves: says which process and which version it is, and can be made to wait in a turn."""

from __future__ import annotations

import os
import sys

from tellme import Bot

bot = Bot("Talks")


@bot.reply
def reply(message):  # type: ignore[no-untyped-def]
    if message.text == "die":
        os._exit(3)
    if message.text == "wait":
        with open(os.environ["GATE"]) as gate:  # a named pipe, which the test opens and closes
            gate.read()
    return f"{os.getpid()} {sys.argv[1]}"


bot.run()
