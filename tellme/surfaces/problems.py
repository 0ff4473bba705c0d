"""What a person should know besides the reply: broken configuration, damaged files. On stderr, a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tellme.surfaces import output

if TYPE_CHECKING:
    from tellme.host.host import Host


def say_problems(host: Host) -> None:
    """Say what is wrong in the configuration."""
    for problem in host.problems:
        output.note(str(problem))


def say_damage(host: Host) -> None:
    """Say which damaged files were set aside since this was last called."""
    while host.damage:
        output.note(host.damage.pop(0))
