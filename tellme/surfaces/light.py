"""asyncio without OpenSSL, which takes 7 of the 43 ms of its import: nothing here opens a TLS connection."""

from __future__ import annotations

import sys


def import_asyncio() -> None:
    """Import asyncio, which foresees that a Python has no ``ssl``; what is imported later finds the real one again."""
    if "asyncio" not in sys.modules and "ssl" not in sys.modules:
        sys.modules["ssl"] = None  # type: ignore[assignment]
        try:
            import asyncio  # noqa: F401
        finally:
            del sys.modules["ssl"]
