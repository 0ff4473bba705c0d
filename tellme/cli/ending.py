"""How the process ends: errors become one line on stderr and an exit code; a reader that went away is no error."""

from __future__ import annotations

import os

from tellme.errors import TellmeError

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

INTERRUPTED = 130
READER_GONE = 141
"""128 and SIGPIPE: what a shell sees of a program that wrote into a closed pipe."""


def end(run: Callable[[], int]) -> NoReturn:
    """Call ``run`` and end the process with the exit code that fits how it went."""
    _occupy_closed_descriptors()
    code = _code_of(run)
    # All is written, closed and stopped by now; the teardown of the interpreter would only cost time (6 ms).
    os._exit(code)


def _occupy_closed_descriptors() -> None:
    """Where stdin, stdout or stderr is closed, put something there that fails when it is used.

    Otherwise the next file or socket that is opened gets that number, and a reply is written into it.
    """
    for descriptor, mode in enumerate((os.O_WRONLY, os.O_RDONLY, os.O_RDONLY)):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, mode)


def _code_of(run: Callable[[], int]) -> int:
    try:
        return run()
    except TellmeError as error:
        _note(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return READER_GONE
    except Exception as error:
        return _unexpected(error)


def _unexpected(error: Exception) -> int:
    """Tell the person in one line; the traceback goes to the log."""
    _note(f"An error inside tellme: {type(error).__name__}: {error}.{_logged(error)}")
    return TellmeError.exit_code


def _note(text: str) -> None:
    from tellme.surfaces import output  # not before: ``ask`` has something to begin first

    output.note(text)


def _logged(error: Exception) -> str:
    """Write the traceback to the log and say where that is; empty where even this fails, which must hide nothing."""
    import logging

    try:
        from tellme.host.log import log_to
        from tellme.paths import Paths

        path = Paths.find(os.environ).host_log
        log_to(path)
        logging.getLogger("tellme").error("unexpected error", exc_info=error)
    except Exception:
        return ""
    return f" {path} has the details."
