"""The sentence around an expression: what is asked, and in which form the answer is wanted.

``read`` turns tokens into an ``Asked``. What may stand around an expression without changing it is listed in
``_BEFORE`` and ``_BEHIND``; every other word has to be part of a rule.
"""

from __future__ import annotations

from mathbot.limits import Declined, Unreadable
from mathbot.reading.operators import COMPARISONS
from mathbot.reading.parser import Parser
from mathbot.syntax import Compare, Percent, show

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Collection

    from mathbot.reading.lexer import Token
    from mathbot.syntax import Node
    from mathbot.values import Unit


class Form:
    """How the answer is wanted."""

    __slots__ = ("count", "nearest", "smaller", "style", "text", "unit")
    __match_args__ = ("style", "count", "unit", "nearest")

    def __init__(
        self,
        style: str,
        count: int = 0,
        unit: Unit | None = None,
        nearest: Node | None = None,
        text: str = "",
        smaller: tuple[Unit, ...] = (),
    ) -> None:
        self.style = style
        """number, percent, fraction, places, figures, nearest, base, or the name of a task on whole numbers."""
        self.count = count
        self.unit = unit
        self.nearest = nearest
        self.text = text
        """Of a task: what it is about."""
        self.smaller = smaller
        """Units that take what is left over: ``in feet and inches``."""


class Asked:
    """A question, understood."""

    __slots__ = ("forms", "judge", "name", "nodes", "notes", "solve", "target")

    def __init__(
        self,
        nodes: tuple[Node, ...],
        forms: tuple[Form, ...] = (),
        notes: tuple[str, ...] = (),
        *,
        solve: bool = False,
        judge: bool = False,
        name: str = "",
        target: str = "",
    ) -> None:
        self.nodes = nodes
        """One expression or comparison; several for a system of equations or a task."""
        self.forms = forms
        self.notes = notes
        """How it was read, where that could be doubted."""
        self.solve = solve
        """Was it asked to solve, rather than whether it is true?"""
        self.judge = judge
        """Was it asked whether it is true?"""
        self.name = name
        """Under which name the value is to be remembered; of an equation, the name of what stands for "a number"."""
        self.target = target
        """For which letter was it asked to solve?"""


_BEFORE = [
    tuple(words.split())
    for line in """
what is,what's,whats,what are,what does,what do,what will,what would,and what is,how much is,how much are,how many is
how much does,how much do,how much will,calculate,compute,evaluate,work out,figure out,find out,find,tell me,show me
give me,please,pls,can you,could you,would you,will you,hey,math,dear math,hello,hi,hi there,hey there,hello there
good morning,good evening,good afternoon,dear,i want to know,i need to know,i would like to know,i'd like to know
do you know,let me know
help me,tell me what,let me know what,do you know what,i want to know what,i'd like to know what
let me,let us,let's,lets
i wonder,i wonder what,i was wondering,i was wondering what,i am wondering what,i'm wondering what,just,quickly,quick
quick question,question,q :,i have a question,one question,alexa,siri,google,ok google,okay google,hey google,hey siri
computer,bot,can u,could u,would u,will u,can you please,could you please,i'd like you to,i would like you to
i want you to,i need you to,i need,i want,help me with,help me to,help with,what would be,what will be,what about
and what about,how about,and how about,what happens when you,what happens if you,what happens if i,show,answer
um,umm,uh,hm,hmm,well,actually,also,and now,what was,what were,do,do the math,try,my question is,my question is what
the solution of,the solution to,solution to,can i get,can i have,could i have,may i have,i'd like,i would like
just tell me,what might be,wats,wat is,whatis,you know,u know,tell us,do the sum,show me what,remind me what
you get,i get,you get for,i get for,you get if you,you get when you,i get if i,i get when i
the value of,the exact value of,value of,the result of,result of,the answer to,the answer of
convert,change,express,write,so,ok,okay,now,then,say,the,is it true that,whether,if,exactly,approximately
""".strip().splitlines()
    for words in line.split(",")
]
"""What may stand before a question and does not change it."""
_BEHIND = [
    tuple(words.split())
    for line in """
please,pls,thanks,thank you,for me,now,then,today,exactly,in total,altogether,true,correct,right
plz,pls thanks,thx,ty,thankyou,cheers,thanks a lot,thank you very much,for me please,if you can,quickly,asap,really
mate,math,buddy,bro,dude,siri,alexa,google,again,come out to,come out as,work out as,amount to,equate to,equals to
is equal to,equal to,is equal to what,equals what,lol,haha,ok,okay,right now,approximately
equal,equals,be,make,makes,give,come to,work out to,is,is what,= what,is it,is that,?,=,.,:
""".strip().splitlines()
    for words in line.split(",")
]
"""What may stand behind a question and does not change it."""
FILLERS = (*_BEFORE, *_BEHIND)
_COMMA = ","
ROMAN_TEXT = "roman number"
"""The text of a number that was written in Roman numerals, beside a sign: the answer says how it was read."""
_MOST_FILLERS = 20
_LONGEST_FILLER = 8


