"""Questions that are more than an expression: ``what percent of 80 is 20``, ``is 97 prime``, ``divide 10 by 4``.

A rule is a row of elements. A word stands for itself (``a|b`` for either, ``?`` behind it where it may be missing),
``#`` for an expression, ``~`` for a part (``20%``, ``half``), ``@`` for a comparison, ``nth`` for an ordinal, ``*`` for
a list, ``$`` for a unit, ``&`` for how to round.
"""

from __future__ import annotations

from mathbot.limits import Declined, Unreadable
from mathbot.parser import Parser
from mathbot.questions import Asked, Form, asked, read_forms
from mathbot.rational import ratio
from mathbot.syntax import Call, Compare, Number, Percent, Power, Product, Sum, show

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from mathbot.lexer import Token
    from mathbot.syntax import Node

    Build = Callable[..., Node | Asked]


def _over(a: Node, b: Node) -> Node:
    return Product((("*", a), ("/", b)))


def _percent(node: Node) -> Asked:
    return Asked((node,), (Form("percent"),))


def _changed(old: Node, new: Node) -> Asked:
    return _percent(_over(Sum(((1, new), (-1, old))), old))


def _whole_of(part: Node, whole: Node) -> Node:
    return _over(whole, part)


def _plus(a: Node, b: Node) -> Node:
    return Sum(((1, a), (1, b)))


def _minus(a: Node, b: Node) -> Node:
    return Sum(((1, a), (-1, b)))


def _less_than(a: Node, b: Node) -> Node | Asked:
    result = _minus(b, a)
    return result if isinstance(a, Percent) else Asked((result,), notes=(show(result),))


def _off(a: Node, b: Node) -> Node:
    if not isinstance(a, Percent):
        raise Declined("I can't tell what is taken off.")
    return _minus(b, a)


def _remainder(node: Node) -> Node:
    """The remainder of a quotient: its last division becomes the one with a remainder."""
    if not isinstance(node, Product) or node.factors[-1][0] != "/":
        raise Declined("A remainder is of one number divided by another.")
    dividend = node.factors[:-1]
    return Call("mod", (Product(dividend) if len(dividend) > 1 else dividend[0][1], node.factors[-1][1]))


def _series(a: Node, b: Node) -> Asked:
    return Asked((a, b), (Form("series"),))


def _task(name: str, judge: bool = False) -> Build:
    return lambda *nodes: Asked(nodes, (Form(name),), judge=judge)


def _nth_prime(n: Node) -> Asked:
    return Asked((n,), (Form("nthprime"),))


def _is_true(node: Node) -> Asked:
    return Asked((node,), judge=True)


def _equal(a: Node, b: Node) -> Asked:
    return Asked((Compare(a, (("=", b),)),), judge=True)


def _compared(sign: str) -> Build:
    return lambda a, b: Asked((Compare(a, ((sign, b),)),), judge=True)


_IS = "is|are|was"
_WHAT = "what|which"
_RULES: list[tuple[str, Build]] = [
    ("what|which % of # is|are #", lambda whole, part: _percent(_over(part, whole))),
    ("what|which % is|are # of|from #", lambda part, whole: _percent(_over(part, whole))),
    ("# is|are what|which % of #", lambda part, whole: _percent(_over(part, whole))),
    ("# as % of #", lambda part, whole: _percent(_over(part, whole))),
    ("# out of # as|in|to a? %", lambda part, whole: _percent(_over(part, whole))),
    ("# is|are ~ of what|which|what_number number?", lambda whole, part: _whole_of(part, whole)),
    ("~ of what|which number? is|are #", _whole_of),
    ("# is|are what|which fraction of #", lambda part, whole: Asked((_over(part, whole),), (Form("fraction"),))),
    ("what|which fraction of # is|are #", lambda whole, part: Asked((_over(part, whole),), (Form("fraction"),))),
    ("% change|increase|difference from|between # to|and #", _changed),
    ("% decrease|drop|reduction from # to #", lambda old, new: _percent(_over(Sum(((1, old), (-1, new))), old))),
    ("increase|raise # by #", _plus),
    ("decrease|reduce|lower # by #", _minus),
    ("# off|off_of of? #", _off),
    ("# discount on|off #", _off),
    ("# more_than #", lambda a, b: _plus(b, a)),
    ("# less_than #", _less_than),
    ("add # to #", lambda a, b: _plus(b, a)),
    ("add *", lambda *nodes: Sum(tuple((1, node) for node in nodes))),
    ("subtract|take # away? from #", lambda a, b: _minus(b, a)),
    ("# subtracted|taken|deducted from #", lambda a, b: _minus(b, a)),
    ("take # off #", _off),
    ("multiply # by|with|and #", lambda a, b: Product((("*", a), ("*", b)))),
    ("multiply *", lambda *nodes: Product(tuple(("*", node) for node in nodes))),
    ("divide # by #", _over),
    ("halve #", lambda a: _over(a, Number(2, "2"))),
    ("square #", lambda a: Power(a, Number(2, "2"))),
    ("cube #", lambda a: Power(a, Number(3, "3"))),
    ("remainder of|from #", _remainder),
    ("remainder when|if # is|gets? / #", lambda a, b: Call("mod", (a, b))),
    ("remainder of # and #", lambda a, b: Call("mod", (a, b))),
    ("is|are|was # a? prime number?", _task("prime", judge=True)),
    ("is|are|was # divisible / #", _task("divisible", judge=True)),
    ("is|are|was # divisible by #", _task("divisible", judge=True)),
    ("is|are|was # a? multiple of #", _task("divisible", judge=True)),
    ("is|are|was # a? factor|divisor of #", lambda a, b: Asked((b, a), (Form("divisible"),), judge=True)),
    ("is|are|was # an? even number?", _task("even", judge=True)),
    ("is|are|was # an? odd number?", _task("odd", judge=True)),
    ("is|are|was # a? perfect? square number?", _task("square", judge=True)),
    ("is|are|was # more_than #", _compared(">")),
    ("is|are|was # less_than #", _compared("<")),
    ("is|are|was|does|do @", _is_true),
    ("does|do|is|are # equal|make|be #", _equal),
    ("does|do|is|are # equal? = #", _equal),
    ("is # the? same? as #", _equal),
    ("# is|are|makes|make #", _equal),
    ("prime factors|factorization|factorisation|decomposition of|for #", _task("factorise")),
    ("factorize|factorise|factor|prime_factor #", _task("factorise")),
    ("factors|divisors of #", _task("divisors")),
    ("first # primes|prime numbers?", _task("firstprimes")),
    ("how many ways to choose|pick|select # from|of #", lambda k, n: Call("choose", (n, k))),
    ("which is bigger|larger|greater|more|higher ,|:? # or #", _task("larger")),
    ("which is smaller|less|lower ,|:? # or #", _task("smaller")),
    ("next prime number? after|above #", _task("nextprime")),
    ("nth prime number?", _nth_prime),
    ("sum the? all? the? numbers|integers|natural numbers? from # to #", _series),
    ("sum # to #", _series),
    ("simplify|reduce #", lambda a: Asked((a,), (Form("fraction"),))),
    ("let|set # be|to|= #", lambda a, b: Asked((Compare(a, (("=", b),)),))),
    ("let|set @", lambda a: Asked((a,))),
    ("round # &", lambda a: Asked((a,))),
    ("how many $ is|are|in|make|equals|to|do|does there? in? #", lambda a: Asked((a,))),
    ("how many $ are|is there? in #", lambda a: Asked((a,))),
]


