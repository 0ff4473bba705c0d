"""The shell line by line: in a pipe, and on terminals for screen readers and people who want their scrollback.

From a pipe each reply is one block on stdout, without prompts, and the exit code is that of ``ask``; on a terminal
each message and reply has a label before it. What a line means is decided by ``tellme.shell``, as on every surface.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

from tellme import shell
from tellme.errors import TellmeError, UsageError
from tellme.host.host import Host, RunningTurn, control
from tellme.host.open import open_host
from tellme.host.prepare import prepare
from tellme.model import Session, TurnStatus
from tellme.surfaces import listing, output, stdin
from tellme.surfaces.ask import EXIT_CODE
from tellme.surfaces.attaching import Attached
from tellme.surfaces.export import to_markdown
from tellme.surfaces.face import Face, Pipe
from tellme.surfaces.news import News
from tellme.surfaces.offers import understand
from tellme.surfaces.problems import say_damage, say_problems
from tellme.surfaces.running import run
from tellme.surfaces.save import save, whole
from tellme.surfaces.turns import NONE_FAILED, facts, failed_table, last_failed
from tellme.text import clean, decode_message

LOG_LINES = 20
SESSION_ROWS = 20
FAILED_ROWS = 20
SHOWN_TURNS = 20
"""How much of a session that is taken up again is shown."""
_NO_MESSAGE = "There is no message yet to send again."


def open_shell(environ: Mapping[str, str], *, start: str | None = None, resume: str | None = None) -> int:
    """Run the shell until end of input or ``/quit`` and return its exit code.

    ``start`` opens a session with a bot first; ``resume`` goes on with a session (empty: the one used last).
    """
    prepared = prepare(environ, bot=start)
    face = _face([spec.name for spec in prepared.catalogue.bots.values()])

    async def main() -> int:
        async with open_host(prepared) as host:
            say_problems(host)
            try:
                return await LineShell(host, face).run(start, resume)
            finally:
                say_damage(host)

    try:
        return run(main, abort=face.restore)
    finally:
        face.restore()


def _face(bots: Sequence[str]) -> Face:
    if not (stdin.is_terminal() and output.is_terminal()):
        return Pipe()
    from tellme.surfaces.terminal import Terminal

    return Terminal(lambda text: shell.complete(text, bots))


class LineShell:
    """One run of the shell: which session is current, and the worst exit code so far."""

    def __init__(self, host: Host, face: Face) -> None:
        self._host = host
        self._face = face
        self._session: Session | None = None
        self._routed: dict[str, Session] = {}
        """Bot id → the session that holds its messages without a session; they end with the shell."""
        self._spoken: Session | None = None
        """The session of the last message."""
        self._attached = Attached()
        self._greeting: asyncio.Task[object] | None = None
        self._news = News(host, face.news)
        self._worst = 0

    async def run(self, start: str | None, resume: str | None) -> int:
        """Read lines until there are no more, and return the exit code."""
        try:
            async with self._news.told():
                if start is not None:
                    await self._start_session(start)
                elif resume is not None:
                    await self._resume(resume)
                else:
                    self._face.welcome()
                await self._lines()
        finally:
            await self._end_greeting()
            for session in self._routed.values():
                await self._host.end_session(session.id)
        return self._worst

    async def _lines(self) -> None:
        async for line in self._face.lines():
            if isinstance(line, stdin.TooLong):
                self._wrong(line.problem)
            elif not await self._line(decode_message(line)):
                break
            say_damage(self._host)

    async def _line(self, line: str) -> bool:
        """Carry out one line; false when the shell should end."""
        try:
            match await understand(line, self._session or self._spoken, self._host.commands):
                case shell.Say(text):
                    await self._say(text)
                case shell.SayToBot(text):
                    await self._turn(self._last_used(), text)
                case shell.Command("quit", _):
                    return False
                case shell.Command(name, argument):
                    await self._command(name, argument)
                case shell.Misused(_, form):
                    self._wrong(f"This command is typed as: {form}")
                case shell.Unknown(name, near):
                    hint = f" Did you mean {' or '.join(f'/{each}' for each in near)}?" if near else ""
                    self._wrong(f"There is no command /{clean(name)}.{hint} 'help' shows all of them.")
        except output.OutputError:
            raise
        except TellmeError as error:
            self._face.note(str(error))
            self._worst = max(self._worst, error.exit_code)
        return True

    def _wrong(self, text: str) -> None:
        self._face.note(text)
        self._worst = max(self._worst, 2)

    # Messages -----------------------------------------------------------------------------------------------------

    async def _say(self, text: str) -> None:
        session = self._session or await self._routed_session(text)
        if session is None:
            self._face.print(_nobody_fits([spec.name for spec in self._host.specs()]))
            self._worst = max(self._worst, EXIT_CODE[TurnStatus.DECLINED])
        else:
            await self._turn(session, text)

    async def _say_again(self) -> None:
        session = self._last_used()
        turns = await self._host.turns(session.id, 1)
        if not turns:
            raise UsageError(_NO_MESSAGE)
        await self._turn(session, turns[0].message)

    def _last_used(self) -> Session:
        session = self._session or self._spoken
        if session is None:
            raise UsageError(_NO_MESSAGE)
        return session

    async def _routed_session(self, text: str) -> Session | None:
        spec = self._host.route(text)
        if spec is None:
            return None
        if spec.id not in self._routed:
            self._routed[spec.id] = await self._host.open_session(spec.name)
        return self._routed[spec.id]

    async def _turn(self, session: Session, text: str) -> None:
        running = await self._host.say(session, text, self._face.choose, attachments=self._attached.files)
        self._attached.sent()
        await self._follow(running)

    async def _follow(self, running: RunningTurn) -> None:
        session = self._spoken = running.session
        self._news.turn_begins(session.bot)
        reply = await self._face.show_turn(self._host.name_of(session.bot), running)
        self._news.turn_ends(reply)
        self._worst = max(self._worst, EXIT_CODE[reply.status])
        if reply.leaves:
            self._left(session)

    def _left(self, session: Session) -> None:
        """The bot has ended the conversation: what is typed now is no message for it."""
        if self._session is not None and self._session.id == session.id:
            self._session = None
        self._routed = {bot: routed for bot, routed in self._routed.items() if routed.id != session.id}
        self._spoken = None
        self._face.note(f"{self._host.name_of(session.bot)} has ended the conversation.")

    # Commands -----------------------------------------------------------------------------------------------------

    async def _command(self, name: str, argument: str) -> None:
        match name:
            case "list":
                self._face.print(listing.bots_table(await self._host.bots(), rich=False))
            case "help":
                self._face.print(await self._help())
            case "start_session":
                await self._start_session(argument)
            case "end_session":
                await self._end_session(argument)
            case "new":
                await self._start_session(self._named(""))
            case "resume":
                await self._resume(argument)
            case "rename":
                renamed = await self._host.set_title(self._current().id, argument)
                self._face.note(f"Session {renamed.id} is called {renamed.title!r}.")
            case "export":
                await self._export(argument)
            case "set":
                from tellme.surfaces import options

                self._face.print(await options.carry_out(self._host, self._current(), argument))
            case "attach":
                self._face.note(await asyncio.to_thread(self._attached.command, argument))
            case "again":
                await self._say_again()
            case "failed":
                await self._show_failed()
            case "retry":
                await self._retry(argument)
            case "show":
                record = await self._host.turn(argument)
                files = await self._host.attachments(record.turn.id)
                self._face.print(facts(record, self._host.name_of(record.bot), files))
            case "stats":
                from tellme.surfaces.stats import summary

                self._face.print(await summary(self._host, time.time()))
            case "sessions":
                await self._show_sessions(argument or None)
            case "bot":
                spec = self._host.find(self._named(argument))
                status = await self._host.status(spec.id)
                self._face.print(listing.bot_facts(spec, status, self._host.log_path(spec.id)))
            case "logs":
                self._show_log(self._named(argument))
            case "restart" | "stop" | "start" as what:
                spec = await control(self._host, self._named(argument), what)
                self._face.note(f"{spec.name} was told to {what}.")
            case "clear":
                self._face.clear()

    async def _show_failed(self) -> None:
        records = await self._host.failed_turns(FAILED_ROWS)
        if records:
            self._face.print(failed_table(records, self._host.name_of, rich=False))
        else:
            self._face.note(NONE_FAILED)

    async def _retry(self, turn_id: str) -> None:
        which = turn_id or await last_failed(self._host, self._session or self._spoken)
        await self._follow(await self._host.retry(which, self._face.choose))

    async def _show_sessions(self, search: str | None) -> None:
        found = await self._host.sessions(search, SESSION_ROWS)
        if found:
            self._face.print(listing.sessions_table(found, self._host.name_of, rich=False))
        else:
            self._face.note(listing.no_sessions(search))

    def _show_log(self, name: str) -> None:
        lines = self._host.log_lines(name, LOG_LINES)
        if lines:
            self._face.print("\n".join(map(clean, lines)))
        else:
            self._face.note(listing.no_log(self._host.find(name).name, self._host.log_path(name)))

    async def _export(self, file: str) -> None:
        session_id = self._current().id
        document = await whole(self._host, session_id)
        if file:
            path = await asyncio.to_thread(save, file, *document)
            self._face.note(f"Session {session_id} is written to {path}.")
        else:
            self._face.print(to_markdown(*document))

    async def _help(self) -> str:
        session = self._session or self._spoken
        offered = await self._host.commands(session) if session else ()
        usages = [*shell.COMMANDS, *shell.usages(offered or ())]
        width = max(len(usage.form) for usage in usages)
        lines = [f"{usage.form:{width}}  {usage.help}" for usage in usages]
        return "\n".join([*lines, "Anything else is a message. '@tellme' before a command works like '/'."])

    def _current(self) -> Session:
        if self._session is None:
            raise UsageError("There is no session; 'start_session NAME' begins one.")
        return self._session

    def _named(self, argument: str) -> str:
        """The bot that a command is about: the one named, else that of the session."""
        if argument:
            return argument
        if self._session is None:
            raise UsageError("Which bot? Name one, or 'start_session NAME' first.")
        return self._session.bot

    async def _start_session(self, name: str) -> None:
        session = await self._host.open_session(name)
        self._switch_to(session, "Session")
        if self._face.greets:
            await self._end_greeting()
            self._greeting = asyncio.create_task(self._greet(session))

    async def _greet(self, session: Session) -> None:
        """Have the bot begin, so that one that speaks first is heard before it is spoken to."""
        with suppress(TellmeError):  # the first message says what is wrong
            await self._host.commands(session)

    async def _end_greeting(self) -> None:
        if self._greeting is not None:
            self._greeting.cancel()
            await asyncio.wait((self._greeting,))
            self._greeting = None

    async def _resume(self, session_id: str) -> None:
        other_than = self._session.id if self._session else None
        session = await self._host.resume_session(session_id or None, other_than=other_than)
        self._switch_to(session, "Resumed session")
        turns = await self._host.turns(session.id, SHOWN_TURNS)
        self._face.show_history(self._host.name_of(session.bot), turns)

    def _switch_to(self, session: Session, what: str) -> None:
        left = self._session if self._session and self._session.id != session.id else None
        self._session = session
        switched = f" (left {left.id} with {self._host.name_of(left.bot)}; it stays open)" if left else ""
        self._face.note(f"{what} {session.id} with {self._host.name_of(session.bot)}{switched}.")

    async def _end_session(self, session_id: str) -> None:
        if self._session is None and not session_id:
            self._wrong("There is no session to end; 'start_session NAME' begins one.")
            return
        ended = await self._host.end_session(session_id or (self._session.id if self._session else None))
        if self._session is not None and self._session.id == ended.id:
            self._session = None
        self._face.note(f"Ended session {ended.id} with {self._host.name_of(ended.bot)}.")


def _nobody_fits(names: Sequence[str]) -> str:
    if not names:
        return "There are no bots here; 'tellme doctor' shows why."
    return (
        f"No bot seems right for that. You can talk to: {', '.join(names)}. "
        f"'start_session {names[0]}' begins; 'help' shows more."
    )
