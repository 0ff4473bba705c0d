"""Which of an author's functions a message goes to: ``@bot.on``, the special phrases, help and the greeting."""

from __future__ import annotations

from typing import Any

import pytest

from tellme import Bot
from tellme.testing import talk_to

from .kinds import BOTH, plain, replying


class TestPhrases:
    def bot(self) -> Bot:
        bot = plain()
        bot.on("play a game", "let's play")(lambda message: f"playing for {message.text!r}")
        bot.on("rules", "help")(lambda _message: "the rules")
        bot.on("cancel", "stop it")(lambda _message: "bye")
        bot.command("undo", "Takes back")(lambda _message: "undone")
        return bot

    @pytest.mark.parametrize(
        ("said", "reply"),
        [
            ("play a game", "playing for 'play a game'"),
            ("  PLAY a\n game!! ", "playing for '  PLAY a\\n game!! '"),
            ("lets play", "playing for 'lets play'"),
            ("playagame", "playing for 'playagame'"),
            ("Help?", "the rules"),
            ("rules", "the rules"),
            ("/undo", "undone"),
            ("something else", "heard something else"),
            ("?", "heard ?"),
            ("", "heard "),
            ("helpless", "heard helpless"),
        ],
    )
    def test_exactly(self, said: str, reply: str) -> None:
        with talk_to(self.bot()) as chat:
            assert chat.say(said) == reply

    @pytest.mark.parametrize("said", ["play a gmae", "please play a game"])
    def test_with_typos(self, said: str) -> None:
        with talk_to(self.bot()) as chat:
            assert chat.say(said).startswith("playing")

    @pytest.mark.parametrize(("said", "leaves"), [("cancel", True), ("stop it!", True), ("help", False)])
    def test_cancel_leaves(self, said: str, leaves: bool) -> None:
        with talk_to(self.bot()) as chat:
            assert chat.say(said).leaves is leaves

    def test_help_where_nothing_else_fits(self) -> None:
        bot = Bot("Test")
        bot.on("help")(lambda _message: "I can dance")
        bot.on("dance")(lambda _message: "la la")
        with talk_to(bot) as chat:
            assert (chat.say("what?"), chat.say("Dance!")) == ("I can dance", "la la")

    def test_without_help_it_says_what_it_understands(self) -> None:
        bot = Bot("Test")
        bot.on("dance", "do dance")(lambda _message: "la la")
        bot.on("greet")(lambda _message: "Hello")
        bot.command("undo", "Takes back")(lambda _message: "undone")
        with talk_to(bot) as chat:
            said = chat.declines("what is this?")
        assert said == "I did not understand that. What I do understand: “dance”, /undo."

    @BOTH
    def test_it_greets_when_a_conversation_opens(self, kind: Any) -> None:
        bot = replying(kind, lambda message: message.text)
        bot.on("greet")(kind(lambda message: f"Hello{message.text}"))
        with talk_to(bot) as chat:
            assert (chat.greeting, chat.say("x")) == ("Hello", "x")
            chat.restart()
            assert chat.say("y") == "y"

    def test_a_bot_that_does_not_greet(self) -> None:
        with talk_to(plain()) as chat:
            assert chat.greeting == ""

    @pytest.mark.parametrize(
        ("phrases", "kind"), [((), ValueError), (("",), ValueError), ((" ",), ValueError), (("Rules!",), TypeError)]
    )
    def test_what_an_author_may_not_do(self, phrases: tuple[str, ...], kind: type[Exception]) -> None:
        with pytest.raises(kind):
            self.bot().on(*phrases)
