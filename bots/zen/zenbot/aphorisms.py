"""The Zen of Python (PEP 20, Tim Peters, public domain), and what each line means. A table, no code."""

from __future__ import annotations

from typing import NamedTuple


class Aphorism(NamedTuple):
    """One line of the Zen."""

    text: str
    meaning: str


APHORISMS = (
    Aphorism(
        "Beautiful is better than ugly.",
        "Code is read by people. What is pleasant to look at is easier to trust, to share and to change.",
    ),
    Aphorism(
        "Explicit is better than implicit.",
        "Say what you mean where the reader can see it, rather than have it happen behind the scenes.",
    ),
    Aphorism(
        "Simple is better than complex.",
        "Of two solutions that work, take the one with fewer parts: there is less in it to understand and to break.",
    ),
    Aphorism(
        "Complex is better than complicated.",
        "A hard problem may need many parts, but each of them can still be plain. Complicated is "
        "when nobody can tell the parts apart.",
    ),
    Aphorism(
        "Flat is better than nested.",
        "Each level of nesting is one more thing to keep in mind; put things side by side where you can.",
    ),
    Aphorism(
        "Sparse is better than dense.",
        "Do not press too much into one line or one function; some space lets the eye and the mind breathe.",
    ),
    Aphorism(
        "Readability counts.",
        "Code is read far more often than it is written, so write it for those who read it, yourself included.",
    ),
    Aphorism(
        "Special cases aren't special enough to break the rules.",
        "An exception for one case costs everybody who has to remember it. Being consistent is worth more.",
    ),
    Aphorism(
        "Although practicality beats purity.",
        "Rules serve the work, not the other way round: when a rule gets in the way of something "
        "useful, the useful thing wins.",
    ),
    Aphorism(
        "Errors should never pass silently.",
        "When something goes wrong, let it be seen at once; an error that nobody notices does its "
        "damage later and elsewhere.",
    ),
    Aphorism(
        "Unless explicitly silenced.",
        "You may ignore an error, if you say in the code that you do, and which one.",
    ),
    Aphorism(
        "In the face of ambiguity, refuse the temptation to guess.",
        "When it is not clear what was meant, ask or raise an error; a guess that is wrong is worse than none.",
    ),
    Aphorism(
        "There should be one-- and preferably only one --obvious way to do it.",
        "If everybody does the same thing in the same way, everybody can read everybody's code.",
    ),
    Aphorism(
        "Although that way may not be obvious at first unless you're Dutch.",
        "A wink at Guido van Rossum, who made Python and is Dutch: what is obvious may take a while to be seen.",
    ),
    Aphorism(
        "Now is better than never.",
        "Something that works and is there helps more than something perfect that never comes.",
    ),
    Aphorism(
        "Although never is often better than *right* now.",
        "But what is done in a rush may be worse than nothing: think first.",
    ),
    Aphorism(
        "If the implementation is hard to explain, it's a bad idea.",
        "If you cannot say in a few words how it works, you have not found the right design yet.",
    ),
    Aphorism(
        "If the implementation is easy to explain, it may be a good idea.",
        'That it can be told simply speaks for a design, though it does not prove it good: hence the "may".',
    ),
    Aphorism(
        "Namespaces are one honking great idea -- let's do more of those!",
        "Names that live in modules, classes and functions can be short and never clash. Use them.",
    ),
)
