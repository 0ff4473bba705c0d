"""Trains a ChatterBot from corpus files. Promise: each exchange of the corpus is stored once, with the
conversation it is from, and a name that says how it is to be read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from chatterbot.conversation import Statement
from chatterbot.trainers import Trainer

from .corpora import CorpusError, Source
from .corpus_files import MOST_LINES, CorpusFile, read_file
from .neutral import is_english
from .storage import conversation_name


class CorpusTrainer(Trainer):  # type: ignore[misc]
    """What ``ChatterBotCorpusTrainer`` does, in one transaction and without spaCy.

    It differs in three more ways: a conversation that a file of ChatterBot's gives as one string is left out
    (ChatterBot's own trainer learns its single letters), one that a file repeats (``tech_support.yml`` has ten, a
    thousand times) is stored once, and the lines of an answer that has several (``coding.yml``) stay lines.
    """

    def train(self, *sources: Source) -> None:
        """Store all conversations of the files."""
        statements: list[Any] = []
        for number, source in enumerate(sources):
            file = read_file(source)
            english = _reads_as_english(file) if source.english is None else source.english
            title = os.path.splitext(os.path.basename(source.path))[0]
            for place, lines in file.conversations:
                name = conversation_name(english, number, title, place)
                statements.extend(_statements(name, lines, file.categories))
            if len(statements) > MOST_LINES:
                raise CorpusError(f"The corpora have more than {MOST_LINES:,} lines together: name fewer of them.")
        self.chatbot.storage.create_many(statements)


def _reads_as_english(file: CorpusFile) -> bool:
    return is_english([line for conversation in file.conversations for line in conversation.lines])


def _statements(name: str, lines: Sequence[str], tags: Sequence[str]) -> Iterator[Any]:
    before = None
    for line in lines:
        statement = Statement(text=line, conversation=name, in_response_to=before, tags=list(tags))
        statement.search_text, statement.search_in_response_to = line.lower(), (before or "").lower()
        before = line
        yield statement
