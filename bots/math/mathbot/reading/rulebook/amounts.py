"""Rules for arithmetic in sentences: percentages both ways, discounts, taking from, remainders, ratios."""

from __future__ import annotations

from mathbot.limits import Declined
from mathbot.reading.questions import Asked, Form
from mathbot.syntax import Call, Measure, Name, Negative, Number, Of, Percent, Power, Product, Sum, show

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.reading.rules import Build
    from mathbot.syntax import Node


def _over(a: Node, b: Node) -> Node:
    return Product((("*", a), ("/", b)))


def _times(a: Node, b: Node) -> Node:
    return Product((("*", a), ("*", b)))


def _travelled(speed: Node, time: Node) -> Asked:
    """``60 mph for 2 hours`` is a way; any other amount for a while is no product for sure."""
    from mathbot.quantities.units import find

    fast, second = find("mph"), find("s")
    if not isinstance(speed, Measure) or not isinstance(time, Measure) or not fast or not second:
        raise Declined("I can't tell what that amounts to.")
    if speed.unit.dimension != fast.dimension or time.unit.dimension != second.dimension:
        raise Declined("I can't tell what that amounts to.")
    result = _times(speed, time)
    return Asked((result,), notes=(show(result),))


def _percent(node: Node) -> Asked:
    return Asked((node,), (Form("percent"),))


def _percentage(part: Node, whole: Node) -> Asked:
    return _percent(_over(part, whole))


def _as_fraction(part: Node, whole: Node) -> Asked:
    return Asked((_over(part, whole),), (Form("fraction"),))


def _decimal(part: Node, whole: Node) -> Asked:
    return Asked((_over(part, whole),), (Form("number"),))


def _apart(a: Node, b: Node) -> Asked:
    """The percentage difference: of the mean of both, as none of them is the first."""
    apart = Call("abs", (_minus(a, b),))
    asked = _percent(_over(apart, Call("abs", (Call("mean", (a, b)),))))
    asked.notes = ("part of their mean",)
    return asked


def _middle(low: Node, high: Node) -> Asked:
    """The mean of all whole numbers from one to another is the mean of the two."""
    if not all(isinstance(node, Number) and isinstance(node.value, int) for node in (low, high)):
        raise Declined("I take the mean of whole numbers from one to another.")
    return Asked((Call("mean", (low, high)),))


def _changed(old: Node, new: Node) -> Asked:
    return _percent(_over(Sum(((1, new), (-1, old))), Call("abs", (old,))))


def _dropped(old: Node, new: Node) -> Asked:
    return _percent(_over(Sum(((1, old), (-1, new))), Call("abs", (old,))))


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


def _share(a: Node, b: Node) -> Asked:
    """A tip or tax is a part of the bill: said, for the total could be meant."""
    if not isinstance(a, Percent):
        raise Declined("I can't tell how many per cent that is.")
    result = Of(a, b)
    return Asked((result,), notes=(show(result),))


def _with_share(a: Node, b: Node) -> Node:
    if not isinstance(a, Percent):
        raise Declined("I can't tell how many per cent that is.")
    return _plus(b, a)


def _ends_in_percent(node: Node) -> Node:
    if not isinstance(node, Sum) or not isinstance(node.terms[-1][1], Percent):
        raise Declined("I can't tell what that is a percentage of.")
    return node


def _remainder(node: Node) -> Node:
    """The remainder of a quotient: its last division becomes the one with a remainder."""
    return Call("mod", _division(node))


def _division(node: Node) -> tuple[Node, Node]:
    if not isinstance(node, Product) or node.factors[-1][0] != "/":
        raise Declined("A remainder is of one number divided by another.")
    dividend = node.factors[:-1]
    return Product(dividend) if len(dividend) > 1 else dividend[0][1], node.factors[-1][1]


def _divided(a: Node, b: Node) -> Asked:
    return Asked((a, b), (Form("divided"),))


def _ratio(*nodes: Node) -> Asked:
    return Asked(nodes, (Form("ratio"),))


