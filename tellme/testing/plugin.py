"""The fixture ``talk_to`` of pytest: conversations that end with the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tellme.testing.chat import Chat


@pytest.fixture
def talk_to() -> Iterator[Callable[..., Chat]]:
    """Open a conversation with a bot, as `tellme.testing.talk_to` does; it ends when the test does."""
    from tellme import testing

    with ExitStack() as conversations:

        def open_conversation(*bot: Any, **options: Any) -> Chat:
            return conversations.enter_context(testing.talk_to(*bot, **options))

        yield open_conversation
