"""A bot's log file: what it prints on stderr, a time stamp before each line, rotated, and bounded however it floods.

The promise: at most twice ``max_bytes`` on disk, a small buffer in memory, no control sequence in the file, and no
exception: a disk that is full or read-only is reported once, and what cannot be written is lost.
"""

from __future__ import annotations

import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MAX_LINE_BYTES = 8 * 1024
"""What is longer is cut."""
BURST_BYTES = 1024 * 1024
"""How much may come at once before lines are dropped."""
BYTES_PER_SECOND = 256 * 1024
"""How much of a flood is kept."""

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
"""``O_NONBLOCK``, lest a pipe in the file's place be waited for."""
_STAMP = "%Y-%m-%dT%H:%M:%S"


class Log:
    """The log of one bot, opened when there is something to write. ``now`` is monotonic time in seconds, everywhere."""

    def __init__(self, path: str, max_bytes: int, now: float, on_problem: Callable[[str], None]) -> None:
        self.dropped = 0
        """Lines that were dropped and are not yet counted in the file."""
        self.flooded = False
        """Whether lines are being dropped just now."""
        self._file = _File(path, max_bytes, on_problem)
        self._partial = b""
        """A line whose end has not come."""
        self._skipping = False
        """The rest of the open line is not wanted: its head was cut off and kept, or dropped."""
        self._head_kept = False
        self._allowance = float(BURST_BYTES)
        self._filled_at = now

    def feed(self, data: bytes, now: float) -> None:
        """Add what the bot printed, cut anywhere."""
        self._refill(now)
        if self.flooded:
            self._drop(data)
        else:
            self._keep(self._whole_lines(data))

    def line(self, text: str, now: float) -> None:
        """Add a line of tellme's own."""
        self._refill(now)
        self._keep([text.encode(errors="replace")])

    def count_dropped(self, now: float) -> None:
        """Write how many lines were dropped, if the flood is over."""
        self._refill(now)
        if self.dropped and not self.flooded:
            self._file.write([self._notice()])

    def close(self) -> None:
        """Write the line that is still open and how much was dropped."""
        self.flooded = False
        self._allowance = MAX_LINE_BYTES
        self._keep([self._partial] if self._partial else [])
        self._partial = b""
        if self.dropped:
            self._file.write([self._notice()])
        self._file.close()

    def _refill(self, now: float) -> None:
        gained = (now - self._filled_at) * BYTES_PER_SECOND
        self._allowance = min(BURST_BYTES, self._allowance + gained)
        self._filled_at = now
        if self._allowance >= BYTES_PER_SECOND:  # a second's worth, lest every other line counts what was dropped
            self.flooded = False

    def _whole_lines(self, data: bytes) -> list[bytes]:
        *ended, rest = data.split(b"\n")
        lines: list[bytes] = []
        for line in ended:
            if self._skipping:
                self._skipping = False
                self.dropped += not self._head_kept
            else:
                lines.append(self._partial + line)
                self._partial = b""
        if rest and not self._skipping:
            self._partial += rest
            if len(self._partial) > MAX_LINE_BYTES:
                lines.append(self._partial)
                self._partial = b""
                self._skipping = self._head_kept = True
        return lines

    def _drop(self, data: bytes) -> None:
        ends = data.count(b"\n")
        head_kept = self._skipping and self._head_kept
        self.dropped += ends - (1 if ends and head_kept else 0)
        self._partial = b""
        self._skipping = not data.endswith(b"\n")
        self._head_kept = head_kept and not ends

    def _keep(self, lines: Iterable[bytes]) -> None:
        stamp = _stamp()
        kept: list[bytes] = []
        for line in lines:
            if self.flooded:
                self.dropped += 1
                continue
            if self.dropped:
                kept.append(self._notice())
            kept.append(stamp + _harmless(line) + b"\n")
            self._allowance -= len(kept[-1])
            self.flooded = self._allowance <= 0
        self._file.write(kept)

    def _notice(self) -> bytes:
        dropped, self.dropped = self.dropped, 0
        return _stamp() + f"[… {dropped} lines dropped]\n".encode()


class _File:
    """The file and the one before it. Other hosts may write to the same one."""

    def __init__(self, path: str, max_bytes: int, on_problem: Callable[[str], None]) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._on_problem = on_problem
        self._problem_told = False
        self._descriptor: int | None = None

    def write(self, lines: list[bytes]) -> None:
        if not lines:
            return
        try:
            self._append(lines)
            self._problem_told = False
        except OSError as error:
            self.close()
            if not self._problem_told:
                self._problem_told = True
                self._on_problem(f"{self._path}: {os.strerror(error.errno or 0)}")

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _append(self, lines: list[bytes]) -> None:
        room = self._make_room(len(lines[0]))
        batch: list[bytes] = []
        for line in lines:
            if len(line) > room:
                os.write(self._open(), b"".join(batch))
                batch = []
                room = self._make_room(len(line))
            batch.append(line)
            room -= len(line)
        os.write(self._open(), b"".join(batch))

    def _make_room(self, count: int) -> int:
        """Rotate until the file has room for so many bytes; return the room there is."""
        while True:
            descriptor = self._open()
            size = os.fstat(descriptor).st_size
            if size == 0 or size + count <= self._max_bytes:
                return self._max_bytes - size
            if _same_file(descriptor, self._path):  # else another host has done it
                os.replace(self._path, f"{self._path}.1")
            self.close()

    def _open(self) -> int:
        if self._descriptor is None:
            try:
                self._descriptor = os.open(self._path, _FLAGS, 0o600)
            except FileNotFoundError:
                os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)
                self._descriptor = os.open(self._path, _FLAGS, 0o600)
        return self._descriptor


def _harmless(line: bytes) -> bytes:
    from tellme.text import clean  # most wardens never log anything

    text = line[:MAX_LINE_BYTES].rstrip(b"\r").decode(errors="replace")
    text = clean(text).replace("\n", " ")
    return (text + "…" if len(line) > MAX_LINE_BYTES else text).encode()


def stamp(at: float) -> str:
    """Return what stands before a line that was written ``at`` so many seconds since the epoch; sorts as time does."""
    return f"{time.strftime(_STAMP, time.gmtime(at))}.{int(at % 1 * 1000):03}Z"


def _stamp() -> bytes:
    return f"{stamp(time.time())} ".encode()


def _same_file(descriptor: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False
