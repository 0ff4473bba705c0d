"""Rules for whole numbers: primes, factors, digits, sequences, choosing and arranging, and other ways to write them."""

from __future__ import annotations

from mathbot.limits import Declined
from mathbot.reading.questions import Asked, Form
from mathbot.syntax import Call, Name, Number, Power, Sum

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeGuard

    from mathbot.reading.rules import Build
    from mathbot.syntax import Node


_MOST_LISTED = 1000
_BELOW_TEN = ("pi", "e")
"""Constants with one digit before the point."""


def _task(name: str) -> Build:
    return lambda *nodes: Asked(nodes, (Form(name),))


def _sequence(task: str) -> Callable[..., Asked]:
    """The kind stands among the nodes, as a name at no place."""

    def build(*nodes: Node) -> Asked:
        kind = next(node.name for node in nodes if isinstance(node, Name) and node.end < 0)
        others = tuple(node for node in nodes if not (isinstance(node, Name) and node.end < 0))
        return Asked(others, (Form("sequence", text=f"{task} {kind}"),))

    return build


def _sum(*nodes: Node) -> Asked:
    """``the squares from 1 to 10``: of 1 to 10, or between 1 and 10?"""
    kind = next(node.name for node in nodes if isinstance(node, Name) and node.end < 0)
    if kind not in ("integers", "even", "odd", "primes"):
        raise Declined(
            f"I can't tell whether those are {kind} of numbers or {kind} in the range: ask for the first 10."
        )
    return _sequence("sum")(*nodes)


def _product(low: Node, high: Node) -> Asked:
    return _sequence("product")(Name("integers", -1, -1), low, high, Number(0, "0"))


def _form(style: str, count: int = 0) -> Build:
    return lambda node: Asked((node,), (Form(style, count),))


def _called(name: str) -> Build:
    return lambda *nodes: Call(name, nodes)


def _choose(k: Node, n: Node) -> Node:
    return Call("choose", (n, k))


def _arrange(k: Node, n: Node) -> Node:
    return Call("npr", (n, k))


def _multiples(count: Node, of: Node) -> Asked:
    """The first is the number itself."""
    if not _is_whole(count, _MOST_LISTED) or not _is_whole(of, None):
        raise Declined(f"I list up to {_MOST_LISTED} multiples of a whole number above 0.")
    found = tuple(Number(int(of.value) * k, str(int(of.value) * k)) for k in range(1, int(count.value) + 1))
    return Asked(found, (Form("ascending"),))


def _is_whole(node: Node, most: int | None) -> TypeGuard[Number]:
    if not isinstance(node, Number) or not isinstance(node.value, int):
        return False
    return node.value > 0 and (most is None or node.value <= most)


def _digits(count: Node, of: Node) -> Asked:
    """``the first 10 digits of pi``: as they stand there, and none of them rounded."""
    if not isinstance(of, Name) or of.name not in _BELOW_TEN:
        raise Declined("I list the digits of pi and e: of other numbers, ask for decimal places.")
    if not _is_whole(count, _MOST_LISTED):
        raise Declined(f"I list up to {_MOST_LISTED} digits.")
    return Asked((of,), (Form("truncated", int(count.value) - 1),), (f"the first {count.raw} digits, not rounded",))


def _squares(*nodes: Node) -> Node:
    return Sum(tuple((1, Power(node, Number(2, "2"))) for node in nodes))


