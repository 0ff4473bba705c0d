"""Starts processes that mean to stay, prints their pids in one line, then stays too or ends.

Usage: leaves.py KIND… stay|go

child    a fork
shell    a shell around another program
daemon   a session of its own, its parent gone (double fork), its descriptors closed
bomb     fifty forks, each of which forks again
runner   a fork that forks and ends, again and again, so that its pid is never the same for long
deaf     a fork that ignores every signal that can be ignored
"""

import os
import signal
import subprocess
import sys
import time


def stay() -> None:
    while True:
        time.sleep(1000)


def child() -> list[int]:
    return [os.fork() or stay()]  # type: ignore[list-item, func-returns-value]


def shell() -> list[int]:
    shell = subprocess.Popen(["sh", "-c", "sleep 1000 & echo $!; wait; :"], stdout=subprocess.PIPE, text=True)
    assert shell.stdout is not None
    return [shell.pid, int(shell.stdout.readline())]


def daemon() -> list[int]:
    read, write = os.pipe()
    first = os.fork()
    if first == 0:
        os.setsid()
        second = os.fork()
        if second:
            os.write(write, str(second).encode())
            os._exit(0)
        os.closerange(0, 100)
        stay()
    os.waitpid(first, 0)
    return [int(os.read(read, 20))]


def bomb() -> list[int]:
    read, write = os.pipe()
    for _ in range(25):
        if os.fork() == 0:
            os.fork()
            os.write(write, f"{os.getpid()} ".encode())
            stay()
    pids = b""
    while pids.count(b" ") < 50:
        pids += os.read(read, 4096)
    return [int(pid) for pid in pids.split()]


def runner() -> list[int]:
    if os.fork() == 0:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if os.fork():
                os._exit(0)
        os._exit(0)
    return []


def deaf() -> list[int]:
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
        os.write(write, b".")
        stay()
    os.read(read, 1)
    return [pid]


kinds = {"runner": runner, "child": child, "shell": shell, "daemon": daemon, "bomb": bomb, "deaf": deaf}
print(*(pid for kind in sys.argv[1:-1] for pid in kinds[kind]()), flush=True)
if sys.argv[-1] == "stay":
    stay()
