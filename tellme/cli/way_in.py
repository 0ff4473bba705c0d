"""``tellme``, ``tellme start_session`` and ``tellme resume``: which shell opens, the full screen or the one of lines.

Their plain forms are read here without Typer, to which ``app.py`` declares the same; a test compares the two.
"""

from __future__ import annotations

from tellme.errors import UsageError
from tellme.values import NamedTuple

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NOT_DRAWN_ON = ("", "dumb", "unknown")


class WayIn(NamedTuple):
    """What a person wants to be shown first, and whether line by line."""

    start: str | None = None
    """The bot to begin a session with."""
    resume: str | None = None
    """The session to go on with; empty: the one used last."""
    plain: bool = False


def read(arguments: Sequence[str]) -> WayIn | None:
    """Return what a command line asks for, or ``None`` where Typer has to have a look."""
    words = [word for word in arguments if word != "--plain"]
    plain = len(words) < len(arguments)
    if any(word.startswith("-") for word in words):
        return None
    match words:
        case []:
            return WayIn(plain=plain)
        case ["start_session", bot]:
            return WayIn(start=bot, plain=plain)
        case ["resume"]:
            return WayIn(resume="", plain=plain)
        case ["resume", session]:
            return WayIn(resume=session, plain=plain)
    return None


def enter(way: WayIn, environ: Mapping[str, str]) -> int:
    """Open the shell that fits this terminal and return its exit code. Raises ``TellmeError``."""
    if not way.plain and _is_terminal():
        _require_drawable(environ.get("TERM", ""))
        from tellme.tui.open import open_tui

        return open_tui(environ, start=way.start, resume=way.resume)
    if not way.plain and way[:2] != (None, None):
        raise UsageError(_instead(way))
    from tellme.surfaces.line_shell import open_shell

    return open_shell(environ, start=way.start, resume=way.resume)


def _is_terminal() -> bool:
    from tellme.surfaces import output, stdin

    return stdin.is_terminal() and output.is_terminal()


def _require_drawable(term: str) -> None:
    if term in _NOT_DRAWN_ON:
        raise UsageError(
            f"This needs a terminal that can be drawn on (TERM is {term!r}). "
            "'tellme --plain' opens the shell line by line; 'tellme ask BOT' sends one message."
        )


def _instead(way: WayIn) -> str:
    """Where there is no terminal: what to use instead."""
    if way.start is not None:
        name = f'"{way.start}"' if " " in way.start else way.start
        return (
            f"'tellme start_session' needs a terminal. Here use 'tellme ask {name} --lines', "
            f"or give 'start_session {way.start}' to a plain 'tellme' as the first line."
        )
    session = f" {way.resume}" if way.resume else ""
    return (
        f"'tellme resume' needs a terminal. Here use 'tellme resume{session} --plain', "
        f"or give '/resume{session}' to a plain 'tellme' as the first line."
    )
