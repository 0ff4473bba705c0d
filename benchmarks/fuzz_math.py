"""Throws inputs at Math's engine: ``python benchmarks/fuzz_math.py [--inputs N] [--seed N] [--seconds S] [--only N]``.

Each input must be answered or declined in a line, take less than a second of processor time, and leave the worker below
256 MiB; the exit code is 1 otherwise. A worker that dies or hangs is replaced, and the input at which it did is told.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from fuzz_inputs import KINDS, Input, make

sys.path.insert(0, str(Path(__file__).parents[1] / "bots" / "math"))

WORKERS = 2
MAX_SECONDS = 1.0
"""Of processor time: that a busy machine lets an input wait says nothing about Math."""
MAX_BYTES = 256 << 20
HANGS_AFTER_S = 30.0
_ADDRESS_SPACE_BYTES = 2 << 30
"""So that a worker gone wild ends in a ``MemoryError`` of its own, not in the machine's."""
_REPORT_EVERY = 200
_SHOWN = 30


@dataclass
class Tally:
    """What came of the inputs of one kind."""

    answered: int = 0
    declined: int = 0
    failed: int = 0
    slowest_s: float = 0.0

    def add(self, other: Tally) -> None:
        self.answered += other.answered
        self.declined += other.declined
        self.failed += other.failed
        self.slowest_s = max(self.slowest_s, other.slowest_s)


@dataclass
class Report:
    """What a worker, or all of them, found."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    peak_bytes: int = 0

    def add(self, other: Report) -> None:
        for kind, tally in other.tallies.items():
            self.tallies.setdefault(kind, Tally()).add(tally)
        self.failures += other.failures
        self.peak_bytes = max(self.peak_bytes, other.peak_bytes)


def ask(index: int, given: Input, report: Report) -> None:
    """Ask one question and enter what came of it."""
    from mathbot.engine import answer  # type: ignore[import-not-found]
    from mathbot.limits import Declined  # type: ignore[import-not-found]

    tally = report.tallies.setdefault(given.kind, Tally())
    state: dict[str, Any] = {}
    began = time.process_time()
    trouble = ""
    try:
        if given.before:
            _prepare(given.before, state)
            began = time.process_time()
        trouble = _trouble(answer(given.text, state))
        tally.answered += 1
    except Declined as reason:
        trouble = _trouble(str(reason))
        tally.declined += 1
    except Exception:
        trouble = "crash: " + " / ".join(traceback.format_exc().strip().splitlines()[-3:])
    taken_s = time.process_time() - began
    tally.slowest_s = max(tally.slowest_s, taken_s)
    if not trouble and taken_s > MAX_SECONDS:
        trouble = f"{taken_s:.2f} s"
    if trouble:
        tally.failed += 1
        report.failures.append(f"input {index}: {trouble}: {_excerpt(given)}")


def _prepare(text: str, state: dict[str, Any]) -> None:
    from mathbot.engine import answer
    from mathbot.limits import Declined

    try:
        answer(text, state)
    except Declined:
        state.clear()


def _trouble(said: str) -> str:
    """Say what is wrong with a reply or a reason as a line of text."""
    if not said or said != said.strip():
        return f"not a line that begins and ends with text, {said[:60]!r}"
    return "several lines" if "\n" in said else ""


def _excerpt(given: Input) -> str:
    text = repr(given.text)
    text = text if len(text) <= 160 else f"{text[:120]} … {text[-30:]} ({len(given.text)} characters)"
    return f"{text} after {given.before!r}" if given.before else text


def peak_bytes() -> int:
    """Return the most memory that this process ever had; of Linux's two numbers the one that a parent is not in."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << (0 if sys.platform == "darwin" else 10)


def work(seed: int, indexes: range, end: float, at: Any, to_parent: Connection) -> None:
    """Ask a share of the inputs in this process, saying before each which it is, and now and then what was found."""
    _limit_memory()
    report = Report()
    for count, index in enumerate(indexes, 1):
        at.value = index
        ask(index, make(seed, index), report)
        if count % _REPORT_EVERY == 0:
            report.peak_bytes = peak_bytes()
            to_parent.send(report)
            report = Report()
            if time.monotonic() > end:
                break
    report.peak_bytes = peak_bytes()
    to_parent.send(report)
    to_parent.send(None)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE_BYTES, _ADDRESS_SPACE_BYTES))