def match(tokens: list[Token], names: Collection[str], *, letters: bool) -> Asked | None:
    """Return what the first rule that fits makes of the tokens; ``None`` where none does."""
    words = {token.text for token in tokens if token.kind != "number"}
    for pattern, build in _RULES:
        elements = pattern.split()
        if _possible(elements, words, tokens[0]):
            found = _Match(tokens, names, letters).run(elements, build)
            if found:
                return found
    return None


def _choices(element: str) -> list[str]:
    return [word.replace("_", " ") for word in element.removesuffix("?").split("|")]


def _possible(elements: list[str], words: set[str], first: Token) -> bool:
    """Cheaply rule out what can't fit: a word of the rule that is not there."""
    for position, element in enumerate(elements):
        if element in ("#", "~", "@", "*", "&", "$") or element.endswith("?"):
            continue
        if element == "nth":
            if first.kind != "ordinal":
                return False
        elif not words.intersection(_choices(element)) or (position == 0 and first.text not in _choices(element)):
            return False
    return True


class _Match:
    """One try of one rule."""

    def __init__(self, tokens: list[Token], names: Collection[str], letters: bool) -> None:
        self.parser = Parser(list(tokens), names, letters=letters)
        self.nodes: list[Node] = []
        self.forms: list[Form] = []

    def run(self, elements: list[str], build: Build) -> Asked | None:
        try:
            if not all(self._take(element) for element in elements):
                return None
            forms = (*self.forms, *read_forms(self.parser))
        except Unreadable:
            return None
        if self.parser.token.kind != "end":
            return None
        result = build(*self.nodes)
        if not isinstance(result, Asked):
            return asked(self.parser, (result,), forms)
        own = asked(self.parser, result.nodes)
        notes = (*own.notes, *result.notes)
        return Asked(result.nodes, (*result.forms, *forms), notes, solve=result.solve, judge=result.judge)

    def _take(self, element: str) -> bool:
        match element:
            case "#":
                self.nodes.append(self.parser.sum())
            case "~":
                self.nodes.append(self.parser.part())
            case "@":
                self.nodes.append(self.parser.comparison())
                return isinstance(self.nodes[-1], Compare)
            case "*":
                return self._list()
            case "&":
                return self._rounding()
            case "$":
                return self._unit()
            case "nth":
                return self._nth()
            case _:
                return self._word(element)
        return True

    def _word(self, element: str) -> bool:
        found = self.parser.token.kind != "number" and self.parser.token.text in _choices(element)
        self.parser.at += found
        return found or element.endswith("?")

    def _nth(self) -> bool:
        token = self.parser.token
        self.parser.at += 1
        self.nodes.append(Number(token.value, token.raw))
        return token.kind == "ordinal"

    def _list(self) -> bool:
        from mathbot.calls import members

        self.nodes += members(self.parser)
        return True

    def _unit(self) -> bool:
        from mathbot.measures import read_unit

        unit = read_unit(self.parser)
        if unit:
            self.forms.append(Form("unit", unit=unit))
        return unit is not None

    def _rounding(self) -> bool:
        """``round 2.5`` alone is to the nearest whole number; else a form follows that says to what."""
        if self.parser.token.kind == "end":
            self.forms.append(Form("nearest", nearest=Number(ratio(1, 1), "1")))
        return True
