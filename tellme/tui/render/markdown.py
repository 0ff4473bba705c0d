"""Markdown → blocks. Loads markdown-it, so it is imported when the first Markdown is shown.

CommonMark with the tables and the strikethrough of GitHub. Raw HTML is text like any other, and a line end in a
paragraph stays one: many bots write plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token
from textual.content import Content

from tellme.text import clean
from tellme.tui.render import styles
from tellme.tui.render.blocks import Block, Code, Rule, Top
from tellme.tui.render.inline import Inline
from tellme.tui.render.table import Table

BULLETS = "•◦▪"
TASKS = {"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "}
QUOTE = "▎ "

MOST_BRACKETS = 64
CHARS_A_BRACKET = 16
"""More brackets than this many, and one in so many characters, are no links: looking for them would take too long."""


class Node(NamedTuple):
    token: Token
    children: list[Node]


class Place(NamedTuple):
    """Where a block stands: in which quotes and lists."""

    gutter: str = ""
    lead: str = ""
    """What the text begins with: the mark of a list's item, then as many spaces for all that follows in the item."""
    is_tight: bool = False
    depth: int = 0

    @property
    def gap(self) -> int:
        """Empty rows between two blocks here."""
        return 0 if self.is_tight else 1

    @property
    def inner_gutter(self) -> str:
        """The gutter of what is no text of its own line: code, quotes, tables."""
        return self.gutter + " " * len(self.lead)


def parse(
    source: str, definitions: dict[str, object], *, ordinal: int = 0, continues: bool = False, number: int = 0
) -> list[Top]:
    """Return the blocks of ``source``; targets of links are taken from ``definitions``, and those in it added there.

    The first code block in it gets the number ``ordinal``; ``continues`` says that it goes on with one begun before.
    A list at the beginning counts from ``number``, unless that is zero.
    """
    builder = _Builder(ordinal, continues)
    links = source.count("[") <= MOST_BRACKETS + len(source) // CHARS_A_BRACKET
    nodes = _tree(_parser(links).parse(source, {"references": definitions}))
    if nodes and number:
        nodes[0].token.attrs["start"] = number
    starts = [0, *(newline.end() for newline in re.finditer("\n", source))]
    return [_top(node, source, starts, builder) for node in nodes]


@cache
def _parser(links: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    return parser if links else parser.disable(["link", "image"])


def _tree(tokens: Sequence[Token]) -> list[Node]:
    levels: list[list[Node]] = [[]]
    for token in tokens:
        if token.nesting < 0:
            levels.pop()
            continue
        node = Node(token, [])
        levels[-1].append(node)
        if token.nesting > 0:
            levels.append(node.children)
    return levels[0]


def _top(node: Node, source: str, starts: Sequence[int], builder: _Builder) -> Top:
    items = tuple(_start(item, starts) for item in node.children if item.token.type == "list_item_open")
    blocks = list(builder.build(node, Place(), 1))
    if not blocks:  # a quote of nothing, or nested deeper than the parser goes: what was written is shown
        first, end = node.token.map or (0, 0)
        blocks = [Block(Content("\n".join(source.split("\n")[first:end])), gap=1)]
    return Top(node.token.type, _start(node, starts), items, blocks, _first_number(node))


def _first_number(node: Node) -> int:
    return int(node.token.attrs.get("start", 1))


def _start(node: Node, starts: Sequence[int]) -> int:
    return starts[node.token.map[0]] if node.token.map else 0


class _Builder:
    """Turns nodes into blocks, and counts the code among them."""

    def __init__(self, ordinal: int, continues: bool) -> None:
        self._ordinal = ordinal
        self._continues = continues

    def build(self, node: Node, place: Place, gap: int) -> Iterator[Block]:
        """Return the blocks of ``node``, the first of them after ``gap`` empty rows."""
        kind = node.token.type
        if kind in {"paragraph_open", "heading_open"}:
            yield self._text(node, place, gap)
            return
        if place.lead.strip():  # an item that begins with something else: its mark stands alone
            yield Block(Content(place.lead.rstrip()), gutter=place.gutter, gap=gap)
            gap, place = 0, place._replace(lead=" " * len(place.lead))
        match kind:
            case "bullet_list_open" | "ordered_list_open":
                yield from self._list(node, place, gap)
            case "blockquote_open":
                yield from self._sequence(node.children, Place(place.inner_gutter + QUOTE), gap)
            case "fence" | "code_block":
                yield self._code(node.token, place, gap)
            case "table_open":
                yield self._table(node, place, gap)
            case "hr":
                yield Rule(gutter=place.inner_gutter, gap=gap)
            case _:
                yield Block(Content(place.lead + node.token.content), gutter=place.gutter, gap=gap)

    def _sequence(self, nodes: Sequence[Node], place: Place, gap: int) -> Iterator[Block]:
        for node in nodes:
            yield from self.build(node, place, gap)
            gap, place = place.gap, place._replace(lead=" " * len(place.lead))

    def _list(self, node: Node, place: Place, gap: int) -> Iterator[Block]:
        is_tight = any(child.token.hidden for item in node.children for child in item.children)
        bullet = BULLETS[place.depth % len(BULLETS)]
        for number, item in enumerate(node.children, _first_number(node)):
            is_numbered = node.token.type == "ordered_list_open"
            mark = f"{number}{node.token.markup} " if is_numbered else f"{bullet} "
            inner = Place(place.gutter, place.lead + mark, is_tight, place.depth + 1)
            if item.children:
                yield from self._sequence(item.children, inner, gap)
            else:
                yield Block(Content(inner.lead.rstrip()), gutter=place.gutter, gap=gap)
            gap = inner.gap

    def _text(self, node: Node, place: Place, gap: int) -> Block:
        content = _inline(node)
        if node.token.type == "heading_open":
            level = min(int(node.token.tag[1:]), len(styles.HEADINGS))
            content = content.stylize_before(styles.HEADINGS[level - 1])
        lead = place.lead
        if lead.strip() and (box := TASKS.get(content.plain[:4])):
            lead, content = lead[: -2 if lead[-2] in BULLETS else None] + box, content[4:]
        return Block(Content(lead) + content, gutter=place.gutter, hang=len(lead), gap=gap)

    def _code(self, token: Token, place: Place, gap: int) -> Code:
        continues, self._continues = self._continues, False
        language = next(iter(clean(token.info).split()), "")
        block = Code(
            token.content,
            language,
            self._ordinal,
            gutter=place.inner_gutter,
            gap=gap,
            continues=continues,
            is_open=_is_open(token),
        )
        self._ordinal += 1
        return block

    def _table(self, node: Node, place: Place, gap: int) -> Table:
        rows = [row.children for part in node.children for row in part.children]
        aligns = [str(cell.token.attrs.get("style", "")).removeprefix("text-align:") for cell in rows[0]]
        return Table([[_inline(cell) for cell in row] for row in rows], aligns, gutter=place.inner_gutter, gap=gap)


def _inline(node: Node) -> Content:
    """Return the content of a paragraph, a heading or a cell, which have one child that holds it."""
    return Inline().read(child for inline in node.children for child in inline.token.children or ())


def _is_open(token: Token) -> bool:
    """Tell whether a fence has no end yet: then the lines that it takes are its first and those within it."""
    first, end = token.map or (0, 0)
    lines = token.content.count("\n") + (not token.content.endswith("\n") and token.content != "")
    return token.type == "fence" and end - first < lines + 2