def read(tokens: list[Token], names: Collection[str], *, letters: bool = False) -> Asked:
    """Return what is asked, or raise the ``Unreadable`` that points at the place."""
    tokens = _letter_asked(tokens)
    body = without_fillers(tokens)
    if len(body) == 1:
        raise Unreadable("I can't find a question", tokens[0].start, tokens[-1].end)
    body, note = _continued(body, names)
    asked = _read(tokens, body, names, letters)
    if note:
        asked.notes = (note, *asked.notes)
    return asked


def _letter_asked(tokens: list[Token]) -> list[Token]:
    """``x + 3 = 10, x = ?`` asks to solve for x."""
    end = len(tokens) - 1
    while end and tokens[end - 1].text in ("?", "what"):
        end -= 1
    if end < 6 or tokens[end - 1].text != "=" or not _is_letter(tokens[end - 2]) or tokens[end - 3].text not in ",;\n":
        return tokens
    letter, equations = tokens[end - 2], tokens[: end - 3]
    if not any(token.text == "=" for token in equations) or letter.text not in {token.text for token in equations}:
        return tokens
    from mathbot.reading.lexer import Token

    at = letter.start
    words = [
        Token(kind, text, 0, at, at, True, text) for kind, text in (("word", "solve"), ("word", "for"), ("op", ":"))
    ]
    return [*words[:2], letter, words[2], *equations, tokens[-1]]


def _continued(body: list[Token], names: Collection[str]) -> tuple[list[Token], str]:
    if "ans" not in names:
        return body, ""
    from mathbot.reading import continuing

    return continuing.read(body, names)


def _read(tokens: list[Token], body: list[Token], names: Collection[str], letters: bool) -> Asked:
    if any(token.text == "…" for token in body):
        from mathbot.reading import ellipsis

        return ellipsis.read(body, names) or _plain(Parser(body, names, letters=letters))
    if not any(token.kind in _WORDY or token.text in ("?", "_") for token in body):
        return _plain(Parser(body, names, letters=letters))
    from mathbot.reading import assignments, blanks, rules
    from mathbot.tasks import geometry

    _decline_hopeless(body)
    assigned = assignments.read(body, names, asks=any(token.text == "?" for token in tokens))
    if assigned:
        return assigned
    asked = geometry.read(body, names) or rules.match(body, names, letters=letters) or blanks.read(body, names)
    if asked:
        return asked
    plain = _plain(Parser(_solving(body), names, letters=letters), solve=_is_solving(body))
    plain.target = _target(body)
    return plain


_ROUNDING = ("places", "figures", "nearest")
_WORDY = ("word", "list")


def _decline_hopeless(tokens: list[Token]) -> None:
    words = {token.text for token in tokens if token.kind == "word"}
    if words & {"infinity", "inf", "infinite"}:
        raise Declined("Infinity is not a number that I can compute with.")


# Words around the question


def without_fillers(tokens: list[Token]) -> list[Token]:
    """Return ``tokens`` without the words around a question that do not change it."""
    body, end = tokens[:-1], tokens[-1]
    start, stop = 0, len(body)
    for _ in range(_MOST_FILLERS):
        before = _filler_at(body[start : start + _LONGEST_FILLER], first=not start)
        start += before
        behind = _filler_behind(body[max(start, stop - _LONGEST_FILLER) : stop])
        stop -= behind
        if not before and not behind:
            break
    return [*body[start:stop], end]


def _filler_at(tokens: list[Token], *, first: bool) -> int:
    """Return how many of the first tokens may be left out."""
    if tokens and tokens[0].text in (_COMMA, ":", ".", "\n", *("=" * first)) and tokens[0].kind == "op":
        return int(tokens[0].text != "." or not tokens[1:] or tokens[1].spaced)  # not the point of ".(3)"
    longest = 0
    for words in _BEFORE:
        found = tokens[: len(words)]
        same = (_is_filler(t, w) for t, w in zip(found, words, strict=True))
        if len(found) == len(words) and all(same):
            longest = max(longest, len(words))
    return longest


def _filler_behind(tokens: list[Token]) -> int:
    """Return how many of the last tokens may be left out."""
    if tokens and tokens[-1].kind == "op" and tokens[-1].text in (_COMMA, "\n"):
        return 1
    longest = 0
    for words in _BEHIND:
        found = tokens[len(tokens) - len(words) :] if len(words) <= len(tokens) else []
        same = bool(found) and all(_is_filler(t, w) for t, w in zip(found, words, strict=True))
        longest = max(longest, len(words) if same else 0)
    return longest


