"""The Zen bot without a process around it: a ChatterBot with the Zen as its store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from englishbot.deferred_spacy import defer_spacy

from .answering import Declined


def open_zen() -> Callable[[str, Sequence[str]], str]:
    """Return a function from a message and the replies so far to the reply; it raises Declined where the Zen has
    none.
    """
    defer_spacy()
    from chatterbot import ChatBot

    chatbot: Any = ChatBot(
        "Zen", storage_adapter="zenbot.frame.ZenStorage", logic_adapters=["zenbot.frame.ZenAnswer"], read_only=True
    )

    def answer(text: str, said: Sequence[str] = ()) -> str:
        selection = {"said": tuple(said)}
        response = chatbot.get_response(
            text[:1000], in_response_to="", additional_response_selection_parameters=selection
        )
        if not response.confidence:
            raise Declined(response.text)
        return str(response.text)

    return answer
