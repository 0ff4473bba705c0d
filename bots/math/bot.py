"""Math: exact arithmetic, units and equations. Right or declined."""

from __future__ import annotations

from mathbot.engine import answer, recall
from mathbot.limits import Declined

from tellme import Bot, Message

bot = Bot("Math", description="Exact arithmetic, units and equations: right or declined")


@bot.reply
def reply(message: Message) -> str:
    """Answer with the result and nothing else, or decline with the reason."""
    session = message.session
    if not session.scratch:
        recall((turn.message for turn in session.history if turn.status == "answered"), session.scratch)
    try:
        return answer(message.text, session.scratch)
    except Declined as reason:
        raise bot.Decline(str(reason)) from None


bot.run()
