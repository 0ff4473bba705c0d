"""A bot for storms: says in two halves, with a moment between them, what it was told, in which turn and after what.

Each turn that reaches it is noted in a file before it is answered, so that no delivery can hide. With ``STAY`` in its
environment it outlives its stdin and SIGTERM, and so does a process in a session of its own that it leaves alone.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator

from tellme import Bot, Message

MOMENT_S = float(os.environ.get("MOMENT_S", "0.02"))
FOLDER = os.environ["TELLME_BOT_DATA"]

bot = Bot("Storm", description="Says back what it was told, and when")
os.makedirs(FOLDER, exist_ok=True)
deliveries = os.open(os.path.join(FOLDER, "deliveries"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
count = 0
stays = "STAY" in os.environ
if stays:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    nothing = subprocess.DEVNULL
    subprocess.Popen(["sleep", "1000"], stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True)


@bot.reply
def reply(message: Message) -> Iterator[str]:
    global count
    count += 1
    os.write(deliveries, f"{message.turn}\n".encode())
    earlier = [past.message for past in message.session.history]
    said = json.dumps({"turn": message.turn, "message": message.text, "earlier": earlier, "count": count})
    half = len(said) // 2
    yield said[:half]
    time.sleep(MOMENT_S)
    yield said[half:]


bot.run()
while stays:
    signal.pause()
