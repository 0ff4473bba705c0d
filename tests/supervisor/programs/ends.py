"""Ends in the way that it is told, after saying something on stderr."""

import atexit
import os
import signal
import sys
import threading
import time


def late() -> None:
    time.sleep(0.05)
    print("from a thread", file=sys.stderr)


print("last words", file=sys.stderr)
match sys.argv[1]:
    case "falls off":
        print("buffered")
    case "code":
        sys.exit(int(sys.argv[2]))
    case "message":
        sys.exit("cannot go on")
    case "raises":
        raise ValueError("bad luck")
    case "signal":
        os.kill(os.getpid(), signal.Signals[f"SIG{sys.argv[2]}"])
    case "atexit":
        atexit.register(print, "at exit", file=sys.stderr)
    case "thread":
        threading.Thread(target=late).start()
    case "closes stdout":
        os.close(1)
        sys.stdin.read()
        os._exit(0)
