"""Trains a ChatterBot from corpus files. Promise: each exchange of the corpus is stored once, with the
conversation it is from.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

import yaml
from chatterbot.conversation import Statement  # type: ignore[import-untyped] (loaded for training alone)
from chatterbot.corpus import list_corpus_files  # type: ignore[import-untyped]
from chatterbot.trainers import Trainer  # type: ignore[import-untyped]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster, where libyaml is there


class CorpusTrainer(Trainer):  # type: ignore[misc]
    """What ``ChatterBotCorpusTrainer`` does, in one transaction and without spaCy.

    It differs in three more ways: a conversation that a file gives as one string is left out (ChatterBot's own trainer
    learns its single letters), one that a file repeats (``tech_support.yml`` has ten, a thousand times) is stored once,
    and the lines of an answer that has several (``coding.yml``) stay lines.
    """

    def train(self, *corpora: str) -> None:
        """Store all conversations of ``corpora``: dotted names (``chatterbot.corpus.english``) or paths."""
        statements: list[Any] = []
        paths = [path for corpus in corpora for path in list_corpus_files(corpus)]
        for number, path in enumerate(paths):
            with open(path, encoding="utf-8") as file:
                content = yaml.load(file, Loader=_Loader)
            tags = [str(tag) for tag in content.get("categories", [])]
            source = f"{number}-{os.path.splitext(os.path.basename(path))[0]}"
            for place, lines in _conversations(content.get("conversations", [])):
                statements.extend(_statements(f"{source[:24]}:{place}", lines, tags))
        self.chatbot.storage.create_many(statements)


def _conversations(found: Sequence[object]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield each conversation of two or more lines once, with its place in the file."""
    seen: set[tuple[str, ...]] = set()
    for place, conversation in enumerate(found):
        if isinstance(conversation, list) and len(conversation) > 1:
            lines = tuple(_clean(str(line)) for line in conversation)
            if lines not in seen:
                seen.add(lines)
                yield place, lines


def _clean(line: str) -> str:
    return line.strip() if "\n" in line.strip() else " ".join(line.split())


def _statements(name: str, lines: Sequence[str], tags: Sequence[str]) -> Iterator[Any]:
    before = None
    for line in lines:
        statement = Statement(text=line, conversation=name, in_response_to=before, tags=list(tags))
        statement.search_text, statement.search_in_response_to = line.lower(), (before or "").lower()
        before = line
        yield statement
