"""The aliases and phrases that say at which moment something is wanted of a bot; none is matched like a message."""

from __future__ import annotations

HELP = "help"
"""Also when nothing else fits."""
GREET = "greet"
"""When a conversation opens."""
CANCEL = "cancel"
"""The end of the conversation."""
SPECIAL = frozenset({HELP, GREET, CANCEL})
