"""Which bots there are: built in, from installed packages, from ``config.toml`` and from the user's own folders.

The promise: what stands in the files now is what counts, and an entry that is wrong costs that bot only. Reading TOML
costs ``tellme ask`` 15 ms, so the result is kept beside the database with the state of every file it came from; a state
that differs in any way, or a cache that is not understood, makes all of it be read anew.
"""

from __future__ import annotations

import errno
import os
import time
from binascii import crc32
from collections.abc import Mapping

from tellme import __version__
from tellme.errors import BotNotFound, ConfigError
from tellme.host.appearance import TuiSettings
from tellme.host.names import bot_id
from tellme.model import BotSpec, Grants, LineRules, RestartLimit
from tellme.paths import Paths, builtin_bots, make_private, open_to_read
from tellme.values import NamedTuple
from tellme.wire.json_text import decoder

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from typing import Any

MANIFEST = "bot.toml"

SETTLED_S = 2.0
"""A file changed so recently may change again within the same tick of a coarse file system clock."""

_decode = decoder()

Signature = list[int] | int
"""How a file was found: its times, size and number, or the ``errno`` of looking."""

Sources = dict[str, dict[str, Signature]]
"""For each place that bots come from, in order, the files found there."""


class Catalogue(NamedTuple):
    """All bots by id, in the order in which they were found, what is wrong with the files, and the TUI's."""

    bots: Mapping[str, BotSpec]
    problems: tuple[ConfigError, ...] = ()
    broken: Mapping[str, ConfigError] = {}
    """What is wrong with the bots that are not there for it, by the id that they would have."""
    tui: TuiSettings = TuiSettings()
    keep_sessions_s: float | None = None
    """After how many seconds without a message a session is deleted; ``None`` keeps all for ever."""
    embeddings: str = ""
    """The folder of a model that says what is near in meaning, by which messages are routed, too; empty is none."""

    def find(self, name: str) -> BotSpec:
        """Return the bot of this name or id, in any case; raises ``BotNotFound``, or why the bot is not there."""
        bot = self.bots.get(bot_id(name))
        if bot is not None:
            return bot
        if problem := self.broken.get(bot_id(name)):
            raise ConfigError(problem.file, problem.where, problem.problem)
        from tellme.nearest import nearest

        raise BotNotFound(name, nearest(name, [bot.name for bot in self.bots.values()]))


def load(paths: Paths, *, builtin: str | None = None, now: float | None = None) -> Catalogue:
    """Return what bots there are now.

    ``builtin`` is the folder of built-in bots, if not tellme's own; ``now`` the wall clock that stamps files.
    """
    cached = _read_cache(paths.catalogue_cache)
    packages = _packages(cached)
    sources = _sources(builtin or builtin_bots(), packages["folders"], paths)
    key = {"code": _code(), "packages": packages, "sources": sources}
    if cached.get("key") == key:
        try:
            return from_json(cached)
        except (KeyError, TypeError, ValueError, AttributeError):
            pass  # not written by this program; the cache is made anew
    from tellme.host.discovery import discover

    catalogue = discover(sources, packages["problems"])
    if _settled(key, time.time() if now is None else now):
        _write_cache(paths.catalogue_cache, {"key": key, **to_json(catalogue)})
    return catalogue


def signature(path: str) -> Signature:
    """Return what changes whenever the file does."""
    try:
        found = os.stat(path)
    except OSError as error:
        return error.errno or errno.EIO
    except ValueError:  # a NUL in the path
        return errno.ENOENT
    return [found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino]


def _sources(builtin: str, packages: list[str], paths: Paths) -> Sources:
    config = {paths.config_file: signature(paths.config_file)}
    return {
        "builtin": _manifests_below(builtin),
        "packages": {file: found for folder in packages for file, found in _manifests_of(folder).items()},
        "config": {file: found for file, found in config.items() if found != errno.ENOENT},
        "own": _manifests_below(paths.bots_dir),
    }


def _manifests_below(root: str) -> dict[str, Signature]:
    """Return the manifests in the folders of ``root``, sorted by folder; those without one are no bots."""
    try:
        with os.scandir(root) as entries:
            folders = sorted(entry.path for entry in entries if entry.name[0] not in "._")
    except FileNotFoundError:
        return {}
    except OSError as error:
        return {root: error.errno or errno.EIO}
    found = {file: signature(file) for file in (os.path.join(folder, MANIFEST) for folder in folders)}
    absent = (errno.ENOENT, errno.ENOTDIR)
    return {file: state for file, state in found.items() if state not in absent or os.path.islink(file)}


