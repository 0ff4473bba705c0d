"""The way in: ``tellme`` and ``python -m tellme``. The one place, with ``cli``, that ends the process."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line in ``sys.argv`` and exit with its code.

    ``tellme ask`` is what people wait for, so its plain forms are read without Typer (46 ms to import); everything
    else, and whatever is not understood here, goes to Typer, which knows the same options and explains them.
    """
    from tellme.cli.ending import end

    end(_run)


def _run() -> int:
    if sys.argv[1:2] == ["ask"] and "_TELLME_COMPLETE" not in os.environ:
        from tellme.cli.ask_arguments import read

        request = read(sys.argv[2:])
        if request is not None:
            from tellme.surfaces.ask import ask

            return ask(request, os.environ)
    from tellme.cli.app import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    main()
