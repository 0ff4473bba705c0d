"""Where tellme keeps its files: below ``TELLME_HOME``, or where ``platformdirs`` says.

On Linux the folders of platformdirs are those of the XDG base directory specification, a few lines that stand here
too, because importing platformdirs costs ``tellme ask`` 14 ms; the tests hold both to the same answers.
"""

from __future__ import annotations

import errno
import os
import stat
import sys

from tellme.errors import UsageError
from tellme.values import NamedTuple

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO

APP = "tellme"


class _Places(NamedTuple):
    """The fields of ``Paths``."""

    config_file: str
    bots_dir: str
    """One folder with a ``bot.toml`` for each bot of the user's own."""
    data_dir: str
    log_dir: str
    run_dir: str
    """Sockets, and what else is worth nothing after the next boot."""


class Paths(_Places):
    """All places of one installation, absolute. Nothing of it need exist."""

    __slots__ = ()

    @classmethod
    def find(cls, environ: Mapping[str, str] = os.environ) -> Paths:
        """Find the places for this environment; raises ``UsageError`` where it names none that can be used."""
        if home := environ.get("TELLME_HOME"):
            return cls.below(_absolute(home, environ))
        config, data, log, run = _xdg_folders(environ) if _is_linux(environ) else _platform_folders()
        return cls(os.path.join(config, "config.toml"), os.path.join(config, "bots"), data, log, run)

    @classmethod
    def below(cls, home: str) -> Paths:
        """All places under one folder, as ``TELLME_HOME`` asks for."""
        return cls(*(os.path.join(home, name) for name in ("config.toml", "bots", "data", "log", "run")))

    @property
    def database(self) -> str:
        return os.path.join(self.data_dir, "tellme.db")

    @property
    def catalogue_cache(self) -> str:
        return os.path.join(self.data_dir, "catalogue.json")

    @property
    def tui_state(self) -> str:
        """What the TUI remembers from one run to the next."""
        return os.path.join(self.data_dir, "tui.json")

    @property
    def host_log(self) -> str:
        """The file that tracebacks go to; no bot's id has a dot."""
        return os.path.join(self.log_dir, "tellme.host.log")

    def bot_data(self, bot_id: str) -> str:
        """The folder that belongs to one bot."""
        return os.path.join(self.data_dir, "bots", bot_id)

    def kind_data(self, kind: str) -> str:
        """The folder that all bots of a kind share (a trained model)."""
        return os.path.join(self.data_dir, "kinds", kind)

    def bot_log(self, bot_id: str) -> str:
        """The file that a bot's stderr goes to."""
        return os.path.join(self.log_dir, f"{bot_id}.log")


def builtin_bots() -> str:
    """The folder of the bots that come with tellme: inside an installed package, beside it in a source checkout."""
    package = os.path.dirname(os.path.abspath(__file__))
    installed = os.path.join(package, "bots")
    return installed if os.path.isdir(installed) else os.path.join(os.path.dirname(package), "bots")


def unpacked_folder() -> str:
    """Return the folder that the single file was unpacked to; empty where tellme was installed in another way."""
    return sys.prefix if os.path.isfile(os.path.join(sys.prefix, "share", "licences", "components.json")) else ""


def single_file() -> str:
    """Return the path of the single file that this process was started from, as it was called; else empty."""
    return sys.argv[0] if unpacked_folder() and os.path.isabs(sys.argv[0]) else ""


def make_private(folder: str) -> str:
    """Create ``folder``, and what is missing above it, for this user alone (0700); one that exists stays as it is.

    Raises ``OSError``: what it means that nothing can be kept here is for the caller to say.
    """
    try:
        _make(folder)
    except FileNotFoundError:
        make_private(os.path.dirname(folder))
        _make(folder)
    return folder


def _make(folder: str) -> None:
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        if not os.path.isdir(folder):
            raise


def open_to_read(file: str) -> BinaryIO:
    """Open a regular file; raises ``OSError`` for anything else, where a pipe would have to be waited for."""
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "is not a file", file)
    return open(descriptor, "rb")


def _is_linux(environ: Mapping[str, str]) -> bool:
    # Android calls itself Linux up to Python 3.12, and has folders of its own.
    return sys.platform == "linux" and not hasattr(sys, "getandroidapilevel") and "ANDROID_DATA" not in environ


def _xdg_folders(environ: Mapping[str, str]) -> tuple[str, str, str, str]:
    config = _xdg(environ, "XDG_CONFIG_HOME", ".config")
    data = _xdg(environ, "XDG_DATA_HOME", ".local/share")
    state = _xdg(environ, "XDG_STATE_HOME", ".local/state")
    run = os.path.join(_runtime_folder(environ), APP)
    return os.path.join(config, APP), os.path.join(data, APP), os.path.join(state, APP, "log"), run


def _xdg(environ: Mapping[str, str], variable: str, default: str) -> str:
    folder = environ.get(variable, "").strip()
    if not folder:
        return os.path.join(_home(environ), default)
    # The specification has such a value ignored, but then a person looks for their sessions in the wrong place.
    if not os.path.isabs(folder):
        raise UsageError(f"{variable} must be an absolute path, not {folder!r}.")
    return folder


def _runtime_folder(environ: Mapping[str, str]) -> str:
    user = os.getuid()
    named = environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isabs(named) and (_is_private(named) or not os.path.lexists(named)):
        return named
    if _is_private(f"/run/user/{user}"):
        return f"/run/user/{user}"
    temporary = environ.get("TMPDIR", "")
    return os.path.join(temporary if os.path.isabs(temporary) else "/tmp", f"runtime-{user}")


def _is_private(folder: str) -> bool:
    try:
        found = os.lstat(folder)
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and stat.S_IMODE(found.st_mode) == 0o700


def _platform_folders() -> tuple[str, str, str, str]:
    import warnings

    from platformdirs import PlatformDirs

    dirs = PlatformDirs(APP, appauthor=False)
    with warnings.catch_warnings():
        # A missing runtime folder is no news for a person.
        warnings.simplefilter("ignore")
        return dirs.user_config_dir, dirs.user_data_dir, dirs.user_log_dir, dirs.user_runtime_dir


def _absolute(path: str, environ: Mapping[str, str]) -> str:
    if path == "~" or path.startswith("~/"):
        path = _home(environ) + path[1:]
    try:
        return os.path.abspath(path)
    except FileNotFoundError:
        raise UsageError(f"TELLME_HOME is {path!r}, below a current folder that is gone; make it absolute.") from None


def _home(environ: Mapping[str, str]) -> str:
    home = environ.get("HOME") or _home_of_user()
    if not os.path.isabs(home):
        raise UsageError(f"HOME must be an absolute path, not {home!r}. Set HOME or TELLME_HOME.")
    return home.rstrip("/") or "/"


def _home_of_user() -> str:
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        raise UsageError(f"HOME is not set, and user {os.getuid()} has no home folder. Set TELLME_HOME.") from None
