"""One question → one answer. Owns the order of things: read, compute, write, remember."""

from __future__ import annotations

from time import monotonic

from mathbot import limits
from mathbot.evaluate import Evaluator
from mathbot.limits import Declined, Unreadable
from mathbot.reading import lexer, phrases, questions, words
from mathbot.reading.lexer import Token
from mathbot.syntax import CONSTANTS, Compare, Number
from mathbot.values import Quantity
from mathbot.writing import format as write

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping
    from typing import Any

    from mathbot.reading.questions import Asked
    from mathbot.symbolic.named import Functions
    from mathbot.syntax import Node
    from mathbot.values import Amount

_GIVING = {"at", "when", "where", "if", "for", "given", "with", "let", ",", ";", ":", "."}
"""Signs that letters may be given values for one question."""
_BEGINNING = ("let", "set", "define", "store", "save", "assign")
"""Words that name a value."""
_HEAD = 5
"""Tokens in ``f(x) =``."""
_RECALL_SECONDS = 1.0
_EXCERPT = 20
"""Characters shown on each side of the place that can't be read."""
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
RANKINGS = ("larger", "smaller", "ascending", "descending", "compare", "between")
"""Forms that ask which one, or in which order."""


def answer(text: str, state: MutableMapping[str, Any]) -> str:
    """Return the answer to ``text``; raise ``Declined`` with the reason where there is none that is certain.

    ``state`` belongs to the session: the last result and what was assigned are kept in it.
    """
    limits.start()
    text = lexer.clean(text)
    try:
        return _Session(lexer.tokenize(text), state).reply()
    except Unreadable as error:
        return _second_try(text, state, error)
    except RecursionError:
        raise Declined("That is nested too deeply.") from None


def _second_try(text: str, state: MutableMapping[str, Any], error: Unreadable) -> str:
    """Read the question with its spelling corrected; else decline with the reason that helps most."""
    from mathbot.reading import reasons, spelling

    corrected = spelling.correct(text, state.get("names", {}))
    try:
        if corrected:
            return _Session(corrected.tokens, state).reply() + corrected.note
    except (Unreadable, RecursionError):
        pass
    raise Declined(reasons.of(text, error) or f"{error}{_place(text, error)}.") from None


def recall(texts: Iterable[str], state: MutableMapping[str, Any]) -> None:
    """Bring ``state`` to where these questions, all answered once, had brought it.

    If one of them is not answered again, or time is short, everything is forgotten: an old value would be a wrong one.
    """
    state["names"], state["functions"] = {}, {}
    end = monotonic() + _RECALL_SECONDS
    try:
        for text in texts:
            answer(text, state)
            if monotonic() > end:
                raise Declined("That takes too long to remember.")
    except Declined:
        state["names"], state["functions"] = {}, {}


def _place(text: str, error: Unreadable) -> str:
    """Quote the surroundings of the trouble, where the reason does not quote all of the question itself."""
    start = max(0, error.start - _EXCERPT)
    end = min(len(text), max(error.end, error.start) + _EXCERPT, start + 3 * _EXCERPT)
    excerpt = " ".join(text[start:end].split())
    if not excerpt:
        return ""
    return f' in "{"…" if start else ""}{excerpt}{"…" if end < len(text) else ""}"'