class Worker:
    """A process with its share of the inputs, and what is known of its progress."""

    def __init__(self, seed: int, indexes: range, end: float) -> None:
        self.seed, self.indexes, self.end = seed, indexes, end
        spawn = multiprocessing.get_context("spawn")
        self.at = spawn.RawValue("q", -1)
        self.from_child, to_parent = spawn.Pipe(duplex=False)
        self.process = spawn.Process(target=work, args=(seed, indexes, end, self.at, to_parent), daemon=True)
        self.process.start()
        to_parent.close()
        self.seen_at, self.since = -1, time.monotonic()

    def take(self, report: Report) -> Worker | None:
        """Take what it has sent; return who goes on: itself, its replacement, or nobody once all is done."""
        try:
            while self.from_child.poll():
                part = self.from_child.recv()
                if part is None:
                    self.process.join()
                    return None
                report.add(part)
        except (EOFError, OSError):
            self.process.join()
            return self._replaced(report, f"the worker died with exit code {self.process.exitcode}")
        if self.at.value != self.seen_at:
            self.seen_at, self.since = self.at.value, time.monotonic()
        elif time.monotonic() - self.since > HANGS_AFTER_S:
            self.process.kill()
            self.process.join()
            return self._replaced(report, f"no answer in {HANGS_AFTER_S:.0f} s")
        return self

    def _replaced(self, report: Report, what: str) -> Worker | None:
        at: int = self.at.value
        if at < 0:
            report.failures.append(f"{what} before its first input")
            return None
        given = make(self.seed, at)
        report.tallies.setdefault(given.kind, Tally()).failed += 1
        report.failures.append(f"input {at}: {what}: {_excerpt(given)}")
        rest = self.indexes[self.indexes.index(at) + 1 :]
        return Worker(self.seed, rest, self.end) if rest else None


def attack(seed: int, inputs: int, seconds: float, progress: Callable[[Report], None]) -> Report:
    """Have the workers ask ``inputs`` questions, or as many as they get through in ``seconds``."""
    end = time.monotonic() + seconds
    workers = [Worker(seed, range(first, inputs, WORKERS), end) for first in range(min(WORKERS, inputs))]
    report = Report()
    while workers:
        wait([worker.from_child for worker in workers], timeout=1)
        workers = [going for worker in workers if (going := worker.take(report))]
        progress(report)
    return report


def table(report: Report) -> str:
    """Return the tallies of a run as a Markdown table, with a line for all of them."""
    whole = Tally()
    for tally in report.tallies.values():
        whole.add(tally)
    rows: list[tuple[str, ...]] = [("inputs", "asked", "answered", "declined", "failed", "slowest")]
    rows += [_row(kind, report.tallies[kind]) for kind in sorted(report.tallies)]
    rows.append(_row("all", whole))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "| " + " | ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 1) + ":" for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def _row(name: str, tally: Tally) -> tuple[str, ...]:
    asked = tally.answered + tally.declined
    slowest = f"{tally.slowest_s * 1000:.0f} ms"
    return name, f"{asked:,}", f"{tally.answered:,}", f"{tally.declined:,}", f"{tally.failed:,}", slowest


def main() -> int:
    arguments = _arguments()
    if arguments.only is not None:
        return _show(ask_only(arguments.seed, [arguments.only]))
    print(f"seed {arguments.seed}, {WORKERS} workers, {len(KINDS)} kinds of inputs", flush=True)
    return _show(attack(arguments.seed, arguments.inputs, arguments.seconds, _progress))


def ask_only(seed: int, indexes: Iterable[int]) -> Report:
    """Ask in this process; for looking at a single input."""
    report = Report()
    for index in indexes:
        ask(index, make(seed, index), report)
    report.peak_bytes = peak_bytes()
    return report


def _progress(report: Report) -> None:
    if sys.stderr.isatty():
        asked = sum(tally.answered + tally.declined for tally in report.tallies.values())
        print(f"\r{asked:,} asked, {len(report.failures)} failed ", end="", file=sys.stderr, flush=True)


def _show(report: Report) -> int:
    print(table(report))
    print(f"peak memory of a worker: {report.peak_bytes / (1 << 20):.0f} MiB (at most {MAX_BYTES >> 20})")
    for failure in report.failures[:_SHOWN]:
        print(failure)
    if len(report.failures) > _SHOWN:
        print(f"and {len(report.failures) - _SHOWN} more")
    return 1 if report.failures or report.peak_bytes > MAX_BYTES else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Throw inputs at Math: none may crash, take a second, or 256 MiB.")
    parser.add_argument("--inputs", type=int, default=1_000_000, help="how many (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other inputs (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long")
    parser.add_argument("--only", type=int, metavar="N", help="ask input number N alone, in this process")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
