"""Builds ``tellme`` as one executable file: Python, the packages and the bots, compressed behind a small launcher.

The same sources, Python and packages give the same bytes: entries are sorted, carry no times, and what is compiled does
not depend on the order in which it is.
"""

from __future__ import annotations

import argparse
import fnmatch
import hashlib
import multiprocessing
import os
import py_compile
import re
import shutil
import struct
import subprocess
import sys
import sysconfig
import tempfile
import venv
from collections.abc import Iterable
from pathlib import Path

import libraries
import licences
from contents import FILES_LEFT_OUT, PACKAGES_LEFT_OUT, PARTS_LEFT_OUT, STANDARD_LIBRARY_LEFT_OUT

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
TOOLS = ("gcc", "ldd", "objdump", "patchelf", "strip", "zstd")
MAGIC = b"tellme-1"
BOTS = Path("tellme", "bots")
SHOWN = "/tellme"
"""Below this, in tracebacks, is what was compiled: nowhere, so that nothing of the builder's machine is in it."""


def main() -> None:
    """Build it where ``--output`` says."""
    options = _arguments()
    with tempfile.TemporaryDirectory(prefix="tellme-binary-") as folder:
        work = Path(folder)
        tree = work / "tree"
        packages = copy_python(tree)
        install(packages, work)
        taken = libraries.take_along(tree)
        glibc = libraries.check(tree)
        licences.write(tree, taken)
        compile_all(packages)
        archive = pack(tree, work, options.level)
        join(launcher(work), archive, options.output)
        report(options.output, tree, packages, glibc)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="build-binary", description="Build tellme as one executable file.")
    parser.add_argument("--output", type=Path, default=ROOT / "dist" / "tellme", help="default: dist/tellme")
    parser.add_argument("--level", type=int, default=19, help="of compression: 19 is small, 3 is quick")
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        parser.error(f"{', '.join(missing)} missing (Debian: apt install gcc libc6-dev libzstd-dev patchelf zstd)")
    return parser.parse_args()


def copy_python(tree: Path) -> Path:
    """Copy the interpreter that runs this, and return the folder of its standard library."""
    standard = Path(sysconfig.get_path("stdlib"))
    (tree / "bin").mkdir(parents=True)
    shutil.copy(os.path.realpath(sys.executable), tree / "bin" / "python3")
    copy = tree / "lib" / standard.name
    shutil.copytree(standard, copy, ignore=shutil.ignore_patterns(*STANDARD_LIBRARY_LEFT_OUT))
    return copy


def install(packages: Path, work: Path) -> None:
    """Install tellme and what it needs beside the standard library: there it is found without ``site``."""
    pip = _pip(work)
    todo, done = {str(ROOT)}, set[str]()
    while todo:
        command = [*pip, "--no-deps", "--constraint", ROOT / "constraints.txt", "--target", packages, *sorted(todo)]
        subprocess.run(command, check=True)
        done |= todo
        todo = _needed(packages) - done - PACKAGES_LEFT_OUT.keys()
    for part in PARTS_LEFT_OUT:
        _remove(packages / part)
    for folder in (path for path in packages.iterdir() if path.is_dir()):
        _remove_matching(folder, FILES_LEFT_OUT)


