"""tellme's own log: tracebacks and what else no person should meet on the screen. Opened when there is some.

``logging.handlers`` has such a file, and costs ``tellme ask`` 5 ms to import.
"""

from __future__ import annotations

import logging
import os

from tellme.paths import make_private

MAX_BYTES = 1024 * 1024
"""Size at which the file becomes ``….log.1``."""


_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK
"""``O_NONBLOCK``, lest a pipe in the file's place be waited for."""


class LogFile(logging.Handler):
    """Appends each record; opens the file anew each time, because that is rare and several hosts share it."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; where the disk does not take it, it is lost."""
        try:
            make_private(os.path.dirname(self.path))
            if os.path.exists(self.path) and os.path.getsize(self.path) > MAX_BYTES:
                os.replace(self.path, f"{self.path}.1")
            descriptor = os.open(self.path, _FLAGS, 0o600)
            try:
                os.write(descriptor, f"{self.format(record)}\n".encode("utf-8", "replace"))
            finally:
                os.close(descriptor)
        except OSError:
            return


def log_to(path: str) -> None:
    """Send what tellme logs, and asyncio's complaints, to this file and nowhere else."""
    for name in ("tellme", "asyncio"):
        logger = logging.getLogger(name)
        if not any(isinstance(handler, LogFile) for handler in logger.handlers):
            logger.addHandler(LogFile(path))
            logger.propagate = False
