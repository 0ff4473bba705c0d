"""Imports point downwards only: the table of ``docs/architecture.md``, held against every file of tellme."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = Path(__file__).parents[2] / "tellme"
FILES = sorted(PACKAGE.rglob("*.py"))

VALUES = {"values", "model", "errors", "text", "nearest", "matching"}
SCREENS = {"textual", "rich", "typer"}
ENGINES = {"chatterbot", "sqlalchemy", "spacy"}
WORLD = {"asyncio", "os", "socket", "select", "signal", "subprocess", "threading", "time", "sqlite3"}
"""Files, processes and clocks: what a pure module stays free of."""


class Layer(NamedTuple):
    """One row of the table. ``may`` are the layers below; a layer may always import itself."""

    may: set[str]
    free_of: set[str]


LAYERS = {
    "values": Layer(set(), WORLD | SCREENS | ENGINES),
    "model": Layer({"values"}, WORLD | SCREENS | ENGINES),
    "errors": Layer(set(), WORLD | SCREENS | ENGINES),
    "text": Layer(set(), WORLD | SCREENS | ENGINES),
    "nearest": Layer(set(), WORLD | SCREENS | ENGINES),
    "matching": Layer({"values"}, WORLD | SCREENS | ENGINES),
    "environment": Layer(set(), WORLD | SCREENS | ENGINES),
    "paths": Layer({"values", "errors"}, {"asyncio", "sqlite3"} | SCREENS | ENGINES),
    "wire": Layer(VALUES, WORLD | SCREENS | ENGINES),
    "sdk": Layer(VALUES | {"wire"}, SCREENS | ENGINES),
    "testing": Layer(VALUES | {"environment", "wire", "sdk"}, SCREENS | ENGINES),
    "shell": Layer(VALUES, WORLD | SCREENS | ENGINES),
    "store": Layer({"model", "errors", "paths"}, {"asyncio"} | SCREENS | ENGINES),
    "supervisor": Layer(VALUES | {"environment", "wire", "paths", "sdk"}, {"sqlite3"} | SCREENS | ENGINES),
    "host": Layer(VALUES | {"wire", "paths", "store", "supervisor"}, SCREENS | ENGINES),
    "surfaces": Layer(VALUES | {"paths", "shell", "host", "wire"}, {"textual", "typer", "sqlite3"} | ENGINES),
    "tui": Layer(VALUES | {"paths", "shell", "host", "surfaces"}, {"typer", "sqlite3"} | ENGINES),
    "cli": Layer(VALUES | {"paths", "shell", "host", "surfaces", "tui", "supervisor", "store"}, {"textual"} | ENGINES),
    "__main__": Layer(VALUES | {"paths", "cli", "surfaces", "tui", "host"}, {"textual"} | ENGINES),
    "__init__": Layer({"sdk"}, WORLD | SCREENS | ENGINES),
}

PURE = {"supervisor/restart", "host/routing", "host/names", "host/checks", "host/config", "host/appearance"}
PURE |= {"host/keys"}
"""Modules that are as free of the world as the lowest layer, though their neighbours are not."""

INSTALLED = {"chatterbot", "markdown_it", "platformdirs", "pygments", "rapidfuzz", "regex", "rich", "textual", "typer"}
INSTALLED |= {"yaml"}
INSTALLED |= {"pytest"}  # of whoever tests a bot
INSTALLED |= {"opentelemetry"}  # an extra
INSTALLED |= {"model2vec"}  # an extra
INSTALLED |= {"mcp", "mcp_types", "anyio"}  # an extra, and what comes with it; see the test for where
"""What ``pyproject.toml`` asks for: nothing else may be imported."""


class Import(NamedTuple):
    line: int
    module: str
    at_top: bool


@cache
def imports(file: Path) -> list[Import]:
    """Return what a file imports, also inside functions, but not what only a type checker sees."""
    return list(_imports(ast.parse(file.read_text()), _module(file), at_top=True))


def _imports(node: ast.AST, within: list[str], *, at_top: bool) -> Iterator[Import]:
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=rest):
            for statement in rest:
                yield from _imports(statement, within, at_top=at_top)
            return
        case ast.Import(names=names):
            yield from (Import(node.lineno, name.name, at_top) for name in names)
        case ast.ImportFrom(module=module, names=names, level=level):
            base = ".".join([*within[: len(within) - level + 1], module or ""]).strip(".") if level else module or ""
            # ``from tellme import shell`` imports a module, ``from tellme.shell import parse`` a name of one.
            yield from (Import(node.lineno, f"{base}.{name.name}", at_top) for name in names)
        case ast.Call(
            func=ast.Name(id="__import__" | "import_module") | ast.Attribute(attr="import_module"),
            args=[ast.Constant(value)],
        ):
            yield Import(node.lineno, str(value), at_top=False)
    inside = at_top and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    for child in ast.iter_child_nodes(node):
        yield from _imports(child, within, at_top=inside)


def _module(file: Path) -> list[str]:
    """Return the package that a relative import in this file begins at."""
    return ["tellme", *file.relative_to(PACKAGE).parent.parts]


def layer_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def files_of(layer: str) -> list[Path]:
    found = [file for file in FILES if layer_of(file) == layer]
    assert found, "no such layer"
    return found


def name_of(file: Path) -> str:
    return str(file.relative_to(PACKAGE).with_suffix(""))


@pytest.mark.parametrize("layer", LAYERS)
def test_a_file_imports_from_the_layers_below_it_only(layer: str) -> None:
    allowed = LAYERS[layer].may | {layer, "__init__"}
    wrong = [
        f"{name_of(file)}, line {line}: {module}"
        for file in files_of(layer)
        for line, module, _ in imports(file)
        if module.split(".")[0] == "tellme" and _target(module) not in allowed
    ]
    assert not wrong


@pytest.mark.parametrize("layer", LAYERS)
def test_a_file_stays_free_of_what_its_layer_must_not_load(layer: str) -> None:
    wrong = [
        f"{name_of(file)}, line {line}: {module}"
        for file in files_of(layer)
        for line, module, _ in imports(file)
        if module.split(".")[0] in LAYERS[layer].free_of | (WORLD - {"os"} if name_of(file) in PURE else set())
    ]
    assert not wrong


@pytest.mark.parametrize("layer", LAYERS)
def test_a_file_imports_what_is_declared_only(layer: str) -> None:
    known = sys.stdlib_module_names | INSTALLED | {"tellme"}
    assert not [
        f"{name_of(file)}, line {line}: {module}"
        for file in files_of(layer)
        for line, module, _ in imports(file)
        if module.split(".")[0] not in known
    ]


def test_every_file_is_of_a_layer() -> None:
    assert {layer_of(file) for file in FILES} == {*LAYERS}


def test_only_the_surface_that_is_an_mcp_server_imports_its_package() -> None:
    having = {
        file.relative_to(PACKAGE).parent.as_posix() for file in FILES for each in imports(file) if _is_of_mcp(each)
    }
    assert having == {"surfaces/mcp"}


def _is_of_mcp(imported: Import) -> bool:
    return imported.module.split(".")[0] in ("mcp", "mcp_types", "anyio")


@pytest.mark.parametrize("file", [file for file in FILES if layer_of(file) in ("cli", "__main__")], ids=name_of)
def test_the_command_line_imports_engines_inside_the_command_that_needs_them(file: Path) -> None:
    late = {"asyncio", "sqlite3", "rich", "tellme.host", "tellme.supervisor", "tellme.store"}
    wrong = [
        f"line {line}: {module}"
        for line, module, at_top in imports(file)
        if at_top and any(f"{module}.".startswith(f"{name}.") for name in late)
    ]
    assert not wrong


def test_every_layer_stands_in_the_table_of_the_architecture_page() -> None:
    page = (PACKAGE.parent / "docs" / "architecture.md").read_text()
    rows = [
        line for line in page.partition("## Layers")[2].partition("\n## ")[0].splitlines() if line.startswith("| `")
    ]
    told = {name.strip("`/") for row in rows for name in row.split("|")[1].replace(",", " ").split()}
    assert {*LAYERS} - {"__main__", "__init__"} <= told


def _target(module: str) -> str:
    """Return the layer of ``tellme.host.host.Host``; a name of the package itself is its ``__init__``'s."""
    first = module.split(".")[1] if "." in module else "__init__"
    return first if first in LAYERS else "__init__"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import a.b, c", [("a.b", True), ("c", True)]),
        ("from tellme import shell", [("tellme.shell", True)]),
        ("from . import x\nfrom ..store import y", [("tellme.host.x", True), ("tellme.store.y", True)]),
        ("def f():\n    import a", [("a", False)]),
        ("class A:\n    async def f(self):\n        from a import b", [("a.b", False)]),
        ("try:\n    import a\nexcept ImportError:\n    pass", [("a", True)]),
        ("if TYPE_CHECKING:\n    import a\nelse:\n    import b", [("b", True)]),
        ("import_module('a.b')\n__import__('c')", [("a.b", False), ("c", False)]),
    ],
)
def test_imports_are_found(code: str, found: list[tuple[str, bool]]) -> None:
    seen = _imports(ast.parse(code), ["tellme", "host"], at_top=True)
    assert [(module, at_top) for _, module, at_top in seen] == found
