"""A look into a session: what it is, and one exchange of it, cut around what was looked for."""

from __future__ import annotations

import re
import time

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tellme.model import Session, Turn, TurnStatus
from tellme.text import clean, one_line
from tellme.tui.render import styles

EXCERPT = 1500
"""Characters of a message or a reply that are shown."""


class SessionPreview(VerticalScroll, can_focus=False):
    """Shows what it is given with ``show``."""

    DEFAULT_CSS = """
    SessionPreview {
        padding: 0 2; background: $surface; scrollbar-size-vertical: 1;
        & > Static { width: 1fr; height: auto; }
    }
    """

    def compose(self) -> ComposeResult:
        """Lay out one text."""
        yield Static(markup=False)

    def show(self, session: Session, bot: str, turn: Turn | None, sought: str = "") -> None:
        """Show a turn of a session, with what was ``sought`` in sight and marked."""
        said = [] if turn is None else [*_exchange(clean(bot), turn, sought)]
        self.query_one(Static).update(Content("\n\n").join([_facts(session, clean(bot)), *said]))
        self.scroll_home(animate=False)

    def clear(self) -> None:
        """Show nothing."""
        self.query_one(Static).update("")


def _facts(session: Session, bot: str) -> Content:
    began = time.strftime("%Y-%m-%d %H:%M", time.localtime(session.started_at))
    ended = "" if session.ended_at is None else ", ended"
    turns = f"{session.turns:,} turn{'' if session.turns == 1 else 's'}"
    return Content.assemble(
        (one_line(session.title) or "New session", "bold"),
        (f"\n{bot}, began {began}\n{turns}{ended}, {session.id}", styles.MUTED),
    )


def _exchange(bot: str, turn: Turn, sought: str) -> list[Content]:
    said = [_said("You", styles.PERSON, turn.message, sought)]
    if turn.text:
        said.append(_said(bot, styles.BOT, turn.text, sought))
    if turn.status is TurnStatus.FAILED:
        said.append(Content(clean(turn.error or "It failed.")).stylize(styles.ERROR))
    return said


def _said(who: str, style: str, text: str, sought: str) -> Content:
    needle = re.compile(re.escape(sought), re.IGNORECASE)
    shown = Content(_excerpt(clean(text), needle))
    return Content.assemble((f"{who}\n", style), shown.highlight_regex(needle, style=styles.MATCH) if sought else shown)


def _excerpt(text: str, needle: re.Pattern[str]) -> str:
    match = needle.search(text)
    start = max(0, match.start() - EXCERPT // 3) if match else 0
    before, after = "…" if start else "", "…" if len(text) > start + EXCERPT else ""
    return before + text[start : start + EXCERPT].strip() + after
