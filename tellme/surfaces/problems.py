"""What a person should know besides the reply: broken configuration, damaged files. On stderr, a line each."""

from __future__ import annotations

from tellme.surfaces import output

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from tellme.host.host import Host


def say_problems(host: Host, about: str | None = None) -> None:
    """Say what is wrong in the configuration; with ``about``, only what can be meant for that bot."""
    for problem in problems(host, about):
        output.note(problem)


def problems(host: Host, about: str | None = None) -> list[str]:
    """Return what ``say_problems`` says."""
    files = {host.places["config"], host.find(about).source} if about else None
    return [str(problem) for problem in host.problems if files is None or problem.file in files]


def say_damage(host: Host) -> None:
    """Say which damaged files were set aside since this was last called."""
    while host.damage:
        output.note(host.damage.pop(0))
