"""What a typed line does in the app. The grammar is that of every surface (``tellme.shell``)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tellme import shell
from tellme.errors import TellmeError, UsageError
from tellme.surfaces.offers import understand
from tellme.text import clean
from tellme.tui.widgets.note import NoteView

if TYPE_CHECKING:
    from tellme.tui.screens.chat import ChatScreen
    from tellme.tui.talk import Talk


FAILED_ROWS = 50
"""The most failed turns that are shown."""

WIDE_ENOUGH = 76
"""Where there are fewer cells, the table of bots leaves out kind and pid."""


class Lines:
    """Carries out lines, one after the other."""

    def __init__(self, screen: ChatScreen, talk: Talk) -> None:
        self._screen = screen
        self._talk = talk

    async def carry_out(self, line: str) -> None:
        """Do what the line says; what cannot be done is said in the conversation, and the line comes back."""
        try:
            match await understand(line, self._talk.spoken_to, self._talk.commands):
                case shell.Say(text):
                    await self._talk.say(text)
                case shell.SayToBot(text):
                    await self._talk.say_on(text)
                case shell.Command(name, argument):
                    await self.command(name, argument)
                case shell.Misused(_, form):
                    raise UsageError(f"This command is typed as: {form}")
                case shell.Unknown(name, near):
                    hint = f" Did you mean {' or '.join(f'/{each}' for each in near)}?" if near else ""
                    raise UsageError(f"There is no command /{clean(name)}.{hint} F1 shows all of them.")
        except TellmeError as error:
            await self._talk.refuse(error, line)

    async def command(self, name: str, argument: str = "") -> None:
        """Carry out one of ``shell.COMMANDS``. Raises ``TellmeError``."""
        talk, screen = self._talk, self._screen
        match name:
            case "list":
                await self._list()
            case "help":
                screen.app.action_help()
            case "start_session":
                await talk.start(argument)
            case "new":
                await talk.start(talk.current().bot)
            case "end_session":
                await talk.end(argument)
            case "resume":
                await talk.resume(argument)
            case "rename":
                await talk.rename(argument)
            case "set":
                await talk.set(argument)
            case "attach":
                await talk.attach(argument)
            case "sessions":
                screen.open_sessions(argument)
            case "again":
                await screen.send_last_again()
            case "failed":
                await self._failed()
            case "retry":
                await self._retry(argument)
            case "show":
                await self._show(argument)
            case "export":
                await self._export(argument)
            case "stats":
                screen.open_stats()
            case "logs" | "bot":
                await screen.open_bot(self._named(argument))
            case "restart" | "stop" | "start" as what:
                bot = await screen.app.bridge.control(self._named(argument), what)
                await talk.note(f"{bot.name} was told to {what}.")
            case "clear":
                await screen.conversations.current.clear()
            case "quit":
                screen.app.exit()

    async def _list(self) -> None:
        from tellme.surfaces.listing import bots_rows

        host = await self._talk.host()
        rows = bots_rows(await host.bots())
        if self._screen.conversations.size.width < WIDE_ENOUGH:
            rows = [(name, state, uptime, restarts, memory) for name, _, state, _, uptime, restarts, memory in rows]
        await self._talk.show(NoteView.table(rows))

    async def _failed(self) -> None:
        from tellme.surfaces.turns import NONE_FAILED, failed_rows

        host = await self._talk.host()
        records = await host.failed_turns(FAILED_ROWS)
        view = NoteView.table(failed_rows(records, host.name_of)) if records else NoteView(NONE_FAILED)
        await self._talk.show(view)

    async def _retry(self, turn_id: str) -> None:
        from tellme.surfaces.turns import last_failed

        await self._talk.retry(turn_id or await last_failed(await self._talk.host(), self._talk.spoken_to))

    async def _show(self, turn_id: str) -> None:
        from tellme.surfaces.turns import facts

        host = await self._talk.host()
        record = await host.turn(turn_id)
        shown = facts(record, host.name_of(record.bot), await host.attachments(record.turn.id))
        self._screen.read(f"```\n{shown}```", f"Turn {record.turn.id}")

    async def _export(self, file: str) -> None:
        if not file:
            self._screen.read(await self._talk.as_markdown(), "This session")
            return
        from tellme.surfaces.save import save

        host = await self._talk.host()
        session, turns = await host.history(self._talk.current().id)
        path = await asyncio.to_thread(save, file, host.name_of(session.bot), session, turns)
        await self._talk.note(f"Session {session.id} is in {path}")

    def _named(self, argument: str) -> str:
        """The bot that a command is about: the one named, else that of the session."""
        if argument:
            return argument
        if self._talk.session is None:
            raise UsageError("Which bot? Name one, or 'start_session NAME' first.")
        return self._talk.session.bot
