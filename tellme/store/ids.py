"""Ids of sessions and turns: ten characters of Crockford's base32, which a person can read aloud and type.

The first character tells the two apart: a session's id begins with a letter, a turn's with a digit. What remains are
49 and 48 random bits; the database refuses an id that is already taken.
"""

from __future__ import annotations

import os

LENGTH = 10
DIGITS = "0123456789"
LETTERS = "abcdefghjkmnpqrstvwxyz"
ALPHABET = DIGITS + LETTERS

_LOOK_ALIKE = str.maketrans("oil", "011")
_TO_LETTER, _TO_DIGIT, _TO_ANY = (
    bytes(ord(characters[byte % len(characters)]) for byte in range(256)) for characters in (LETTERS, DIGITS, ALPHABET)
)


def new_session_id() -> str:
    """Make an id for a session."""
    return session_id_of(os.urandom(LENGTH))


def new_turn_id() -> str:
    """Make an id for a turn."""
    return turn_id_of(os.urandom(LENGTH))


def session_id_of(random: bytes) -> str:
    """Make a session's id of at least ten random bytes; the same of the same."""
    return (random[:1].translate(_TO_LETTER) + random[1:LENGTH].translate(_TO_ANY)).decode()


def turn_id_of(random: bytes) -> str:
    """Make a turn's id of at least ten random bytes; the same of the same."""
    return (random[:1].translate(_TO_DIGIT) + random[1:LENGTH].translate(_TO_ANY)).decode()


def normalise(typed: str) -> str | None:
    """Return an id, or the beginning of one, as it is kept: lower case, ``o`` read as 0, ``i`` and ``l`` as 1.

    ``None`` if no id can begin like this.
    """
    text = typed.strip().lower().translate(_LOOK_ALIKE)
    return text if text and len(text) <= LENGTH and all(character in ALPHABET for character in text) else None


def is_turn(id_: str) -> bool:
    """Tell whether a normalised id, or the beginning of one, is a turn's."""
    return id_[0] in DIGITS
