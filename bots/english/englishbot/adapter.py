"""The logic adapter: ChatterBot asks it for an answer, and it answers from the index or with no confidence at all."""

from __future__ import annotations

from typing import Any

from chatterbot.conversation import Statement
from chatterbot.logic import LogicAdapter

from .corpus import exchanges, questions
from .retrieval import Index, Match


class CorpusAnswer(LogicAdapter):  # type: ignore[misc]
    """Answers a statement from the corpus in the store. ``in_response_to`` of the statement is the line before it."""

    def __init__(self, chatbot: Any, **settings: Any) -> None:
        super().__init__(chatbot, **settings)
        self.index = Index(questions(exchanges(chatbot.storage.lines())))

    def process(self, statement: Any, additional_response_selection_parameters: dict[str, Any] | None = None) -> Any:
        """Return the answer with its confidence; confidence 0 and no text where nothing is sure."""
        said = (additional_response_selection_parameters or {}).get("said", ())
        match = self.index.find(statement.text, after=statement.in_response_to or "")
        if match is None or not match.sure:
            return Statement(text="", confidence=0)
        return Statement(text=self._answer(match, said), confidence=match.score)

    @staticmethod
    def _answer(match: Match, said: tuple[str, ...]) -> str:
        """Return the first answer that was said least often in this session: asking again gives the next one."""
        return min(match.question.answers, key=said.count)
