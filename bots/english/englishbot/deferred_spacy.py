"""Lets ChatterBot be imported without spaCy, which is loaded the moment anything asks it for more than this module
has.

ChatterBot imports spaCy for taggers, comparisons and adapters that need a language model. These bots use none of
them, and spaCy would be 0.5 s of the 0.6 s that ``import chatterbot`` takes, and 40 MiB. While ChatterBot is imported
and a ``ChatBot`` built, two things of spaCy are touched: ``spacy.tokens.Doc`` in an annotation, and ``spacy.blank()``
for an attribute that no adapter here reads. Both are answered here; everything else reaches the real spaCy.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any


class _Tokens:
    """Stands for ``spacy.tokens`` in annotations."""

    class Doc:
        """Stands for ``spacy.tokens.Doc`` in annotations."""


class _BlankPipeline:
    """What ``spacy.blank(language)`` gives, made when something of it is used."""

    def __init__(self, spacy: _DeferredSpacy, language: str) -> None:
        self._spacy = spacy
        self._language = language
        self._pipeline: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loaded(), name)

    def __call__(self, text: str) -> Any:
        return self._loaded()(text)

    def _loaded(self) -> Any:
        if self._pipeline is None:
            self._pipeline = self._spacy.load_real().blank(self._language)
        return self._pipeline


class _DeferredSpacy(ModuleType):
    """The module ``spacy`` until the real one is needed."""

    tokens = _Tokens

    def blank(self, language: str) -> _BlankPipeline:
        return _BlankPipeline(self, language)

    def load_real(self) -> ModuleType:
        if sys.modules.get("spacy") is self:
            del sys.modules["spacy"]
        return importlib.import_module("spacy")

    def __getattr__(self, name: str) -> Any:
        if name == "__spec__":  # the import system looks at it, and is content with none
            raise AttributeError(name)
        return getattr(self.load_real(), name)


def defer_spacy() -> None:
    """Put the stand-in where ``import spacy`` finds it, unless spaCy is loaded already."""
    sys.modules.setdefault("spacy", _DeferredSpacy("spacy"))
