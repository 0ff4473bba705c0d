"""What goes out: replies to stdout as UTF-8, everything else to stderr, one line each.

Both are written to the descriptors themselves, so that nothing is held back and nothing is left over that could fail
when the process ends.
"""

from __future__ import annotations

import errno
import os
from functools import cache

from tellme.errors import TellmeError
from tellme.text import clean_json, one_line

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Callable

    from tellme.model import Reply

STDOUT_FD = 1
STDERR_FD = 2

SMALL_BYTES = 256
"""So much can be written without waiting where anything can."""

_interrupted = False
"""Is the program about to end? Then nothing waits for a reader any more."""
_writing = False
"""Does the main thread wait for a reader? Read by signal handlers, which run in the middle of that."""


class OutputError(TellmeError):
    """Stdout does not take what is written, and not because its reader has gone."""


def is_terminal() -> bool:
    """Does a person read stdout?"""
    return os.isatty(STDOUT_FD)


def is_drawable() -> bool:
    """Does a person read stdout on a terminal that knows more than lines?"""
    return is_terminal() and os.environ.get("TERM", "dumb") not in ("dumb", "")


def write(text: str) -> None:
    """Write to stdout. Raises ``BrokenPipeError`` when nobody reads, else ``OutputError``."""
    try:
        _write(STDOUT_FD, text)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"Standard output cannot be written: {error.strerror}.") from None


def block(text: str) -> None:
    """Write a reply as one block that ends with a newline."""
    write(text if text.endswith("\n") else f"{text}\n")


def note(text: str) -> None:
    """Write a line to stderr; when even that is closed there is nobody to tell."""
    try:
        _write(STDERR_FD, f"tellme: {one_line(text)}\n")
    except OSError:
        return


def step(text: str) -> None:
    """Write quietly to stderr what a bot is at, where a person reads that; else nothing."""
    try:
        if os.isatty(STDERR_FD):
            is_dim = os.environ.get("TERM", "dumb") not in ("dumb", "") and not os.environ.get("NO_COLOR")
            _write(STDERR_FD, f"\x1b[2m{one_line(text)}\x1b[0m\n" if is_dim else f"{one_line(text)}\n")
    except OSError:
        return


def is_writing() -> bool:
    """For a signal's handler: did it come in the middle of a write?"""
    return _writing


def interrupt(end: type[BaseException] | None = None) -> None:
    """For a signal's handler: no write waits for a reader any more; one that does raises ``end``.

    Without it, the write ends as a cancelled task does.
    """
    global _interrupted
    _interrupted = True
    if _writing and end is not None:
        raise end
    if _writing:
        from asyncio import CancelledError

        raise CancelledError


def json_line(fields: dict[str, object]) -> str:
    """Return one JSON object on one line, harmless for a terminal."""
    return clean_json(_encode()(fields)) + "\n"


def reply_json(reply: Reply) -> str:
    """Return the one-line JSON object of a reply; ``error`` is there only where it failed."""
    said = reply._asdict()
    return json_line({name: said[name] for name in said if said[name] or name not in ("error", "leaves")})


def explain(reply: Reply) -> None:
    """Say on stderr why a turn failed, and where to look."""
    name = f'"{reply.bot}"' if " " in reply.bot else reply.bot
    note(f"{(reply.error or '').rstrip('.')}. 'tellme logs {name}' shows its log.")


@cache
def _encode() -> Callable[[object], str]:
    from tellme.wire.json_text import encoder  # not before: most replies are text

    return encoder(", ", ": ", allow_nan=True)


def _write(descriptor: int, text: str) -> None:
    global _writing
    rest = memoryview(text.encode("utf-8", "replace"))
    _writing = True
    try:
        while rest:
            rest = rest[(_write_at_once if _interrupted else _write_some)(descriptor, rest) :]
    finally:
        _writing = False


def _write_some(descriptor: int, data: memoryview) -> int:
    try:
        return os.write(descriptor, data)
    except BlockingIOError:  # another program that shares the terminal or pipe made it so
        import select

        select.select((), (descriptor,), ())
        return 0


def _write_at_once(descriptor: int, data: memoryview) -> int:
    import select

    if not select.select((), (descriptor,), (), 0)[1]:
        raise BrokenPipeError(errno.EPIPE, "nobody reads")
    return os.write(descriptor, data[:SMALL_BYTES])
