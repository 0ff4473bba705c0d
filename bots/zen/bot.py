"""Zen: the Zen of Python, a line for every occasion."""

from __future__ import annotations

import os
import sys

# English and Zen share how ChatterBot is loaded and how typos are undone: that code lives in English's folder.
sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "english"))

from zenbot.answering import Declined
from zenbot.engine import open_zen

from tellme import Bot, Message

bot = Bot("Zen", description="The Zen of Python, a line for every occasion")
answer = open_zen()


@bot.reply
def reply(message: Message) -> str:
    """Answer with a line of the Zen, or decline."""
    said = [turn.text for turn in message.session.history if turn.status == "answered"]
    try:
        return answer(message.text, said)
    except Declined as declined:
        raise bot.Decline(str(declined)) from None


bot.run()
