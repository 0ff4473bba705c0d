"""From what a person typed to plain words and their stems. Promise: the same words give the same stems, whatever
their case, accents, quotes and contractions.
"""

from __future__ import annotations

import re
import unicodedata

_MARKS = str.maketrans(dict.fromkeys("’‘ʼ`´", "'") | dict.fromkeys("‐‑‒–—−", "-"))
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_VOWEL = re.compile(r"[aeiouy]")


def _table(text: str) -> dict[str, str]:
    entries = (entry.partition("=") for entry in text.split("|"))
    return {typed.strip(): plain.strip() for typed, _, plain in entries}


_WRITTEN_OUT = _table(
    """
    can't = can not | cant = can not | cannot = can not | won't = will not | wont = will not | shan't = shall not |
    ain't = is not | let's = let us | lets = let us | dont = do not | doesnt = does not | didnt = did not |
    isnt = is not | arent = are not | wasnt = was not | shouldnt = should not | wouldnt = would not |
    couldnt = could not | havent = have not | whats = what is | thats = that is | whos = who is | im = i am |
    ive = i have | youre = you are | theyre = they are | it's = it is | what's = what is | that's = that is |
    there's = there is | who's = who is | where's = where is | how's = how is | here's = here is | why's = why is |
    u = you | ur = your | r = are | pls = please | plz = please | thx = thanks | wanna = want to | gimme = give me |
    gotta = have to | gonna = going to | lemme = let me | abt = about | btw = by the way | ok = okay |
    vs = versus | teh = the | hte = the | pep20 = pep 20
    """
)
_ENDINGS = {"n't": " not", "'re": " are", "'m": " am", "'ve": " have", "'ll": " will", "'d": " would", "'s": ""}


def folded(text: str) -> str:
    """Return ``text`` in lower case with plain quotes and dashes and no accents."""
    lowered = text.translate(_MARKS).lower()
    if lowered.isascii():
        return lowered
    parts = unicodedata.normalize("NFKD", lowered).lower()
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).translate(_MARKS)


def words(text: str) -> list[str]:
    """Return the words of ``text``, contractions and chat-speak written out."""
    return [word for typed in _WORD.findall(folded(text)) for word in _written_out(typed).split()]


def _written_out(word: str) -> str:
    word = _STRETCHED.sub(r"\1\1", word)
    if word in _WRITTEN_OUT:
        return _WRITTEN_OUT[word]
    for ending, meaning in _ENDINGS.items():
        if word.endswith(ending):
            return _written_out(word[: -len(ending)]) + meaning
    return word.replace("'", "")


def stem(word: str) -> str:
    """Return what ``word`` shares with its other forms: ``hurried``, ``hurries`` and ``hurrying`` give ``hurry``."""
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    return _without_e(_without_ending(_singular(word)))


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "ches", "shes", "xes", "zzes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _without_ending(word: str) -> str:
    if word.endswith("ied") and len(word) > 4:
        return word[:-3] + "y"
    for ending, least in (("ing", 3), ("ed", 3), ("ly", 4)):
        root = word[: -len(ending)]
        if word.endswith(ending) and len(root) >= least and _VOWEL.search(root):
            return root[:-1] if root[-1] == root[-2] and root[-1] not in "lsz" else root
    return word


def _without_e(word: str) -> str:
    return word[:-1] if word.endswith("e") and len(word) > 3 else word