class _Session:
    def __init__(self, tokens: list[Token], state: MutableMapping[str, Any]) -> None:
        self.state = state
        self.names: dict[str, Amount] = state.setdefault("names", {})
        self.functions: Functions = state.setdefault("functions", {})
        self.tokens = phrases.replace(words.fold(_in_decimal(tokens)))

    def reply(self) -> str:
        letters = any(token.kind == "word" for token in self.tokens)
        reply = self._with_letters() if letters else None
        return reply or self._read(self.tokens)

    def _with_letters(self) -> str | None:
        """Answer what is more than arithmetic: functions, calculus, algebra, and letters that are given a value."""
        if self.tokens[0].text in _BEGINNING:
            from mathbot.reading import assignments

            each = assignments.several(self.tokens)
            if each:
                return ", ".join(map(self._read, each))
        self._reword()
        if self.functions or (len(self.tokens) > _HEAD and any(t.text == "=" for t in self.tokens[_HEAD - 2 :])):
            defined = self._functions()
            if defined:
                return defined
        texts = {token.text for token in self.tokens}
        if texts & _PLANE:
            from mathbot.tasks import planes

            measured = planes.read(questions.without_fillers(self.tokens), self.names)
            if measured:
                return measured if isinstance(measured, str) else self._answered(measured)
        if _is_symbolic(self.tokens):
            from mathbot.symbolic import answer, reading

            task = None if self._is_about_known() else reading.read(self.tokens, self.names)
            if task:
                found = answer.answer(task, self.names)
                return found if isinstance(found, str) else self._answered(found)
        texts = {token.text for token in self.tokens}
        if "for" in texts or "subject" in texts:
            from mathbot.reading import formulas

            rearranged = formulas.answer(questions.without_fillers(self.tokens), self.names)
            if rearranged:
                return rearranged
        given = self._with_given() if texts & {"=", "is"} and texts & _GIVING else None
        return given or (self._derived() if "=" in texts and texts & _EXERCISES else None)

    def _reword(self) -> None:
        """Put what exercises say into plainer words."""
        if any(token.text in _EXERCISES or token.text in _SIDE_BY_SIDE for token in self.tokens):
            from mathbot.reading import textbook

            body = questions.without_fillers(self.tokens)
            found = textbook.reworded(textbook.letters_apart(body))
            if found is not body:
                self.tokens = found

    def _derived(self) -> str | None:
        """``if 3x = 12, what is x + 1``."""
        from mathbot.reading import textbook

        found = textbook.derived(textbook.letters_apart(questions.without_fillers(self.tokens)))
        if found is None:
            return None
        tokens, name = found
        return self._read(tokens).replace(f"{name} = ", "")

    def _is_about_known(self) -> bool:
        """``factors of n``, where n is remembered, are those of its value; ``int(3.9)`` is no integral."""
        letters = {token.text for token in self.tokens if _is_unknown(token)}
        signs = any(token.kind == "op" and token.text not in "?.,()" for token in self.tokens)
        words = {token.text for token in self.tokens}
        plain = "int" in words and not letters and not words & {"from", "to", "_", "dx"}
        return plain or (not signs and bool(letters) and letters <= self.names.keys() and not words & _CALCULUS)

    def _functions(self) -> str:
        """Remember ``f(x) = …``, or put in what is remembered."""
        from mathbot.symbolic import named

        body, written = named.opening(questions.without_fillers(self.tokens)), ""
        while named.is_head(body) and (defined := named.define(body, self.functions)):
            written, body = defined
            self.tokens = body
        if written and len(body) == 1:
            return written
        if self.functions:
            self.tokens = named.put_in(self.tokens, self.functions)
        return ""

    def _with_given(self) -> str | None:
        """``x^2 when x = 3``: the value holds for this question alone."""
        from mathbot.symbolic import given

        taken = given.take(questions.without_fillers(self.tokens), self.names)
        if taken is None:
            return None
        question, values = taken
        remembered = dict(self.names)
        self.names.update(values)
        try:
            return self._read(question)
        finally:
            for name in values:
                self.names.pop(name)
            self.names.update({name: value for name, value in remembered.items() if name in values})

    def _read(self, tokens: list[Token]) -> str:
        answers = {self._reply(reading) for reading in _readings(tokens)}
        if len(answers) > 1:
            raise Declined('I can\'t tell whether "!=" is a factorial and an equals sign there, or "is not equal to".')
        return answers.pop()

    def _reply(self, tokens: list[Token]) -> str:
        has_letters = any(token.kind == "word" and len(token.text) == 1 for token in tokens)
        if not has_letters or not any(token.text == "=" for token in tokens):
            return self._answered(questions.read(tokens, self.names))
        try:
            return self._answered(questions.read(tokens, self.names))
        except Declined as first:
            try:
                return self._answered(questions.read(tokens, self.names, letters=True))
            except Declined:
                raise first from None

    def _answered(self, asked: Asked) -> str:
        notes = list(asked.notes)
        if asked.name:
            result = self._named(asked, notes)
        elif all(isinstance(node, Compare) for node in asked.nodes) and not asked.judge:
            from mathbot.solving import unknowns

            result = unknowns.answer(asked, self.names, notes)
        elif isinstance(asked.nodes[0], Compare):
            result = "yes" if Evaluator(self.names, notes).holds(asked.nodes[0]) else "no"
        elif asked.solve:
            raise Declined("There is no equation to solve.")
        else:
            result = self._value(asked, notes)
        return f"{result} (read as {'; '.join(dict.fromkeys(notes))})" if notes else result

    def _named(self, asked: Asked, notes: list[str]) -> str:
        """Remember a value under its name; or solve an equation for what was called "a number"."""
        if isinstance(asked.nodes[0], Compare):
            from mathbot.solving import unknowns

            return unknowns.answer(asked, self.names, notes).replace(f"{asked.name} = ", "")
        if asked.forms:
            self.names.pop(asked.name, None)
            return f"{asked.name} has no value any more"
        value = Evaluator(self.names, notes).value(asked.nodes[0])
        self.names[asked.name] = value
        return f"{asked.name} = {write_amount(value)}"

    def _value(self, asked: Asked, notes: list[str]) -> str:
        unknown = _unknowns(asked, self.names)
        if unknown:
            return _collected(asked, unknown)
        evaluator = Evaluator(self.names, notes)
        amounts = [evaluator.value(node) for node in asked.nodes]
        if asked.forms and asked.forms[0].style in RANKINGS:
            from mathbot.tasks import ranking

            return ranking.answer(asked.forms[0].style, asked.nodes, amounts)
        _decline_doubtful_angle(asked)
        if not asked.forms:
            self.names["ans"] = amounts[0]
            return write_amount(amounts[0])
        from mathbot.writing import present

        result, text = present.in_forms(amounts, asked.forms, notes)
        if result is not None:
            self.names["ans"] = result
        return text


