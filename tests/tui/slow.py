"""A bot that takes its time."""

from __future__ import annotations

SLOW = """
import asyncio
import os

from tellme import Bot

bot = Bot("Slow")


@bot.reply
async def reply(message):
    yield "one "
    while not os.path.exists(message.text.removeprefix("until ")):
        await asyncio.sleep(0.005)
    yield "two"


bot.run()
"""
