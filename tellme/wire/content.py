"""Blocks of content as an agent sends them, as text: what is no text becomes a short mark that says what it was."""

from __future__ import annotations

from tellme.text import one_line, shorten
from tellme.wire.fields import AcpError, Json, optional_object, optional_string, string_of

MAX_MARK = 300
"""Characters of what a mark quotes: a type, a name, an address."""

_UNITS = ("bytes", "KiB", "MiB", "GiB")


def text_of(block: Json) -> str:
    """Return the text of a block; of text itself exactly as it is."""
    kind = string_of(block, "type")
    if kind == "text":
        return string_of(block, "text")
    if kind == "resource":
        return _resource(optional_object(block, "resource"))
    if kind == "resource_link":
        return f"[{_quoted(optional_string(block, 'title') or optional_string(block, 'name'))}: {_address(block)}]"
    if kind in ("image", "audio"):
        return _mark(kind, block, "data")
    return f"[{_quoted(kind)}]"


def _resource(resource: Json) -> str:
    if isinstance(resource.get("text"), str):
        return string_of(resource, "text")
    if isinstance(resource.get("blob"), str):
        return _mark(_address(resource), resource, "blob")
    raise AcpError("sent a resource without text or blob")


def _mark(what: str, holder: Json, data: str) -> str:
    size = _size(len(string_of(holder, data)) * 3 // 4)  # base64
    mime = _quoted(optional_string(holder, "mimeType"))
    return f"[{what}: {mime}, {size}]" if mime else f"[{what}: {size}]"


def _address(holder: Json) -> str:
    return _quoted(string_of(holder, "uri"))


def _quoted(text: str) -> str:
    return shorten(one_line(text), MAX_MARK)


def _size(count: int) -> str:
    unit = 0
    while count >= 1024 and unit < len(_UNITS) - 1:
        count //= 1024
        unit += 1
    return f"{count} {_UNITS[unit]}"
