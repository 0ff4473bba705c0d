"""Fields of what a stranger sent: each is type checked where it is read, and what does not fit is an `AcpError`."""

from __future__ import annotations

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from typing import Any, TypeAlias

Json: TypeAlias = "dict[str, Any]"


class AcpError(ValueError):
    """A message does not fit the protocol. The text completes the sentence "the other side …"."""


def own_meta(holder: Json) -> Json:
    return optional_object(optional_object(holder, "_meta"), "tellme")


def object_of(value: object, name: str) -> Json:
    if not isinstance(value, dict):
        raise AcpError(f"sent no object as {name}")
    return value


def optional_object(holder: Json, key: str) -> Json:
    value = holder.get(key)
    return {} if value is None else object_of(value, key)


def list_of(holder: Json, key: str) -> list[object]:
    value = holder.get(key)
    if not isinstance(value, list):
        raise AcpError(f"sent no list as {key}")
    return value


def string_of(holder: Json, key: str) -> str:
    value = holder.get(key)
    if not isinstance(value, str):
        raise AcpError(f"sent no string as {key}")
    return value


def optional_string(holder: Json, key: str) -> str:
    return "" if holder.get(key) is None else string_of(holder, key)


def integer_of(holder: Json, key: str) -> int:
    value = holder.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        raise AcpError(f"sent no integer as {key}")
    return value
