"""Values of ``model`` ⇄ what JSON has: a named tuple is a list, an enumeration its text. Writing is JSON's own.

Reading checks every part against the annotation it is to have, so that what a stranger sends is either such a value or
``PlainError``.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import Enum
from functools import cache
from math import isfinite
from typing import Any, Union, get_args, get_origin, get_type_hints

MAX_INTEGER = 2**63 - 1
"""What the store, and every other machine, takes as an integer."""


class PlainError(ValueError):
    """A value is not what it should be. The text completes the sentence "the other side sent …"."""


def read(kind: Any, value: object) -> Any:
    """Return ``value``, read from JSON, as a value of the type ``kind``. Raises ``PlainError``."""
    origin = get_origin(kind)
    if kind is Any or kind is object:
        return value
    if kind is None or kind is type(None):
        return _require(value is None, value)
    if origin in (Union, types.UnionType):
        return _one_of(get_args(kind), value)
    if origin in (list, Sequence):
        return [read(get_args(kind)[0], each) for each in _list(value)]
    if origin is tuple:
        return _tuple(get_args(kind), _list(value))
    if isinstance(kind, type) and issubclass(kind, tuple):
        return _named_tuple(kind, _list(value))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum(kind, value)
    if kind is float:
        return _float(value)
    if kind is int:
        return _integer(value)
    return _require(isinstance(value, kind) and isinstance(value, bool) == (kind is bool), value)


@cache
def hints(of: Callable[..., object] | type) -> dict[str, Any]:
    """Return the annotations of a function or a class, resolved."""
    return get_type_hints(of)


def _one_of(kinds: Sequence[Any], value: object) -> Any:
    for kind in kinds:
        try:
            return read(kind, value)
        except PlainError:
            continue
    return _require(False, value)


def _tuple(kinds: tuple[Any, ...], values: list[object]) -> tuple[Any, ...]:
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(read(kinds[0], each) for each in values)
    _require(len(kinds) == len(values), values)
    return tuple(read(kind, each) for kind, each in zip(kinds, values, strict=True))


def _named_tuple(kind: type, values: list[object]) -> Any:
    fields = hints(kind)
    _require(len(values) == len(fields), values)
    return kind(*(read(field, each) for field, each in zip(fields.values(), values, strict=True)))


def _enum(kind: type[Enum], value: object) -> Enum:
    try:
        return kind(value)
    except ValueError:
        raise PlainError(f"no {kind.__name__} but {_described(value)}") from None


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise PlainError(f"no list but {_described(value)}")
    return value


def _require(fits: bool, value: object) -> Any:
    if not fits:
        raise PlainError(f"something of another type: {_described(value)}")
    return value


def _float(value: object) -> float:
    number = _require(isinstance(value, (int, float)) and not isinstance(value, bool), value)
    with suppress(OverflowError):
        if isfinite(number):
            return float(number)
    raise PlainError("a number that is too large")


def _integer(value: object) -> int:
    number: int = _require(isinstance(value, int) and not isinstance(value, bool), value)
    if abs(number) > MAX_INTEGER:
        raise PlainError("a number that is too large")
    return number


def _described(value: object) -> str:
    """Name the type of a value and its size; what it holds can be of any length, and any text."""
    if isinstance(value, str):
        return f"a text of {len(value):,} characters"
    if isinstance(value, list):
        return f"a list of {len(value):,}"
    if isinstance(value, dict):
        return f"an object of {len(value):,}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else "a number"
