"""A bot under a supervisor that has no pipes for it: the first client of a socket gets what a host has by pipes.

``socket_bot.py SOCKET PROGRAM`` runs PROGRAM in this same process, so that it starts as fast as by itself.
"""

import _socket  # ``socket`` itself would cost the start milliseconds
import os
import sys

path, program = sys.argv[1:]
listener = _socket.socket(_socket.AF_UNIX)
listener.bind(path)
listener.listen()
client, _ = listener._accept()  # type: ignore[attr-defined]
os.unlink(path)
for number in (0, 1):
    os.dup2(client, number)
with open(program) as file:
    exec(compile(file.read(), program, "exec"), {"__name__": "__main__"})
