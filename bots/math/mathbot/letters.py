"""Questions that are more than an expression: functions, calculus, algebra, points, formulas, letters with a value.

They are told by their words, before the plain reading; what each of them needs is imported only then.
"""

from __future__ import annotations

from mathbot.reading import questions
from mathbot.syntax import CONSTANTS

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.question import Question
    from mathbot.reading.lexer import Token

_GIVING = {"at", "when", "where", "if", "for", "given", "with", "let", ",", ";", ":", "."}
"""Signs that letters may be given values for one question."""
_BEGINNING = ("let", "set", "define", "store", "save", "assign")
"""Words that name a value."""
_HEAD = 5
"""Tokens in ``f(x) =``."""
_CALCULUS = {
    "derivative", "derivatives", "differentiate", "derive", "integral", "integrate", "antiderivative", "primitive",
    "int", "limit", "lim", "slope", "gradient", "tangent", "tan", "dy", "dx", "dt", "du", "dz", "∂",
    "under", "rationalize", "rationalise",
}  # fmt: skip
"""Words that a question about calculus has; one of them, and the patterns of ``symbolic`` are tried."""
_ALGEBRA = {
    "expand", "multiply", "distribute", "factor", "factorise", "factorize", "factors", "factored", "factorization",
    "factorisation", "simplify", "reduce", "collect", "combine", "partial", "decompose", "complete", "completing",
    "divide", "remainder", "roots", "zeros", "zeroes", "root", "solutions", "solve", "sum", "product",
}  # fmt: skip
"""The same for algebra, where a letter stands beside it."""
_PLANE = {
    "slope", "gradient", "distance", "midpoint", "line", "vertex", "symmetry", "discriminant", "intercept",
    "intercepts", "maximum", "minimum", "max", "min",
}  # fmt: skip
"""Words that a question about points, lines or parabolas has."""
_EXERCISES = {
    "inequality", "inequalities", "system", "quadratic", "factoring", "substitution", "elimination", "completing",
    "all", "both", "in", "value", "values", "if", "given", "when", "suppose", "let", "intersection", "intersections",
    "intersect", "meet", "cross", "multiply", "fraction", "integral", "what", "find", "where", "then",
}  # fmt: skip
"""The same for what exercises say in words of their own."""
_SIDE_BY_SIDE = ("xy", "yx", "xz", "yz", "xyz")
_UNITS = "mgslhtcfkwvjnbd"
"""Letters that are units where all of them stand right behind numbers."""


def answer(question: Question) -> str | None:
    """Return the answer to a question of these sorts; ``None`` where it is none of them. Raises ``Declined``."""
    named = _several(question)
    if named:
        return named
    _reword(question)
    if question.functions or _has_equals(question.tokens[_HEAD - 2 :]):
        defined = _functions(question)
        if defined:
            return defined
    texts = {token.text for token in question.tokens}
    if texts & _PLANE and (measured := _measured(question)):
        return measured
    if _is_symbolic(question.tokens) and (found := _symbolic(question)):
        return found
    if texts & {"for", "subject"} and (rearranged := _rearranged(question)):
        return rearranged
    given = _with_given(question) if texts & {"=", "is"} and texts & _GIVING else None
    return given or (_derived(question) if "=" in texts and texts & _EXERCISES else None)


def _several(question: Question) -> str:
    """``let x be 3 and y be 4``."""
    if question.tokens[0].text not in _BEGINNING:
        return ""
    from mathbot.reading import assignments

    return ", ".join(map(question.read, assignments.several(question.tokens) or ()))


def _has_equals(tokens: list[Token]) -> bool:
    return any(token.text == "=" for token in tokens)


def _measured(question: Question) -> str | None:
    """Points, lines and parabolas."""
    from mathbot.tasks import planes

    found = planes.read(questions.without_fillers(question.tokens), question.names)
    return found if isinstance(found, str) or found is None else question.answered(found)


def _symbolic(question: Question) -> str | None:
    """Calculus and algebra."""
    from mathbot.symbolic import answer, reading

    task = None if _is_about_known(question) else reading.read(question.tokens, question.names)
    if not task:
        return None
    found = answer.answer(task, question.names)
    return found if isinstance(found, str) else question.answered(found)


def _rearranged(question: Question) -> str | None:
    """``solve v = d/t for t``."""
    from mathbot.reading import formulas

    return formulas.answer(questions.without_fillers(question.tokens), question.names)


def _reword(question: Question) -> None:
    """Put what exercises say into plainer words."""
    if any(token.text in _EXERCISES or token.text in _SIDE_BY_SIDE for token in question.tokens):
        from mathbot.reading import textbook

        body = questions.without_fillers(question.tokens)
        found = textbook.reworded(textbook.letters_apart(body))
        if found is not body:
            question.tokens = found


def _derived(question: Question) -> str | None:
    """``if 3x = 12, what is x + 1``."""
    from mathbot.reading import textbook

    found = textbook.derived(textbook.letters_apart(questions.without_fillers(question.tokens)))
    if found is None:
        return None
    tokens, name = found
    return question.read(tokens).replace(f"{name} = ", "")


def _is_about_known(question: Question) -> bool:
    """``factors of n``, where n is remembered, are those of its value; ``int(3.9)`` is no integral."""
    letters = {token.text for token in question.tokens if _is_unknown(token)}
    signs = any(token.kind == "op" and token.text not in "?.,()" for token in question.tokens)
    words = {token.text for token in question.tokens}
    plain = "int" in words and not letters and not words & {"from", "to", "_", "dx"}
    return plain or (not signs and bool(letters) and letters <= question.names.keys() and not words & _CALCULUS)


def _functions(question: Question) -> str:
    """Remember ``f(x) = …``, or put in what is remembered."""
    from mathbot.symbolic import named

    body, written = named.opening(questions.without_fillers(question.tokens)), ""
    while named.is_head(body) and (defined := named.define(body, question.functions)):
        written, body = defined
        question.tokens = body
    if written and len(body) == 1:
        return written
    if question.functions:
        question.tokens = named.put_in(question.tokens, question.functions)
    return ""


def _with_given(question: Question) -> str | None:
    """``x^2 when x = 3``: the value holds for this question alone."""
    from mathbot.symbolic import given

    taken = given.take(questions.without_fillers(question.tokens), question.names)
    if taken is None:
        return None
    asked, values = taken
    remembered = dict(question.names)
    question.names.update(values)
    try:
        return question.read(asked)
    finally:
        for name in values:
            question.names.pop(name)
        question.names.update({name: value for name, value in remembered.items() if name in values})


def _is_symbolic(tokens: list[Token]) -> bool:
    """Could this be calculus or algebra, judged by its words?"""
    found = {token.text for token in tokens if token.kind in ("word", "func", "list")}
    if any(token.text == "=" for token in tokens):
        found.discard("solve")
    letters = [at for at, token in enumerate(tokens) if _is_unknown(token)]
    units = all(tokens[at - 1].kind == "number" and tokens[at].text in _UNITS for at in letters)
    if found & _CALCULUS or "simplify" in found or (found & _ALGEBRA and not units):
        return True
    primed = (token.text in ("'", '"') and token.kind == "op" for token in tokens)
    return any(primed) and any(map(_is_unknown, tokens))


def _is_unknown(token: Token) -> bool:
    return token.kind == "word" and len(token.text) == 1 and token.text not in CONSTANTS
