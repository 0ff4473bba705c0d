"""Which of the shell's commands make sense in a chat of another program's: those that are answered with a text."""

from __future__ import annotations

from tellme.shell import COMMANDS

_IN_A_CHAT = (
    "list", "start_session", "end_session", "help", "new", "sessions", "resume", "bot", "restart", "stop", "start",
)  # fmt: skip

OFFERED = tuple(usage for usage in COMMANDS if usage.name in _IN_A_CHAT)
