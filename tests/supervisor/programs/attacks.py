"""Sends a signal to its warden, or to the spawner above it, or both; a daemon of its own, whose pid it prints, stays.

Usage: attacks.py warden|spawner|warden-spawner|spawner-warden KILL|STOP
"""

import os
import signal
import sys
import time


def parent_of(pid: int) -> int:
    with open(f"/proc/{pid}/stat", "rb") as stat:
        return int(stat.read().rpartition(b")")[2].split()[1])


def stay() -> None:
    while True:
        time.sleep(1000)


read, write = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.write(write, str(os.getpid()).encode())
        stay()
    os._exit(0)
warden = os.getppid()
print(os.getpid(), int(os.read(read, 20)), warden, parent_of(warden), flush=True)
sys.stdin.readline()
pids = {"warden": warden, "spawner": parent_of(warden)}
for target in sys.argv[1].split("-"):
    os.kill(pids[target], signal.Signals[f"SIG{sys.argv[2]}"])
print("done", flush=True)
stay()
