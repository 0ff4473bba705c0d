"""Rules for yes and no, and for which is larger."""

from __future__ import annotations

from mathbot.reading.questions import Asked, Form
from mathbot.syntax import Compare, Number

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.reading.rules import Build
    from mathbot.syntax import Node


def _task(name: str) -> Build:
    return lambda *nodes: Asked(nodes, (Form(name),), judge=True)


def _ranking(name: str) -> Build:
    return lambda *nodes: Asked(nodes, (Form(name),))


def _is_true(node: Node) -> Asked:
    return Asked((node,), judge=True)


def _compared(sign: str) -> Build:
    return lambda a, b: Asked((Compare(a, ((sign, b),)),), judge=True)


def _beside_zero(sign: str) -> Build:
    return lambda a: Asked((Compare(a, ((sign, Number(0, "0")),)),), judge=True)


def _between(a: Node, low: Node, high: Node) -> Asked:
    return Asked((a, low, high), (Form("between"),))


_MORE = "bigger|larger|greater|more|higher|longer|heavier|hotter|warmer|faster|further|farther|taller|wider|older"
_LESS = "smaller|less|lower|shorter|lighter|colder|cooler|slower|nearer|fewer"
_MOST = "biggest|largest|greatest|highest|longest|heaviest|hottest|fastest|max|most"
_LEAST = "smallest|lowest|shortest|lightest|coldest|slowest|min|least"
RULES: list[tuple[str, Build]] = [
    ("is|are|was # a? prime number?", _task("prime")),
    ("is|are|was # a? composite number?", _task("composite")),
    ("is|are|was # divisible / #", _task("divisible")),
    ("is|are|was # divisible by #", _task("divisible")),
    ("is|are|was # a? multiple of #", _task("divisible")),
    ("is|are|was # a? factor|divisor of #", lambda a, b: Asked((b, a), (Form("divisible"),), judge=True)),
    ("does|do|can # divide|go evenly? into? #", lambda a, b: Asked((b, a), (Form("divisible"),), judge=True)),
    ("is|are|was # an? even number?", _task("even")),
    ("is|are|was # an? odd number?", _task("odd")),
    ("is|are|was # a? perfect? square number?", _task("square")),
    ("is|are|was # a? perfect? cube number?", _task("cube")),
    ("is|are|was # a? perfect number", _task("perfect")),
    ("is|are|was # a? palindrome|palindromic number?", _task("palindrome")),
    ("is|are|was # a? fibonacci number?", _task("fibonacci")),
    ("is|are|was # a? triangular|triangle number?", _task("triangular")),
    ("is|are|was # a? rational number?", _task("rational")),
    ("is|are|was # an? irrational number?", _task("irrational")),
    ("is|are|was # an|a? whole? integer|number", _task("integer")),
    ("is|are|was # an|a? natural number", _task("natural")),
    ("is|are|was # a? positive number?", _beside_zero(">")),
    ("is|are|was # a? negative|- number?", _beside_zero("<")),
    ("is|are|was # between # and #", _between),
    ("is|are|was # more_than #", _compared(">")),
    ("is|are|was # less_than #", _compared("<")),
    ("is|are|was # different from|to|than #", _compared("!=")),
    ("is|are|was|does|do @", _is_true),
    ("does|do|is|are # equal|make|be #", _compared("=")),
    ("does|do|is|are # equal? = #", _compared("=")),
    ("are|is # and # the? equal|same|equivalent|= to? each? other?", _compared("=")),
    ("are # and #", _compared("=")),
    ("is # the? same? as #", _compared("=")),
    ("# is|are|makes|make #", _compared("=")),
    (f"which|what number|one|value|fraction? is|are the? {_MORE} ,|:? # or|and|, #", _ranking("larger")),
    (f"which|what number|one|value|fraction? is|are the? {_LESS} ,|:? # or|and|, #", _ranking("smaller")),
    (f"which|what number|one|value|fraction? is|are the? {_MOST} of|among|,|:? *", _ranking("larger")),
    (f"which|what number|one|value|fraction? is|are the? {_LEAST} of|among|,|:? *", _ranking("smaller")),
    (f"{_MORE} ,|:? # or #", _ranking("larger")),
    (f"{_LESS} ,|:? # or #", _ranking("smaller")),
    ("compare # and|with|to|,|vs|or|versus #", _ranking("compare")),
    ("# vs|versus #", _ranking("compare")),
    (
        "sort|order|arrange|rank|put from? least|smallest|lowest|min to greatest|largest|highest|biggest|max :|,? *",
        _ranking("ascending"),
    ),
    (
        "sort|order|arrange|rank|put from? greatest|largest|highest|biggest|max to least|smallest|lowest|min :|,? *",
        _ranking("descending"),
    ),
    (
        "sort|order|arrange|rank|put * from? least|smallest|lowest|min to greatest|largest|highest|biggest|max",
        _ranking("ascending"),
    ),
    (
        "sort|order|arrange|rank|put * from? greatest|largest|highest|biggest|max to least|smallest|lowest|min",
        _ranking("descending"),
    ),
    ("sort|order|arrange|rank|put * in? ascending|increasing order?", _ranking("ascending")),
    ("sort|order|arrange|rank|put * in? descending|decreasing|reverse order?", _ranking("descending")),
    ("sort|order|arrange|rank|put * in? numerical? order?", _ranking("ascending")),
]
