"""asyncio as light as it can be had: without OpenSSL, and without what it imports for rare moments alone.

OpenSSL takes 7 of the 43 ms of its import: nothing here opens a TLS connection. ``inspect`` (with ``ast`` and ``dis``),
``linecache`` (with ``tokenize``), ``textwrap`` and ``locale`` take 6 together: they explain errors, or look at what is
no coroutine. They are loaded when something of them is asked for.
"""

from __future__ import annotations

import sys
from _thread import RLock
from types import ModuleType

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from typing import Any

LATER = ("inspect", "linecache", "textwrap", "locale")
"""Modules of which asyncio, and what it is made of, use nothing while they are imported."""

_loading = RLock()


def import_asyncio() -> None:
    """Import asyncio, which foresees that a Python has no ``ssl``; what is imported later finds the real one again."""
    if "asyncio" in sys.modules:
        return
    for name in LATER:
        sys.modules.setdefault(name, Later(name))
    hide_ssl = "ssl" not in sys.modules
    if hide_ssl:
        sys.modules["ssl"] = None  # type: ignore[assignment]
    try:
        import asyncio  # noqa: F401
    finally:
        if hide_ssl:
            del sys.modules["ssl"]


class Later(ModuleType):
    """Stands in for a module of the standard library until something of it is asked for; then it has all of it."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__all__":  # who looks through all modules asks for such
            raise AttributeError(name)
        with _loading:
            if sys.modules.get(self.__name__) is self:
                del sys.modules[self.__name__]
            module = __import__(self.__name__)
            self.__dict__.update(vars(module))
        return getattr(module, name)
