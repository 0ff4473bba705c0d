"""How questions about calculus and algebra are worded. In a pattern each token is one word; names in capitals stand for
the parts below, and what is captured is read by the parser.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Iterator

_PARTS = {
    "F": r"(?P<f>.+?)",
    "OF": r"(?:of |for )?",
    "THE": r"(?: (?:the|function|expression|polynomial|quadratic|trinomial|equation|product|fraction|brackets|:))*",
    "CURVE": r"(?: (?:of|to|for|the|curve|graph|function|line|at))*",
    "WRT": r"(?: (?:with respect to|wrt|w \. r \. t \.?|by)(?: the)?(?: variable)? (?P<var>[a-z]))?",
    "LINK": r" ,?(?: ?evaluated)? ?(?:at|when|where|if|for)(?: the)?(?: point)?",
    "AT": r"(?:<LINK>(?: (?P<point>[a-z]) =)? (?P<at>.+))?",
    "ORD": r"(?:(?P<order>first|second|#\d+) )?(?:order )?(?:partial )?",
    "IF": r"(?:(?:if|given|let|for|when|that) )*",
    "WHEN": r"(?: (?:if|when|for|where|of|given|,|:|that))+",
    "THEN": r"(?: (?:[,;.:]|then|find|what|is|compute|calculate|determine|give|me|the|value|of|and))* ?",
    "DY": r"d ?(?P<y>[a-z]) / d ?(?P<var>[a-z])",
    "FX": r"(?P<g>[a-z]) \( (?P<arg>[a-z]) \)",
    "PRIME": r"(?P<h>[a-z]) (?P<primes>['\"]+) \( (?P<where>.+?) \)",
    "DX": r"(?: d(?P<dx>[a-z]))?",
    "INT": r"(?:(?:in)?definite |improper )?(?:integral|integrate|antiderivative|anti (?:- )?derivative|primitive|int)",
    "ONE": r"(?:- |\+ |positive )?(?:\( .+? \)|[^ ()]+)",
    "BOUNDS": r"(?: [a-z] =)? (?P<low>.+?) (?:to|and)(?: [a-z] =)? ",
    "TO": r"(?P<var>[a-z]) (?:approaches|approaching|approach|->|tends? to|go to|goes to|going to|to|nears|=)",
    "SIDE": r"(?: ,?(?: ?from)?(?: the)? (?P<side>left|right|below|above)(?: (?:hand )?side)?)?",
    "TOTAL": r"(?P<total>sum|product)",
    "OVER": r"(?: ,)? (?:for|from|over|as|with|where|,)(?: all)?(?: integers?)?",
    "RUNS": r"(?P<var>[a-z]) (?:= from|from|=|in|goes from|runs from|ranging from|going from) (?P<low>.+?)",
    "FULLY": r"(?: completely| fully)?",
}  # fmt: skip

_TABLE = r"""
derivative  <ORD>derivatives? (?:with respect to|wrt) (?P<var>[a-z]) <OF><F><AT>
derivative  <ORD>derivatives?(?: function)? <OF><F><WRT><AT>
derivative  (?:differentiate|derive) <F><WRT>(?P<twice> twice)?<AT>
derivative  (?:differentiate|derive) <F>(?P<twice> twice)<WRT>
derivative  d / d ?(?P<var>[a-z]) <OF><F><AT>
derivative  d (?:\^ )?(?P<power>\S+) / d ?(?P<var>[a-z]) (?:\^ )?(?P=power) <OF><F><AT>
derivative  d \( <F> \) / d ?(?P<var>[a-z])<AT>
derivative  <DY><WHEN> <F>
derivative  <IF><F><THEN><DY><AT>
derivative  (?:slope|gradient|rate of change)(?: of(?: the)? tangent(?: line)?)?<CURVE> <F><AT>
derivative  \( <F> \) (?P<primes>['"])
prime       <PRIME><WHEN> <FX> = <F>
prime       <IF><FX> = <F><THEN><PRIME>
tangent     (?:equation of )?(?:the )?tangent(?: line)?<CURVE> <F><AT>
integral    <INT> _ (?P<low><ONE>) \^ (?P<high><ONE>) <F><DX>
integral    <INT> from (?P<low>.+?) to (?P<high>.+?) of <F><DX><WRT>
integral    <INT> from (?P<low>.+?) to (?P<high><ONE>) <F><DX><WRT>
integral    <INT> <OF><F><DX><WRT> (?:from|between|over|for [a-z] from|for)<BOUNDS>(?P<high>.+)
integral    <INT> <OF><F> (?:from|between)<BOUNDS>(?P<high>.+?) d(?P<dx>[a-z])
integral    <INT> <OF><F><DX><WRT>
area        area (?:under|below)<CURVE> <F> (?:from|between|over)<BOUNDS>(?P<high>.+)
limit       (?:limit|lim) <OF><F> (?:as|when|for|,|where) <TO> (?P<at>.+?)<SIDE>
limit       (?:limit|lim)(?: ,)?(?: as)? <TO> (?P<at>.+?)<SIDE> ,? ?of <F>
limit       (?:limit|lim) (?:_ )?\( <TO> (?P<at>.+?) \) <OF><F>
limit       (?:limit|lim)(?: _)?(?: as)? <TO> (?P<at><ONE>(?: @[+-])?)<SIDE>(?: ,)? <F>
sum         (?:the )?<TOTAL> (?:of )?<F><OVER> <RUNS> (?:to|up to|through) (?P<high>.+)
sum         (?:the )?<TOTAL> from <RUNS> to (?P<high>.+?) of <F>
sum         (?:the )?<TOTAL> _ \( <RUNS> \) \^ (?P<high><ONE>) (?:of )?<F>
sum         (?:the )?<TOTAL> (?:of )?<F> from (?P<low>.+?) to (?P<high>.+)
sum         (?:the )?<TOTAL> (?:from )?\(? ?(?P<var>[a-z]) = (?P<low><ONE>) to (?P<high><ONE>) ?\)? (?:of )?<F>
expand      (?:expand|multiply out|distribute)(?: out)?<THE>(?: of| in)? <F>
factor      (?:completely |fully )?(?:factor|factorise|factorize)(?: out)?<FULLY><THE> <F><FULLY>
factor      (?:factors|factorization|factorisation|factored form|factorised form) (?:of|for)<THE> <F>
simplify    (?:simplify|reduce|(?:collect|combine) like terms(?: in)?)<THE> <F>
rationalize (?:rationalize|rationalise)(?: the denominator)?(?: (?:of|in|:))? <F>
apart       (?:partial fractions?(?: decomposition| expansion)?|decompose) (?:of )?<F>(?: into partial fractions)?
square      (?:complete|completing)(?: the)? square(?: of| for| in| on| :)? <F>
quotient    divide<THE> <F> by (?P<over>.+)
remainder   remainder (?:when|if|of|from)(?: dividing)?<THE> <F>(?: is| are)?(?: divided)? (?:by|/) (?P<over>.+)
zeros       solve(?: for [a-z] :?)?<THE> <F>(?: for [a-z])?
roots       (?:real )?(?:roots?|zeros|zeroes|x intercepts|solutions) (?:of|for|to)<THE> <F>
"""
ALGEBRA = ("expand", "factor", "simplify", "rationalize", "apart", "square", "quotient", "remainder", "roots", "zeros")
"""Kinds that are about something else where there is no letter, or what stands there is no expression."""
_WORDS = {
    "derivative": "derivative derivatives differentiate derive d slope gradient rate ' \"", "prime": "' \"",
    "tangent": "tangent", "integral": "integral integrate antiderivative anti primitive int", "limit": "limit lim",
    "sum": "sum product", "expand": "expand multiply distribute", "roots": "root roots zeros zeroes x solutions",
    "factor": "factor factorise factorize factors factorization factorisation factored factorised",
    "area": "under below", "rationalize": "rationalize rationalise",
    "simplify": "simplify reduce collect combine", "apart": "partial decompose", "square": "square",
    "zeros": "solve", "quotient": "divide", "remainder": "remainder",
}  # fmt: skip
"""For each kind, words of which it has at least one: its patterns are compiled only then."""
_PART = "<([A-Z]+)>"
_compiled: dict[str, re.Pattern[str]] = {}


def matches(line: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Yield the kinds of question that ``line`` may be, with the parts found."""
    words = {word if not re.fullmatch("d[a-z]", word) else "d" for word in line.split()}
    for row in _TABLE.strip().splitlines():
        kind, _, text = row.partition(" ")
        if words.isdisjoint(_WORDS[kind].split()):
            continue
        found = _pattern(text.strip()).match(line)
        if found:
            yield kind, found


def _pattern(text: str) -> re.Pattern[str]:
    pattern = _compiled.get(text)
    if pattern is None:
        filled = text
        while re.search(_PART, filled):
            filled = re.sub(_PART, lambda part: _PARTS[part[1]], filled)
        pattern = _compiled[text] = re.compile(f"^{filled}$")
    return pattern
