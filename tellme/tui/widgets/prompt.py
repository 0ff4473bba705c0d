"""The prompt: where a person types, from the first paint on. What stands here is not lost.

It knows no host: names, sessions and the history come in, messages go out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer

from tellme import shell
from tellme.model import MAX_MESSAGE_BYTES
from tellme.tui.widgets.completion import Completion, common_start, complete
from tellme.tui.widgets.menu import Menu
from tellme.tui.widgets.paste import safe
from tellme.tui.widgets.recall import Recall

DRAFT_AFTER_S = 0.3
"""A change of the draft is told so long after it, with all that came in between."""


class Prompt(Recall):
    """See the module."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Send", show=False, id="prompt.send"),
        Binding("tab", "complete", "Complete", show=False, id="prompt.complete"),
        Binding("ctrl+d", "delete_or_leave", "Delete to the right, or leave", show=False, id="prompt.leave"),
        Binding("ctrl+o", "editor", "Write in your own editor", show=False, id="prompt.editor"),
    ]

    class Submitted(Message):
        """The person sends ``text``, a message or a command."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class DraftChanged(Message):
        """What stands in the prompt is another than before; comes at most every ``DRAFT_AFTER_S`` seconds."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class EditorRequested(Message):
        """The person wants to write ``text`` in a program of their own; the ``draft`` takes what comes of it."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class LeaveRequested(Message):
        """End of file: the person is done."""

    def __init__(self, placeholder: str = "Type a message, or / for commands", *, id: str | None = None) -> None:
        super().__init__(placeholder, id=id)
        self._bots: Sequence[str] = ()
        self._sessions: Sequence[tuple[str, str]] = ()
        self.commands: Sequence[shell.Usage] = ()
        """What the bot itself offers."""
        self._offered: Sequence[Completion] = ()
        self._is_quiet = False
        """Was the list closed by hand? It then stays closed until it is asked for, or the line is a new one."""
        self._told = ""
        self._telling: Timer | None = None

    # What is given ------------------------------------------------------------------------------------------------

    def set_bots(self, names: Iterable[str]) -> None:
        """Complete these names of bots."""
        self._bots = tuple(names)

    def set_sessions(self, sessions: Iterable[tuple[str, str]]) -> None:
        """Complete these sessions, each an id and a title."""
        self._sessions = tuple(sessions)

    def set_offered(self, commands: Iterable[shell.Usage]) -> None:
        """Complete these commands of the bot too."""
        self.commands = tuple(commands)

    @property
    def draft(self) -> str:
        """What is typed and not yet sent, folded pastes put back. That it was set can be undone by the person."""
        return self.full_text

    @draft.setter
    def draft(self, text: str) -> None:
        self._tell_draft()
        self.leave_history()
        with self.recalling():
            self.replace_all(self.folds.fold_written(safe(text)))
        self._told = self.full_text

    # Sending ------------------------------------------------------------------------------------------------------

    def action_send(self) -> None:
        """Send; or take what is searched for or picked; or, behind a backslash, begin a new line."""
        if self._search is not None:
            self.leave_history()
        elif (completion := self._completion_for_enter()) is not None:
            self._take(completion, is_picked=self.menu.picked is not None)
        elif self._is_behind_backslash():
            self.action_delete_left()
            self.action_newline()
        else:
            self._send(self.full_text)

    def _take(self, completion: Completion, *, is_picked: bool) -> None:
        """Take a completion; a command that the person has begun to type is sent too, if it can stand alone."""
        self.replace_all(completion.text)
        if not is_picked and not completion.text.endswith(" ") and shell.parse(completion.text)[1:] == ("",):
            self._send(self.full_text)

    def _is_behind_backslash(self) -> bool:
        row, column = self.cursor_location
        return self.selection.is_empty and self.document[row][:column].endswith("\\")

    def _send(self, text: str) -> None:
        if not text.strip():
            return
        if len(text.encode()) > MAX_MESSAGE_BYTES:
            self.post_message(self.Refused("That is more than a message can hold (1 MiB): it was not sent."))
            return
        self.remember(text)
        self.clear()
        self.forget_edits()
        self.post_message(self.Submitted(text))
        self._tell_draft()

    def action_delete_or_leave(self) -> None:
        """Delete to the right; with nothing there at all, leave."""
        if self.text:
            self.action_delete_right()
        else:
            self.post_message(self.LeaveRequested())

    def action_editor(self) -> None:
        """Write on in an editor of one's own."""
        self.leave_history()
        self.post_message(self.EditorRequested(self.full_text))

    # Changes ------------------------------------------------------------------------------------------------------

    def update_suggestion(self) -> None:
        """Follow a change of the text. ``TextArea`` calls this after each."""
        super().update_suggestion()
        self._is_quiet = self._is_quiet and bool(self.text)
        self._offer(() if self._is_recalling or self._is_quiet else self._completions())
        if self._telling is None and self.is_mounted:
            self._telling = self.set_timer(DRAFT_AFTER_S, self._tell_draft)

    def watch_selection(self) -> None:
        """Follow the cursor: away from the end there is nothing to complete."""
        super().watch_selection()
        if self.is_mounted and not self.cursor_at_end_of_text:
            self._offer(())

    def on_blur(self) -> None:
        """Close the list when the person goes elsewhere in the app."""
        if self.app.app_focus:
            self.leave_history()
            self._offer(())

    def _tell_draft(self) -> None:
        if self._telling is not None:
            self._telling.stop()
            self._telling = None
        if self._told != self.full_text:
            self._told = self.full_text
            self.post_message(self.DraftChanged(self._told))

    # Completion ---------------------------------------------------------------------------------------------------

    def _completions(self, *, asked: bool = False) -> Sequence[Completion]:
        at_end = self.text and self.cursor_at_end_of_text
        return complete(self.text, self._bots, self._sessions, self.commands, asked=asked) if at_end else ()

    def _offer(self, completions: Sequence[Completion]) -> None:
        if completions or self._offered:
            self._offered = completions
            self.menu.show([(each.label, each.help) for each in completions])

    def action_complete(self) -> None:
        """Take what is picked, else what all that is offered begins with; open the list where it is closed."""
        if self._search is not None:
            self.leave_history()
            return
        was_open = bool(self._offered)
        if not was_open:
            self._offer(self._completions(asked=True))
        if not self._offered:
            raise SkipAction
        start = common_start(self._offered)
        if self.menu.picked is None and len(start) > len(self.text):
            self.replace_all(start)
        elif was_open:
            self.replace_all(self._offered[self.menu.picked or 0].text)

    def _completion_for_enter(self) -> Completion | None:
        """Return what Enter takes: what was picked, else the first where the line cannot be meant as it is."""
        if not self._offered:
            return None
        if self.menu.picked is not None:
            return self._offered[self.menu.picked]
        match shell.parse(self.text):
            case shell.Command(_, ""):
                return None
            case shell.Command() if any(each.is_optional or each.is_said_by(self.text) for each in self._offered):
                return None
        return self._offered[0]

    def action_cursor_up(self, select: bool = False) -> None:
        """Move up: in the list, the text or the history."""
        if self._offered and not select:
            self._pick(len(self._offered) - 1 if self.menu.picked is None else self.menu.picked - 1)
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """Move down: in the list, the text or the history."""
        if self._offered and not select:
            self._pick(0 if self.menu.picked is None else self.menu.picked + 1)
        else:
            super().action_cursor_down(select)

    def _pick(self, index: int) -> None:
        self.menu.picked = index % len(self._offered)

    def action_dismiss(self) -> None:
        """Close the list, or leave the search."""
        if self._offered:
            self._is_quiet = True
            self._offer(())
        else:
            super().action_dismiss()

    def on_menu_chosen(self, event: Menu.Chosen) -> None:
        """Take the row that was clicked."""
        event.stop()
        self.focus()
        if self._search is not None:
            self.choose_match(event.index)
        elif event.index < len(self._offered):
            self.replace_all(self._offered[event.index].text)
