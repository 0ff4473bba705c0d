"""English: small talk and trivia from ChatterBot's English corpus, or what other corpora say. It says so when it does
not know, and can be corrected.
"""

from __future__ import annotations

import os
import sys

from englishbot.corpora import CorpusError, named
from englishbot.corrections import Refused
from englishbot.engine import open_english

from tellme import Bot, Message

_CONFIGURATION_ERROR = 78  # such a bot is not started again

bot = Bot("English", description="Small talk, jokes and trivia")
try:
    english = open_english(
        os.environ.get("TELLME_KIND_DATA", ""),
        named(os.environ.get("TELLME_CORPUS", "")),
        os.environ.get("TELLME_BOT_DATA", ""),
    )
except CorpusError as error:
    print(error, file=sys.stderr)  # noqa: T201
    sys.exit(_CONFIGURATION_ERROR)


@bot.reply
def reply(message: Message) -> str:
    """Answer from the corpus, or decline."""
    answer = english.answer(message.text, _history(message))
    if answer is None:
        raise bot.Decline("I don't know what to say to that.")
    return answer


@bot.command("correct", "Say what the last answer should have been.", hint="TEXT")
def correct(message: Message) -> str:
    """Keep the text as the answer to the last message."""
    try:
        return english.correct(message.text, _history(message))
    except Refused as refused:
        raise bot.Decline(str(refused)) from None


@bot.command("corrections", "List the corrections.")
def corrections(message: Message) -> str:
    """List the corrections that hold."""
    try:
        return english.corrections.listed()
    except Refused as refused:
        raise bot.Decline(str(refused)) from None


@bot.command("uncorrect", "Take back a correction: the newest, or the one with that number.", hint="[NUMBER]")
def uncorrect(message: Message) -> str:
    """Take a correction back."""
    try:
        return english.uncorrect(message.text)
    except Refused as refused:
        raise bot.Decline(str(refused)) from None


def _history(message: Message) -> list[tuple[str, str]]:
    return [(turn.message, turn.text if turn.status == "answered" else "") for turn in message.session.history]


bot.run()
