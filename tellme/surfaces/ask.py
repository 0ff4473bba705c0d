"""``tellme ask``: one turn, or one for each line of stdin. What it sends is always a message, never a command."""

from __future__ import annotations

import time
from functools import cache

from tellme.errors import BotNotFound, HostGone, Stopping, TellmeError, UsageError
from tellme.model import Reply, TurnStatus
from tellme.surfaces import output, stdin
from tellme.surfaces.request import Ask as Ask
from tellme.surfaces.streaming import Stream, Whole, follow
from tellme.text import decode_message, one_line

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tellme.host.ahead import Ahead
    from tellme.host.host import Host
    from tellme.host.prepare import Prepared
    from tellme.host.served import Served
    from tellme.model import Attachment, Session

EXIT_CODE = {TurnStatus.ANSWERED: 0, TurnStatus.DECLINED: 1, TurnStatus.FAILED: 3}


def ask(request: Ask, environ: Mapping[str, str], ahead: Ahead | None = None) -> int:
    """Carry out ``tellme ask`` and return its exit code. Raises ``TellmeError``.

    Where a ``tellme serve`` runs, it is asked; else the bot begins to start here, before the message is read and before
    the event loop is imported. ``ahead`` is what was begun before this module was loaded.
    """
    if ahead is None:
        from tellme.host.ahead import begin

        ahead = begin(environ, served=request.keep)
    try:
        return _carried_out(request, environ, ahead)
    except BotNotFound as error:
        if request.lines:
            raise
        from tellme.surfaces.bot_first import explained

        raise explained(error, (request.bot, *request.words), environ) from None
    finally:
        ahead.close()


def _carried_out(request: Ask, environ: Mapping[str, str], ahead: Ahead) -> int:
    if request.lines and request.words:
        raise UsageError("--lines reads its messages from standard input; leave out the text.")
    if request.lines and request.attach:
        raise UsageError("--lines sends many messages; --attach goes with one.")
    files = _files(request.attach)
    read = cache(lambda: _message(request.words))
    remote = None if request.lines or files else ahead.take_remote()  # the short way carries text alone
    if remote is not None and (code := _ask_served(request, remote, read)) is not None:
        return code

    import gc

    gc.disable()  # until the host is open: what is loaded stays, and looking through it takes 2 ms
    try:
        return _with_host(request, environ, ahead, read, files)
    finally:
        gc.enable()


def _with_host(
    request: Ask,
    environ: Mapping[str, str],
    ahead: Ahead,
    read: Callable[[], str],
    files: Sequence[Attachment],
) -> int:
    """Ask by way of a host: our own, or the one that a ``tellme serve`` runs."""
    from tellme.host.prepare import prepare

    prepared = prepare(environ, keep=request.keep, bot=request.bot, ahead=ahead)
    message = None if request.lines else read()
    taken_at = time.monotonic()

    from tellme.surfaces.light import import_core

    import_core()
    from tellme.surfaces import loop, running

    ahead.take_remote()  # the host closes it
    return running.run(lambda: _ask(request, prepared, message, taken_at, files), on_loop=loop.run)


def _files(paths: tuple[str, ...]) -> tuple[Attachment, ...]:
    if not paths:
        return ()
    from tellme.surfaces.attaching import attachments

    return attachments(paths)


def _ask_served(request: Ask, remote: int, read: Callable[[], str]) -> int | None:
    """Have the host that listens answer; ``None`` where it is not to be asked, or is about to end."""
    from tellme.host.served import Served

    served = Served(remote)
    try:
        return _turn_of(served, request, read) if _is_welcome(served, request.bot) else None
    except (HostGone, Stopping):
        if served.has_begun:
            raise
        return None  # it was about to end: as if it were gone already
    finally:
        served.close()


def _is_welcome(served: Served, bot: str) -> bool:
    """Greet the host and say what it says of the bot; a host of another version is left alone."""
    from tellme.wire import hosting

    greeting = served.greet(bot)
    if (other := hosting.why_left_alone(greeting)) is not None:
        output.note(other)
    elif greeting is not None:
        for text in greeting.notes:
            output.note(text)
    return other is None


def _turn_of(served: Served, request: Ask, read: Callable[[], str]) -> int:
    """Have the turn, and return the exit code: that of the signal where one broke it off."""
    from tellme.surfaces.signals import Signals

    message = read()
    with Signals(served.interrupt) as signals:
        try:
            listener, streamed = _listener(request)
            reply = served.ask(request.bot, message, listener)
            print_reply(reply, as_json=request.json, streamed=streamed)
        except BaseException:
            if not signals.received:
                raise
            return 128 + signals.received
    return EXIT_CODE[reply.status]


