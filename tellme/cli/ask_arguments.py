"""The arguments of ``tellme ask``, read without Typer, to which ``app.py`` declares the same; a test compares the two.

What this does not understand (``--help``, an unknown option, no bot) is left to Typer to explain. A word that begins
with ``-`` and cannot be an option (``-2+2``, ``-sqrt(4)``) is part of the message: people ask Math about such numbers.
"""

from __future__ import annotations

from tellme.surfaces.request import Ask

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Sequence

OPTIONS = {"--lines": ("lines", True), "--json": ("json", True), "--no-store": ("keep", False)}
"""Option → the field of ``Ask`` that it sets, and to what."""
ATTACH = "--attach"
"""The one that takes a value, and may stand more than once."""


def read(arguments: Sequence[str]) -> Ask | None:
    """Return the request, or ``None`` where Typer has to have a look."""
    words: list[str] = []
    attach: list[str] = []
    fields: dict[str, bool] = {}
    rest = iter(arguments)
    for word in rest:
        if word == "--":
            words += rest
        elif word in OPTIONS:
            field, value = OPTIONS[word]
            fields[field] = value
        elif word.startswith(f"{ATTACH}="):
            attach.append(word.removeprefix(f"{ATTACH}="))
        elif word == ATTACH and (path := next(rest, None)) is not None:
            attach.append(path)
        elif looks_like_option(word):
            return None
        else:
            words.append(word)
    return Ask(words[0], tuple(words[1:]), attach=tuple(attach), **fields) if words else None


def looks_like_option(word: str) -> bool:
    """Is this word meant as an option, known or not? ``-``, ``-2``, ``-sqrt(4)`` and ``-x + 2`` are not."""
    name = word.partition("=")[0].lstrip("-")
    return word.startswith("-") and name[:1].isalpha() and name.replace("-", "").replace("_", "").isalnum()
