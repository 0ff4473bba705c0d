"""Runs a bot's script as ``__main__``, so that ``from tellme import Bot`` works however tellme was installed.

Executed as a program for scripts of the user's own (``ps`` shows their path behind it); called in a fork of the
spawner for built-in ones.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, TracebackType

compiled: dict[str, CodeType] = {}
"""Scripts that were compiled ahead, by path (``preload.py``): to compile one takes 0.8 MiB."""


def run_script(path: str, arguments: list[str]) -> None:
    """Run the file as the interpreter would: its folder first on ``sys.path``, its exit and errors as they come."""
    sys.argv = [path, *arguments]
    sys.path.insert(0, os.path.dirname(path))
    main = type(sys)("__main__")
    main.__dict__.update(__file__=path, __builtins__=__builtins__, __cached__=None)
    sys.modules["__main__"] = main
    sys.excepthook = _show_script_frames
    exec(compiled.get(path) or compile_script(path), main.__dict__)


def compile_script(path: str) -> CodeType:
    """Return the file's code."""
    with open(path, "rb") as script:
        return compile(script.read(), path, "exec", dont_inherit=True)


def _show_script_frames(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print the traceback from the script on; what is before it is ours and explains nothing."""
    path = sys.argv[0]
    frames = trace
    while frames is not None and frames.tb_frame.f_code.co_filename != path:
        frames = frames.tb_next
    sys.__excepthook__(kind, error.with_traceback(frames or trace), frames or trace)


if __name__ == "__main__":
    _package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    sys.path[0:1] = []  # this file's own folder
    sys.path.append(os.path.dirname(_package))
    run_script(sys.argv[1], sys.argv[2:])
