"""The way in: ``tellme`` and ``python -m tellme``. The one place, with ``cli``, that ends the process."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line in ``sys.argv`` and exit with its code.

    What people wait for is a reply and the first picture of the screen, so the plain forms of ``tellme ask`` and of
    what opens a shell, ``list``, help and completion are read without Typer (90 ms to import, Pydantic included);
    everything else, and whatever is not understood here, goes to Typer, which knows the same options and explains them.
    """
    from tellme.cli.ending import end

    end(_run)


def _run() -> int:
    if "_TELLME_COMPLETE" in os.environ:
        return _complete()
    code = _run_quickly(sys.argv[1:])
    if code is not None:
        return code
    from tellme.cli.app import run

    return run(sys.argv[1:])


def _run_quickly(arguments: list[str]) -> int | None:
    """Carry out a command line that can be read without Typer and return its exit code, else ``None``."""
    if arguments[:1] == ["ask"]:
        from tellme.cli.ask_arguments import read

        if (request := read(arguments[1:])) is not None:
            from tellme.host.ahead import begin

            ahead = begin(os.environ, served=request.keep)
            from tellme.surfaces.ask import ask

            return ask(request, os.environ, ahead)
    from tellme.cli import way_in

    way = way_in.read(arguments)
    if way is not None:
        return way_in.enter(way, os.environ)
    from tellme.cli import quick

    return quick.run(arguments, os.environ)


def _complete() -> int:
    """Answer the shell that completes a command line; for its script it is sent on to Typer."""
    from tellme.cli import completion

    if completion.wanted(os.environ):
        return completion.answer(os.environ)
    from tellme.cli.app import run

    return run([])


if __name__ == "__main__":
    main()
