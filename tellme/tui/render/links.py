"""Links that tell where they go. Pure.

The promise: what a person can click shows its target, in full as far as it decides who answers (scheme and host), and
nothing but http, https and mailto is clicked.
"""

from __future__ import annotations

import re

MAX_TARGET = 60
"""Characters of a target that are shown; more only where the host itself is longer."""

_CLICKABLE = re.compile(r"https?://[^/?#@\\]+(?:[/?#].*)?|mailto:[^@]+@[^@]+", re.IGNORECASE)
_HOST = re.compile(r"[a-z]+://[^/?#]*|mailto:[^?]*", re.IGNORECASE)
_BARE = re.compile(r"""https?://[^\s<>"'`\\^{|}@/?#]++(?:[/?#][^\s<>"'`\\^{|}]*+)?(?!@)""", re.IGNORECASE)


def is_clickable(target: str) -> bool:
    """Tell whether a click may open ``target``. One with a user's name in it is refused: it looks like a host."""
    return target.isascii() and target.isprintable() and " " not in target and bool(_CLICKABLE.fullmatch(target))


def shown_target(text: str, target: str) -> str:
    """Return what has to stand behind ``text`` so that it tells where it goes; nothing where it says so itself."""
    if text in {target, target.removeprefix("mailto:")}:
        return ""
    host = _HOST.match(target)
    length = max(MAX_TARGET, host.end() + 1 if host else 0)
    return target if len(target) <= length else target[: length - 1] + "…"


def bare_links(text: str) -> list[tuple[int, int]]:
    """Find the addresses that stand in ``text`` as they are, without the punctuation of the sentence around them."""
    if "://" not in text:
        return []
    found = ((match.start(), match.start() + len(_without_punctuation(match[0]))) for match in _BARE.finditer(text))
    return [(start, end) for start, end in found if is_clickable(text[start:end])]


def _without_punctuation(url: str) -> str:
    while url and (url[-1] in ".,:;!?*_~" or (url[-1] == ")" and url.count(")") > url.count("("))):
        url = url[:-1]
    return url