def _listener(request: Ask) -> tuple[Stream | Whole, bool]:
    """Return who hears the turn, and whether that prints the reply."""
    streamed = output.is_terminal() and not request.json
    if not streamed:
        return Whole(output.note), False
    return Stream(output.write, output.note, say_step=output.step), True


def _message(words: tuple[str, ...]) -> str:
    """Put the message together: TEXT, all of stdin, or both with a blank line between."""
    text = decode_message(" ".join(words).encode("utf-8", "surrogateescape"))
    piped = _piped(wanted=not words)
    message = f"{text}\n\n{piped}" if text and piped else text or piped
    if not message:
        raise UsageError('There is no message: give TEXT, or pipe it in (tellme ask BOT "2+2").')
    return message


def _piped(wanted: bool) -> str:
    """Read stdin; a person is asked to type only where there is no TEXT."""
    if not stdin.is_open():
        return ""
    if stdin.is_terminal():
        if not wanted:
            return ""
        output.note("Type the message; Ctrl-D on an empty line ends it.")
    return decode_message(stdin.read_all())


async def _ask(
    request: Ask, prepared: Prepared, message: str | None, taken_at: float, files: Sequence[Attachment]
) -> int:
    import gc

    from tellme.host.open import open_host
    from tellme.surfaces.problems import say_damage, say_problems

    async with open_host(prepared) as host:
        gc.enable()
        say_problems(host, about=request.bot)
        try:
            if message is None:
                return await _each_line(host, request)
            return await _once(host, request, message, taken_at, files)
        finally:
            say_damage(host)


async def _once(host: Host, request: Ask, message: str, taken_at: float, files: Sequence[Attachment]) -> int:
    running = await host.open_and_say(request.bot, message, taken_at=taken_at, attachments=files)
    listener, streamed = _listener(request)
    try:
        reply = await follow(running, listener)
        print_reply(reply, as_json=request.json, streamed=streamed)
    finally:
        await host.end_session(running.session.id)
    return EXIT_CODE[reply.status]


async def _each_line(host: Host, request: Ask) -> int:
    """Answer each line with exactly one line, in order; return the highest exit code."""
    worst = 0
    session = await host.open_session(request.bot)
    try:
        async for line in stdin.read_lines():
            reply, code = await _reply_to_line(host, session, line)
            _print_line(reply, request.json)
            worst = max(worst, code)
    finally:
        await host.end_session(session.id)
    return worst


async def _reply_to_line(host: Host, session: Session, line: bytes | stdin.TooLong) -> tuple[Reply, int]:
    """Return the reply and its exit code. A line that cannot be sent or kept costs that line only."""
    try:
        if isinstance(line, stdin.TooLong):
            raise UsageError(line.problem)
        if not line.strip():
            return _not_sent(host, session, TurnStatus.DECLINED), EXIT_CODE[TurnStatus.DECLINED]
        reply = await follow(await host.say(session, decode_message(line)), Whole(output.note))
    except TellmeError as error:
        output.note(str(error))
        return _not_sent(host, session, TurnStatus.FAILED, str(error)), error.exit_code
    if reply.status is TurnStatus.FAILED:
        output.explain(reply)
    return reply, EXIT_CODE[reply.status]


def print_reply(reply: Reply, *, as_json: bool, streamed: bool = False) -> None:
    """Print a reply that has ended; ``streamed`` says that its text is out already."""
    if as_json:
        output.write(output.reply_json(reply))
    elif not streamed and reply.status is not TurnStatus.FAILED:
        output.block(reply.text)
    if reply.status is TurnStatus.FAILED:
        output.explain(reply)


def _print_line(reply: Reply, as_json: bool) -> None:
    if as_json:
        output.write(output.reply_json(reply))
    else:
        output.write("\n" if reply.status is TurnStatus.FAILED else f"{one_line(reply.text)}\n")


def _not_sent(host: Host, session: Session, status: TurnStatus, error: str | None = None) -> Reply:
    """Stand in for the reply to a line that was not sent; it has no turn."""
    bot = host.name_of(session.bot)
    return Reply(bot, session.id, "", "", status, latency_ms=0.0, attempts=0, error=error)
