"""How a bot is enclosed: the command line of bubblewrap, which runs it where it sees no more than it needs to run.

It sees its own folder, the system's programs and libraries and this interpreter with its packages, none of which it can
change; its data folder, which it can; a ``/tmp`` and processes of its own; and the network. A person's files, other
bots and other processes are not there. SIGTERM ends it at once: bubblewrap does not pass it on.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence

PROGRAM = "bwrap"
INSTALL = "needs bubblewrap for its sandbox: install it (such as by 'apt install bubblewrap')"

_FLAGS = (
    *("--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
    *("--die-with-parent", "--new-session"),
    *("--cap-drop", "ALL"),  # root would keep them all
    *("--proc", "/proc", "--remount-ro", "/proc"),  # root could change the kernel's settings there
    *("--dev", "/dev", "--tmpfs", "/tmp"),
)

_SYSTEM = (
    *("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"),
    *("/nix/store", "/run/current-system", "/gnu/store"),
)
"""Programs and libraries, as far as a system has them."""

_ETC = (
    *("alternatives", "ca-certificates", "crypto-policies", "group", "gai.conf", "host.conf", "hostname", "hosts"),
    *("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "mime.types", "nsswitch.conf", "passwd", "pki"),
    *("protocols", "resolv.conf", "services", "ssl", "static", "timezone"),
)
"""What programs need of ``/etc``: names, certificates, where libraries are. The rest may hold secrets."""

_BINDS = ("--ro-bind", "--ro-bind-try", "--bind")

_CLOSE = ("--remount-ro", "/")
"""The last words: nothing can be put in place after them."""


def find(environ: Mapping[str, str]) -> str | None:
    """Return the path of bubblewrap, by the host's ``PATH``; the bot's own may lead to whatever the bot likes."""
    import shutil

    return shutil.which(PROGRAM, path=environ.get("PATH") or os.defpath)


def enclosure(
    program: str, folder: str | None, data_dir: str, readable: Iterable[str], environ: Mapping[str, str]
) -> tuple[str, ...]:
    """Return bubblewrap and its arguments, up to where the bot's command follows.

    ``folder`` is the bot's, ``None`` where it holds more than the bot; ``readable`` what else the bot was told to read;
    ``data_dir`` must exist.
    """
    seen = [*_SYSTEM, *(f"/etc/{name}" for name in _ETC), *_python(), *_libraries(environ), *readable]
    binds = [word for path in dict.fromkeys(seen) for word in ("--ro-bind-try", path, path)]
    own = ("--ro-bind", folder, folder) if folder else ()
    # The later covers the earlier, so that the one place that can be written comes last; then the rest is closed.
    return (program, *_FLAGS, *binds, *own, "--bind", data_dir, data_dir, *_CLOSE)


def showing(enclosure: Sequence[str], words: Iterable[str]) -> tuple[str, ...]:
    """Return the enclosure with these words of bubblewrap's put in before it is closed."""
    return (*enclosure[: -len(_CLOSE)], *words, *_CLOSE)


def enclosed(enclosure: Sequence[str], folder: str, program: str, command: Sequence[str]) -> list[str]:
    """Return the command that runs ``command`` enclosed; ``program`` is the path of its first word."""
    words = (program, *(word for word in command[1:] if os.path.isabs(word) and word.endswith(".py")))
    hidden = [os.path.abspath(word) for word in words if not _is_seen(enclosure, os.path.abspath(word))]
    binds = [word for path in hidden for word in ("--ro-bind", path, path)]
    place = [] if _is_seen(enclosure, folder) else ["--dir", folder]
    shown = showing(enclosure, (*place, *binds))
    return [*shown, "--chdir", folder, "--", os.path.abspath(program), *command[1:]]


def why_not(program: str) -> str | None:
    """Run nothing in a sandbox, and say why that does not work, if it does not."""
    import subprocess

    command = [program, *_FLAGS, "--ro-bind", "/", "/", "--", "true"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return None if done.returncode == 0 else (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[0]


def _is_seen(enclosure: Sequence[str], path: str) -> bool:
    places = (enclosure[at + 2] for at, word in enumerate(enclosure) if word in _BINDS)
    return any(path == place or path.startswith(place.rstrip("/") + "/") for place in places)


def _python() -> Iterator[str]:
    """Yield what this interpreter consists of: programs, libraries, packages, and tellme itself."""
    import site

    for prefix in dict.fromkeys((sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix)):
        for part in ("bin", "lib", "lib64", "pyvenv.cfg"):
            yield os.path.join(prefix, part)
    yield from _links(sys.executable)
    if site.ENABLE_USER_SITE:
        yield site.getusersitepackages()
    yield os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def _links(path: str) -> Iterator[str]:
    """Yield the folders that the links from this path lead through: uv's ``python`` is a link to a link."""
    for _ in range(40):  # as many as the kernel follows
        yield os.path.dirname(path)
        if not os.path.islink(path):
            return
        path = os.path.join(os.path.dirname(path), os.readlink(path))


def _libraries(environ: Mapping[str, str]) -> list[str]:
    """Return the folders without which this interpreter may not find its libraries."""
    return [folder for folder in environ.get("LD_LIBRARY_PATH", "").split(":") if os.path.isabs(folder)]