def _in_decimal(tokens: list[Token]) -> list[Token]:
    """Read numbers that are written in another base, or in Roman numerals."""
    if not any(token.kind == "word" for token in tokens):
        return tokens
    from mathbot.reading import bases

    return bases.rewrite(tokens)


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


def _unknowns(asked: Asked, names: dict[str, Amount]) -> list[str]:
    """Return the letters without a value in a single expression."""
    if len(asked.nodes) != 1 or any(form.style != "fraction" for form in asked.forms) or _is_number(asked.nodes[0]):
        return []
    from mathbot.syntax import names_in

    return sorted(name for name in names_in(asked.nodes[0]) - set(CONSTANTS) - names.keys() if name != "i")


def _is_number(node: Node) -> bool:
    return isinstance(node, Number)


def _collected(asked: Asked, unknown: list[str]) -> str:
    """``2x + 3x`` is 5x; what can't be written shorter has no value."""
    from mathbot.syntax import Call, Name

    text = ""
    if not isinstance(asked.nodes[0], (Name, Call)):
        from mathbot.symbolic import answer

        text = answer.collected(asked, unknown)
    if not text:
        raise Declined(f'I don\'t know the value of "{unknown[0]}".')
    return text


def _decline_doubtful_angle(asked: Asked) -> None:
    """``sin(30) in degrees``: is the 30 in degrees, or the result?"""
    if not any(form.unit for form in asked.forms):
        return
    from mathbot.numbers.functions import TRIGONOMETRY
    from mathbot.quantities.units import is_angle
    from mathbot.syntax import Call

    angle = any(form.unit and is_angle(form.unit) for form in asked.forms)
    if angle and any(isinstance(node, Call) and node.name in TRIGONOMETRY for node in asked.nodes):
        raise Declined("I can't tell what is in degrees: write sin(30°) for the sine of 30 degrees.")


def write_amount(amount: Amount) -> str:
    """Write a number, with its unit if it has one."""
    if not isinstance(amount, Quantity):
        return write.number(amount)
    from mathbot.writing import present

    return present.write_amount(amount)


def _readings(tokens: list[Token]) -> list[list[Token]]:
    """``5!=120`` can be read in two ways."""
    for at, token in enumerate(tokens):
        if token.raw == "!=" and not token.spaced and at > 0:
            middle = token.start + 1
            bang = Token("op", "!", 0, token.start, middle, False, "!")
            equals = Token("op", "=", 0, middle, token.end, False, "=")
            split = [*tokens[:at], bang, equals, *tokens[at + 1 :]]
            return [split] if tokens[at + 1].kind == "end" or tokens[at + 1].text == "?" else [tokens, split]
    return [tokens]
