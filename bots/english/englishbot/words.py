"""From what a person typed to plain words: one spelling, no contractions, no chat-speak, one phrase for those that
mean the same.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from .lexicon import EVERYDAY, FILLERS
from .phrases import PHRASES, REWRITES
from .spelling import BRITISH, CONTRACTIONS, ENDINGS, IRREGULAR, SHORTHAND

_QUOTES = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": " ", "—": " ", "-": " "}
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_UNITED_STATES = re.compile(r"\bU\.S\.(?:A\.)?|\bUSA?\b")
_SUM = re.compile(r"\d\s*[-+*/^×÷=]\s*\d")
_PHRASE = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, PHRASES), key=len, reverse=True))})\b")
_REWRITES = [(re.compile(pattern), meant) for pattern, meant in REWRITES]
_VOWEL = re.compile(r"[aeiouy]")
_LOST_ITS_E = re.compile(r"[^aeiou]?[^aeiouy][aeiou][^aeiouwxyr]$")
"""What is left of a short word in -e without its -ing or -ed: "hiding", "named"; "getting" doubles its letter."""
_STRETCHED = re.compile(r"([a-z])\1{2,}")


def plain(text: str) -> str:
    """Return ``text`` in lower case with plain quotes, dashes as spaces and no accents."""
    folded = text.translate(_QUOTES).lower()
    if folded.isascii():
        return folded
    folded = unicodedata.normalize("NFKD", folded)
    return "".join(letter for letter in folded if not unicodedata.combining(letter)).translate(_QUOTES)


def words(text: str) -> list[str]:
    """Return the words of ``text``, contractions and chat-speak written out; a sum of numbers gives the word
    ``arithmetic``.
    """
    folded = plain(text if text.isupper() else _UNITED_STATES.sub("united states", text))
    found = [word for typed in _WORD.findall(folded) for word in written_out(typed).split()]
    return [*found, "arithmetic"] if _SUM.search(folded) else found


@lru_cache(maxsize=4096)
def written_out(word: str) -> str:
    """Return what one typed word stands for: ``can't`` is ``can not``, ``u`` is ``you``, ``colour`` is ``color``."""
    if word not in ("www", "iii"):
        short = _STRETCHED.sub(r"\1", word)
        word = short if short in SHORTHAND or short in FILLERS or short in EVERYDAY else _STRETCHED.sub(r"\1\1", word)
    word = CONTRACTIONS.get(word, word)
    if "'" in word:
        for ending, meaning in ENDINGS.items():
            if word.endswith(ending):
                return written_out(word[: -len(ending)]) + meaning
        word = word.replace("'", "")
    return " ".join(BRITISH.get(part, part) for part in SHORTHAND.get(word, word).split())


def rephrased(line: str) -> str:
    """Return the words ``line`` with each phrase that the lexicon knows in the form that the corpus uses."""
    line = _PHRASE.sub(lambda match: PHRASES[match.group()], line)
    for pattern, meant in _REWRITES:
        line = pattern.sub(meant, line)
    return " ".join(line.split())


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Return what ``word`` shares with its other forms: ``invented``, ``inventor`` and ``invents`` give ``invent``."""
    word = IRREGULAR.get(word, word)
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    return _without_e(_verb(_singular(word)))


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "ches", "shes", "xes", "zzes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _verb(word: str) -> str:
    for endings in ((("ing", 3), ("ed", 3)), (("ment", 7), ("ation", 5), ("ion", 5), ("er", 4), ("or", 4), ("ly", 4))):
        word = _without_ending(word, endings)
    return word


def _without_ending(word: str, endings: tuple[tuple[str, int], ...]) -> str:
    for ending, least in endings:
        root = word[: -len(ending)]
        if word.endswith(ending) and len(root) >= least and _VOWEL.search(root):
            if root[-1] == root[-2] and root[-1] not in "lsz":
                return root[:-1]
            return root + "e" if _LOST_ITS_E.match(root) else root
    return word


def _without_e(word: str) -> str:
    return word[:-1] if word.endswith("e") and len(word) > 4 else word
