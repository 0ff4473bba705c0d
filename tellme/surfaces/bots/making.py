"""``tellme bots new``: a folder with a bot that runs at once, and its test."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping

from tellme.errors import UsageError
from tellme.host.catalogue import MANIFEST
from tellme.model import BotSpec
from tellme.paths import builtin_bots
from tellme.surfaces import output
from tellme.surfaces.bots import fitness, folders, toml_text
from tellme.surfaces.bots.words import quoted

EXAMPLES = ("cows",)
"""Folders beside the built-in bots that are complete bots to begin from."""
EXAMPLE_MANIFEST = "example.toml"
"""Their manifest, under a name that makes no bot of them."""

_MANIFEST = """\
# What tellme knows of this bot. A change counts from the next message on.
name = {name}
description = "Says back what it is told"
command = ["bot.py"]
timeout = 10                      # seconds for one reply
# aliases = ["say it back"]       # a message like this comes here when no conversation is open
# memory = "256 MiB"
# settings = {{ greeting = "Hi" }}  # what the bot finds in bot.settings
"""

_BOT = '''\
"""{name}: says back what it is told."""

from tellme import Bot, Message

bot = Bot("{name}")


@bot.reply
def reply(message: Message) -> str:
    """Answer a message; ``raise bot.Decline("why")`` where there is no answer."""
    return message.text


bot.run()
'''

_TEST = '''\
"""Run with pytest, in the Python that tellme is installed in."""

from pathlib import Path

from tellme.testing import talk_to


def test_it_says_back_what_it_is_told() -> None:
    with talk_to(Path(__file__).parent) as chat:
        assert chat.say("hi") == "hi"
'''

_README = """\
# {name}

A bot for tellme: `tellme ask {word} hi`. Its code is in `bot.py`, its test in `test_bot.py`.
"""


def new(environ: Mapping[str, str], name: str, like: str | None = None, root: str | None = None) -> int:
    """Make the folder and say what to do next. ``root`` is where, if not in the bots directory.

    Raises ``UsageError``.
    """
    place = folders.Place.find(environ)
    folders.checked_name(place, name)
    folder = os.path.join(os.path.abspath(root), os.path.basename(place.folder(name))) if root else place.folder(name)
    if os.path.lexists(folder):
        raise UsageError(f"Choose another name: {folder} is there already.")
    spec = _copy(folder, name, like) if like else folders.put(place, name, _files(name), folder=folder)
    if shared := fitness.shared_aliases(spec, place):
        others = sorted({name for conflict in shared for name in conflict.bots if name != spec.name})
        aliases = ", ".join(f'"{conflict.alias}"' for conflict in shared)
        output.note(
            f"{aliases}: as an alias of {spec.name} and of {', '.join(others)} that may lead to none of them; "
            f"give it others in {spec.source}."
        )
    _say_what_next(spec, folder, is_found=root is None)
    return 0


def _files(name: str) -> dict[str, str]:
    return {
        MANIFEST: _MANIFEST.format(name=toml_text.value(name)),
        "bot.py": _BOT.format(name=name),
        "test_bot.py": _TEST,
        "README.md": _README.format(name=name, word=quoted(name)),
    }


def _copy(folder: str, name: str, example: str) -> BotSpec:
    origin = os.path.join(builtin_bots(), example.lower())
    if example.lower() not in EXAMPLES or not os.path.isdir(origin):
        raise UsageError(f"There is no example {example!r} to begin from; there is: {', '.join(EXAMPLES)}.")

    def fill(unfinished: str) -> None:
        ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
        shutil.copytree(origin, unfinished, ignore=ignored, dirs_exist_ok=True)
        _make_a_bot(unfinished, name)

    return folders.put_filled(folder, fill)


def _make_a_bot(folder: str, name: str) -> None:
    """Give the copy a manifest with its own name, in place of the example's."""
    example = os.path.join(folder, EXAMPLE_MANIFEST)
    with open(example, encoding="utf-8") as stream:
        text = stream.read()
    os.unlink(example)
    with open(os.path.join(folder, MANIFEST), "x", encoding="utf-8") as stream:
        stream.write(re.sub(r"^name *=.*$", lambda _: f"name = {toml_text.value(name)}", text, flags=re.MULTILINE))


def _say_what_next(spec: BotSpec, folder: str, *, is_found: bool) -> None:
    word = quoted(spec.name)
    output.block(f"Made {spec.name}: {folder}")
    if not is_found:
        output.block(
            "It is a bot when the folder is moved or linked into the bots directory ('tellme doctor' says where).\n"
            f"Check it: tellme bots check {quoted(folder)}"
        )
        return
    has_test = os.path.isfile(os.path.join(folder, "test_bot.py"))
    talk = f"tellme ask {word} hi" if has_test else f"tellme start_session {word}"
    output.block(f"Talk to it: {talk}\nCheck it:   tellme bots check {word}")
    if has_test:
        output.block(f"Test it:    pytest {quoted(folder)}")
