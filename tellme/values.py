"""``NamedTuple`` without ``typing``: importing that costs 4 ms, a quarter of what a bot needs to start.

The same syntax and, for a type checker, the same class. It is put together here rather than by
``collections.namedtuple``, which has the source of each one compiled: twice the work, and sixty are made on the way to
an answer. And ``Protocol``, which does nothing at run time.
"""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers take this name for true

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
    from typing import Protocol as Protocol
else:
    from _collections import _tuplegetter

    _new = tuple.__new__
    _makers = {}
    """A function that makes a tuple of so many values: the code of ``__new__``, but for the names."""

    def _maker(count):
        made = _makers.get(count)
        if made is None:
            names = "".join(f"_{index}, " for index in range(count))
            source = f"lambda _cls, {names}: _new(_cls, ({names}))"
            made = _makers[count] = eval(source, {"_new": _new, "__builtins__": {}, "__name__": __name__})
        return made

    def _refuse(fields, with_default):
        first = fields.index(with_default[0])
        wrong = next(field for field in fields[first:] if field not in with_default)
        raise TypeError(f"Non-default namedtuple field {wrong} cannot follow default field {fields[first]}")

    def _make(cls, iterable):
        """Make a value from a sequence or iterable."""
        made = _new(cls, iterable)
        if len(made) != len(cls._fields):
            raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
        return made

    def _replace(self, /, **values):
        """Return a value with other values for some fields."""
        made = self._make(map(values.pop, self._fields, self))
        if values:
            raise ValueError(f"Got unexpected field names: {list(values)!r}")
        return made

    def _asdict(self):
        """Return a dictionary of the fields."""
        return dict(zip(self._fields, self, strict=True))

    def __repr__(self):
        fields = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
        return f"{self.__class__.__name__}({fields})"

    def __getnewargs__(self):
        return tuple(self)

    _METHODS = {
        "__slots__": (),
        "_make": classmethod(_make),
        "_replace": _replace,
        "__replace__": _replace,
        "_asdict": _asdict,
        "__repr__": __repr__,
        "__getnewargs__": __getnewargs__,
    }

    class _ToNamedTuple(type):
        def __new__(cls, name, bases, body):
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = tuple(body.get("__annotations__", ()))
            defaults = {field: body[field] for field in fields if field in body}
            if fields[len(fields) - len(defaults) :] != tuple(defaults):
                _refuse(fields, tuple(defaults))
            maker = _maker(len(fields))
            code = maker.__code__.replace(co_name="__new__", co_varnames=("_cls", *fields))
            new = type(maker)(code, maker.__globals__, "__new__", tuple(defaults.values()))
            new.__qualname__ = f"{name}.__new__"
            getters = {field: _tuplegetter(index, field) for index, field in enumerate(fields)}
            fixed = {"__new__": new, "__match_args__": fields, "_fields": fields, "_field_defaults": defaults}
            return type(name, (tuple,), _METHODS | body | fixed | getters)

    class NamedTuple(metaclass=_ToNamedTuple):
        pass

    Protocol = object
