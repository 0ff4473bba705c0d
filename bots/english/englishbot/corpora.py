"""Which corpora a bot answers from: names of ChatterBot's, or files of a person's own.

Promise: what cannot be used is said in one line, with the corpus, what is wrong, and what there is.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

FILES = (".yml", ".yaml", ".json")
"""How the name of a corpus ends that is a file; so does any name with a slash count."""

MOST_BYTES = 4 * 1024 * 1024
"""Of one file: some fifteen times ChatterBot's whole English corpus."""

_ENGLISH = "english"
_COURTESY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "courtesy.yml")


class CorpusError(Exception):
    """A corpus cannot be used; the message is one line for the person who named it."""


class Source(NamedTuple):
    """One file of a corpus."""

    path: str
    name: str
    """What stands for it: the path of a person's own file, which has no version, or the dotted name of ChatterBot's."""
    own: bool
    """A file of a person's own, which is read strictly: ChatterBot's have conversations that are none."""
    english: bool | None
    """Its language; ``None`` where only its text can tell."""


def named(setting: str) -> list[str]:
    """Return the corpora of ``TELLME_CORPUS``, a JSON list; none where it is not set."""
    if not setting:
        return []
    import json

    try:
        names = json.loads(setting)
    except ValueError:
        names = None
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name.strip() for name in names):
        raise CorpusError('TELLME_CORPUS must be a JSON list of corpora, as in ["french", "/home/me/mine.yml"].')
    return names


def sources(names: Sequence[str] = ()) -> list[Source]:
    """Return the files of the corpora ``names``, each once: a person's own come first, as their answers do.

    Without names it is the English corpus. All of that comes with courtesy, which it lacks.
    """
    names = names or [_ENGLISH]
    chosen = {name: _shipped(name) for name in names if not is_file(name)}
    found = [_own(name) for name in names if is_file(name)]
    found += [source for files in chosen.values() for source in files]
    if any(_parts(name) == [_ENGLISH] for name in chosen):
        found.append(Source(_COURTESY, _COURTESY, False, True))
    return list({source.path: source for source in reversed(found)}.values())[::-1]


def is_file(name: str) -> bool:
    """Tell whether a corpus is a file, rather than a name."""
    return os.sep in name or name.lower().endswith(FILES)


def _own(path: str) -> Source:
    """Return a person's file, if it can be read and is not too big."""
    try:
        found = os.stat(path)
        if stat.S_ISDIR(found.st_mode):
            raise CorpusError(f"The corpus {path} is a folder: name the files in it that you want.")
        if not stat.S_ISREG(found.st_mode):
            raise CorpusError(f"The corpus {path} is not a plain file, so it cannot be read as one.")
        with open(path, "rb"):
            pass
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CorpusError(f"The corpus {path} cannot be read: {reason}. Check the path and its permissions.") from None
    if found.st_size > MOST_BYTES:
        size, most = found.st_size / 1024**2, MOST_BYTES // 1024**2
        raise CorpusError(f"The corpus {path} has {size:.1f} MiB, and {most} MiB is the most: leave some of it out.")
    return Source(path, path, True, None)


def _shipped(name: str) -> list[Source]:
    """Return the files of one of ChatterBot's corpora, of all of a language or of one of its parts."""
    parts = _parts(name)
    there = _files()
    paths = there.get(parts[0], {}) if parts else {}
    if len(parts) == 2:
        paths = {part: path for part, path in paths.items() if part == parts[1]}
    if not paths or len(parts) > 2:
        raise CorpusError(_unknown(name, parts, there))
    return [
        Source(path, f"chatterbot.corpus.{parts[0]}.{part}", False, parts[0] == _ENGLISH)
        for part, path in sorted(paths.items())
    ]


def _parts(name: str) -> list[str]:
    """Return a name in parts, without what ChatterBot puts before it."""
    return name.strip().casefold().removeprefix("chatterbot.corpus.").split(".")


def _files() -> dict[str, dict[str, str]]:
    """Return the paths of ChatterBot's corpora, by language and by part."""
    import chatterbot_corpus

    data = os.path.join(os.path.dirname(chatterbot_corpus.__file__), "data")
    return {language.casefold(): dict(_parts_in(os.path.join(data, language))) for language in os.listdir(data)}


def _parts_in(folder: str) -> Iterator[tuple[str, str]]:
    for file in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
        if file.endswith(FILES):
            yield os.path.splitext(file)[0].casefold(), os.path.join(folder, file)


def _unknown(name: str, parts: Sequence[str], languages: dict[str, dict[str, str]]) -> str:
    """Say that there is no such corpus, what is nearest to it, and what there is."""
    if len(parts) > 1 and parts[0] in languages:
        known = [f"{parts[0]}.{part}" for part in sorted(languages[parts[0]])]
    else:
        known = sorted(language for language, files in languages.items() if files)
    meant = _nearest(".".join(parts), known)
    suggestion = f' Did you mean "{meant}"?' if meant else ""
    there_are = f"There are {', '.join(known)}, and files ({', '.join(FILES)})."
    return f'There is no corpus "{name[:60]}".{suggestion} {there_are}'


def _nearest(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name[:60], list(known), 1)), "")
