"""Bulls and cows: a game in which the person finds a number of different digits. It shows what the Bot API can do."""

from __future__ import annotations

import random

from tellme import Bot, Message

bot = Bot("Cows", description="Bulls and cows: find the number I am thinking of")

RULES = (
    "I think of a number whose digits are all different, and you guess. A bull is a digit in its place, "
    "a cow one that is elsewhere: for 1234, the guess 1325 has one bull (1) and two cows (2 and 3). "
    "Say “play”, then a number; “give up” shows it, “stop” leaves the game."
)
LENGTHS = {"Three digits": 3, "Four digits": 4, "Five digits": 5}


@bot.on("greet")
def greet(_message: Message) -> str:
    return "Moo! Say “play” to begin, or “rules” to learn it."


@bot.on("help", "rules", "how do I play")
def explain(_message: Message) -> str:
    return RULES


@bot.on("play", "play a game", "let's play", "play cows", "bulls and cows", "guess the number", "new game", "again")
def play(message: Message) -> str:
    chosen = message.choose(*LENGTHS, title="How long shall the number be?")
    length = LENGTHS.get(chosen or "", int(bot.settings.get("digits", 4)))
    message.session.state["secret"] = "".join(random.sample("0123456789", length))
    message.session.state["guesses"] = 0
    return f"I have a number of {length} different digits. What is your guess?"


@bot.on("give up", "tell me")
def give_up(message: Message) -> str:
    secret = message.session.state.pop("secret", None)
    if secret is None:
        raise bot.Decline("There is nothing to give up. Say “play” to begin.")
    return f"It was {secret}. Say “again” for another one."


@bot.on("cancel", "stop", "quit", "goodbye")
def leave(_message: Message) -> str:
    return "Goodbye, and thanks for all the grass."


@bot.reply
def guess(message: Message) -> str:
    state = message.session.state
    if "secret" not in state:
        raise bot.Decline("We are not playing. Say “play” to begin, or “rules” to learn it.")
    secret, digits = state["secret"], message.text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) == len(set(digits)) == len(secret)):
        raise bot.Decline(f"A guess is a number of {len(secret)} different digits.")
    state["guesses"] += 1
    if digits == secret:
        del state["secret"]
        return f"{secret} it is, after {count(state['guesses'], 'guess', 'guesses')}! Say “again” for another one."
    bulls = sum(mine == yours for mine, yours in zip(secret, digits, strict=True))
    cows = len(set(secret) & set(digits)) - bulls
    return f"{count(bulls, 'bull', 'bulls')}, {count(cows, 'cow', 'cows')}"


def count(number: int, one: str, many: str) -> str:
    return f"{number or 'no'} {one if number == 1 else many}"


if __name__ == "__main__":
    bot.run()
