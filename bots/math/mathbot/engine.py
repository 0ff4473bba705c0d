"""One question → one answer. Owns the order of things: read, compute, write, remember."""

from __future__ import annotations

from time import monotonic

from mathbot import format as write
from mathbot import lexer, limits, phrases, questions, words
from mathbot.evaluate import Evaluator
from mathbot.lexer import Token
from mathbot.limits import Declined, Unreadable
from mathbot.syntax import Compare
from mathbot.values import Quantity

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping
    from typing import Any

    from mathbot.questions import Asked
    from mathbot.values import Amount

_RECALL_SECONDS = 1.0
_EXCERPT = 20
"""Characters shown on each side of the place that can't be read."""


def answer(text: str, state: MutableMapping[str, Any]) -> str:
    """Return the answer to ``text``; raise ``Declined`` with the reason where there is none that is certain.

    ``state`` belongs to the session: the last result and what was assigned are kept in it.
    """
    limits.start()
    try:
        return _Session(text, state).reply()
    except Unreadable as error:
        raise Declined(f"{error}{_place(text, error)}.") from None
    except RecursionError:
        raise Declined("That is nested too deeply.") from None


def recall(texts: Iterable[str], state: MutableMapping[str, Any]) -> None:
    """Bring ``state`` to where these questions, all answered once, had brought it.

    If one of them is not answered again, or time is short, everything is forgotten: an old value would be a wrong one.
    """
    state["names"] = {}
    end = monotonic() + _RECALL_SECONDS
    try:
        for text in texts:
            answer(text, state)
            if monotonic() > end:
                raise Declined("That takes too long to remember.")
    except Declined:
        state["names"] = {}


def _place(text: str, error: Unreadable) -> str:
    """Quote the surroundings of the trouble, where the reason does not quote all of the question itself."""
    start = max(0, error.start - _EXCERPT)
    end = min(len(text), max(error.end, error.start) + _EXCERPT, start + 3 * _EXCERPT)
    excerpt = " ".join(text[start:end].split())
    if not excerpt:
        return ""
    return f' in "{"…" if start else ""}{excerpt}{"…" if end < len(text) else ""}"'


class _Session:
    def __init__(self, text: str, state: MutableMapping[str, Any]) -> None:
        self.state = state
        self.names: dict[str, Amount] = state.setdefault("names", {})
        self.tokens = phrases.replace(words.fold(lexer.tokenize(text)))

    def reply(self) -> str:
        readings = _readings(self.tokens)
        answers = {self._reply(tokens) for tokens in readings}
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
        if all(isinstance(node, Compare) for node in asked.nodes) and not asked.judge:
            from mathbot import unknowns

            result = unknowns.answer(asked, self.names, notes)
        elif isinstance(asked.nodes[0], Compare):
            result = "yes" if Evaluator(self.names, notes).holds(asked.nodes[0]) else "no"
        elif asked.solve:
            raise Declined("There is no equation to solve.")
        else:
            result = self._value(asked, notes)
        return f"{result} (read as {'; '.join(dict.fromkeys(notes))})" if notes else result

    def _value(self, asked: Asked, notes: list[str]) -> str:
        evaluator = Evaluator(self.names, notes)
        amounts = [evaluator.value(node) for node in asked.nodes]
        if asked.forms and asked.forms[0].style in ("larger", "smaller"):
            return _ranked(asked, amounts)
        _decline_doubtful_angle(asked)
        if not asked.forms:
            self.names["ans"] = amounts[0]
            return write_amount(amounts[0])
        from mathbot import present

        result, text = present.in_forms(amounts, asked.forms, notes)
        if result is not None:
            self.names["ans"] = result
        return text


def _ranked(asked: Asked, amounts: list[Amount]) -> str:
    """Answer with the larger or smaller of two as it was written."""
    from mathbot.arithmetic import compare
    from mathbot.syntax import show

    order = compare(amounts[0], amounts[1])
    if order == 0:
        return "They are equal."
    return show(asked.nodes[(order > 0) == (asked.forms[0].style == "smaller")])


def _decline_doubtful_angle(asked: Asked) -> None:
    """``sin(30) in degrees``: is the 30 in degrees, or the result?"""
    if not any(form.unit for form in asked.forms):
        return
    from mathbot.functions import TRIGONOMETRY
    from mathbot.syntax import Call
    from mathbot.units import is_angle

    angle = any(form.unit and is_angle(form.unit) for form in asked.forms)
    if angle and any(isinstance(node, Call) and node.name in TRIGONOMETRY for node in asked.nodes):
        raise Declined("I can't tell what is in degrees: write sin(30°) for the sine of 30 degrees.")


def write_amount(amount: Amount) -> str:
    """Write a number, with its unit if it has one."""
    if not isinstance(amount, Quantity):
        return write.number(amount)
    from mathbot.present import write_quantity

    return write_quantity(amount, write.number)


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
