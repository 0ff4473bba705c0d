"""How figures are shown: a table for people (Markdown reads well as it is), JSON for programs, the README's part."""

from __future__ import annotations

import os
import platform
import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from figures import Figure

README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- the last run: begin -->", "<!-- the last run: end -->"

HEADINGS = ("figure", "here", "against", "there", "ratio", "at most", "met")
NUMBERS = {1, 3, 4, 5}
"""Columns that are set to the right."""

Figures = Mapping[str, Sequence[Figure]]
"""Subject → what it found."""


def machine() -> dict[str, Any]:
    """Describe what the figures were measured on."""
    return {
        "date": time.strftime("%Y-%m-%d %H:%M", time.gmtime()) + " UTC",
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as cpuinfo:
            return re.sub(r".*?^model name\s*:\s*(.*?)$.*", r"\1", cpuinfo.read(), flags=re.S | re.M).strip()
    except OSError:
        return platform.processor() or "unknown"


def text(figures: Figures, quick: bool) -> str:
    """Return the run as text: where it was, a table for each subject, and what was skipped."""
    here = machine()
    where = f"{here['date']}, Python {here['python']}, {here['system']}, {here['cores']} cores, {here['processor']}"
    parts = [f"{where}{' (quick: few samples)' if quick else ''}"]
    for subject, found in figures.items():
        measured = [figure for figure in found if figure.value is not None]
        parts.append(f"### {subject.replace('_', ' ').capitalize()}")
        parts += [table(measured)] if measured else []
        parts += [f"Skipped: {figure.name}: {figure.note}." for figure in found if figure.value is None]
    return "\n\n".join(parts) + "\n"


def table(figures: Sequence[Figure]) -> str:
    """Return a Markdown table whose columns line up."""
    rows = [HEADINGS, *(_cells(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    rule = "|".join("-" * (width + 1) + (":" if column in NUMBERS else "-") for column, width in enumerate(widths))
    first, *rest = (_line(row, widths) for row in rows)
    return "\n".join([first, f"|{rule}|", *rest])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (
        cell.rjust(width) if column in NUMBERS else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return f"| {' | '.join(cells)} |"


def _cells(figure: Figure) -> tuple[str, ...]:
    met = {None: "", True: "yes", False: "not met"}[figure.met]
    there = _number(figure.against_value, figure.unit)
    return (
        figure.name,
        _number(figure.value, figure.unit),
        figure.against,
        there,
        _number(figure.ratio),
        _number(figure.limit),
        met,
    )


def _number(value: float | None, unit: str = "") -> str:
    if value is None:
        return ""
    if isinstance(value, int):
        return f"{value} {unit}".rstrip()
    digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 0.1 else 3
    return f"{value:.{digits}f} {unit}".rstrip()


def as_json(figures: Figures, quick: bool) -> dict[str, Any]:
    """Return the run as one JSON object."""
    return {
        "machine": machine(),
        "quick": quick,
        "figures": [
            {"subject": subject, **figure._asdict(), "ratio": figure.ratio, "met": figure.met}
            for subject, found in figures.items()
            for figure in found
        ],
    }


def rewrite_readme(run: str) -> None:
    """Put a run in the README's marked place."""
    before, begin, rest = README.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise RuntimeError(f"{README.name} has no place for the last run: it is marked by {BEGIN} and {END}")
    README.write_text(f"{before}{BEGIN}\n{run}{END}{after}")
