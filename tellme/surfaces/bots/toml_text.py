"""TOML written so that a person reads it well and ``tomllib`` reads back what was given. Pure.

The promise: ``tomllib.loads(document(table)) == table`` for any table of texts, numbers, truth values, lists and
tables; lone surrogates, which TOML cannot hold, become U+FFFD.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_MUST_BE_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]')
_LITERAL = re.compile(r"[ -&(-~]+")
"""What can stand between single quotes as it is: regular expressions read better so."""


def document(table: Mapping[str, object]) -> str:
    """Write a table: its keys line by line, then the tables in it under headings."""
    keys = [f"{key(name)} = {value(each)}\n" for name, each in table.items() if not isinstance(each, Mapping)]
    parts = [_part(name, each) for name, each in table.items() if isinstance(each, Mapping)]
    return "".join([*keys, *parts])


def key(name: str) -> str:
    """Write a key, quoted where it has to be."""
    return name if _BARE_KEY.fullmatch(name) else _quoted(name)


def value(given: object) -> str:
    """Write a value on one line. Raises ``ValueError`` for what TOML does not have, such as ``None``."""
    match given:
        case bool():
            return "true" if given else "false"
        case int() | float():
            return repr(given)
        case str():
            return _text(given)
        case list() | tuple():
            return f"[{', '.join(map(value, given))}]"
        case Mapping():
            fields = ", ".join(f"{key(name)} = {value(each)}" for name, each in given.items())
            return f"{{ {fields} }}" if fields else "{}"
    raise ValueError("TOML has nothing to write it with")


def _part(name: str, table: Mapping[str, object]) -> str:
    lines = "".join(f"{key(inner)} = {value(each)}\n" for inner, each in table.items())
    return f"\n[{key(name)}]\n{lines}"


def _text(text: str) -> str:
    if ('"' in text or "\\" in text) and _LITERAL.fullmatch(text):
        return f"'{text}'"
    return _quoted(text)


def _quoted(text: str) -> str:
    sound = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return f'"{_MUST_BE_ESCAPED.sub(_escaped, sound)}"'


def _escaped(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0], f"\\u{ord(match[0]):04x}")