RULES: list[tuple[str, Build]] = [
    ("prime factors|factorization|factorisation|decomposition of|for #", _task("factorise")),
    ("factorize|factorise|factor|prime_factor #", _task("factorise")),
    ("largest|biggest|greatest|highest|max prime factor|divisor of #", _task("largestfactor")),
    ("smallest|lowest|least|min prime factor|divisor of #", _task("smallestfactor")),
    ("factors|divisors of #", _task("divisors")),
    ("list|name all|the? all|the? factors|divisors of #", _task("divisors")),
    ("how many divisors|factors does|do # have", _task("divisorcount")),
    ("how many divisors|factors of # are? there?", _task("divisorcount")),
    ("number of the? divisors|factors of|in #", _task("divisorcount")),
    ("sum the? all? divisors|factors of #", _task("divisorsum")),
    ("how many digits does|do # have|contain", _task("digitcount")),
    ("how many digits are|is? there? in #", _task("digitcount")),
    ("number of the? digits of|in #", _task("digitcount")),
    ("list|name|show|write? out? the? first # multiples of #", _multiples),
    ("the? first? # digits of #", _digits),
    ("sum the? digits of|in #", _task("digitsum")),
    ("digit|digital sum of? #", _task("digitsum")),
    ("add up? the? digits of #", _task("digitsum")),
    ("next prime number? after|above|following|> #", _task("nextprime")),
    ("what|which prime number? comes|is|follows after|next? after? #", _task("nextprime")),
    ("smallest|first|next|lowest prime number? >|after|above|over|more_than #", _task("nextprime")),
    (
        "largest|biggest|greatest|highest|last|previous prime number? <|below|under|before|less_than #",
        _task("primebefore"),
    ),
    ("nth K", _sequence("nth")),
    ("nth term|number of|in the? K", _sequence("nth")),
    ("list|name|show|write? out? the? first # K", _sequence("first")),
    ("sum the? first # K", _sequence("sumfirst")),
    ("add up? the? first # K", _sequence("sumfirst")),
    ("product the? first # K", _sequence("productfirst")),
    ("sum the? all? the? K R", _sum),
    ("add up? the? all? the? K R", _sum),
    ("product the? all? the? K R", _sequence("product")),
    ("how many K are? is? there? R", _sequence("count")),
    ("number of? K R", _sequence("count")),
    ("list|name|show|what? are? the? all? the? K R", _sequence("list")),
    ("sum the? all? the? multiples of # R", lambda n, low, high, _: Asked((n, low, high), (Form("multiples"),))),
    ("sum from? # to #", _task("series")),
    ("add up? from? # to #", _task("series")),
    ("product from? # to #", _product),
    ("sum the? squares of|: *", _squares),
    ("in? how many different? ways can|do|could you|we|i|one choose|pick|select # W? out? from|of # W?", _choose),
    ("how many different? ways are? there? to|of choose|choosing|pick|select # W? out? from|of # W?", _choose),
    ("in? how many different? ways can|could # W? be chosen|selected|picked from|of|out_of # W?", _choose),
    ("how? many? combinations of # W? out? from|of # W?", _choose),
    ("how many combinations of # W? can be made|formed from|of|out_of # W?", _choose),
    ("number of combinations of # from|of|out_of #", _choose),
    ("how? many? number? of? combinations of # W? taken # at? a? time?", _called("choose")),
    ("combinations of #", lambda node: node),
    ("number of combinations of #", lambda node: node),
    ("binomial coefficient of? # and|,|over? #", _called("choose")),
    ("how? many? number? of? permutations of # W? taken # at? a? time?", _called("npr")),
    ("how? many? permutations of # W? from # W?", _arrange),
    ("number of permutations of # from #", _arrange),
    ("how? many? number? of? permutations of # W?", _called("factorial")),
    ("how many different? ways are? there? to|can|of you|we|i? arrange|arranging|order # W?", _called("factorial")),
    ("in? how many different? ways can # W? be arranged|ordered", _called("factorial")),
    (
        "in? how many different? ways can # W? be|sit|stand|line arranged|ordered|lined? up? in|on a row|line|shelf",
        _called("factorial"),
    ),
    ("mode of? *", _task("mode")),
    ("hex|hexadecimal form|representation|equivalent|value? of|for #", _form("base", 16)),
    ("binary form|representation|equivalent|value? of|for #", _form("base", 2)),
    ("octal form|representation|equivalent|value? of|for #", _form("base", 8)),
    ("decimal form|representation|equivalent|value? of|for #", _form("number")),
    ("roman numeral|numerals|number of|for #", _form("roman")),
    ("scientific|standard notation|form of|for #", _form("scientific")),
    ("spell out? #", _form("words")),
]
