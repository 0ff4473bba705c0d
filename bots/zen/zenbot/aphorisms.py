"""The Zen of Python (PEP 20, Tim Peters, public domain), with the themes of each line and what it means. A table,
no code.
"""

from __future__ import annotations

from typing import NamedTuple


class Aphorism(NamedTuple):
    """One line of the Zen."""

    text: str
    themes: str
    """Words that lead to it, besides its own."""
    meaning: str


APHORISMS = (
    Aphorism(
        "Beautiful is better than ugly.",
        "beauty pretty elegant elegance aesthetic aesthetics style stylish ugliness taste art artistic "
        "gorgeous attractive looks clean hideous messy",
        "Code is read by people. What is pleasant to look at is easier to trust, to share and to change.",
    ),
    Aphorism(
        "Explicit is better than implicit.",
        "clear clarity explicitness magic magical hidden hide assumption assumptions intention intentions "
        "intent vague transparent transparency plain visible",
        "Say what you mean where the reader can see it, rather than have it happen behind the scenes.",
    ),
    Aphorism(
        "Simple is better than complex.",
        "simplicity simplify simpler minimal minimalism minimalist kiss straightforward complexity "
        "overengineering overengineered basic plainness",
        "Of two solutions that work, take the one with fewer parts: there is less in it to understand and to break.",
    ),
    Aphorism(
        "Complex is better than complicated.",
        "complication convoluted intricate tangled spaghetti entangled mess overcomplicated elaborate",
        "A hard problem may need many parts, but each of them can still be plain. Complicated is "
        "when nobody can tell the parts apart.",
    ),
    Aphorism(
        "Flat is better than nested.",
        "nesting nest hierarchy hierarchies indentation indent indented deep deeply depth inheritance "
        "level levels tree loop loops layers subfolders",
        "Each level of nesting is one more thing to keep in mind; put things side by side where you can.",
    ),
    Aphorism(
        "Sparse is better than dense.",
        "whitespace spacing density cramped crowded space spaces oneliner oneliners liner liners "
        "golf terse compact compressed concise blank breathing",
        "Do not press too much into one line or one function; some space lets the eye and the mind breathe.",
    ),
    Aphorism(
        "Readability counts.",
        "readable read reading reader readers legible legibility maintain maintainable maintenance "
        "understandable comment comments documentation naming names variable variables",
        "Code is read far more often than it is written, so write it for those who read it, yourself included.",
    ),
    Aphorism(
        "Special cases aren't special enough to break the rules.",
        "rule exceptional consistency consistent inconsistent convention conventions standard standards "
        "guideline guidelines policy edge corner case pep8 law laws cheat",
        "An exception for one case costs everybody who has to remember it. Being consistent is worth more.",
    ),
    Aphorism(
        "Although practicality beats purity.",
        "practical pragmatic pragmatism pragmatist pure purist dogma dogmatic perfection perfect "
        "perfectionism perfectionist ideal idealism theory theoretical compromise",
        "Rules serve the work, not the other way round: when a rule gets in the way of something "
        "useful, the useful thing wins.",
    ),
    Aphorism(
        "Errors should never pass silently.",
        "error failure failures fail fails failing exception exceptions swallow swallowed bug bugs "
        "crash crashes warning warnings mistake mistakes traceback quietly unnoticed",
        "When something goes wrong, let it be seen at once; an error that nobody notices does its "
        "damage later and elsewhere.",
    ),
    Aphorism(
        "Unless explicitly silenced.",
        "silence silencing error errors exception exceptions suppress suppressed suppressing mute "
        "muted deliberately ignore ignored ignoring catch intentionally",
        "You may ignore an error, if you say in the code that you do, and which one.",
    ),
    Aphorism(
        "In the face of ambiguity, refuse the temptation to guess.",
        "ambiguous guessing guesses guesswork unsure uncertain uncertainty doubt doubts unclear unknown "
        "tempted speculate speculation assume assuming assumed",
        "When it is not clear what was meant, ask or raise an error; a guess that is wrong is worse than none.",
    ),
    Aphorism(
        "There should be one-- and preferably only one --obvious way to do it.",
        "ways alternative alternatives option options choice choices choose duplicate duplication "
        "redundant redundancy method methods approach approaches preferable tmtowtdi perl unique",
        "If everybody does the same thing in the same way, everybody can read everybody's code.",
    ),
    Aphorism(
        "Although that way may not be obvious at first unless you're Dutch.",
        "guido rossum netherlands holland amsterdam bdfl beginner beginners newcomer newcomers novice",
        "A wink at Guido van Rossum, who made Python and is Dutch: what is obvious may take a while to be seen.",
    ),
    Aphorism(
        "Now is better than never.",
        "procrastinate procrastination procrastinating start starting begin delay delaying later "
        "postpone postponing ship shipping deadline tomorrow lazy laziness today action",
        "Something that works and is there helps more than something perfect that never comes.",
    ),
    Aphorism(
        "Although never is often better than *right* now.",
        "rush rushing rushed hurry hurrying hasty haste premature prematurely urgent urgency patience "
        "patient impatient impatience hectic immediately instantly optimization",
        "But what is done in a rush may be worse than nothing: think first.",
    ),
    Aphorism(
        "If the implementation is hard to explain, it's a bad idea.",
        "difficult difficulty confusing confused incomprehensible unexplainable implement tricky clever cleverness",
        "If you cannot say in a few words how it works, you have not found the right design yet.",
    ),
    Aphorism(
        "If the implementation is easy to explain, it may be a good idea.",
        "explainable simple-to-explain explaining effortless design ideas",
        'That it can be told simply speaks for a design, though it does not prove it good: hence the "may".',
    ),
    Aphorism(
        "Namespaces are one honking great idea -- let's do more of those!",
        "namespace module modules package packages scope scopes scoping import imports global globals "
        "collision collisions prefix organize organization separation",
        "Names that live in modules, classes and functions can be short and never clash. Use them.",
    ),
)
