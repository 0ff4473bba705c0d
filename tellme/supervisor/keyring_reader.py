"""A program that asks the package ``keyring`` for secrets: ``keyring_reader.py values|check SERVICE NAME…``.

Prints a pair in ``marshal``: ``""`` and the values, or what is wrong and with what. What else the package or one of
its backends prints goes nowhere.
"""

from __future__ import annotations

import importlib
import marshal
import os
import sys
from collections.abc import Callable

PACKAGE = "keyring"


def main(what: str, service: str, *names: str) -> None:
    """Answer, and end without waiting for whatever a backend may have started."""
    answer = os.dup(1)
    os.dup2(2, 1)
    os.write(answer, marshal.dumps(_answer(service, names, values=what == "values")))
    os._exit(0)


def _answer(service: str, names: tuple[str, ...], *, values: bool) -> tuple[str, str | dict[str, str]]:
    try:
        get: Callable[[str, str], str | None] = importlib.import_module(PACKAGE).get_password
    except ImportError:
        return "package", PACKAGE
    found: dict[str, str] = {}
    for name in names:
        try:
            value = get(service, name)
        except Exception as error:
            return "backend", type(error).__name__  # its text may hold what nobody should read
        if value is None:
            return "missing", name
        found[name] = value
    return "", found if values else {}


if __name__ == "__main__":
    main(*sys.argv[1:])
