"""``NamedTuple`` without ``typing``: importing that costs 4 ms, a quarter of what a bot needs to start.

The same syntax and, for a type checker, the same class; fields, defaults and a docstring, but no methods.
"""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers take this name for true

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    from collections import namedtuple

    class _ToNamedTuple(type):
        def __new__(cls, name, bases, body):
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = body["__annotations__"]
            defaults = [body[field] for field in fields if field in body]
            made = namedtuple(name, fields, defaults=defaults, module=body["__module__"])
            made.__doc__ = body["__doc__"]
            made.__annotations__ = fields
            return made

    class NamedTuple(metaclass=_ToNamedTuple):
        pass
