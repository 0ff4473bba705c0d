"""What a bot may be called, and the id that follows from its name. Pure."""

from __future__ import annotations

MAX_NAME_BYTES = 64
"""The id is part of file names and socket paths, which are short."""


RESERVED = {"tellme": "what the shell itself is called", "you": "what the shell calls the person"}
"""By id: what no new bot is to be called, and why. Nobody could tell who says what."""


def bot_id(name: str) -> str:
    """Return the id for a name as people type it: lower case, spaces as ``-``."""
    if not name.isascii():
        import unicodedata

        name = unicodedata.normalize("NFC", name)
    return "-".join(name.lower().split())


def check_name(name: str) -> str:
    """Return the name; raises ``ValueError`` with what is wrong with it."""
    if not name:
        raise ValueError("must not be empty")
    if len(bot_id(name).encode("utf-8", "replace")) > MAX_NAME_BYTES:
        raise ValueError(f"must be at most {MAX_NAME_BYTES} bytes long")
    if name != " ".join(name.split(" ")).strip() or "  " in name:
        raise ValueError("must not begin or end with a space, nor hold two in a row")
    if not _is_letter(name[0]):
        raise ValueError("must begin with a letter or a digit")
    if not all(_is_letter(char) or char in " -_" for char in name):
        raise ValueError("may hold letters, digits, spaces, - and _ only")
    return name


def _is_letter(char: str) -> bool:
    return char.isalpha() or char.isdecimal()