def _manifests_of(package: str) -> dict[str, Signature]:
    """Return the manifest of a package's folder, or those of the folders in it."""
    file = os.path.join(package, MANIFEST)
    found = signature(file)
    return {file: found} if found != errno.ENOENT else _manifests_below(package) or {file: found}


def _packages(cached: Mapping[str, Any]) -> dict[str, Any]:
    """Return where installed packages have bots; looks only where something was installed since."""
    from tellme.host import packages

    folders = packages.search_path()
    try:
        known: dict[str, Any] = cached["key"]["packages"]
        if known["path"] == folders and all(signature(file) == state for file, state in known["watched"].items()):
            return known
    except (KeyError, TypeError, AttributeError):
        pass  # no cache, or none of ours
    return packages.find(folders)


def _code() -> list[Any]:
    """Return what decides how files are understood: a new version of this program reads them anew."""
    here = os.path.dirname(os.path.abspath(__file__))
    names = ("appearance", "catalogue", "checks", "config", "discovery", "keys", "names", "packages", "toml")
    return [__version__, [signature(os.path.join(here, f"{name}.py")) for name in (*names, "../model")]]


def _settled(key: Mapping[str, Any], now: float) -> bool:
    states = [*key["packages"]["watched"].values(), *(s for found in key["sources"].values() for s in found.values())]
    return all(isinstance(state, int) or state[1] / 1e9 < now - SETTLED_S for state in states)


def _read_cache(file: str) -> dict[str, Any]:
    """Return what was kept; empty if there is nothing, or it is not as it was written."""
    try:
        with open_to_read(file) as stream:
            checksum, _, data = stream.read().partition(b"\n")
        cached = _decode(str(data, "utf-8")) if checksum == _checksum(data) else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return cached if isinstance(cached, dict) else {}


def _checksum(data: bytes) -> bytes:
    return b"%08x" % crc32(data)


def _write_cache(file: str, cached: dict[str, Any]) -> None:
    """Replace the cache; where that cannot be done, the next start reads the files again."""
    unfinished = f"{file}.{os.getpid()}"
    try:
        make_private(os.path.dirname(file))
        import json  # once, and then read many times

        data = json.dumps(cached).encode()
        with open(unfinished, "wb") as stream:
            stream.write(_checksum(data) + b"\n" + data)
        os.replace(unfinished, file)
    except OSError:
        _remove(unfinished)


def _remove(file: str) -> None:
    from contextlib import suppress

    with suppress(OSError):
        os.unlink(file)


def to_json(catalogue: Catalogue) -> dict[str, Any]:
    """Return the catalogue as JSON can hold it, for the cache and for other processes."""
    return {
        "bots": list(catalogue.bots.values()),
        "problems": [_row(problem) for problem in catalogue.problems],
        "broken": {bot: _row(problem) for bot, problem in catalogue.broken.items()},
        "tui": catalogue.tui,
        "keep_sessions_s": catalogue.keep_sessions_s,
        "embeddings": catalogue.embeddings,
    }


def _row(problem: ConfigError) -> list[str]:
    return [problem.file, problem.where, problem.problem]


def from_json(cached: Mapping[str, Any]) -> Catalogue:
    """Undo ``to_json``. Raises ``KeyError``, ``TypeError``, ``ValueError`` or ``AttributeError`` for anything else."""
    bots = [_revive_bot(*row) for row in cached["bots"]]
    return Catalogue(
        {bot.id: bot for bot in bots},
        tuple(ConfigError(*row) for row in cached["problems"]),
        {bot: ConfigError(*row) for bot, row in cached["broken"].items()},
        TuiSettings(*cached["tui"]),
        cached["keep_sessions_s"],
        cached["embeddings"],
    )


def _revive_bot(*row: Any) -> BotSpec:
    bot = BotSpec(*row)
    return bot._replace(
        command=tuple(bot.command),
        aliases=tuple(bot.aliases),
        patterns=tuple(bot.patterns),
        pass_env=tuple(bot.pass_env),
        corpus=tuple(bot.corpus),
        keyring=tuple(bot.keyring),
        on_failure=tuple(bot.on_failure),
        restart=RestartLimit(*bot.restart),
        lines=LineRules(*bot.lines),
        grants=Grants(*bot.grants),
        asks=None if bot.asks is None else tuple(bot.asks),
    )
