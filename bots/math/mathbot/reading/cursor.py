"""A place in a row of tokens, and the errors that point at it: what everything that reads a question stands on."""

from __future__ import annotations

from mathbot.limits import Unreadable

TYPE_CHECKING = False  # as in the SDK: importing ``typing`` costs more than the engine
if TYPE_CHECKING:
    from mathbot.reading.lexer import Token

_LONGEST_QUOTE = 40
_LOOK_AHEAD = 4


class Cursor:
    """Moves over ``tokens``; ``at`` is the next one. Behind the last one there are more of kind ``end``."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = [*tokens, *[tokens[-1]] * _LOOK_AHEAD]
        self.at = 0

    @property
    def token(self) -> Token:
        """The next token."""
        return self.tokens[self.at]

    def is_op(self, *signs: str) -> bool:
        """Is the next token one of these signs?"""
        token = self.token
        return token.kind == "op" and token.text in signs

    def is_word(self, *words: str) -> bool:
        """Is the next token one of these words?"""
        return self.token.kind == "word" and self.token.text in words

    def take_op(self, *signs: str) -> bool:
        """Move past the next token if it is one of these signs."""
        found = self.is_op(*signs)
        self.at += found
        return found

    def take_word(self, *words: str) -> bool:
        """Move past the next token if it is one of these words."""
        found = self.is_word(*words)
        self.at += found
        return found

    def written(self, start: int) -> str:
        """Return the tokens since ``start`` as they were written."""
        parts = [(" " if token.spaced and at > start else "") + token.raw for at, token in self._since(start)]
        return "".join(parts)

    def _since(self, start: int) -> list[tuple[int, Token]]:
        return [(at, self.tokens[at]) for at in range(start, self.at)]

    def unreadable(self, token: Token | None = None) -> Unreadable:
        """Return the error that points at a token."""
        token = token or self.token
        if token.kind == "end":
            return Unreadable("Something is missing at the end", token.start, token.end)
        from mathbot.reading.measures import decline_money

        decline_money(token)
        if token.text == "\n":
            return Unreadable("I read one line as one question: I can't read the line break", token.start, token.end)
        return Unreadable(f'I can\'t read "{token.raw[:_LONGEST_QUOTE]}"', token.start, token.end)

    def expect_end(self) -> None:
        """Decline unless everything was read."""
        if self.token.kind != "end":
            raise self.unreadable()
