"""``tellme --licenses``: everything that tellme consists of here, each with its version and its licence.

Packages say both in their metadata. What a single file holds besides them (Python, shared libraries) is in the list
that came with it, beside the texts of the licences.
"""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Iterator
from typing import NamedTuple

from tellme.paths import unpacked_folder
from tellme.surfaces import output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.metadata import PackageMetadata

FOLDER = os.path.join("share", "licences")


class Component(NamedTuple):
    name: str
    version: str
    licence: str


def licences() -> int:
    """Print a line for each component, and where the texts are; return the exit code."""
    components = sorted({*_packages("tellme"), *_others()}, key=lambda each: each.name.lower())
    name, version = (max(len(each[column]) for each in components) for column in (0, 1))
    lines = [f"{each.name:{name}}  {each.version:{version}}  {each.licence}" for each in components]
    output.write("".join(f"{line}\n" for line in [*lines, "", *_places()]))
    return 0


def _packages(name: str) -> Iterator[Component]:
    """Yield a package and all that it needs, as far as that is installed."""
    from importlib.metadata import PackageNotFoundError, distribution

    todo, seen = {(name, "")}, set[tuple[str, str]]()
    while todo:
        seen.add(one := todo.pop())
        try:
            found = distribution(one[0])
        except PackageNotFoundError:
            continue
        yield Component(found.name, found.version, _licence(found.metadata))
        todo |= {each for text in found.requires or [] for each in _asked(text, one[1])} - seen


def _asked(requirement: str, extra: str) -> Iterator[tuple[str, str]]:
    """Yield what a requirement asks for, if it is one of this extra: a name, and with it each extra of that."""
    what, _, when = requirement.partition(";")
    of = re.search(r"""extra == ["']([^"']+)""", when)
    match = re.match(r"([\w.-]+)\s*(?:\[([^]]*)])?", what)
    if match and (of[1] if of else "") == extra:
        name = re.sub(r"[-_.]+", "-", match[1]).lower()
        yield from ((name, part.strip()) for part in ["", *(match[2] or "").split(",")])


def _licence(said: PackageMetadata) -> str:
    """Return what the metadata says, the most exact first; some have the whole text where a name belongs."""
    stated = said.get_all("License-Expression") or []
    classifiers = [text.split(" :: ") for text in said.get_all("Classifier") or []]
    classified = " or ".join(parts[-1] for parts in classifiers if parts[0] == "License" and len(parts) > 2)
    named = [text for text in said.get_all("License") or [] if "\n" not in text]
    return str(next(filter(None, [*stated, classified, *named]), "see its texts"))


def _others() -> list[Component]:
    """Return what is no package: in a single file from its list, else the interpreter alone."""
    folder = unpacked_folder()
    if not folder:
        return [Component("python", platform.python_version(), "PSF-2.0")]
    with open(os.path.join(folder, FOLDER, "components.json"), encoding="utf-8") as file:
        return [Component(**each) for each in json.load(file)]


def _places() -> Iterator[str]:
    from importlib.metadata import distribution

    yield f"The texts: {distribution('typer').locate_file('*.dist-info')}"
    if folder := unpacked_folder():
        yield f"and {os.path.join(folder, FOLDER)}"