def _called(name: str) -> Build:
    return lambda *nodes: Call(name, nodes)


def _rounded(style: str) -> Build:
    return lambda node: Asked((node,), (Form(style),))


def _sum_of(nodes: tuple[Node, ...], sign: str) -> Node:
    if sign == "+":
        return Sum(tuple((1, node) for node in nodes))
    return Product(tuple(("*", node) for node in nodes))


_ANS = Name("ans", 0, 0)
RULES: list[tuple[str, Build]] = [
    ("what|which % of # is|are #", lambda whole, part: _percentage(part, whole)),
    ("what|which % is|are # of|from #", _percentage),
    ("what|which % is|are # out of #", _percentage),
    ("how many % is|are # of|from #", _percentage),
    ("# is|are what|which % of #", _percentage),
    ("# as % of #", _percentage),
    ("# out of # as|in|to a? %", _percentage),
    ("% of # out of #", _percentage),
    ("# out of #", _over),
    ("# for #", _travelled),
    ("# in # as|in|to a? %", _percentage),
    ("# in # as|to a? decimal", _decimal),
    ("# in # as|to a? fraction", _as_fraction),
    ("% difference # and|, #", _apart),
    ("# is|are ~ of what|which|what_number number?", lambda whole, part: _over(whole, part)),
    ("~ of what|which number? is|are #", lambda part, whole: _over(whole, part)),
    ("~ more_than what|which number? is|are #", lambda part, whole: _over(whole, _plus(Number(1, "1"), part))),
    ("~ less_than what|which number? is|are #", lambda part, whole: _over(whole, _minus(Number(1, "1"), part))),
    ("# is|are ~ more_than what|which number?", lambda whole, part: _over(whole, _plus(Number(1, "1"), part))),
    ("# is|are ~ less_than what|which number?", lambda whole, part: _over(whole, _minus(Number(1, "1"), part))),
    ("# is|are what|which fraction of #", _as_fraction),
    ("what|which fraction of # is|are #", lambda whole, part: _as_fraction(part, whole)),
    ("what|which fraction is|are # of #", _as_fraction),
    ("# as fraction of #", _as_fraction),
    ("% change|increase|difference from|between # to|and #", _changed),
    ("% decrease|drop|reduction from # to #", _dropped),
    ("increase|raise # by #", _plus),
    ("decrease|reduce|lower # by #", _minus),
    ("# reduced by #", _minus),
    ("price|cost? of? # after|with|less|- a? # off|discount|reduction", lambda whole, part: _off(part, whole)),
    ("# after|with|less|- a|an? # off|discount|reduction", lambda whole, part: _off(part, whole)),
    ("price|cost of # off|off_of #", _off),
    ("# off|off_of of? #", _off),
    ("# discount on|off #", _off),
    ("# tip|tax|vat|gst|interest|commission on|of|for a? bill|price? of? #", _share),
    ("a # tip|tax|vat|gst|interest|commission on|of|for a? bill|price? of? #", _share),
    ("tip|tax|vat|gst|interest|commission of|at # on|of|for a? bill|price? of? #", _share),
    ("calculate? add a? # tip|tax|vat|gst|interest|commission to #", _with_share),
    ("# tip|tax|vat|gst|commission", _ends_in_percent),
    ("# with|and|+ a|an? # tip|tax|vat|gst|commission", lambda whole, part: _with_share(part, whole)),
    ("# more_than #", lambda a, b: _plus(b, a)),
    ("# less_than #", _less_than),
    (
        "what|which number? must|should|do|can be|i|you|we added|add|+ to? # to get|make|give #",
        lambda a, b: _minus(b, a),
    ),
    (
        "what|which number? must|should|do|can be|i|you|we subtracted|subtract|taken|take from # to get|make|give #",
        _minus,
    ),
    ("i|you|we add|added|+ to? # to get|make|give #", lambda a, b: _minus(b, a)),
    ("add # to #", lambda a, b: _plus(b, a)),
    ("add *", lambda *nodes: _sum_of(nodes, "+")),
    ("# and # added together?", _plus),
    ("subtract|take # away? from #", lambda a, b: _minus(b, a)),
    ("# subtracted|taken|deducted from #", lambda a, b: _minus(b, a)),
    ("take # off #", _off),
    ("multiply # by|with|and #", _times),
    ("multiply *", lambda *nodes: _sum_of(nodes, "*")),
    ("divide # by #", _over),
    ("divide # into # equal? parts|pieces|groups", _over),
    ("halve #", lambda a: _over(a, Number(2, "2"))),
    ("square #", lambda a: Power(a, Number(2, "2"))),
    ("cube #", lambda a: Power(a, Number(3, "3"))),
    ("negate #", Negative),
    ("negative|opposite|- of #", Negative),
    ("additive inverse of #", Negative),
    ("inverse of #", lambda a: Asked((Call("reciprocal", (a,)),), notes=(show(Call("reciprocal", (a,))),))),
    ("# quotient|division and remainder", lambda a: _divided(*_division(a))),
    ("quotient and remainder of|when # and|by|/ #", _divided),
    ("quotient and remainder of|when #", lambda a: _divided(*_division(a))),
    ("remainder of|from #", _remainder),
    ("remainder when|if|of you|we|i? divide|dividing # by #", lambda a, b: Call("mod", (a, b))),
    ("remainder when|if # is|gets? / #", lambda a, b: Call("mod", (a, b))),
    ("remainder of # and #", lambda a, b: Call("mod", (a, b))),
    ("divide # by # with|and a? remainder", _divided),
    ("# with|and|as a? the? remainder", lambda a: _divided(*_division(a))),
    ("# remainder", lambda a: _divided(*_division(a))),
    ("integer|whole|floor division of # by|and #", _called("div")),
    ("# div #", _called("div")),
    ("how many times|* does|do|will|can # go into|in #", lambda a, b: Asked((a, b), (Form("into"),))),
    ("how many times|* is|are # in #", lambda a, b: Asked((a, b), (Form("into"),))),
    ("how many N are|is? there? in #", lambda a, b: Asked((a, b), (Form("into"),))),
    ("how many times # goes into #", lambda a, b: Asked((a, b), (Form("into"),))),
    ("simplify|reduce? the? ratio of? # to #", _ratio),
    ("simplify|reduce? the? ratio of? between? # and #", _ratio),
    ("simplify|reduce? the? ratio of? ::", _ratio),
    ("simplify|reduce ::", _ratio),
    (":: simplified|reduced", _ratio),
    ("# simplified|reduced", lambda a: Asked((a,), (Form("fraction"),))),
    ("mean the? whole? integers|numbers? from? # to|through #", _middle),
    ("simplify|reduce #", lambda a: Asked((a,), (Form("fraction"),))),
    ("round # up", _rounded("up")),
    ("round # down", _rounded("down")),
    ("round up #", _rounded("up")),
    ("round down #", _rounded("down")),
    ("round|truncate F :|,? #", lambda a: Asked((a,))),
    ("round off? # &", lambda a: Asked((a,))),
    ("nearest whole? integer|number to|of #", _rounded("nearest")),
    ("truncate # trunc", lambda a: Asked((a,))),
    ("integer|whole part of #", _called("trunc")),
    ("fractional|fraction|decimal part of #", _called("frac")),
]
SESSION: list[tuple[str, Build]] = [
    ("add #", lambda a: _plus(_ANS, a)),
    ("subtract|take|deduct #", lambda a: _minus(_ANS, a)),
    ("multiply by #", lambda a: _times(_ANS, a)),
    ("divide by #", lambda a: _over(_ANS, a)),
    ("increase by #", lambda a: _plus(_ANS, a)),
    ("decrease|reduce by #", lambda a: _minus(_ANS, a)),
    ("round &", lambda: Asked((_ANS,))),
]
"""Rules that go on with the last result."""
