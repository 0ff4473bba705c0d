"""Neither the end of stdin nor SIGTERM ends it; SIGTERM is mentioned where ``polite`` is given, and then ends it."""

import os
import signal
import sys
import time


def terminated(number: int, frame: object) -> None:
    if sys.argv[1:] == ["polite"]:
        os.write(1, b"terminated\n")  # it may come in the middle of a print
        sys.exit(5)


signal.signal(signal.SIGTERM, terminated)
print("ready", flush=True)
while True:
    time.sleep(1000)
