"""asyncio as light as it can be had: without OpenSSL, and without what it imports for rare moments alone.

OpenSSL takes 7 of the 43 ms of its import: nothing here opens a TLS connection. ``inspect`` (with ``ast`` and ``dis``),
``linecache`` (with ``tokenize``), ``textwrap`` and ``locale`` take 6 together: they explain errors, or look at what is
no coroutine. They are loaded when something of them is asked for.

``ask`` has an event loop of its own (``loop.py``), so it can do without asyncio's, and with that without sockets,
subprocesses, streams and thread pools: half of what is left. They too are there as soon as they are asked for.
"""

from __future__ import annotations

import sys
from _thread import RLock
from types import ModuleType

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.machinery import ModuleSpec
    from typing import Any

LATER = ("inspect", "linecache", "textwrap", "locale")
"""Modules of which asyncio, and what it is made of, use nothing while they are imported."""
_AS_THEY_ARE: Mapping[str, Mapping[str, object]] = {name: {} for name in LATER}

CORE = ("exceptions", "coroutines", "events", "futures", "tasks", "locks", "taskgroups", "timeouts")
"""The parts of asyncio that work on any loop."""
MORE = ("threads", "queues")
"""Such, too; imported when a name of theirs is asked for."""
NO_LOOP: Mapping[str, Mapping[str, object]] = {
    "subprocess": {"PIPE": -1, "STDOUT": -2, "DEVNULL": -3},
    "socket": {"AF_UNSPEC": 0, "AI_PASSIVE": 1},
    "concurrent.futures": {name: name for name in ("FIRST_COMPLETED", "FIRST_EXCEPTION", "ALL_COMPLETED")},
}
"""Modules of which those parts use these constants while they are imported, and nothing else."""
PACKAGES = ("concurrent.futures",)
"""Which of all these have modules of their own."""
ANNOTATIONS = {"final": lambda kind: kind, "Optional": type, "Type": type}
"""What they want of ``typing``, which takes 2 ms: names for annotations that nobody evaluates."""

_loading = RLock()


def import_asyncio() -> None:
    """Import asyncio, which foresees that a Python has no ``ssl``; what is imported later finds the real one again."""
    if "asyncio" in sys.modules:
        return
    _stand_in(_AS_THEY_ARE)
    hide_ssl = "ssl" not in sys.modules
    if hide_ssl:
        sys.modules["ssl"] = None  # type: ignore[assignment]
    try:
        import asyncio  # noqa: F401
    finally:
        if hide_ssl:
            del sys.modules["ssl"]


def import_core() -> None:
    """Import those parts of asyncio that work on any loop; what else is asked of it brings all of it."""
    if "asyncio" in sys.modules:
        return
    _stand_in({**_AS_THEY_ARE, **NO_LOOP})
    package = sys.modules["asyncio"] = ModuleType("asyncio")
    _be(package, next(filter(None, (finder.find_spec("asyncio", None) for finder in sys.meta_path))))
    typing = None if "typing" in sys.modules else Later("typing", ANNOTATIONS)
    for part in CORE:
        _take(package, part)
    package.__class__ = Package
    if sys.modules.get("typing") is typing:
        del sys.modules["typing"]


def _be(package: ModuleType, spec: ModuleSpec) -> None:
    """Have a module be what ``spec`` says, but for its code, which does not run."""
    vars(package).update(
        __spec__=spec,
        __loader__=spec.loader,
        __package__=spec.name,
        __path__=spec.submodule_search_locations,
        __file__=spec.origin,
    )


def _take(package: ModuleType, part: str) -> None:
    """Import a part of a package, and have its public names, as the package itself would."""
    name = f"{package.__name__}.{part}"
    __import__(name)
    module = vars(sys.modules[name])  # of one that is being imported, what is there
    vars(package).update({public: module[public] for public in module.get("__all__", ()) if public in module})


def _stand_in(modules: Mapping[str, Mapping[str, object]]) -> None:
    for name, constants in modules.items():
        if name not in sys.modules:
            package, _, part = name.rpartition(".")
            later = Later(name, constants)
            if package:
                setattr(__import__(package), part, later)


class Later(ModuleType):
    """Stands in for a module of the standard library until something of it is asked for; then it has all of it."""

    def __init__(self, name: str, constants: Mapping[str, object]) -> None:
        super().__init__(name)
        vars(self).update(constants)
        sys.modules[name] = self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__all__" and not self._is_path(name):
            raise AttributeError(name)  # who looks through all modules asks for such
        with _loading:
            if sys.modules.get(self.__name__) is self:
                del sys.modules[self.__name__]
            __import__(self.__name__)
            module = sys.modules[self.__name__]
            self.__dict__.update(vars(module))
        return getattr(module, name)

    def _is_path(self, name: str) -> bool:
        """Is this what the import of a module in a package asks the package for?"""
        return name == "__path__" and self.__name__ in PACKAGES


class Package(ModuleType):
    """asyncio with some of its parts. Its own code, which imports them all, runs when another part is wanted."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__all__":
            raise AttributeError(name)
        with _loading:
            if self._is_part(name):
                return sys.modules[f"{self.__name__}.{name}"]
            for part in MORE:
                if name not in vars(self):
                    _take(self, part)
            if name not in vars(self) and type(self) is Package:
                ModuleType.__setattr__(self, "__class__", ModuleType)
                vars(self)["__loader__"].exec_module(self)
        return getattr(self, name)

    def _is_part(self, name: str) -> bool:
        """Is this a module of the package? Then it is imported, which sets the attribute."""
        try:
            __import__(f"{self.__name__}.{name}")
        except ModuleNotFoundError:
            return False
        return True
