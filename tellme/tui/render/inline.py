"""The inside of a paragraph: Markdown's inline tokens → ``Content``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.content import Content, Span
from textual.style import Style

from tellme.text import clean
from tellme.tui.render import styles
from tellme.tui.render.links import bare_links, is_clickable, shown_target

if TYPE_CHECKING:
    from markdown_it.token import Token

_STYLES = {"strong": styles.STRONG, "em": styles.EMPHASIS, "s": styles.STRUCK}


def link_style(target: str) -> Style:
    """Return the style that makes a text open ``target``, by a click here or by the terminal itself."""
    return Style(link=target) + Style.from_meta({"@click": ("open_link", (target,))})


class Inline:
    """Gathers text and its styles; ``content`` is the result."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._spans: list[Span] = []
        self._open: list[tuple[int, str]] = []
        """Where the links and styles that are not closed yet start, and the targets of the links."""

    def read(self, tokens: Iterable[Token]) -> Content:
        """Return the content that the tokens stand for."""
        for token in tokens:
            self._take(token)
        return Content("".join(self._parts), self._spans, strip_control_codes=False)

    def _take(self, token: Token) -> None:
        match token.type:
            case "softbreak" | "hardbreak":
                self._write("\n")
            case "code_inline":
                self._write(token.content.expandtabs(4), styles.INLINE_CODE)
            case "image":
                self._open.append((self._length, str(token.attrs["src"])))
                self._write_text("".join(child.content for child in token.children or ()) or "image")
                self._close_link()
            case "link_open":
                self._open.append((self._length, str(token.attrs["href"])))
            case "link_close":
                self._close_link()
            case "strong_open" | "em_open" | "s_open":
                self._open.append((self._length, ""))
            case "strong_close" | "em_close" | "s_close":
                start, _ = self._open.pop()
                self._style(start, _STYLES[token.type.removesuffix("_close")])
            case _:
                self._write_text(token.content)

    def _write_text(self, text: str) -> None:
        text = clean(text).replace("\n", " ").expandtabs(4)  # an entity stands for any character
        start = self._length
        self._write(text)
        if not any(target for _, target in self._open):
            for begin, end in bare_links(text):
                self._link(start + begin, start + end, text[begin:end])

    def _close_link(self) -> None:
        start, target = self._open.pop()
        shown = shown_target("".join(self._parts)[start:], target)
        if start == self._length:
            self._write(shown)
            shown = ""
        if is_clickable(target):
            self._link(start, self._length, target)
        if shown:
            self._write(f" ({shown})", styles.MUTED)

    def _link(self, start: int, end: int, target: str) -> None:
        self._style(start, styles.LINK, end)
        self._style(start, link_style(target), end)

    def _write(self, text: str, style: str = "") -> None:
        self._parts.append(text)
        self._length += len(text)
        if style:
            self._style(self._length - len(text), style)

    def _style(self, start: int, style: str | Style, end: int | None = None) -> None:
        end = self._length if end is None else end
        if end > start:
            self._spans.append(Span(start, end, style))
