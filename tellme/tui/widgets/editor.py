"""The text of the prompt: editing as in readline, large pastes folded, keys carried out in the order they were typed.

What the text is for (sending, history, completion) is in ``prompt.py``.
"""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.text import Text
from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.document._document import EditResult, Location, Selection
from textual.document._edit import Edit
from textual.geometry import Offset, Size
from textual.message import Message
from textual.strip import Strip
from textual.widgets import TextArea

from tellme.model import MAX_MESSAGE_BYTES
from tellme.tui.widgets.paste import Folds, safe, shown, tokens

MARK = "› "
MAX_HELD = 16 * MAX_MESSAGE_BYTES
"""So many characters of folded pastes are kept for undo."""


def is_text(event: events.Key) -> bool:
    """Does this key type its character? With a modifier it does not."""
    return event.is_printable and (len(event.key) == 1 or "+" not in event.key)


class Editor(TextArea, inherit_bindings=False):
    """A text area that grows with its text, with a mark on its left."""

    DEFAULT_CSS = """
    Editor {
        height: auto;
        scrollbar-size-vertical: 1;
        background: $surface;
        & .editor--mark { color: $primary; text-style: bold; }
        & .editor--fold { color: $accent; }
        & .text-area--placeholder, & .text-area--suggestion { color: $text-disabled; }
        &:blur .editor--mark { color: $text-disabled; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"editor--mark", "editor--fold"}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+j,alt+enter,shift+enter", "newline", "New line", show=False, id="prompt.newline"),
        *(
            Binding(keys, action, description, show=False, id=f"prompt.{name}")
            for name, keys, action, description in (
                ("left", "left", "cursor_left", "Left"),
                ("right", "right", "cursor_right", "Right, or take what is suggested"),
                ("up", "up", "cursor_up", "Up, or an older entry of the history"),
                ("down", "down", "cursor_down", "Down, or a newer entry of the history"),
                ("word_left", "ctrl+left,alt+left,alt+b", "cursor_word_left", "One word to the left"),
                ("word_right", "ctrl+right,alt+right,alt+f", "cursor_word_right", "One word to the right"),
                ("line_start", "home,ctrl+a", "cursor_line_start", "Start of the line"),
                ("line_end", "end,ctrl+e", "cursor_line_end", "End of the line, or take what is suggested"),
                ("text_start", "ctrl+home", "cursor_text_start", "Start of the text"),
                ("select_left", "shift+left", "cursor_left(True)", "Select to the left"),
                ("select_right", "shift+right", "cursor_right(True)", "Select to the right"),
                ("select_up", "shift+up", "cursor_up(True)", "Select upwards"),
                ("select_down", "shift+down", "cursor_down(True)", "Select downwards"),
                ("select_word_left", "ctrl+shift+left", "cursor_word_left(True)", "Select a word to the left"),
                ("select_word_right", "ctrl+shift+right", "cursor_word_right(True)", "Select a word to the right"),
                ("select_line_start", "shift+home", "cursor_line_start(True)", "Select to the start of the line"),
                ("select_line_end", "shift+end", "cursor_line_end(True)", "Select to the end of the line"),
                ("select_all", "ctrl+shift+a,alt+a", "select_all", "Select all"),
                ("delete_left", "backspace", "delete_left", "Delete to the left"),
                ("delete_right", "delete", "delete_right", "Delete to the right"),
                ("kill_word_left", "ctrl+w,ctrl+backspace,alt+backspace", "kill_word_left", "Cut a word to the left"),
                ("kill_word_right", "alt+d,alt+delete,ctrl+delete", "kill_word_right", "Cut a word to the right"),
                ("kill_to_start", "ctrl+u,super+backspace", "kill_to_start", "Cut to the start of the line"),
                ("kill_to_end", "ctrl+k", "kill_to_end", "Cut to the end of the line"),
                ("yank", "ctrl+y", "yank", "Put back what was cut"),
                ("undo", "ctrl+underscore,ctrl+slash,super+z", "undo", "Undo"),
                ("redo", "alt+slash,ctrl+shift+z,super+shift+z", "redo", "Redo"),
                ("cut", "ctrl+x,super+x", "cut", "Cut what is selected"),
                ("copy", "ctrl+c,super+c", "copy", "Copy what is selected"),
                ("paste", "ctrl+v,super+v", "paste", "Paste what was copied here"),
            )
        ),
    ]

    class Refused(Message, namespace="prompt"):
        """What came in was not taken; all that was there still is."""

        def __init__(self, reason: str) -> None:
            super().__init__()
            self.reason = reason

    def __init__(self, placeholder: str = "", *, id: str | None = None) -> None:
        super().__init__(placeholder=Content(placeholder), compact=True, highlight_cursor_line=False, id=id)
        self.cursor_blink = False
        self.match_cursor_bracket = False
        self.folds = Folds()
        """What the tokens in the text stand for."""
        self._killed = ""

    @property
    def full_text(self) -> str:
        """The text with folded pastes put back."""
        return self.folds.unfold(self.text)

    def validate_placeholder(self, placeholder: str | Content) -> Content:
        """Take markup for text."""
        return Content(placeholder) if isinstance(placeholder, str) else placeholder

    def replace_all(self, text: str) -> None:
        """Put ``text``, which may hold tokens, in place of all there is; it can be undone."""
        self.replace(text, self.document.start, self.document.end, maintain_selection_offset=False)

    def forget_edits(self) -> None:
        """Let go of what only undo would bring back."""
        self.folds.keep_only(self.text)
        self.history.clear()

    # Keys ---------------------------------------------------------------------------------------------------------

    async def _on_key(self, event: events.Key) -> None:
        """Carry out a bound key here and now.

        Textual would send it to the app first, and the keys typed after it (an expect script, a slow connection)
        would overtake it.
        """
        bound = self.screen.active_bindings.get(event.key)
        if bound is not None and bound.node is self and await self.app.run_action(bound.binding.action, self):
            event.stop()
            event.prevent_default()
        elif event.is_printable and not is_text(event):
            event.prevent_default()

    # Pastes -------------------------------------------------------------------------------------------------------

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.paste(event.text)

    def paste(self, text: str) -> None:
        """Insert ``text`` as if pasted: cleaned, folded if large, refused if the message would be too long."""
        if not self._fits(text) or not self._fits(text := safe(text)):
            self.post_message(self.Refused("That is more than a message can hold (1 MiB): it was not pasted."))
            return
        if self.folds.held > MAX_HELD:
            self.forget_edits()
        self._insert(self.folds.fold_pasted(text))

    def _fits(self, text: str) -> bool:
        # Counting characters first keeps a paste of hundreds of megabytes from being cleaned.
        if len(text) > MAX_MESSAGE_BYTES:
            return False
        there = len(self.full_text.encode()) - len(self.folds.unfold(self.selected_text).encode())
        return there + len(text.encode(errors="replace")) <= MAX_MESSAGE_BYTES

    def _insert(self, text: str) -> None:
        self.replace(text, *self.selection, maintain_selection_offset=False)

    # Tokens are one thing: no cursor stands within one, and no edit takes a part of one ---------------------------

    def edit(self, edit: Edit) -> EditResult:
        """Perform an edit, widened to whole tokens."""
        start, end = self._token_at(edit.top)[0], self._token_at(edit.bottom)[1]
        is_insertion = edit.top == edit.bottom
        edit.from_location, edit.to_location = end if is_insertion else start, end
        return super().edit(edit)

    def validate_selection(self, selection: Selection) -> Selection:
        """Move the ends of a selection out of tokens, in the direction in which the cursor goes."""
        forward = selection.end > self.selection.end
        start, end = (self._token_at(place)[forward] for place in selection)
        return Selection(start, end)

    def _token_at(self, place: Location) -> tuple[Location, Location]:
        """Return the ends of the token around ``place``; ``place`` twice where there is none."""
        row, column = place
        line = self.document[row] if row < self.document.line_count else ""
        for start, end in tokens(line):
            if start < column < end:
                return (row, start), (row, end)
        return place, place

    # Actions ------------------------------------------------------------------------------------------------------

    def action_newline(self) -> None:
        """Begin a new line."""
        self._insert("\n")

    def scroll_cursor_visible(self, center: bool = False, animate: bool = False) -> Offset:
        """Bring the cursor into sight. Within an undo, before the cursor is back, it may be below the text."""
        if self.cursor_location[0] >= self.document.line_count:
            return Offset()
        return super().scroll_cursor_visible(center, animate)

    def action_cursor_text_start(self) -> None:
        """Move to the start of the text."""
        self.move_cursor(self.document.start)

    def get_cursor_line_start_location(self, smart_home: bool = False) -> Location:
        """Return the start of the whole line, as in readline, however it is wrapped."""
        return self.cursor_location[0], 0

    def get_cursor_line_end_location(self) -> Location:
        """Return the end of the whole line, as in readline, however it is wrapped."""
        row = self.cursor_location[0]
        return row, len(self.document[row])

    def action_cursor_line_end(self, select: bool = False) -> None:
        """Move to the end of the line, or take what is suggested."""
        if self.suggestion and not select:
            self.insert(self.suggestion)
        else:
            super().action_cursor_line_end(select)

    def action_kill_word_left(self) -> None:
        """Cut the word to the left."""
        self._kill(self.get_cursor_word_left_location())

    def action_kill_word_right(self) -> None:
        """Cut the word to the right."""
        self._kill(self.get_cursor_word_right_location())

    def action_kill_to_start(self) -> None:
        """Cut to the start of the line, or the line's break where that is the start."""
        at_start = self.cursor_at_start_of_line
        self._kill(self.get_cursor_left_location() if at_start else self.get_cursor_line_start_location())

    def action_kill_to_end(self) -> None:
        """Cut to the end of the line, or its break where that is the end."""
        at_end = self.cursor_at_end_of_line
        self._kill(self.get_cursor_right_location() if at_end else self.get_cursor_line_end_location())

    def _kill(self, to: Location) -> None:
        """Cut what is selected, else what is between the cursor and ``to``."""
        start, end = self.selection if not self.selection.is_empty else (self.cursor_location, to)
        killed = self.delete(start, end, maintain_selection_offset=False).replaced_text
        self._killed = self.folds.unfold(killed) or self._killed

    def action_yank(self) -> None:
        """Put back what was cut last."""
        self._insert(self.folds.fold_pasted(self._killed))

    def action_copy(self) -> None:
        """Copy what is selected, folded pastes whole."""
        if self.selection.is_empty:
            raise SkipAction
        self.app.copy_to_clipboard(self.folds.unfold(self.selected_text))

    def action_cut(self) -> None:
        """Copy what is selected and delete it."""
        self.action_copy()
        self._insert("")

    def action_paste(self) -> None:
        """Paste what was copied in this app."""
        self.paste(self.app.clipboard)

    # The look -----------------------------------------------------------------------------------------------------

    @property
    def gutter_width(self) -> int:
        """The width of the mark."""
        return len(MARK)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the height of the text, or a third of the screen's if that is less."""
        return min(super().get_content_height(container, viewport, width), max(1, viewport.height // 3))

    def get_line(self, line_index: int) -> Text:
        """Return a line as it is drawn."""
        line = self.document.get_line(line_index)
        text = Text(shown(line), end="", no_wrap=True)
        for start, end in tokens(line):
            text.stylize(self.get_component_rich_style("editor--fold", partial=True), start, end)
        return text

    def render_line(self, y: int) -> Strip:
        """Draw one row, behind the mark or what keeps its place."""
        if self.content_size.width <= 0:
            return Strip.blank(self.size.width)
        row = super().render_line(y)
        is_first = y + self.scroll_offset.y == 0
        mark = Segment(MARK if is_first else " " * len(MARK), self.get_component_rich_style("editor--mark"))
        width = self.scrollable_content_region.width - len(MARK)
        return Strip.join([Strip([mark], len(MARK)), row.adjust_cell_length(max(0, width), self.rich_style)])
