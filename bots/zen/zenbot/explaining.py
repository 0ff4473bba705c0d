"""Tells whether a message asks what a line means, and which line it asks about."""

from __future__ import annotations

import re

_ASK = (
    r"(?:please |kindly |can you |could you |would you |will you |and |but |so |now |i want you to |let us |okay"
    r" |zen )*"
)
_TO_WHOM = (
    r"(?: (?:on|upon|to|for|me|us|what|why|how|again|please|now|then|further|more|about|in|detail|simple|plain"
    r"|english|terms|words|like i am five))*"
)
_LINE = r"(?: (?P<line>.*?))?"
_MEANING = r"(?:explanation|interpretation|meaning|sense|idea|point|thought|reasoning|message|moral)"
_FORMS = [
    re.compile(_ASK + form + r"(?: please| then| again| exactly| here)?")
    for form in (
        rf"(?:explain|interpret|clarify|elaborate|elucidate|paraphrase|expound|expand on){_TO_WHOM}{_LINE}(?: means?)?"
        r"(?: (?:to|for) (?:me|us))?(?: (?:like i am five|in (?:simple|plain|other) (?:words|terms|english)))?",
        r"(?:(?:give|show|tell) (?:me |us )?)?(?:an |the |your )?"
        rf"(?:explanation|interpretation|meaning)(?: (?:of|for|behind))?{_LINE}",
        r"what (?:does|do|did|is|was|would|could|should) (?P<line>.*?)"
        r" (?:mean|means|meant|supposed to mean|trying to say|try to say|getting at|mean to (?:say|me))",
        rf"what (?:is|are|was) (?:the )?{_MEANING}s? (?:of|behind|in){_LINE}",
        rf"what is meant(?: by)?{_LINE}",
        rf"what do you mean(?: (?:by|with))?{_LINE}",
        r"(?:tell|say|give) (?:me |us )?(?:a word|more|a bit more|some more|a few words|something)"
        r" (?:about|on) (?P<line>.*?)",
        rf"(?:more )?(?:details?|background)(?: (?:on|about|of))?{_LINE}",
        r"how (?:am i|are we|should i|should one|is one|do i|do you) (?:to )?(?:understand|interpret) (?P<line>.*?)",
        rf"i (?:do|did) not (?:understand|get)(?: what)?{_LINE}(?: means?)?",
        r"(?:what|huh|how so|how come|in other words|why(?: is that| that| not| though| so)?|says who)",
        r"(?P<line>.*?) (?:explained|explanation|meaning|means what|what does (?:it|that|this) mean)",
    )
]
_WHY = re.compile(r"(?:but |and |so )*why (?:is|are|should|does|do|would|must|may)(?: it)? (?P<line>.+)")
_SAID_LAST = re.compile(
    r"|(?:why |what |more |by |all )*"
    r"(?:it|this|that|them|these|those|you|yourself|that is|the above|what you said)(?: all| more)?"
    r"|more|why|(?:the|that|this|your|those|these) (?:last |previous )?"
    r"(?:one|ones|last|line|lines|aphorisms?|saying|sayings|quote|rules?|principle|answer|reply)"
)
"""What stands for the lines said last."""


def explained(line: str) -> str | None:
    """Return what is to be explained, ``""`` where that is what was said last; ``None`` where nothing is."""
    for form in _FORMS:
        if found := form.fullmatch(line):
            about = (found.groupdict().get("line") or "").strip()
            return "" if _SAID_LAST.fullmatch(about) else about
    return None


def asked_why(line: str) -> str | None:
    """Return of what ``line`` asks why it is so."""
    found = _WHY.fullmatch(line)
    return found["line"] if found else None
