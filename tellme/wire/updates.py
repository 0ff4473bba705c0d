"""The kinds of ``session/update`` beside text and commands: thoughts, tool calls, plans, modes and options.

Promise: what is kept of one is bounded, whatever its size. Texts of tool calls and plans are cleaned here; a thought
comes in pieces, and is cleaned where they come together.
"""

from __future__ import annotations

from json import JSONEncoder

from tellme.model import Plan, PlanEntry, ToolCall
from tellme.text import clean, one_line, shorten
from tellme.values import NamedTuple
from tellme.wire.content import text_of
from tellme.wire.fields import AcpError, Json, list_of, object_of, optional_string, string_of
from tellme.wire.options import Choice, read_config

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_ID = 200
MAX_TITLE = 300
MAX_PARTS = 50
MAX_PART = 4_000
MAX_TEXT = 4_000
"""Characters of all that is shown of a tool call."""
MAX_TAIL = 1_000
"""Characters of a terminal's output that are shown with its tool call: the last ones."""
MAX_RAW = 500
MAX_DIFF_LINES = 60
MAX_COMPARED = 64 * 1024
"""Characters of a text, from where two begin to differ to where they end to; of longer ones no lines are compared."""
MAX_ENTRIES = 100
MAX_ENTRY = 500

_KINDS = frozenset({"read", "edit", "delete", "move", "search", "execute", "think", "fetch", "other"})
_STATUSES = frozenset({"pending", "in_progress", "completed", "failed"})
_STEPS = frozenset({"pending", "in_progress", "completed"})


class Thinking(NamedTuple):
    """The next piece of what the agent thinks, as it wrote it."""

    text: str


class Shown(NamedTuple):
    """A part of what a tool call shows."""

    text: str
    terminal: bool = False
    """The text is the id of a terminal, whose output is shown."""


class ToolUpdate(NamedTuple):
    """What is known of a tool call, or new of it: ``None`` says nothing."""

    id: str
    title: str | None = None
    kind: str | None = None
    status: str | None = None
    parts: tuple[Shown, ...] | None = None
    places: tuple[str, ...] | None = None
    given: str | None = None
    """The raw input, for a call that shows nothing else."""
    result: str | None = None


class ModeUpdate(NamedTuple):
    """The mode that the session is in from now on."""

    mode: str


class OptionsUpdate(NamedTuple):
    """The configuration options from now on, in place of those before."""

    options: tuple[Choice, ...]


class TitleUpdate(NamedTuple):
    """What the agent calls the session."""

    title: str


MoreUpdate = Thinking | ToolUpdate | Plan | ModeUpdate | OptionsUpdate | TitleUpdate


def read_more(kind: str, update: Json) -> MoreUpdate | None:
    """Read an update of one of the kinds above; ``None`` for any other."""
    match kind:
        case "agent_thought_chunk":
            return Thinking(text_of(object_of(update.get("content"), "content")))
        case "tool_call" | "tool_call_update":
            return read_tool(update)
        case "plan":
            return Plan(tuple(_entries(list_of(update, "entries")[:MAX_ENTRIES])))
        case "current_mode_update":
            return ModeUpdate(string_of(update, "currentModeId"))
        case "config_option_update":
            return OptionsUpdate(read_config(list_of(update, "configOptions")))
        case "session_info_update":
            return _read_title(update)
    return None


def read_tool(call: Json) -> ToolUpdate:
    """Read a tool call, whole or what is new of it."""
    id_ = string_of(call, "toolCallId")
    if len(id_) > MAX_ID:
        raise AcpError(f"names a tool call with more than {MAX_ID} characters")
    return ToolUpdate(
        id_,
        _optional(call, "title", MAX_TITLE),
        _optional(call, "kind", MAX_ID),
        _optional(call, "status", MAX_ID),
        None if call.get("content") is None else tuple(_parts(list_of(call, "content")[:MAX_PARTS])),
        None if call.get("locations") is None else tuple(_places(list_of(call, "locations")[:MAX_PARTS])),
        _raw(call.get("rawInput")),
        _raw(call.get("rawOutput")),
    )


def merged(known: ToolUpdate, new: ToolUpdate) -> ToolUpdate:
    """Return what is known of a call once ``new`` has come."""
    return known._replace(**{name: value for name, value in new._asdict().items() if value is not None})


def tool_call(update: ToolUpdate, tail: Callable[[str], str] = lambda terminal: "") -> ToolCall:
    """Return what is shown of a call. ``tail`` returns the last output of the terminal with that id."""
    return ToolCall(
        update.id,
        update.title or "",
        update.kind if update.kind in _KINDS else "other",
        update.status if update.status in _STATUSES else "pending",
        shorten("\n".join(_lines(update, tail)), MAX_TEXT),
    )


