"""What the first Markdown and the first code would make a person wait for, done while nobody waits."""

from __future__ import annotations

from tellme.tui.render.document import Document

_SAMPLE = "# a\n\n```python\nb = 1\n```\n\n| c |\n| - |\n| d |\n"


def warm() -> None:
    """Import the parser and the lexers, which take 80 ms, and use them once. For a thread."""
    document = Document(_SAMPLE)
    document.finish()
    for block in document.blocks:
        block.layout(40)
