"""A text in Markdown that grows: what is finished stays as it is, and only its open end is read again.

The promise: in whatever pieces a text comes, its blocks are those of the whole (after ``finish``, where targets of
links are defined further down), and a piece costs no more than the open end is long.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from textual.content import Content

from tellme.tui.render.blocks import Block, Code, Top, code_of

MAX_OPEN = 4 * 1024
MAX_OPEN_CODE = 16 * 1024
"""A block of the top level that has grown beyond this without an end is cut, and goes on as another one. Code, which
is quick to read, and a single item of a list, which may hold code, are cut later.
"""
MAX_CARRIED = MAX_OPEN // 2
"""The longest head of a table, or opening of code, after which what comes behind a cut is read again and again."""

_MARKDOWN = r"(?m)[`*_~\[\]<>\\&|#=\t]|://|^(?:[ +-]|\d+[.)])| $"
"""What may mean something in Markdown. Text without it (most replies of small bots) needs no parser."""
_PARAGRAPH = r"[^\n]+(?:\n[^\n]+)*"


class Document:
    """The blocks of a text, the last of which may still change."""

    def __init__(self, text: str = "") -> None:
        self.blocks: list[Block] = []
        self._pieces: list[str] = []
        self._finished = 0
        """The number of blocks that do not change any more."""
        self._first_gap = 0
        """Empty rows before the block after them."""
        self._tail = ""
        self._carried = ""
        """What the tail is read after because a block was cut before it: the fence of code, the head of a table."""
        self._number = 0
        """The number of the tail's first item where a list was cut before it, else nothing."""
        self._definitions: dict[str, object] = {}
        """Targets of links that were defined so far, and those that were known before."""
        self._known: dict[str, object] = {}
        if text:
            self.append(text)

    @property
    def source(self) -> str:
        """The text as it came."""
        self._pieces = ["".join(self._pieces)]
        return self._pieces[0]

    def append(self, text: str) -> None:
        """Go on with ``text``, which is clean."""
        self._pieces.append(text)
        for start in range(0, len(text), MAX_OPEN):  # a long piece at once would be cut too late
            self._tail += text[start : start + MAX_OPEN]
            while self._read():
                pass

    def finish(self) -> None:
        """Take it that the text is at its end: links find the targets that came after them."""
        if self._definitions and self._finished:
            whole = Document()
            whole._known = self._definitions
            whole.append(self.source)
            self.blocks = whole.blocks

    def _read(self) -> bool:
        """Read the tail and let go of what is finished; return whether the rest was cut, and there is more to read.

        A further line can only change the last block of the top level, or divide it in two; and a line that is not at
        its end may still be read otherwise when it is.
        """
        source = self._carried + self._tail
        tops = self._parse(source)
        self._show(tops)
        may_change = 1 if source.endswith("\n") else 2
        finished, rest = tops[:-may_change], tops[-may_change:]
        start = rest[0].start if finished else 0
        if finished:
            self._settle(len(self.blocks) - sum(len(top.blocks) for top in rest), source[start:])
        if not rest:
            self._tail = self._tail if len(source) <= MAX_OPEN else ""
            return False
        if len(source) - rest[-1].start <= _limit(rest[-1]):
            return False
        self._cut(source, start, rest[-1])
        return True

    def _cut(self, source: str, start: int, top: Top) -> None:
        """Let go of the beginning of ``top``, which has no end in sight."""
        cut, carried = _where_to_cut(source, top)
        if cut < len(source):
            self._show(self._parse(source[start:cut]))
        is_loose = source.endswith("\n\n", 0, cut)
        self._settle(len(self.blocks), source[cut:], carried, gap=1 if is_loose else 0)
        self._number = top.number + len(top.items) - 1 if top.items else 0

    def _parse(self, source: str) -> Sequence[Top]:
        plain = source.rstrip(" ")
        if not re.search(_MARKDOWN, plain):
            return [
                Top("paragraph_open", found.start(), (), [Block(Content(found[0].strip()), gap=1)])
                for found in re.finditer(_PARAGRAPH, plain)
            ]
        from tellme.tui.render.markdown import parse

        in_code = self._carried.startswith(("`", "~"))
        ordinal = len(code_of(self.blocks[: self._finished])) - in_code
        definitions = dict(self._known)
        tops = parse(source, definitions, ordinal=ordinal, continues=in_code, number=self._number)
        self._definitions.update(definitions)
        return tops

    def _show(self, tops: Sequence[Top]) -> None:
        blocks = [block for top in tops for block in top.blocks]
        if blocks:
            blocks[0].gap = self._first_gap
            if isinstance(blocks[-1], Code) and self.blocks and isinstance(self.blocks[-1], Code):
                blocks[-1].grown_from(self.blocks[-1])
        self.blocks[self._finished :] = blocks

    def _settle(self, finished: int, tail: str, carried: str = "", *, gap: int = 1) -> None:
        self._finished, self._tail, self._carried = finished, tail, carried
        self._first_gap = gap if finished else 0
        self._number = 0


def _limit(top: Top) -> int:
    return MAX_OPEN_CODE if top.kind in {"fence", "code_block"} or len(top.items) == 1 else MAX_OPEN


def _where_to_cut(source: str, top: Top) -> tuple[int, str]:
    """Return where to cut ``top``, and what the rest has to be read after."""
    if top.items and top.items[-1] > top.start:
        return top.items[-1], ""
    carried = ""
    last = top.blocks[-1]
    if top.kind == "table_open" or (top.kind == "fence" and isinstance(last, Code) and last.is_open):
        lines = 2 if top.kind == "table_open" else 1
        head = "".join(source[top.start :].splitlines(keepends=True)[:lines])
        carried = head if len(head) <= MAX_CARRIED else ""
    body = top.start + len(carried)
    at = max(source.rfind("\n", body), source.rfind(" ", body) if top.kind == "paragraph_open" else -1) + 1
    return (at if at > body else len(source)), carried