def _lines(update: ToolUpdate, tail: Callable[[str], str]) -> Iterator[str]:
    yield from (place for place in update.places or () if place not in (update.title or ""))
    texts = [clean(tail(part.text))[-MAX_TAIL:] if part.terminal else part.text for part in update.parts or ()]
    texts = texts if any(texts) else [update.given or "", update.result or ""]
    yield from (text.strip("\n") for text in texts if text)


def _parts(values: list[object]) -> Iterator[Shown]:
    """Yield those that fit, as far as they can be shown; one that does not costs no other."""
    left = MAX_TEXT
    for value in values:
        if left <= 0:
            return
        try:
            part = _read_part(object_of(value, "content"))
        except AcpError:
            continue
        left -= len(part.text)
        yield part


def _read_part(part: Json) -> Shown:
    kind = string_of(part, "type")
    if kind == "terminal":
        return Shown(string_of(part, "terminalId")[:MAX_ID], terminal=True)
    if kind == "diff":
        path = one_line(string_of(part, "path"))
        return Shown(_diff(path, optional_string(part, "oldText"), string_of(part, "newText")))
    return Shown(shorten(clean(text_of(object_of(part.get("content"), "content"))[:MAX_PART]), MAX_PART))


def _diff(path: str, old: str, new: str) -> str:
    """Show the one stretch of lines in which two texts differ."""
    start, end = _differing(old, new)
    skipped = old.count("\n", 0, start)
    parts = [text[start : len(text) - end] if text else None for text in (old, new)]
    if any(part is not None and len(part) > MAX_COMPARED for part in parts):
        return f"{path}\n[too long to show]"
    before, after = ([] if part is None else clean(part).split("\n") for part in parts)
    head = _common(before, after)
    foot = _common(before[head:][::-1], after[head:][::-1])
    gone, come = before[head : len(before) - foot], after[head : len(after) - foot]
    lines = [f"-{line}" for line in gone[:MAX_DIFF_LINES]] + [f"+{line}" for line in come[:MAX_DIFF_LINES]]
    hidden = len(gone) + len(come) - len(lines)
    note = [f"[… {hidden} more lines]"] if hidden else []
    first = skipped + head + 1
    place = f"@@ -{first},{len(gone)} +{first},{len(come)} @@"
    return shorten("\n".join([path, place, *lines, *note]), MAX_PART)


def _differing(old: str, new: str) -> tuple[int, int]:
    """Return how many characters two texts have in common: before the line in which they begin to differ, and after
    the one in which they end to.
    """
    start = old.rfind("\n", 0, _same(lambda low, high: old[low:high] == new[low:high], min(len(old), len(new)))) + 1
    most = min(len(old), len(new)) - start

    def equal(low: int, high: int) -> bool:
        return old[len(old) - high : len(old) - low] == new[len(new) - high : len(new) - low]

    end = _same(equal, most)
    line = old.find("\n", len(old) - end)
    return start, len(old) - line if end and line >= 0 else 0


def _same(equal: Callable[[int, int], bool], most: int) -> int:
    """Return how far two texts are equal, by halving: each character is looked at about twice."""
    low = 0
    while most > low:
        middle = (low + most + 1) // 2
        if equal(low, middle):
            low = middle
        else:
            most = middle - 1
    return low


def _common(one: list[str], other: list[str]) -> int:
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return count


def _places(values: list[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, dict) and isinstance(value.get("path"), str):
            line = value.get("line")
            yield shorten(one_line(value["path"]), MAX_TITLE) + (f":{line:d}" if _is_line(line) else "")


def _is_line(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9


def _entries(values: list[object]) -> Iterator[PlanEntry]:
    for value in values:
        if isinstance(value, dict) and isinstance(value.get("content"), str):
            status = value.get("status")
            text = shorten(one_line(value["content"]), MAX_ENTRY)
            yield PlanEntry(text, status if isinstance(status, str) and status in _STEPS else "pending")


def _read_title(update: Json) -> TitleUpdate | None:
    title = _optional(update, "title", MAX_TITLE)
    return None if title is None else TitleUpdate(title)


def _optional(holder: Json, key: str, length: int) -> str | None:
    return None if holder.get(key) is None else shorten(one_line(string_of(holder, key)), length)


def _raw(value: object) -> str | None:
    """Show data of any form in one line; ``None`` where there is none, or it is too deep to show."""
    if value is None or value in ({}, []):
        return None
    try:
        text = value if isinstance(value, str) else JSONEncoder(ensure_ascii=False).encode(value)
    except (ValueError, RecursionError):
        return None
    return shorten(clean(text[:MAX_RAW]), MAX_RAW)
