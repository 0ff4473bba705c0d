"""Reads TOML files whose mistakes are to be explained: every problem is a ``ConfigError`` with file, line and key."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterable, Mapping
from typing import Any

from tellme.errors import ConfigError
from tellme.nearest import nearest
from tellme.text import one_line, shorten

MAX_FILE_BYTES = 1024 * 1024
MAX_EXPLAINED = 20
"""A file that is no configuration at all is not explained key by key."""


class Section:
    """One table of a TOML file. What is wrong in it is added to ``problems``, which all sections of a file share."""

    def __init__(
        self, file: str, text: str, path: tuple[str, ...], table: Mapping[str, Any], problems: list[ConfigError]
    ) -> None:
        self.file = file
        self.path = path
        self.table = table
        self.problems = problems
        self._text = text

    def section(self, key: str, example: str) -> Section:
        """Return the table ``key``, empty if there is none; what else stands there is a problem."""
        table = self.table.get(key, {})
        if not isinstance(table, dict):
            self.problem(f"must be a table, as in {example}, not {shown(table)}", key)
            table = {}
        return Section(self.file, self._text, (*self.path, key), table, self.problems)

    def sections(self, key: str, example: str) -> list[Section]:
        """Return the tables within the table ``key``; what else stands there is a problem."""
        tables = self.table.get(key, {})
        if not isinstance(tables, dict):
            self.problem(f"must hold tables, as in {example}", key)
            return []
        for name, table in tables.items():
            if not isinstance(table, dict):
                self.problem(f"must be a table, as in {example}, not {shown(table)}", key, name)
        return [
            Section(self.file, self._text, (*self.path, key, name), table, self.problems)
            for name, table in tables.items()
            if isinstance(table, dict)
        ]

    def check_known(self, known: Iterable[str]) -> None:
        """Note each key that is none of ``known``, with the one that was meant."""
        unknown = [key for key in self.table if key not in known]
        for key in unknown[:MAX_EXPLAINED]:
            self.problem(f"is not known; {hint(key, known)}", key)

    def problem(self, text: str, *keys: str) -> None:
        """Note what is wrong with a key of this table, or with the table itself."""
        path = (*self.path, *keys)
        line = _find_line(self._text, path) if len(self.problems) < MAX_EXPLAINED else None
        name = ".".join(_shown_key(key) for key in path)
        place = [f"line {line}"] if line else []
        self.problems.append(ConfigError(self.file, ", ".join([*place, name] if name else place), text))


def read(file: str) -> Section:
    """Read a TOML file of at most ``MAX_FILE_BYTES``; raises ``ConfigError``."""
    import tomllib

    text = _read_text(file)
    try:
        return Section(file, text, (), tomllib.loads(text), [])
    except ValueError as error:  # a TOMLDecodeError, or a number that is too long for Python
        problem, place = _split_position(str(error))
        raise ConfigError(file, place, f"is not valid TOML: {one_line(problem)}") from None
    except RecursionError:
        raise ConfigError(file, "", "is not valid TOML: nested too deeply") from None


def hint(name: str, known: Iterable[str]) -> str:
    """Say which known name is nearest, or else all of them."""
    near = nearest(name, known, 1)
    return f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"


def shown(value: object) -> str:
    """Show a value as a person wrote it, in few words."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, int) and value.bit_length() > 64:
        return "a number too large"
    if isinstance(value, str | int):
        return shorten(one_line(json.dumps(value, ensure_ascii=False)), 60)
    return str(value)  # a float, a date or a time


def _read_text(file: str) -> str:
    try:
        if not stat.S_ISREG(os.stat(file).st_mode):
            raise ConfigError(file, "", "is not a file")
        with open(file, "rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ConfigError(file, "", f"cannot be read: {error.strerror}") from None
    if len(data) > MAX_FILE_BYTES:
        raise ConfigError(file, "", f"is larger than {MAX_FILE_BYTES} bytes")
    try:
        return data.decode().removeprefix("\ufeff").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(file, f"line {line}", "is not UTF-8") from None


def _split_position(message: str) -> tuple[str, str]:
    found = re.fullmatch(r"(.*) \(at (line \d+, column \d+|end of document)\)", message, re.DOTALL)
    return (found[1], found[2]) if found else (shorten(message, 100), "")


def _shown_key(key: str) -> str:
    return key if re.fullmatch(r"[\w-]+", key) else shown(key)


def _find_line(text: str, path: tuple[str, ...]) -> int | None:
    """Return the line of a key, or of what it stands in; ``None`` where the text could mean several.

    ``tomllib`` gives no positions, so this looks for lines that look like the key.
    """
    while path:
        lines = [*_key_lines(text, path), *_header_lines(text, path)] or _header_lines(text, path, "[.]")[:1]
        if lines:
            return lines[0] if len(lines) == 1 else None
        path = path[:-1]
    return None


def _key_lines(text: str, path: tuple[str, ...]) -> list[int]:
    """Look in the table that should hold the key, up to the next one's header."""
    headers = _header_lines(text, path[:-1]) if len(path) > 1 else [0]
    if len(headers) != 1:
        return []
    key = re.compile(rf"\s*{_written(path[-1])}\s*[=.]")
    found = []
    for number, line in enumerate(text.split("\n")[headers[0] :], headers[0] + 1):
        if re.match(r"\s*\[", line):
            break
        if key.match(line):
            found.append(number)
    return found


def _header_lines(text: str, path: tuple[str, ...], end: str = r"\]") -> list[int]:
    name = r"\s*\.\s*".join(_written(key) for key in path)
    header = re.compile(rf"\s*\[\s*{name}\s*{end}")
    return [number for number, line in enumerate(text.split("\n"), 1) if header.match(line)]


def _written(key: str) -> str:
    return rf"""(?:{re.escape(key)}|"{re.escape(key)}"|'{re.escape(key)}')"""
