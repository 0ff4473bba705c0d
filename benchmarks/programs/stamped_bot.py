"""Echo with a stopwatch: notes on stderr, its log, when it begins, has imported the SDK, is asked, and ends."""

import sys
import time


def stamp(what: str) -> None:
    print("stamp", time.monotonic_ns(), what, file=sys.stderr, flush=True)


stamp("its program begins")
from tellme import Bot, Message  # noqa: E402

stamp("the SDK is imported")
bot = Bot("Stamped", description="Says it back, and when")


@bot.reply
def reply(message: Message) -> str:
    stamp("it is asked")
    return message.text


bot.run()
stamp("its stdin has ended, and it ends")
