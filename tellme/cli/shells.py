"""How each shell asks what a command line can become, and how it wants the answer.

The other half is the scripts that ``tellme --install-completion`` writes, which are Typer's.
"""

from __future__ import annotations

import shlex

from tellme.cli.completion import Offer, Typed
from tellme.values import NamedTuple

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Shell(NamedTuple):
    """One shell's way."""

    read: Callable[[Mapping[str, str]], Typed]
    say: Callable[[Mapping[str, str], Sequence[Offer], bool], tuple[str, int]]
    """Environment, offers and whether a file can be meant → what to print, and the exit code."""


def _words(line: str) -> list[str]:
    """Split as a shell does; what is open at the end, a quote say, is a word as it is."""
    lexer = shlex.shlex(line, posix=True)
    lexer.whitespace_split, lexer.commenters = True, ""
    words: list[str] = []
    try:
        words.extend(lexer)
    except ValueError:
        words.append(lexer.token)
    return words


def _read_bash(environ: Mapping[str, str]) -> Typed:
    """Bash tells the words, which it also parts at ``=``, and the number of the one in which the cursor stands."""
    words = environ["COMP_WORDS"].split("\n")[: int(environ["COMP_CWORD"]) + 1]
    last = (_words(words[-1]) or [""])[0] if len(words) > int(environ["COMP_CWORD"]) else ""
    before = [part for word in words[1 : int(environ["COMP_CWORD"])] if word != "=" for part in _words(word)]
    return Typed(before, "" if last == "=" else last)


def _say_bash(_environ: Mapping[str, str], offers: Sequence[Offer], _is_file: bool) -> tuple[str, int]:
    """One a line; where there is none, Bash completes files by itself."""
    return "\n".join(offer.text for offer in offers), 0


def _read_line(environ: Mapping[str, str]) -> Typed:
    """Zsh and fish tell the line up to the cursor."""
    line = environ.get("_TYPER_COMPLETE_ARGS", "")
    words = _words(line)[1:]
    return Typed(words, "") if not words or line[-1].isspace() else Typed(words[:-1], words[-1])


def _say_zsh(_environ: Mapping[str, str], offers: Sequence[Offer], is_file: bool) -> tuple[str, int]:
    """What its completion function evaluates."""
    found = " ".join(_quoted(_described(offer)) for offer in offers)
    parts = [f"local -a found; found=({found}); _describe tellme found"] if offers else []
    return "; ".join([*parts, "_files"] if is_file else parts or ["true"]), 0


def _described(offer: Offer) -> str:
    return offer.text.replace(":", "\\:") + (f":{_one_line(offer.help)}" if offer.help else "")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _say_fish(environ: Mapping[str, str], offers: Sequence[Offer], _is_file: bool) -> tuple[str, int]:
    """Asked twice: first whether there is anything to offer (else it completes files), then what."""
    if environ.get("_TYPER_COMPLETE_FISH_ACTION") == "is-args":
        return "", 0 if offers else 1
    return "\n".join(f"{offer.text}\t{_one_line(offer.help)}".rstrip() for offer in offers), 0


def _one_line(text: str) -> str:
    return " ".join(text.split())


SHELLS = {
    "bash": Shell(_read_bash, _say_bash),
    "zsh": Shell(_read_line, _say_zsh),
    "fish": Shell(_read_line, _say_fish),
}
