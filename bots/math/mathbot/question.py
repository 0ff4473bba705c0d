"""One question within a session: its tokens → what is asked → the answer; the session's names are used and kept."""

from __future__ import annotations

from mathbot.evaluate import Evaluator
from mathbot.limits import Declined
from mathbot.reading import phrases, questions, words
from mathbot.reading.lexer import Token
from mathbot.syntax import CONSTANTS, Compare, Number
from mathbot.values import Quantity
from mathbot.writing import format as write

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from typing import Any

    from mathbot.reading.questions import Asked
    from mathbot.symbolic.named import Functions
    from mathbot.values import Amount

RANKINGS = ("larger", "smaller", "ascending", "descending", "compare", "between")
"""Forms that ask which one, or in which order."""


class Question:
    """Tokens, and the session in which they were said."""

    def __init__(self, tokens: list[Token], state: MutableMapping[str, Any]) -> None:
        self.names: dict[str, Amount] = state.setdefault("names", {})
        """What the session remembers; ``ans`` is the last result."""
        self.functions: Functions = state.setdefault("functions", {})
        self.tokens = phrases.replace(words.fold(_in_decimal(tokens)))

    def answer(self) -> str:
        """Return the answer. Raises ``Declined``."""
        if any(token.kind == "word" for token in self.tokens):
            from mathbot import letters

            answer = letters.answer(self)
            if answer:
                return answer
        return self.read(self.tokens)

    def read(self, tokens: list[Token]) -> str:
        """Read tokens as an expression, a comparison or a task, and answer."""
        answers = {self._reply(reading) for reading in _readings(tokens)}
        if len(answers) > 1:
            raise Declined('I can\'t tell whether "!=" is a factorial and an equals sign there, or "is not equal to".')
        return answers.pop()

    def _reply(self, tokens: list[Token]) -> str:
        has_letters = any(token.kind == "word" and len(token.text) == 1 for token in tokens)
        if not has_letters or not any(token.text == "=" for token in tokens):
            return self.answered(questions.read(tokens, self.names))
        try:
            return self.answered(questions.read(tokens, self.names))
        except Declined as first:
            try:
                return self.answered(questions.read(tokens, self.names, letters=True))
            except Declined:
                raise first from None

    def answered(self, asked: Asked) -> str:
        """Answer what is understood already."""
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


def _unknowns(asked: Asked, names: dict[str, Amount]) -> list[str]:
    """Return the letters without a value in a single expression."""
    if (
        len(asked.nodes) != 1
        or any(form.style != "fraction" for form in asked.forms)
        or isinstance(asked.nodes[0], Number)
    ):
        return []
    from mathbot.syntax import names_in

    return sorted(name for name in names_in(asked.nodes[0]) - set(CONSTANTS) - names.keys() if name != "i")


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
