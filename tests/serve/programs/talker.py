"""A bot for what clients of a server meet: turns that wait for a file, and replies of any size."""

from __future__ import annotations

import asyncio
import os

from tellme import Bot

bot = Bot("Talker")

EVERY_S = 0.002


@bot.reply
async def reply(message):
    match message.text.split():
        case ["wait", path]:
            yield "waited "
            while not os.path.exists(path):  # noqa: ASYNC110, ASYNC240 — another process makes it
                await asyncio.sleep(EVERY_S)
            yield "enough"
        case ["big", mebibytes]:
            for _ in range(int(mebibytes)):
                yield "x" * 2**20
        case _:
            yield message.text


bot.run()
