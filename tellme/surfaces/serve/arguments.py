"""What a client that is tellme sends for a method of ``Host``, as its arguments: of the types of its signature."""

from __future__ import annotations

from functools import cache
from inspect import Parameter, signature
from typing import Any

from tellme.host.host import Host
from tellme.wire import plain
from tellme.wire.fields import AcpError, Json


def arguments(name: str, params: Json) -> dict[str, Any]:
    """Return the arguments for a method of ``Host``. Raises ``AcpError`` or ``PlainError`` where they do not fit it."""
    kinds, required = _parameters(name)
    given = {key: value for key, value in params.items() if key != "_meta"}
    if unknown := given.keys() - kinds.keys():
        raise AcpError(f"sent {sorted(unknown)[0][:40]!r}, which {name} does not take")
    if missing := required - given.keys():
        raise AcpError(f"sent no {sorted(missing)[0]}")
    return {key: plain.read(kinds[key], value) for key, value in given.items()}


@cache
def _parameters(name: str) -> tuple[dict[str, Any], frozenset[str]]:
    """Return the types of what a method of ``Host`` takes, and what it must be given."""
    method = getattr(Host, name)
    kinds = {key: kind for key, kind in plain.hints(method).items() if key != "return"}
    parameters = signature(method).parameters
    return kinds, frozenset(key for key in kinds if parameters[key].default is Parameter.empty)
