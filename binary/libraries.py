"""The shared libraries: takes along what the programs need, and sees that nothing but libc is missing then."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from contents import LIBC, LIBRARIES


class Taken(NamedTuple):
    """A library that was copied."""

    name: str
    source: Path
    """Where it was, links followed."""

    @property
    def stem(self) -> str:
        """Its name without version: ``libssl``."""
        return self.name.partition(".so")[0].rpartition("-")[0] or self.name.partition(".so")[0]

    @property
    def licence(self) -> str:
        return LIBRARIES[self.stem]


def take_along(tree: Path) -> list[Taken]:
    """Copy what the programs and extensions in ``tree`` need into its ``lib``, and have them find it there."""
    libraries, taken = tree / "lib", {}
    todo = list(_elf_files(tree))
    while todo:
        file = todo.pop()
        _run("strip", "--strip-unneeded", file)
        found = dict(_needed(file))
        for name, source in found.items():
            if name not in taken:
                taken[name] = Taken(name, source)
                _check_licence(taken[name], file)
                shutil.copy(source, libraries / name)
                todo.append(libraries / name)
        if found:
            way = os.path.relpath(libraries, file.parent)
            # DT_RPATH comes before LD_LIBRARY_PATH, which leads to other versions where people have set it.
            _run("patchelf", "--force-rpath", "--set-rpath", f"$ORIGIN/{way}", file)
    return sorted(taken.values())


def check(tree: Path) -> str:
    """Return the newest version of the C library that is asked for; ends the build where something else is missing."""
    inside = {path.name for path in (tree / "lib").iterdir()}
    newest: tuple[int, ...] = (0,)
    for file in _elf_files(tree):
        said = _run("objdump", "-p", file)
        if missing := set(re.findall(r"NEEDED\s+(\S+)", said)) - inside - LIBC:
            sys.exit(f"{file.relative_to(tree)} needs {', '.join(sorted(missing))}, which is not inside")
        versions = re.findall(r"\bGLIBC_([\d.]+)", said)
        newest = max([newest, *(tuple(map(int, version.split("."))) for version in versions)])
    return ".".join(map(str, newest))


def _check_licence(library: Taken, needed_by: Path) -> None:
    if library.stem not in LIBRARIES:
        sys.exit(f"{needed_by} needs {library.name}: leave it out, or name its licence, in binary/contents.py")


def _elf_files(tree: Path) -> Iterator[Path]:
    for path in sorted(tree.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


def _needed(file: Path) -> Iterator[tuple[str, Path]]:
    """Yield name and place of what a file loads and libc does not bring."""
    direct = set(re.findall(r"NEEDED\s+(\S+)", _run("objdump", "-p", file)))
    for line in _run("ldd", file).splitlines():
        name, arrow, place = line.strip().partition(" => ")
        if arrow and name in direct - LIBC:
            if not place.startswith("/"):
                sys.exit(f"{file} needs {name}, which is not installed here")
            yield name, Path(place.split(" (")[0]).resolve()


def _run(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
