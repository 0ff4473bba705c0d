"""Writes down what comes along besides Python packages, with version and licence: ``tellme --licenses`` reads it."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from contents import LIBRARIES
from libraries import Taken

FOLDER = "share/licences"
"""Below the tree; a folder for each component holds its texts. ``components.json`` is the list."""


def write(tree: Path, taken: Iterable[Taken]) -> None:
    """Write the list and the texts of the licences."""
    folder = tree / FOLDER
    folder.mkdir(parents=True)
    components = [_python(folder)]
    sources = [(each.name, each.source, each.licence) for each in taken]
    for name, source, licence in [*sources, ("libzstd", _static_zstd(), LIBRARIES["libzstd"])]:
        package = _package_of(source)
        _copy_text(Path("/usr/share/doc") / package / "copyright", folder / name)
        components.append({"name": name, "version": _version_of(package), "licence": licence})
    (folder / "components.json").write_text(json.dumps(components, indent=1) + "\n")


def without_text(packages: Path) -> list[str]:
    """Return the packages that do not bring the text of their licence."""
    names = ("licen[cs]e*", "copying*", "licen[cs]es/*")
    return [
        folder.name.partition("-")[0]
        for folder in sorted(packages.glob("*.dist-info"))
        if not any(found for name in (*names, *(name.upper() for name in names)) for found in folder.glob(name))
    ]


def _python(folder: Path) -> dict[str, str]:
    short = "python{}.{}".format(*sys.version_info)
    own = Path(sysconfig.get_path("stdlib"), "LICENSE.txt")
    debian = Path("/usr/share/doc", f"lib{short}-stdlib", "copyright")
    _copy_text(own if own.is_file() and not own.is_symlink() else debian, folder / "python")
    return {"name": "python", "version": platform.python_version(), "licence": "PSF-2.0"}


def _static_zstd() -> Path:
    found = subprocess.run(["gcc", "-print-file-name=libzstd.a"], check=True, capture_output=True, text=True).stdout
    return Path(found.strip()).resolve()


def _package_of(file: Path) -> str:
    """Return the Debian package that a file is from; some are known by their path below ``/``, some below ``/usr``."""
    for path in (file, Path(str(file).removeprefix("/usr"))):
        done = subprocess.run(["dpkg-query", "-S", path], check=False, capture_output=True, text=True)
        if done.returncode == 0:
            return done.stdout.partition(":")[0]
    sys.exit(f"{file} is from no Debian package, so that its licence is not known")


def _version_of(package: str) -> str:
    command = ["dpkg-query", "-W", "-f", "${Version}\n", package]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[0]


def _copy_text(text: Path, folder: Path) -> None:
    if not text.is_file():
        sys.exit(f"{text} is not there: the text of a licence has to come along")
    folder.mkdir()
    shutil.copy(text, folder / text.name)
