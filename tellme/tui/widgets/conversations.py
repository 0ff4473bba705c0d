"""The conversations that were opened in this run, one of which is shown. The others go on behind it."""

from __future__ import annotations

from textual.containers import Container

from tellme.model import Session
from tellme.tui.widgets.transcript import Pages, Transcript

MOST_HELD = 8
"""How many conversations are held; the one that was not shown for longest is read again when it is wanted."""


class Conversations(Container):
    """Holds a ``Transcript`` for each session; ``None`` is what is said without one."""

    DEFAULT_CSS = """
    Conversations { height: 1fr; }
    """

    def __init__(self, pages: Pages) -> None:
        super().__init__()
        self._pages = pages
        self._held: dict[str | None, Transcript] = {}
        """Shown last comes last."""

    @property
    def current(self) -> Transcript:
        """The conversation that is shown; there is one from the first ``show``."""
        return next(reversed(self._held.values()))

    def of(self, session_id: str | None) -> Transcript | None:
        """Return the conversation of a session, if it is held."""
        return self._held.get(session_id)

    async def show(self, session: Session | None, bot_name: str = "") -> Transcript:
        """Show the conversation of a session, reading its end where it is not held."""
        key = session.id if session is not None else None
        transcript = self._held.pop(key, None)
        if transcript is None:
            transcript = await self._new(key, bot_name)
        self._held[key] = transcript
        for other in self._held.values():
            other.display = other is transcript
        await self._let_go()
        return transcript

    async def _new(self, key: str | None, bot_name: str) -> Transcript:
        """Read a conversation, behind the one that is shown; where it cannot be read that one stays."""
        transcript = Transcript(self._pages, key, bot_name)
        transcript.display = not self._held
        await self.mount(transcript)
        try:
            await transcript.load()
        except BaseException:
            await transcript.remove()
            raise
        return transcript

    async def _let_go(self) -> None:
        for key, transcript in list(self._held.items())[:-1]:
            if len(self._held) <= MOST_HELD:
                return
            if key is not None and not any(view.is_open for view in transcript.turn_views):
                del self._held[key]
                await transcript.remove()
