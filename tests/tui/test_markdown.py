"""Markdown as blocks: what is shown, what is copied, and that the pieces in which it comes make no difference."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tellme.text import clean
from tellme.tui.render import code
from tellme.tui.render.blocks import Block, Row, Slice, code_of
from tellme.tui.render.document import MAX_OPEN_CODE, Document
from tellme.tui.render.links import bare_links, is_clickable, shown_target
from tellme.tui.render.markdown import parse

TEXT = """# A *title*

A paragraph with **bold**, `code` and ~~no~~ text
over two lines.

- one
- two
  1. inner
  2. inner too
- [ ] to do
- [x] done

> quoted
> > deeper

```python
def f(x):
    return x  # it
```

| a | b |
|---|--:|
| 1 | 2 |

Setext
------

***
The end [here](https://example.com/x).
"""
TABLE = "| name | what it does |\n|---|--:|\n| Math | sums |\n| Wall-E | cleans up all that lies around |\n"
LINES = st.sampled_from(TEXT.splitlines(keepends=True))
BITS = st.sampled_from(["\n\n", "    ", "- ", "1. ", "```\n", "| - |\n", "==", "&amp;", "\\", *"#*_`>|-~ \n"])


def row_text(block: Block, row: Row) -> str:
    return row.gutter.plain + "".join(
        block.lines[part.line].plain[part.start : part.end] if isinstance(part, Slice) else part.plain
        for part in row.parts
    )


def shown(source: str, width: int = 40) -> list[str]:
    """The rows as they look, without the empty ones between blocks."""
    return [row_text(block, row).rstrip() for block in Document(source).blocks for row in block.layout(width)]


def traits(blocks: list[Block]) -> list[object]:
    return [(type(each), each.text, each.gutter, each.hang, each.gap, each.content.spans) for each in blocks]


# Pieces -----------------------------------------------------------------------------------------------------------


@settings(max_examples=120, deadline=None)
@given(st.lists(LINES | BITS, max_size=25))
def test_the_pieces_make_no_difference(pieces: list[str]) -> None:
    grown = Document()
    for piece in pieces:
        grown.append(piece)
    grown.finish()
    assert traits(grown.blocks) == traits(Document("".join(pieces)).blocks)


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("ab 1.)(\n,;:!?äé\u00a0你\"'@/"), max_size=60))
def test_text_without_markdown_is_read_as_the_parser_would(source: str) -> None:
    with_parser = [block for top in parse(source, {}) for block in top.blocks]
    for block in with_parser[:1]:
        block.gap = 0
    assert traits(Document(source).blocks) == traits(with_parser)


def test_what_is_finished_stays_the_same_object() -> None:
    document = Document(TEXT)
    before = document.blocks[:-2]
    document.append("More of it.\n\nAnd more.\n")
    assert all(one is other for one, other in zip(before, document.blocks, strict=False))


def test_a_target_that_is_defined_below_is_found_at_the_end() -> None:
    document = Document("See [this].\n\nMore.\n\nEnd.\n\n[this]: https://example.com\n")
    document.append("\n")
    document.finish()
    assert document.blocks[0].text == "See this (https://example.com)."


@pytest.mark.parametrize(
    ("head", "line", "tail"),
    [
        ("", "words and more words\n", ""),
        ("", "x", ""),
        ("", "- an item\n", ""),
        ("> quoted\n", "> more\n", ""),
        ("```python\n", "print(1)\n", "```\nend\n"),
        ("| a | b |\n|---|---|\n", "| 1 | 2 |\n", ""),
    ],
)
def test_a_block_without_end_is_cut_and_goes_on_as_what_it_was(head: str, line: str, tail: str) -> None:
    document = Document()
    source = head + line * (3 * MAX_OPEN_CODE // len(line)) + tail
    for start in range(0, len(source), 1000):
        document.append(source[start : start + 1000])
        assert len(document._tail) <= MAX_OPEN_CODE + 1000
    kinds = {type(block) for block in document.blocks}
    assert kinds <= {type(block) for block in Document(head + line + tail).blocks}
    assert document.source == source
    assert code_of(document.blocks) == ([line * source.count(line)] if "`" in head else [])


@pytest.mark.parametrize(
    "source",
    [
        f"{'| head ' * 500}|\n{'|--' * 500}|\n" + f"{'| cell ' * 500}|\n" * 9,
        f"```{'x' * 20_000}\n" + "code\n" * 9000,
    ],
)
def test_a_head_longer_than_a_block_may_be_is_not_read_for_ever(source: str) -> None:
    document = Document(source)
    assert document.blocks[-1].text[-4:] in source[-10:]
    assert len(document._tail) <= MAX_OPEN_CODE


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_a_long_list_counts_on_where_it_was_cut(between: str) -> None:
    document = Document()
    for _ in range(30):
        document.append(("1. an item" + between) * 30)
    assert [block.text for block in document.blocks] == [f"{number}. an item" for number in range(1, 901)]
    assert len({block.gap for block in document.blocks[1:]}) == 1
    assert len(document._tail) < MAX_OPEN_CODE / 2


# What is shown ----------------------------------------------------------------------------------------------------


def test_blocks_look_like_what_they_are() -> None:
    assert shown(TEXT.split("> quoted")[0]) == [
        "A title",
        "A paragraph with bold, code and no text",
        "over two lines.",
        "• one",
        "• two",
        "  1. inner",
        "  2. inner too",
        "☐ to do",
        "☑ done",
    ]
    assert shown("> quoted\n> > deeper") == ["▎ quoted", "▎ ▎ deeper"]
    assert shown("- a\n\n  ```py\n  x\n  ```\n\n-\n- # h", 20) == ["• a", "  ╭ py ──────── copy", "  │ x", "•", "• h"]
    assert shown("<b>x</b>\n\n---\n\n&lt;", 5) == ["<b>x<", "/b>", "─────", "<"]


def test_numbers_go_on_from_where_the_list_starts() -> None:
    assert shown("7. a\n7. b\n\n   more of b") == ["7. a", "8. b", "   more of b"]


def test_too_long_an_item_wraps_under_its_text() -> None:
    assert shown("- one two three four\n- five", 15) == ["• one two three", "  four", "• five"]


def test_what_is_copied_knows_nothing_of_the_width() -> None:
    (block,) = Document("one two three four five").blocks
    assert len(block.layout(9)) > 1
    assert block.text == "one two three four five"


def test_markup_and_html_are_text() -> None:
    assert shown("[bold]x[/bold] <i>y</i>") == ["[bold]x[/bold] <i>y</i>"]


@settings(max_examples=75, deadline=None)
@given(st.lists(LINES | BITS | st.text(max_size=8), max_size=15), st.integers(12, 60))
def test_no_row_is_wider_than_the_screen(pieces: list[str], width: int) -> None:
    for block in Document(clean("".join(pieces))).blocks:
        for row in block.layout(width):
            assert cell_len(row_text(block, row)) <= width


@pytest.mark.parametrize("width", [1, 2, 3, 5])
def test_the_smallest_screens_show_something(width: int) -> None:
    assert all(block.layout(width) for block in Document(TEXT).blocks)


@pytest.mark.parametrize(
    "text", ["你好世界", "e\u0301e\u0301e\u0301", "👩\u200d👩\u200d👧👩\u200d👩\u200d👧", "שלום עולם", "☁\ufe0fab"]
)
def test_no_cut_divides_what_stands_together(text: str) -> None:
    rows = shown(text, 3)
    assert all(cell_len(row) <= 3 for row in rows)
    assert all(not row.startswith(("\u0301", "\u200d", "\ufe0f")) for row in rows)
    assert "".join(rows) == text.replace(" ", "")


def test_entities_bring_in_no_control_characters() -> None:
    text = "".join(shown("a&#13;&#x1b;[2J&#x202e;&#12;b `c`\n\n```x&#13;y\nd\n```\n\n| a&#10;b |\n|---|\n| c |"))
    assert text.replace(" ", "").isprintable()


# Code and tables --------------------------------------------------------------------------------------------------


def test_a_long_line_of_code_goes_on_below() -> None:
    assert shown("```\nabcdefghij\n```", 8)[1:] == ["│ abcdef", "┆ ghij"]


def test_code_is_kept_as_it_was_written() -> None:
    document = Document("```make\nall:\n\tcc *.c\n```\n\n    indented\n")
    assert code_of(document.blocks) == ["all:\n\tcc *.c\n", "indented\n"]
    assert document.blocks[0].text == "all:\n    cc *.c"


def test_code_in_a_known_language_has_colours() -> None:
    known, unknown = Document("```python\ndef f(): pass\n```\n```klingon\nx\n```").blocks
    assert any(line.spans for line in known.lines)
    assert not any(line.spans for line in unknown.lines)


def test_code_that_grows_has_the_colours_of_the_whole_at_its_end() -> None:
    source = "```python\n" + '"""A text\nof many lines."""\ndef f(x):\n    return x\n' * 80 + "```\n"
    grown = Document()
    for start in range(0, len(source), 100):
        grown.append(source[start : start + 100])
        assert "\n".join(line.plain for line in grown.blocks[0].lines) == grown.blocks[0].text
    assert [line.spans for line in grown.blocks[0].lines] == [line.spans for line in Document(source).blocks[0].lines]


def test_code_that_grows_is_not_lexed_as_a_whole_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    lexed: list[int] = []
    lex = code._lex
    monkeypatch.setattr(code, "_lex", lambda text, language: lexed.append(len(text)) or lex(text, language))
    grown = Document("```python\n")
    for _ in range(150):
        grown.append("def f(x):\n    return x + 1  # the next one\n" * 2)
        assert grown.blocks[0].lines
    assert sum(lexed) < 25 * len(grown.source)


def test_a_table_fits_the_width() -> None:
    assert shown(TABLE, 30) == [
        "name   │          what it does",
        "───────┼──────────────────────",
        "Math   │                  sums",
        "Wall-E │    cleans up all that",
        "       │           lies around",
    ]


def test_a_table_that_does_not_fit_is_shown_field_by_field() -> None:
    assert shown(TABLE, 16) == [
        "name: Math",
        "what it…: sums",
        "",
        "name: Wall-E",
        "what it…: cleans",
        "up all that lies",
        "around",
    ]


def test_a_table_is_copied_with_tabs() -> None:
    (table,) = Document("| a | b |\n|---|---|\n| `1` | 2 |\n").blocks
    assert table.text == "a\tb\n1\t2"


# Links ------------------------------------------------------------------------------------------------------------


def test_a_link_shows_where_it_goes() -> None:
    assert shown("[http://good.com](https://evil.com) <https://a.org> [](http://e.com)", 99) == [
        "http://good.com (https://evil.com) https://a.org http://e.com"
    ]


@pytest.mark.parametrize("target", ["https://a.org", "http://a.org:80/x?y#z@", "mailto:me@a.org", "HTTPS://A.ORG"])
def test_links_of_the_web_and_of_mail_can_be_clicked(target: str) -> None:
    assert is_clickable(target)


@pytest.mark.parametrize(
    "target",
    [
        "https://good.com@evil.com/",
        "https://good.com\\@evil.com",
        "https://gооd.com",
        "https:///x",
        "file:///etc/passwd",
        "javascript:x",
        "/x",
        "https://a.org/ x",
        "https://a.org/\x1b",
    ],
)
def test_no_other_link_can(target: str) -> None:
    assert not is_clickable(target)


def test_a_target_that_may_not_be_clicked_is_shown_all_the_same() -> None:
    (block,) = Document("[docs](file.md)").blocks
    assert block.text == "docs (file.md)"
    assert all(isinstance(span.style, str) for span in block.content.spans)


def test_a_long_target_is_cut_behind_its_host() -> None:
    host = "https://" + "a." * 60 + "evil.com"
    assert shown_target("x", host + "/" + "p" * 99) == host + "…"
    assert shown_target("x", "https://a.org/" + "p" * 99).startswith("https://a.org/ppp")


def test_addresses_in_a_text_are_found_without_its_punctuation() -> None:
    text = "See https://a.org/@x_(y), (http://b.org). https://c.org@d"
    assert [text[slice(*span)] for span in bare_links(text)] == ["https://a.org/@x_(y)", "http://b.org"]
