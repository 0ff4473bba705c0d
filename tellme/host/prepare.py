"""What can be done before the event loop is there: read the catalogue, begin to start the bot that is asked for.

``tellme ask`` calls this first and imports asyncio while the bot's process comes up; nothing here may import it.
"""

from __future__ import annotations

from collections.abc import Mapping

from tellme.host import endpoint
from tellme.host.ahead import Ahead
from tellme.host.catalogue import Catalogue, load
from tellme.model import BotSpec
from tellme.paths import Paths
from tellme.supervisor.environment import clean_environment
from tellme.supervisor.launch import Launch
from tellme.supervisor.spawn import Spawned, Spawner
from tellme.values import NamedTuple


class Prepared(NamedTuple):
    """All that a ``Host`` is made from."""

    paths: Paths
    catalogue: Catalogue
    environ: Mapping[str, str]
    keep: bool
    """Are sessions and turns kept on disk? False is ``--no-store``."""
    spawner: Spawner | None = None
    spawned: Mapping[str, Spawned] = {}
    """Processes that were begun already, by the bot's id."""
    remote: int | None = None
    """The descriptor of a connection to a ``tellme serve``, where there is one; the host closes it."""


def prepare(
    environ: Mapping[str, str],
    *,
    keep: bool = True,
    bot: str | None = None,
    served: bool = True,
    ahead: Ahead | None = None,
) -> Prepared:
    """Read what bots there are; with ``bot``, begin to start that one, unless a ``tellme serve`` has it.

    ``served`` false looks for no ``tellme serve``, and so does ``keep`` false; ``ahead`` is what was found, or begun,
    already; it keeps its connection until somebody takes it. Raises ``BotNotFound``, ``ConfigError``, and
    ``TellmeError`` for a ``tellme serve`` that lets nobody in.
    """
    paths = Paths.find(environ)
    catalogue = load(paths)
    if ahead is None:
        ahead = Ahead(endpoint.connect(paths) if keep and served else None)
    prepared = Prepared(paths, catalogue, environ, keep, ahead.spawner, remote=ahead.remote)
    if bot is None or prepared.remote is not None:
        return prepared
    spec = prepared.catalogue.find(bot)
    spawner = ahead.spawner or Spawner()
    return prepared._replace(spawner=spawner, spawned={spec.id: spawner.spawn(launch(spec, prepared))})


def launch(spec: BotSpec, prepared: Prepared) -> Launch:
    """Say how a bot is started: its command, folder, limits, log, secrets and clean environment."""
    paths = prepared.paths
    data_dir = paths.bot_data(spec.id)
    kind_data_dir = paths.kind_data(spec.kind) if spec.builtin else data_dir
    corpus = {"TELLME_CORPUS": _json(spec.corpus)} if spec.corpus else {}
    settings = {"TELLME_BOT_SETTINGS": _json(dict(spec.settings))} if spec.settings else {}
    plain = Launch(
        name=spec.name,
        command=spec.command,
        folder=spec.folder,
        env=clean_environment(
            prepared.environ,
            {**spec.env, **corpus, **settings},
            spec.pass_env,
            data_dir=data_dir,
            kind_data_dir=kind_data_dir,
        ),
        memory_bytes=spec.memory_bytes,
        pty=spec.lines.pty,
        log_path=paths.bot_log(spec.id),
        builtin=spec.builtin,
    )
    if spec.keyring:
        from tellme.host.secrets import with_secrets

        plain = with_secrets(plain, spec, prepared.environ)
    if spec.sandbox:
        from tellme.host.enclosing import enclosed

        plain = enclosed(plain, spec, paths, prepared.environ)
    return plain


def _json(value: object) -> str:
    import json  # most bots need none

    return json.dumps(value)
