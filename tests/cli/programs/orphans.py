"""A bot that leaves a daemon behind and kills both that would see to it: its warden and the spawner."""

import os
import signal
import time
from pathlib import Path

from tellme import Bot, Message

bot = Bot("Orphans")


@bot.reply
def reply(message: Message) -> str:
    warden = os.getppid()
    spawner = int(Path(f"/proc/{warden}/stat").read_text().rpartition(")")[2].split()[1])
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        Path(message.text).write_text(str(os.getpid()))
        time.sleep(600)
    while not Path(message.text).exists():
        time.sleep(0.001)
    for pid in (spawner, warden):
        os.kill(pid, signal.SIGKILL)
    return "done"


bot.run()
