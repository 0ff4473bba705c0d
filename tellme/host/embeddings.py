"""How near two texts are in what they mean, as the model sees it that ``[routing]`` names: an extra, never needed.

The promise: nothing of it is loaded before texts are to be compared, nothing comes from the network, and where it
cannot be used nothing is near to anything, which ``tellme doctor`` explains.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache, partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tellme.matching import Nearness

_CENTRED_ON = 10_000
"""How many tokens of the model say where its middle is."""


class Unusable(Exception):
    """The text says why there is nothing to compare with, and what to do."""


def nearness(folder: str) -> Nearness | None:
    """Return what compares by the model in a folder; ``None`` where none is named."""
    return partial(_near, folder) if folder else None


def why_not(folder: str) -> str | None:
    """Say what is in the way of the model in a folder, if anything; loads it."""
    try:
        _model(folder).near([("one", "another")])
    except Unusable as error:
        return str(error)
    except Exception as error:
        return _broken(folder, error)
    return None


def _near(folder: str, pairs: Sequence[tuple[str, str]]) -> Sequence[float]:
    try:
        return _model(folder).near(pairs)
    except Exception:  # of a file that anybody made, read by a package of others: a message is routed without it
        return [0.0] * len(pairs)


@lru_cache(maxsize=1)
def _model(folder: str) -> _Model:
    """Return the model in a folder; what is wrong may be put right, so that is looked at anew. Raises ``Unusable``."""
    if not os.path.isdir(folder):  # another name than a folder's the package would look up in the network
        raise Unusable(f"{folder} is no folder: put a model in model2vec's form there, or name another folder")
    if find_spec("model2vec") is None:
        raise Unusable("the package model2vec is not installed: pip install 'tellme[embeddings]'")
    try:
        return _Model(folder)
    except Exception as error:
        raise Unusable(_broken(folder, error)) from None


def _broken(folder: str, error: Exception) -> str:
    return f"{folder} holds no model that model2vec can read ({error}): save one there with StaticModel.save_pretrained"


class _Model:
    def __init__(self, folder: str) -> None:
        # Its threads gain nothing with a few words, and it complains of every fork once it had some.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from model2vec import StaticModel

        self._model: Any = StaticModel.from_pretrained(folder)
        self._middle = self._middle_of_all()

    def near(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return the cosine of each pair; of a text without a word that the model knows it is 0."""
        if not pairs:
            return []
        texts = {text: None for pair in pairs for text in pair}
        at = {text: number for number, text in enumerate(texts)}
        vectors = self._vectors(list(texts))
        products = vectors[[at[one] for one, _ in pairs]] * vectors[[at[other] for _, other in pairs]]
        found: list[float] = products.sum(axis=1).tolist()
        return found

    def _vectors(self, texts: list[str]) -> Any:
        """Return a vector of length 1 for each text, or of length 0."""
        found = self._model.encode(texts, normalize=False, use_multiprocessing=False).astype("float32")
        centred = (found - self._middle) * found.any(axis=1, keepdims=True)
        return centred / ((centred**2).sum(axis=1, keepdims=True) ** 0.5 + 1e-12)

    def _middle_of_all(self) -> Any:
        """Return what all tokens have in common: in many a model that alone makes any two texts look near."""
        model = self._model
        tokens = slice(None, None, len(model.tokens) // _CENTRED_ON + 1)
        rows = model.embedding[tokens] if model.token_mapping is None else model.embedding[model.token_mapping[tokens]]
        weighed = rows if model.weights is None else rows * model.weights[tokens][:, None]
        return weighed.astype("float32").mean(axis=0)
