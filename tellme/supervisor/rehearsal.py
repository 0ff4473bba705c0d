"""What the spawner plays through before it forks many built-in bots: a bot's start and a warden's.

A fork shares the spawner's memory until it writes there. Code that runs for the first time writes a lot: it is
specialised, attributes are cached, strings interned. Done ahead, a bot and its warden take a fifth less.
The promise: the spawner is afterwards what it was before, and a rehearsal that fails does no harm.
"""

from __future__ import annotations

import os
import sys

from tellme.supervisor import child, linux, run_script
from tellme.supervisor.launch import LENGTH_BYTES, Launch
from tellme.supervisor.reaping import Wakeup, signal
from tellme.supervisor.warden import Warden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

TIMES = 10
"""CPython specialises code that has run so often."""

_CLASSES = range(64, 513, 16)
"""Sizes of objects that CPython's allocator keeps apart, each in pools of its own; the smaller ones do not matter."""
_POOL_BYTES = 16 * 1024
_POOL_HEADER = 48
_MOST = 2000
"""Of one size; reached only by a Python whose pools are otherwise."""
_fillers: list[bytes] = []

_SAID = (
    b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":1,"clientCapabilities":{}}}\n'
    b'{"jsonrpc":"2.0","id":2,"method":"session/new","params":{"cwd":"/","mcpServers":[]}}\n'
    b'{"jsonrpc":"2.0","id":3,"method":"session/prompt",'
    b'"params":{"sessionId":"","prompt":[{"type":"text","text":""}]}}\n'
)
_CHANGED = ("argv", "excepthook", "stdin", "stdout", "stderr", "__stdin__", "__stdout__", "__stderr__")
"""What in ``sys`` a bot's start replaces."""
_ENV = {"HOME": "/", "LANG": "C", "PATH": "/bin", "PYTHONUTF8": "1"}


def rehearse() -> None:
    """Play both parts. What ends meanwhile stays for the spawner to reap, and signals come afterwards."""
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    handlers = {number: signal.getsignal(number) for number in signal.valid_signals()}
    wakeup = signal.set_wakeup_fd(-1)
    try:
        for play in (_play_bots, _play_warden):
            _repeat(play)
    finally:
        for number, handler in handlers.items():
            if signal.getsignal(number) is not handler:
                signal.signal(number, handler)
        signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


def fill_gaps() -> None:
    """Take what is free between the objects there are: what a fork makes then stands close together, on few pages."""
    for size in _CLASSES:
        for _ in range(_MOST):
            _fillers.append(bytes(size - sys.getsizeof(b"")))
            if id(_fillers[-1]) % _POOL_BYTES == _POOL_HEADER:
                break  # the first of a fresh pool, so the others are full


def _repeat(play: Callable[[], None]) -> None:
    try:
        for _ in range(TIMES):
            play()
    except (Exception, SystemExit, KeyboardInterrupt):
        return  # whoever plays it in earnest says what is wrong


def _play_warden() -> None:
    """With a pipe for each descriptor; the host says nothing, and the bot has started."""
    fields = Launch("", (), "/", _ENV, 1 << 60, "", builtin=True).pack()
    launch = Launch.unpack(fields[LENGTH_BYTES:])
    wakeup = Wakeup()
    pipes = [os.pipe() for _ in range(3)]
    (_, control), (stderr, _), (status, started) = pipes
    os.close(started)
    try:
        Warden(launch, os.getpid(), wakeup, control, stderr, status).rehearse()
    finally:
        wakeup.close()
        for descriptor in {end for pipe in pipes for end in pipe} - {started}:
            os.close(descriptor)


def _play_bots() -> None:
    for script in list(run_script.compiled):
        _play_bot(script)


def _play_bot(script: str) -> None:
    """Run it with the protocol's first lines on stdin; it ends with them."""
    before = {name: getattr(sys, name) for name in _CHANGED}
    path, main, env = sys.path[:], sys.modules["__main__"], dict(os.environ)
    _say(_SAID)
    try:
        linux.set_title("tellme: spawner")
        child.restore_interpreter(_ENV)
        run_script.run_script(script, [])
    finally:
        for name, value in before.items():
            setattr(sys, name, value)
        sys.path[:], sys.modules["__main__"] = path, main
        os.environ.clear()
        os.environ.update(env)
        _say(b"")


def _say(text: bytes) -> None:
    """Make ``text`` what is read from descriptor 0; for none that is ``/dev/null``, as the spawner has it."""
    if not text:
        descriptor = os.open(os.devnull, os.O_RDONLY)
    else:
        descriptor, end = os.pipe()
        os.write(end, text)
        os.close(end)
    os.dup2(descriptor, 0, inheritable=True)
    os.close(descriptor)
