"""Values of ``model`` ⇄ what JSON has: a named tuple is a list, an enumeration its text. Writing is JSON's own.

Reading checks every part against the annotation it is to have, so that what a stranger sends is either such a value or
``PlainError``.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints


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
        return float(_require(isinstance(value, (int, float)) and not isinstance(value, bool), value))
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
        raise PlainError(f"no {kind.__name__}: {value!r:.80}") from None


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise PlainError(f"no list: {value!r:.80}")
    return value


def _require(fits: bool, value: object) -> Any:
    if not fits:
        raise PlainError(f"something of another type: {value!r:.80}")
    return value
