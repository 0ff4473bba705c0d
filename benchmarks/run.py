"""Runs the benchmarks: ``python benchmarks/run.py [--quick] [--json FILE] [--readme] [SUBJECT ...]``.

A limit that is not met is shown and fails nothing; the exit code is 1 only where something could not be measured.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
import traceback
from collections.abc import Sequence

import report
from figures import Figure
from home import temporary_home

SUBJECTS = (
    "startup",
    "binary",
    "way_through",
    "english",
    "memory",
    "storm",
    "recovery",
    "scale",
    "soak",
    "tui",
    "answers",
)
"""The files in ``subjects``, in the order in which they run."""


def main() -> int:
    arguments = _arguments()
    if arguments.profile:
        from profiles import profiles

        with temporary_home() as home:
            print(profiles(home))
        return 0
    figures, failed = _measure(arguments.subjects or SUBJECTS, arguments.quick)
    shown = report.text(figures, arguments.quick)
    print(shown)
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(report.as_json(figures, arguments.quick), file, indent=1, ensure_ascii=False)
    if failed:
        print("not everything could be measured; what went wrong stands above", file=sys.stderr)
    elif arguments.readme:
        report.rewrite_readme(shown)
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure tellme against its peers, in one run.")
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"only these of: {', '.join(SUBJECTS)}")
    parser.add_argument("--quick", action="store_true", help="few samples: a few minutes")
    parser.add_argument("--json", metavar="FILE", help="write the figures as JSON, too")
    parser.add_argument("--readme", action="store_true", help="put the table in the marked place of README.md")
    parser.add_argument(
        "--profile", action="store_true", help="show instead where the time of each path goes, as Markdown"
    )
    arguments = parser.parse_args()
    if arguments.readme and (arguments.quick or arguments.subjects):
        parser.error("--readme is for a whole run, without --quick and subjects")
    if unknown := set(arguments.subjects) - set(SUBJECTS):
        parser.error(f"there is no subject {', '.join(sorted(unknown))}; there are {', '.join(SUBJECTS)}")
    return arguments


def _measure(subjects: Sequence[str], quick: bool) -> tuple[dict[str, list[Figure]], bool]:
    """Run the subjects; one that fails is told on stderr and costs no other."""
    figures: dict[str, list[Figure]] = {}
    failed = False
    with temporary_home():
        for subject in subjects:
            began = time.monotonic()
            try:
                figures[subject] = importlib.import_module(f"subjects.{subject}").measure(quick)
            except Exception:
                failed = True
                traceback.print_exc()
            print(f"{subject}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    return figures, failed


if __name__ == "__main__":
    sys.exit(main())
