"""What the shell completes: commands, options, and their values. A mistake here never prints anything.

Answers the scripts that ``tellme --install-completion`` writes, from the pages of `tellme.cli.pages`: Typer, which
would answer them too, costs 90 ms with each Tab. What a value can be is said by how it is called: ``zed|toad|FILE``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from tellme.cli.pages import Page, below, last_word, load
from tellme.values import NamedTuple

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Mapping

    from tellme.cli.pages import Item
    from tellme.host.host import Host

VARIABLE = "_TELLME_COMPLETE"
"""Set by the shell when it wants to know what a command line can become: ``complete_`` and its name."""
NEWEST = 50
"""So many sessions or turns are offered."""


class Offer(NamedTuple):
    """One way to go on."""

    text: str
    help: str = ""


class Typed(NamedTuple):
    """A command line up to the cursor."""

    words: list[str]
    """After the name of the program; complete."""
    last: str
    """What is being typed; empty for a new word."""


def wanted(environ: Mapping[str, str]) -> bool:
    """Does a shell ask? For its script it asks Typer."""
    return environ.get(VARIABLE, "").startswith("complete_")


def answer(environ: Mapping[str, str]) -> int:
    """Tell the shell what it can offer, and return what it expects as exit code."""
    from tellme.cli.shells import SHELLS
    from tellme.surfaces import output

    try:
        shell = SHELLS[environ[VARIABLE].removeprefix("complete_")]
        typed = shell.read(environ)
        offers, is_file = offer(load(), typed)
        said, code = shell.say(environ, [each for each in offers if each.text.startswith(typed.last)], is_file)
        if said:
            output.block(said)
    except Exception:
        return 1
    return code


def offer(pages: dict[str, Page], typed: Typed) -> tuple[list[Offer], bool]:
    """Return what can come next, and whether a file can."""
    page, given, value_of = _place(pages, typed.words)
    if value_of is not None:
        return _values(value_of, typed.last)
    name, equals, value = typed.last.partition("=")
    if equals and (option := _option(page, name)) is not None:
        return [each._replace(text=f"{name}={each.text}") for each in _values(option, value)[0]], False
    if typed.last.startswith("-") and "--" not in typed.words:
        return [Offer(name, option.help) for option in page.options for name in option.names], False
    commands = below(pages, page.path)
    if commands:
        return [Offer(last_word(each), each.summary) for each in commands], False
    if page.path == "help":
        return [Offer(last_word(each), each.summary) for each in below(pages, " ".join(given))], False
    argument = _argument(page, len(given))
    return _values(argument, typed.last) if argument is not None else ([], False)


def _place(pages: dict[str, Page], words: list[str]) -> tuple[Page, list[str], Item | None]:
    """Return the command in which the cursor stands, its arguments so far, and the option that waits for its value."""
    page, given, waiting = pages[""], list[str](), None
    for word in words:
        option = _option(page, word)
        if waiting is not None:
            waiting = None
        elif option is not None:
            waiting = option if option.value else None
        elif (longer := f"{page.path} {word}".strip()) in pages:
            page = pages[longer]
        elif not word.startswith("-"):
            given.append(word)
    return page, given, waiting


def _option(page: Page, word: str) -> Item | None:
    return next((option for option in page.options if word in option.names), None)


def _argument(page: Page, place: int) -> Item | None:
    if place < len(page.arguments):
        return page.arguments[place]
    return page.arguments[-1] if page.arguments and page.arguments[-1].many else None


def _values(item: Item, last: str) -> tuple[list[Offer], bool]:
    """Return what a value can be, and whether it can be a file."""
    offers: list[Offer] = []
    for kind in item.value.split("|"):
        if kind in _LOOKED_UP:
            offers += _LOOKED_UP[kind](last)
        elif kind.islower():
            offers.append(Offer(kind))
    return offers, not {"FILE", "FOLDER"}.isdisjoint(item.value.split("|"))


def bot_names(incomplete: str) -> Iterator[str]:
    """Yield the names of bots that begin with what was typed, in any case.

    What was typed stays as it is (shells drop what does not begin with it); a space after it is given as ``-``, which
    names the same bot and needs no quotes.
    """
    from tellme.host.catalogue import load as load_bots
    from tellme.paths import Paths

    for spec in load_bots(Paths.find(os.environ)).bots.values():
        if _folded(spec.name).startswith(_folded(incomplete)):
            yield incomplete + spec.name[len(incomplete) :].replace(" ", "-")


def _bots(incomplete: str) -> Iterable[Offer]:
    return map(Offer, bot_names(incomplete))


def session_ids(_incomplete: str) -> Iterable[Offer]:
    """Return the newest sessions, with what they are called."""
    from tellme.surfaces.commands import recent_sessions

    return [Offer(session.id, session.title or "") for session in recent_sessions(os.environ, NEWEST)]


def failed_turns(_incomplete: str) -> Iterable[Offer]:
    """Return the turns that failed last, with what was said."""
    from tellme.surfaces.with_host import with_host

    found: list[Offer] = []

    async def look(host: Host) -> int:
        found.extend(Offer(each.turn.id, each.turn.message[:60]) for each in await host.failed_turns(NEWEST))
        return 0

    with_host(os.environ, look, problems=False)
    return found


def _folded(name: str) -> str:
    return name.lower().replace(" ", "-")


_LOOKED_UP = {"BOT": _bots, "ID": session_ids, "TURN": failed_turns}
"""What a value is called → what is offered for it."""
