"""What a warden is told of a command that an agent has run: as a bot is run, with the bot's environment and limits."""

from __future__ import annotations

from collections.abc import Sequence

from tellme.model import Grants
from tellme.supervisor.launch import Launch
from tellme.supervisor.sandbox import showing


def launch_of(
    bot: Launch, grants: Grants, command: Sequence[str], folder: str, env: Sequence[tuple[str, str]]
) -> Launch:
    """Return the launch of ``command``. A bot in a sandbox has its commands run in the same one, which then shows the
    granted folder too; secrets from the keyring stay the bot's own.
    """
    return bot.changed(
        name=f"{bot.name}'s terminal",
        command=tuple(command),
        folder=folder,
        env={**bot.env, **dict(env)},
        builtin=False,
        keyring=(),
        log_path=f"{bot.log_path}.terminal",
        sandbox=_sandbox(bot.sandbox, grants),
    )


def _sandbox(sandbox: tuple[str, ...], grants: Grants) -> tuple[str, ...]:
    if not sandbox:
        return ()
    bind = "--bind" if grants.write else "--ro-bind"
    return showing(sandbox, (bind, grants.folder, grants.folder))
