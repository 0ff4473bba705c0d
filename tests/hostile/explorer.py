"""A bot with one line in and one line out, that does what a line says and tells what came of it."""

from __future__ import annotations

import os
import socket
import sys


def status(key: str) -> str:
    with open("/proc/self/status") as lines:
        return next(line.split()[1] for line in lines if line.startswith(f"{key}:"))


def daemon() -> str:
    """Leave a process behind that has nothing to do with this one any more."""
    read, write = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        os.write(write, b".")
        os.closerange(0, 100)
        while True:
            os.read(os.open("/dev/zero", os.O_RDONLY), 1)
    os.read(read, 1)
    return "daemonised"


def connect(port: str) -> str:
    with socket.create_connection(("127.0.0.1", int(port)), 5) as connection:
        return connection.recv(100).decode()


def write(path: str) -> str:
    with open(path, "w") as file:
        file.write("written")
    return "written"


def read(path: str) -> str:
    with open(path) as file:
        return file.read()


def kill(pid: str) -> str:
    os.kill(int(pid), 9)
    return "killed"


ACTIONS = {
    "read": read,
    "write": write,
    "list": lambda path: " ".join(sorted(os.listdir(path))),
    "kill": kill,
    "connect": connect,
    "status": status,
    "daemon": lambda _: daemon(),
    "environment": lambda name: os.environ.get(name, "(none)"),
    "folder": lambda _: os.getcwd(),
    "imports": lambda name: str(__import__(name).__name__),
}

for line in sys.stdin:
    action, _, argument = line.strip().partition(" ")
    try:
        answer = ACTIONS[action](argument)
    except Exception as error:
        answer = type(error).__name__
    print(" ".join(answer.split()) or "(empty)", flush=True)
