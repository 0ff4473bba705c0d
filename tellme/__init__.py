"""tellme: a terminal chatbot shell. Public names are loaded on first use, so ``import tellme`` costs nothing."""

from __future__ import annotations

TYPE_CHECKING = False  # ``typing`` would be loaded for it, and ``import tellme`` is to cost nothing
if TYPE_CHECKING:
    from tellme.sdk import (
        AsyncMessage,
        Attachment,
        Bot,
        BotFailed,
        Decline,
        Declined,
        Exchange,
        Message,
        Session,
        StateError,
    )

__version__ = "0.1.0"

__all__ = [
    "AsyncMessage",
    "Attachment",
    "Bot",
    "BotFailed",
    "Decline",
    "Declined",
    "Exchange",
    "Message",
    "Session",
    "StateError",
    "__version__",
]


def __getattr__(name: str) -> object:
    if name in __all__:
        from tellme import sdk

        return getattr(sdk, name)
    raise AttributeError(f"module 'tellme' has no attribute {name!r}")
