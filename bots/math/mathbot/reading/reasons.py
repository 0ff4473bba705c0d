"""Why a question is declined, where more can be said than which word was not read: one line, with the next step."""

from __future__ import annotations

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.limits import Unreadable

_DATES_TEXT = """
january february april june july august september october november december monday tuesday wednesday thursday
friday saturday sunday christmas easter birthday today tomorrow yesterday date calendar weekday ago
"""
_DATES = frozenset(_DATES_TEXT.split())
_ASKING_DATES = ("what day", "what month", "what year", "what time", "until", "since", "from now", "days between")
_TALK_TEXT = """
hello hi hey help you your yourself yes no thanks thank bye goodbye morning evening afternoon cool nice great
lol commands examples usage
"""
_TALK = frozenset(_TALK_TEXT.split())
_STORY_TEXT = """
has have had buys buy bought gives give gave left sells sold eats ate cost costs each apples people students
travels travelled drives walks earns pays paid loses lost finds found shares share bags boxes
"""
_STORY = frozenset(_STORY_TEXT.split())
_MOST = 60
_FEWEST = 6


def of(text: str, error: Unreadable) -> str:
    """Return the reason; an empty string where the place that was not read says most."""
    if len(text) > _MOST * 20:
        return ""
    lower = text.lower()
    words = "".join(char if char.isalnum() or char in "'’" else " " for char in lower).split()
    found = set(words)
    return _number(text) or _subject(lower, words, found) or _nothing_to_compute(text, words, found, error)


def _subject(lower: str, words: list[str], found: set[str]) -> str:
    from mathbot.reading.measures import MONEY

    if found & MONEY or any(sign in lower for sign in "$€£¥₹"):
        return "I can't work with currencies: I have no live exchange rates."
    spoken = f" {' '.join(words)} "
    if found & _DATES or any(f" {phrase} " in spoken for phrase in _ASKING_DATES):
        return "I don't compute with dates or the time of day."
    if len(words) > _FEWEST and found & _STORY and ("how" in found or "what" in found) and _has_number(lower):
        return "That is a story, and I could misread what it asks: write it as a calculation."
    return ""


def _has_number(lower: str) -> bool:
    from mathbot.reading.words import ALL

    return any(char.isdigit() for char in lower) or any(word in ALL for word in lower.split())


def _nothing_to_compute(text: str, words: list[str], found: set[str], error: Unreadable) -> str:
    if _has_number(text.lower()) or any(sign in text for sign in "+*/^=()!%√<>"):
        return ""
    example = 'try "15% of 80", "5 km in miles" or "x^2 = 16"'
    if not words:
        return f"I compute: {example}."
    if found & _TALK and len(words) <= _FEWEST:
        return f'I compute, and "{" ".join(text.split())[:_MOST]}" is nothing to compute: {example}.'
    if _is_unit(words[0]):
        return f'I need a number to convert: write "1 {words[0]}", or any other.'
    place = " ".join(text[error.start : error.end].split())
    return f'I compute, and I can\'t read "{place}": {example}.' if place else ""


def _is_unit(word: str) -> bool:
    from mathbot.quantities import units

    return len(word) > 1 and units.find(word) is not None


def _number(text: str) -> str:
    """``1.234,5`` and ``10,00``: say how to write it."""
    for word in text.split():
        digits = word.strip("()?!;:.,")
        if digits.count(",") == 1 and digits.replace(",", "").replace(".", "").isdigit():
            whole, _, behind = digits.rpartition(",")
            if "." not in behind and (len(behind) != 3 or "." in whole):
                before = whole.replace(".", ",") if "." in whole else whole.replace(",", "")
                return (
                    f'I can\'t read "{digits}" for sure: write {before}.{behind} with a point, or a list with spaces.'
                )
    return ""
