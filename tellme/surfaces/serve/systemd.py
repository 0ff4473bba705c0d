"""What systemd is told and asks for: the unit file, and the notifications of a service.

Sources: systemd.service(5), systemd.exec(5) and systemd.syntax(7) for the unit, sd_notify(3) for the datagrams, which
name one assignment a line; a ``NOTIFY_SOCKET`` that begins with ``@`` is in the abstract namespace.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sys
import sysconfig
import time
from collections.abc import Mapping, Sequence

from tellme.paths import single_file

STOP_S = 60
"""How long a stop may take: the turns that end in time, then the graces of the bots."""
WATCHDOG_S = 60

_UNIT = """\
# A host of tellme's for this user. To have it start now and at each login:
#   tellme serve --print-unit > ~/.config/systemd/user/tellme.service
#   systemctl --user daemon-reload
#   systemctl --user enable --now tellme.service

[Unit]
Description=tellme, a host for chatbots

[Service]
Type=notify
NotifyAccess=main
{environment}ExecStart={command}
ExecReload=/bin/kill -HUP $MAINPID
KillMode=mixed
Restart=on-failure
RestartPreventExitStatus=2
TimeoutStopSec={stop_s}
WatchdogSec={watchdog_s}
StandardOutput=null
StandardError=journal

[Install]
WantedBy=default.target
"""


def unit(environ: Mapping[str, str]) -> str:
    """Return the unit file that has this installation serve, with the bots and places of this environment."""
    kept = [f"{name}={environ[name]}" for name in ("TELLME_HOME", "PATH") if environ.get(name)]
    program, *arguments = called = command(sys.argv[0], environ)
    if not _may_be_program(program):
        program, arguments = "/bin/sh", ["-c", 'exec "$0" "$@"', program, *arguments]
    # The program's path is taken as it is but for specifiers; in arguments ``$`` begins a variable, too.
    words = [_quoted(program), *(_quoted(word).replace("$", "$$") for word in arguments)]
    lines = "".join(f"Environment={_quoted(each, always=True)}\n" for each in kept)
    folder = _folder(called[0])
    return _UNIT.format(
        environment=(f"WorkingDirectory={folder.replace('%', '%%')}\n" if folder else "") + lines,
        command=" ".join(words),
        stop_s=STOP_S,
        watchdog_s=WATCHDOG_S,
    )


def _may_be_program(path: str) -> bool:
    """Tell whether systemd takes a path as that of a program: it does not where a quote or a backslash is in it."""
    return path.isprintable() and not any(character in path for character in "\"'\\")


def command(called: str, environ: Mapping[str, str]) -> Sequence[str]:
    """Return the words that start this installation, absolute: as it was called, else as it is installed."""
    candidates = [
        single_file(),
        os.path.abspath(called) if os.path.basename(called) == "tellme" and os.path.dirname(called) else "",
        shutil.which("tellme", path=environ.get("PATH")) if os.path.basename(called) == "tellme" else "",
        os.path.join(sysconfig.get_path("scripts"), "tellme"),
    ]
    program = next((each for each in candidates if each and os.access(each, os.X_OK) and os.path.isfile(each)), None)
    return (program, "serve") if program else (sys.executable, "-m", "tellme", "serve")


def _folder(program: str) -> str:
    """Return where a program that is Python itself has to run to find this package, if that is not installed."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    is_installed = root in (sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))
    return root if program == sys.executable and not is_installed else ""


def _quoted(word: str, *, always: bool = False) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    escaped = escaped.replace("%", "%%")
    is_plain = escaped == word and not any(character.isspace() or character in "';" for character in word)
    return word if is_plain and word and not always else f'"{escaped}"'


class Notifier:
    """Tells the service manager how the service is; where there is none, nobody."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._address = _address(environ.get("NOTIFY_SOCKET", ""))
        self._beat_s = beat_s(environ)
        self._next: asyncio.TimerHandle | None = None

    def ready(self, status: str) -> None:
        """The service is up, or has loaded what changed."""
        self._send("READY=1", f"STATUS={status}")

    def reloading(self) -> None:
        """It loads what changed; ``ready`` must follow."""
        self._send("RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")

    def stopping(self, status: str) -> None:
        """It is about to end."""
        self._send("STOPPING=1", f"STATUS={status}")

    def beat(self) -> None:
        """Prove now and from now on that the event loop goes round, where that is asked for."""
        if self._beat_s and self._address:
            self._send("WATCHDOG=1")
            self._next = asyncio.get_running_loop().call_later(self._beat_s, self.beat)

    def close(self) -> None:
        """Prove it no more."""
        if self._next is not None:
            self._next.cancel()

    def _send(self, *assignments: str) -> None:
        """A manager that does not listen is no reason not to serve."""
        if not self._address:
            return
        data = "\n".join(each.replace("\n", " ") for each in assignments).encode("utf-8", "replace")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sender:
            try:
                sender.sendto(data, self._address)
            except OSError:
                return


def _address(named: str) -> str:
    if named.startswith("@"):
        return "\0" + named[1:]
    return named if named.startswith("/") else ""


def beat_s(environ: Mapping[str, str]) -> float:
    """Return how often the watchdog wants to hear of us, halved as sd_watchdog_enabled(3) advises; 0 for never."""
    interval, pid = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
    is_meant = not pid or pid == str(os.getpid())
    return int(interval) / 2e6 if is_meant and interval.isascii() and interval.isdigit() else 0.0