def _is_filler(token: Token, word: str) -> bool:
    return token.text == word and token.kind in ("word", "op")


# Solve … for x


def _is_solving(tokens: list[Token]) -> bool:
    if not any(_is_letter(token) or token.text == "=" for token in tokens):
        return False
    return len(_solving(tokens)) < len(tokens)


def _solving(tokens: list[Token]) -> list[Token]:
    """Return ``tokens`` without ``solve for x:`` before them, ``x if``, or ``for x`` behind."""
    body = list(tokens)
    if body[0].text == "solve":
        body = body[1:]
    asked_for = body[0].text == "for" and _is_letter(body[1])
    if asked_for or (_is_letter(body[0]) and body[1].text in ("if", "when", "where", "given", ":")):
        body = body[2:]
    while asked_for and body[0].text in ("and", _COMMA) and _is_letter(body[1]):
        body = body[2:]
    while body[0].text in (":", _COMMA, "if", "the", "equation", "when", "given"):
        body = body[1:]
    body = _without_for(body)
    if len(body) > 2 and body[0].raw == "{" and body[-2].raw == "}" and any(token.text == "=" for token in body):
        return [*body[1:-2], body[-1]]
    return body


def _target(tokens: list[Token]) -> str:
    """Return x of ``solve … for x`` and ``solve for x: …``."""
    places = [at for at, token in enumerate(tokens) if token.text == "for"]
    if places and len({t.text for t in tokens if _is_letter(t)}) < len({t.raw for t in tokens if _is_letter(t)}):
        raise Declined("I can't tell capital letters from small ones: use different letters.")
    letters = {tokens[at + 1].text for at in places if _is_letter(tokens[at + 1])}
    behind = (tokens[at + 2 : at + 4] for at in places)
    if any(len(next_) == 2 and next_[0].text in ("and", _COMMA) and _is_letter(next_[1]) for next_ in behind):
        return ""  # for x and y
    return letters.pop() if len(letters) == 1 else ""


def _without_for(body: list[Token]) -> list[Token]:
    if len(body) > 3 and body[-3].text == "for" and _is_letter(body[-2]):
        cut = -3
        while body[cut - 1].text in (_COMMA, "solve", ";"):
            cut -= 1
        return [*body[:cut], body[-1]]
    return body


def _is_letter(token: Token) -> bool:
    return token.kind == "word" and len(token.text) == 1


# An expression and the form of its answer


def _plain(parser: Parser, *, solve: bool = False) -> Asked:
    nodes = [parser.comparison()]
    while isinstance(nodes[-1], Compare) and _another(parser):
        nodes.append(parser.comparison())
    forms = read_forms(parser)
    parser.expect_end()
    return asked(parser, tuple(nodes), forms, solve=solve)


def _another(parser: Parser) -> bool:
    start = parser.at
    while parser.take_op(",", ";", "\n") or parser.take_word("and"):
        pass
    found = parser.at > start and parser.token.kind != "end"
    if found and any(token.text in COMPARISONS for token in parser.tokens[parser.at :]):
        return True
    parser.at = start
    return False


def asked(
    parser: Parser, nodes: tuple[Node, ...], forms: tuple[Form, ...] = (), *, solve: bool = False, judge: bool = False
) -> Asked:
    """Return the question with what the parser found doubtful."""
    if parser.signs_x and any("x" in names for names in _names(nodes)):
        raise Declined("I can't tell whether x is a sign or an unknown there.")
    if forms and len(nodes) == 1 and isinstance(nodes[0], Percent) and all(form.style in _ROUNDING for form in forms):
        forms = (Form("percent"), *forms)  # 66.666% to 1 decimal place
    notes = list(parser.notes)
    if parser.doubt or any(token.text == ROMAN_TEXT for token in parser.tokens):
        notes.insert(0, "; ".join(show(node) for node in nodes))
    return Asked(nodes, forms, tuple(notes), solve=solve, judge=judge)


def _names(nodes: tuple[Node, ...]) -> list[set[str]]:
    from mathbot.syntax import names_in

    return [names_in(node) for node in nodes]


def read_forms(parser: Parser) -> tuple[Form, ...]:
    """Read ``in km``, ``as a fraction``, ``to 2 decimal places``, in any number."""
    if parser.token.kind == "end":
        return ()
    from mathbot.reading import forms

    found: list[Form] = []
    while parser.token.kind != "end":
        form = forms.read(parser)
        if form is None:
            break
        found.append(form)
    return tuple(found)