def _pip(work: Path) -> list[str | Path]:
    """Return pip in an environment of its own: Debian's Python comes without."""
    environment = work / "pip"
    venv.create(environment, with_pip=True)
    sys.path += map(str, environment.glob("lib/python*/site-packages"))  # it reads requirements for us, too
    return [environment / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-compile", "--upgrade"]


def _needed(packages: Path) -> set[str]:
    """Return the names of all that the packages in the folder need here, with the extras they ask of each other."""
    from importlib.metadata import distributions

    from pip._vendor.packaging.requirements import Requirement

    needed, extras = set[str](), {("", "")}
    found = {_plain(each.name): each.requires or [] for each in distributions(path=[str(packages)])}
    while True:
        before = len(needed) + len(extras)
        for name, texts in found.items():
            wanted = ["", *(extra for of, extra in extras if of == name)]
            for requirement in map(Requirement, texts):
                marker = requirement.marker
                if marker is None or any(marker.evaluate({"extra": extra}) for extra in wanted):
                    needed.add(_plain(requirement.name))
                    extras |= {(_plain(requirement.name), extra) for extra in requirement.extras}
        if len(needed) + len(extras) == before:
            return needed


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _remove_matching(folder: Path, patterns: Iterable[str]) -> None:
    for path in sorted(folder.rglob("*")):
        if any(fnmatch.fnmatch(path.name, pattern) for pattern in patterns):
            _remove(path)


def compile_all(packages: Path) -> None:
    """Replace every module by its code, except those that start bots, which are read as programs."""
    sources = sorted(path for path in packages.rglob("*.py") if not _is_program(path, packages))
    fork = multiprocessing.get_context("fork")
    # Each begins as a copy of this process with a fixed share, so that what is interned by then is always the same.
    processes = [fork.Process(target=_compile, args=(packages, sources[half::2])) for half in (0, 1)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        if process.exitcode != 0:
            sys.exit("something could not be compiled; the reason stands above")


def _is_program(path: Path, packages: Path) -> bool:
    return path.name == "bot.py" and path.is_relative_to(packages / BOTS)


def _compile(packages: Path, sources: Iterable[Path]) -> None:
    unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
    for path in sources:
        shown = os.path.join(SHOWN, path.relative_to(packages))
        py_compile.compile(str(path), str(path.with_suffix(".pyc")), shown, doraise=True, invalidation_mode=unchecked)
        path.unlink()


def pack(tree: Path, work: Path, level: int) -> Path:
    """Return the archive, in the form that ``launcher.c`` describes."""
    plain, packed = work / "archive", work / "archive.zst"
    with plain.open("wb") as archive:
        for path in sorted(tree.rglob("*")):
            kind, content = _entry(path)
            name = str(path.relative_to(tree)).encode()
            archive.write(kind + struct.pack("<HQ", len(name), len(content)) + name + content)
        archive.write(b"e")
    subprocess.run(["zstd", "-q", f"-{level}", "-T2", "--long=25", "--check", plain, "-o", packed], check=True)
    return packed


def _entry(path: Path) -> tuple[bytes, bytes]:
    if path.is_symlink():
        return b"l", os.readlink(path).encode()
    if path.is_dir():
        return b"d", b""
    is_program = path.stat().st_mode & 0o100 and path.parent.name == "bin"
    return b"x" if is_program else b"f", path.read_bytes()


def launcher(work: Path) -> Path:
    """Compile the launcher, with the decompressor in it."""
    program = work / "launcher"
    flags = ["-O2", "-Wall", "-Wextra", "-Werror", "-s", "-Wl,--build-id=none"]
    subprocess.run(["gcc", *flags, "-o", program, HERE / "launcher.c", "-l:libzstd.a"], check=True)
    return program


def join(program: Path, archive: Path, output: Path) -> None:
    """Write launcher, archive and trailer; a file that is being run is replaced, not written to."""
    data = archive.read_bytes()
    name = hashlib.sha256(data).hexdigest()[:16].encode()
    output.parent.mkdir(parents=True, exist_ok=True)
    fresh = output.with_name(f".{output.name}.new")
    fresh.write_bytes(program.read_bytes() + data + name + struct.pack("<Q", len(data)) + MAGIC)
    fresh.chmod(0o755)
    fresh.replace(output)


def report(output: Path, tree: Path, packages: Path, glibc: str) -> None:
    """Say what was made."""
    files = [path for path in tree.rglob("*") if path.is_file()]
    unpacked = sum(path.stat().st_size for path in files)
    lines = [
        f"{output}: {output.stat().st_size / 1e6:.1f} MB, unpacked {unpacked / 1e6:.1f} MB in {len(files)} files",
        f"needs the GNU C library {glibc} or newer, and nothing else",
    ]
    if names := licences.without_text(packages):
        lines.append(f"these name their licence, and bring no text of it: {', '.join(names)}")
    sys.stdout.write("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    main()
