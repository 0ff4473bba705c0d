"""Finding a text in the conversation: all of the session is searched, and what is not on screen is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tellme.tui.widgets.search_bar import SearchBar

if TYPE_CHECKING:
    from tellme.tui.talk import Talk
    from tellme.tui.widgets.conversations import Conversations


class Finding:
    """One search: the turns that hold the text, and which of them is shown."""

    def __init__(self, talk: Talk, conversations: Conversations, bar: SearchBar) -> None:
        self._talk = talk
        self._conversations = conversations
        self._bar = bar
        self._text = ""
        self._found: list[str] = []
        self._shown = -1

    async def look_for(self, text: str) -> None:
        """Find the turns that hold ``text``, and show the last of them; an empty text ends the search."""
        self._text = text
        self._found = await self._turns_with(text) if text else []
        self._shown = len(self._found)
        self._highlight()
        if self._found:
            await self.step(-1)
        else:
            self._bar.found(0, 0)

    async def step(self, step: int) -> None:
        """Show the next (1) or the previous (-1) of the turns, going round at the ends."""
        if not self._found:
            return
        self._shown = (self._shown + step) % len(self._found)
        self._bar.found(self._shown + 1, len(self._found))
        transcript = self._conversations.current
        view = await transcript.show_turn(self._found[self._shown], focus=False)
        self._highlight()
        if view is not None and view.find(self._text):
            view.select_match(0)
            transcript.show_match(view, 0)

    def end(self) -> None:
        """Take the marks away; the reader stays where the search led."""
        self._text = ""
        self._found = []
        self._highlight()

    async def _turns_with(self, text: str) -> list[str]:
        transcript = self._conversations.current
        if transcript.session_id is not None:
            return await (await self._talk.host()).find_turns(transcript.session_id, text)
        wanted = text.casefold()
        return [
            view.turn_id
            for view in transcript.turn_views
            if wanted in view.message.casefold() or wanted in view.reply_text.casefold()
        ]

    def _highlight(self) -> None:
        for view in self._conversations.current.turn_views:
            view.find(self._text)
