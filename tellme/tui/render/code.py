"""The colours of code. Loads Pygments, so it is imported when the first code is shown."""

from __future__ import annotations

from textual.content import Content
from textual.highlight import HighlightTheme
from textual.highlight import highlight as lex

from tellme.tui.render import styles

MAX_CHARS = 20_000
"""More code than this stays plain, and so does code with a longer line than ``MAX_LINE``: not all lexers are linear."""
MAX_LINE = 2_000

FREE_CHARS = 2_000
GROWTH = 1.25
"""Code that still grows is lexed as a whole only when it has grown by this much, from ``FREE_CHARS`` on."""


class _Theme(HighlightTheme):
    STYLES = styles.CODE_TOKENS


def highlight(code: str, language: str, earlier: tuple[Content, int] | None = None) -> tuple[Content, int]:
    """Return ``code`` with its colours, and up to where they were found in one go.

    ``earlier`` is the result for the beginning of a code that is not at its end yet. What came since is lexed by
    itself as long as it is little: it may be wrong within a string of many lines, until the next time.
    """
    if not language or len(code) > MAX_CHARS or any(len(line) > MAX_LINE for line in code.split("\n")):
        return Content(code), len(code)
    if earlier is None or len(code) < FREE_CHARS or len(code) > earlier[1] * GROWTH:
        return _lex(code, language), len(code)
    known, done = earlier
    start = code.rfind("\n", 0, done) + 1
    return known[:start] + _lex(code[start:], language), start


def _lex(code: str, language: str) -> Content:
    spans = lex(code, language=language, theme=_Theme).spans
    return Content(code, [span for span in spans if span.end <= len(code) and span.style != "$text"])
