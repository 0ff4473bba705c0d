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
_PROPERTIES: list[tuple[str, Build]] = [
    ("a? prime number?", _task("prime")),
    ("a? composite number?", _task("composite")),
    ("divisible / #", _task("divisible")),
    ("divisible by #", _task("divisible")),
    ("a? multiple of #", _task("divisible")),
    ("a? factor|divisor of #", lambda a, b: Asked((b, a), (Form("divisible"),), judge=True)),
    ("an? even number?", _task("even")),
    ("an? odd number?", _task("odd")),
    ("a? perfect? square number?", _task("square")),
    ("a? perfect? cube number?", _task("cube")),
    ("a? perfect number", _task("perfect")),
    ("a? palindrome|palindromic number?", _task("palindrome")),
    ("a? fibonacci number?", _task("fibonacci")),
    ("a? triangular|triangle number?", _task("triangular")),
    ("a? rational number?", _task("rational")),
    ("an? irrational number?", _task("irrational")),
    ("an|a? whole? integer|number", _task("integer")),
    ("an|a? natural number", _task("natural")),
    ("a? positive number?", _beside_zero(">")),
    ("a? negative|- number?", _beside_zero("<")),
]
"""What a number is asked, or said, to be."""
_STATED: list[tuple[str, Build]] = [
    (form.replace("…", words), build)
    for words, build in _PROPERTIES
    for form in ("is|are|was # … or_not?", "# is|are … or_not?")
]
RULES: list[tuple[str, Build]] = [
    *_STATED,
    ("does|do|can # divide|go evenly? into? #", lambda a, b: Asked((b, a), (Form("divisible"),), judge=True)),
    ("is|are|was # between # and # or_not?", _between),
    ("is|are|was # more_than #", _compared(">")),
    ("is|are|was # less_than #", _compared("<")),
    ("is|are|was # different from|to|than #", _compared("!=")),
    ("is|are|was|does|do @ or_not?", _is_true),
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
