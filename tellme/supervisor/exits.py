"""How the end of a bot's process is told: the facts as a value, and a wrong configuration in the bot's own words."""

from __future__ import annotations

import time

from tellme.model import BotState, Exit
from tellme.supervisor.log_tail import words_since
from tellme.supervisor.process import Exit as ProcessExit
from tellme.text import clean, one_line, shorten

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from tellme.supervisor.life import Life

EX_CONFIG = 78
"""sysexits.h: the bot says that its configuration is wrong, so that starting it again changes nothing."""

LAST_LINES = 3
LAST_CHARS = 300
"""How much of a bot's log is quoted where it says that its configuration is wrong."""


def without_process(bot_id: str, reason: str) -> Exit:
    """Describe an end of what never ran, as a crash; what follows is filled in when it is decided."""
    return Exit(bot_id, time.time(), None, None, None, reason, True, None, BotState.BACKOFF)


def of_life(bot_id: str, life: Life, end: ProcessExit, log_path: str, begin: str) -> Exit:
    """Describe the end of a process that began then in the same way; with its last words where it was never ready."""
    reason = end.describe()
    if not life.was_ready and end.reason is None and end.code != EX_CONFIG:
        reason = _with_last_words(reason, log_path, begin)
    process = life.process
    told = without_process(bot_id, reason)._replace(crash=not life.has_left)
    return told._replace(pid=process.pid, code=end.code, signal=end.signal, uptime_s=process.uptime_s)


def _with_last_words(reason: str, log_path: str, begin: str) -> str:
    """Add the last line that the process that began then has said, where there is one: it often tells why."""
    words = one_line(clean(" ".join(words_since(log_path, begin, 1)))).strip()
    return f"{reason}: {shorten(words, LAST_CHARS).rstrip('.')}" if words else reason


def wrong_configuration(log_path: str, begin: str) -> str:
    """Say that a bot ended with ``EX_CONFIG``, and quote what the process that began then has said last."""
    words = words_since(log_path, begin, LAST_LINES)
    while len(words) > 1 and len(" / ".join(words)) > LAST_CHARS:
        del words[0]
    quoted = f": {shorten(' / '.join(words), LAST_CHARS).rstrip('.')}" if words else ""
    return f"says that its configuration is wrong (exit code {EX_CONFIG}){quoted}"
