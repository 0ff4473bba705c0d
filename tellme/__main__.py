"""The way in: ``tellme`` and ``python -m tellme``. The one place, with ``cli``, that ends the process."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line in ``sys.argv`` and exit with its code.

    What people wait for is a reply and the first picture of the screen, so the plain forms of ``tellme ask`` and of
    what opens a shell are read without Typer (46 ms to import); everything else, and whatever is not understood here,
    goes to Typer, which knows the same options and explains them.
    """
    from tellme.cli.ending import end

    end(_run)


def _run() -> int:
    code = None if "_TELLME_COMPLETE" in os.environ else _run_quickly(sys.argv[1:])
    if code is not None:
        return code
    from tellme.cli.app import run

    return run(sys.argv[1:])


def _run_quickly(arguments: list[str]) -> int | None:
    """Carry out a command line that can be read without Typer and return its exit code, else ``None``."""
    if arguments[:1] == ["ask"]:
        from tellme.cli.ask_arguments import read

        if (request := read(arguments[1:])) is None:
            return None
        from tellme.surfaces.ask import ask

        return ask(request, os.environ)
    from tellme.cli import way_in

    way = way_in.read(arguments)
    return None if way is None else way_in.enter(way, os.environ)


if __name__ == "__main__":
    main()
