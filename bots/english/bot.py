"""English: small talk and trivia from ChatterBot's English corpus. It says so when it does not know."""

from __future__ import annotations

import os

from englishbot.engine import open_english

from tellme import Bot, Message

bot = Bot("English", description="Small talk, jokes and trivia")
english = open_english(os.environ.get("TELLME_KIND_DATA", ""))


@bot.reply
def reply(message: Message) -> str:
    """Answer from the corpus, or decline."""
    history = [(turn.message, turn.text if turn.status == "answered" else "") for turn in message.session.history]
    answer = english.answer(message.text, history)
    if answer is None:
        raise bot.Decline("I don't know what to say to that.")
    return answer


bot.run()
