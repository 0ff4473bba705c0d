"""Reads a corpus file in one of ChatterBot's formats, YAML or JSON, into conversations.

Promise: a text line is what the file says, letter for letter ("1.10" and "yes" stay what they are); a file can make
nothing run and nothing grow; what is wrong is said with file and line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from .corpora import MOST_BYTES, CorpusError, Source

MOST_LINES = 30_000
"""Of all corpora of a bot: their index stays within the memory that it has."""

_NOT_UTF_8 = "is not UTF-8: save it as UTF-8"
_HEAD = 1000
_OPENED = {quote: re.compile(rf"(?<!\w){quote}") for quote in "'\""}
_DEEPEST = 8
_SHAPE = "a list of two lines or more: what is said, and the answers"


class Conversation(NamedTuple):
    """What was said, line after line, and where in the file."""

    place: int
    lines: tuple[str, ...]


class CorpusFile(NamedTuple):
    """A file, read."""

    categories: list[str]
    conversations: list[Conversation]


class _Node(NamedTuple):
    """A value of a file: text, a list or a mapping of such, or what JSON has besides."""

    value: Any
    line: int
    """Where it begins, counted from 1; 0 where that is not known."""


def read_file(source: Source) -> CorpusFile:
    """Return what the file says. Raises ``CorpusError``."""
    text = _text(source.path)
    try:
        top = _json(text) if source.path.lower().endswith(".json") else _yaml(text)
        return _corpus(top, strict=source.own)
    except _Wrong as wrong:
        where = f"{source.path}, line {wrong.line}" if wrong.line else source.path
        raise CorpusError(f"The corpus {where}: {wrong.reason}.") from None


class _Wrong(Exception):
    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = " ".join(reason.split())
        self.line = line


def _text(path: str) -> str:
    try:
        with open(path, "rb") as file:
            content = file.read(MOST_BYTES + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise CorpusError(f"The corpus {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CorpusError(f"The corpus {path}, line {line}: it {_NOT_UTF_8}.") from None
    if "\0" in text[:_HEAD]:  # UTF-16 without its mark
        raise CorpusError(f"The corpus {path}: it {_NOT_UTF_8}.")
    return text


def _json(text: str) -> _Node:
    import json

    try:
        return _plain(json.loads(text, parse_int=str, parse_float=str))
    except json.JSONDecodeError as error:
        raise _Wrong(f"it is not JSON ({error.msg})", error.lineno) from None
    except RecursionError:
        raise _Wrong("it is nested too deeply for a corpus") from None


def _plain(value: Any, depth: int = 0) -> _Node:
    """Return what JSON gave as nodes, for it tells no lines."""
    if depth > _DEEPEST:
        raise _Wrong("it is nested too deeply for a corpus")
    if isinstance(value, list):
        return _Node([_plain(item, depth + 1) for item in value], 0)
    if isinstance(value, dict):
        return _Node({key: _plain(item, depth + 1) for key, item in value.items()}, 0)
    return _Node(value, 0)


def _yaml(text: str) -> _Node:
    """Return the one document of a YAML file.

    It is built from the parser's events, so that no tag makes an object and no alias repeats a part: YAML's own
    loaders are made for more than a corpus needs.
    """
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster, where libyaml is there
    try:
        documents = list(_documents(yaml, yaml.parse(text, Loader=loader)))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _Wrong(f"it is not YAML ({error.problem or error.context})", mark.line + 1 if mark else 0) from None
    except yaml.reader.ReaderError as error:
        raise _Wrong(f"it is not YAML ({error.reason})", text.count("\n", 0, error.position) + 1) from None
    if len(documents) > 1:
        raise _Wrong("it has more than one document; a corpus is one", documents[1].line)
    return documents[0] if documents else _Node(None, 0)


def _documents(yaml: Any, events: Iterator[Any]) -> Iterator[_Node]:
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            yield _node(yaml, next(events), events, 0)


def _node(yaml: Any, event: Any, events: Iterator[Any], depth: int) -> _Node:
    line = event.start_mark.line + 1
    if isinstance(event, yaml.AliasEvent) or event.anchor:
        raise _Wrong("it uses an alias or an anchor (* or &) of YAML; put such a text between quotes", line)
    if event.tag not in (None, "!", "tag:yaml.org,2002:str"):
        raise _Wrong(f"it uses a tag of YAML ({event.tag[:40]}); a corpus is plain text", line)
    if depth > _DEEPEST:
        raise _Wrong("it is nested too deeply for a corpus", line)
    if isinstance(event, yaml.SequenceStartEvent):
        items = iter(lambda: next(events), None)
        ended = yaml.SequenceEndEvent
        return _Node([_node(yaml, item, events, depth + 1) for item in _until(ended, items)], line)
    if isinstance(event, yaml.MappingStartEvent):
        pairs: dict[str, _Node] = {}
        for key in _until(yaml.MappingEndEvent, iter(lambda: next(events), None)):
            name = _node(yaml, key, events, depth + 1)
            pairs[str(name.value)] = _node(yaml, next(events), events, depth + 1)
        return _Node(pairs, line)
    return _Node(event.value, line)


def _until(ended: type, events: Iterator[Any]) -> Iterator[Any]:
    for event in events:
        if isinstance(event, ended):
            return
        yield event


def _corpus(top: _Node, strict: bool) -> CorpusFile:
    if not isinstance(top.value, dict):
        raise _Wrong(
            f'it has no key "conversations"; a corpus has one, and under it for each conversation {_SHAPE}', top.line
        )
    found = top.value.get("conversations")
    if found is None:
        there = ", ".join(f'"{key[:40]}"' for key in list(top.value)[:5]) or "none"
        raise _Wrong(f'it has no key "conversations", which a corpus needs (its keys: {there})', top.line)
    if not isinstance(found.value, list):
        raise _Wrong('"conversations" must be a list of conversations', found.line)
    categories = top.value.get("categories", _Node([], 0))
    if not isinstance(categories.value, list):
        raise _Wrong('"categories" must be a list of words', categories.line)
    conversations = list(_conversations(found.value, strict))
    if not conversations:
        raise _Wrong('"conversations" has none in it', found.line)
    return CorpusFile([str(tag.value) for tag in categories.value], conversations)


def _conversations(found: list[_Node], strict: bool) -> Iterator[Conversation]:
    """Yield each conversation once. One that is no list is passed over only in a file that is not a person's own."""
    seen: set[tuple[str, ...]] = set()
    left = MOST_LINES
    for place, conversation in enumerate(found):
        if not _is_conversation(conversation):
            if strict:
                number = f"conversation {place + 1} is not {_SHAPE}"
                raise _Wrong(f'"conversations": {number}', conversation.line)
            continue
        lines = tuple(_line(node, place) for node in conversation.value)
        lines = lines if strict else tuple(map(_without_stray_quote, lines))
        left -= len(lines)
        if left < 0:
            raise _Wrong(f"it has more than {MOST_LINES:,} lines; leave some out", conversation.line)
        if lines not in seen:
            seen.add(lines)
            yield Conversation(place, lines)


def _is_conversation(node: _Node) -> bool:
    return isinstance(node.value, list) and len(node.value) > 1


def _line(node: _Node, place: int) -> str:
    text = _colon_put_back(node.value)
    if isinstance(text, str) and (line := _clean(text)):
        return line
    reason = "is empty" if text is None or isinstance(text, str) else "is not text"
    raise _Wrong(f'"conversations": a line of conversation {place + 1} {reason}; put it between quotes', node.line)


def _colon_put_back(value: Any) -> Any:
    """Return a line that YAML takes for a key and its value, for it has a colon inside, as the text that it is."""
    if isinstance(value, dict) and len(value) == 1:
        ((key, rest),) = value.items()
        return f"{key}: {rest.value}" if isinstance(rest.value, str) else value
    return value


def _without_stray_quote(line: str) -> str:
    """Return a line of ChatterBot's without a quote at its end that nothing opens."""
    stray = len(line) > 1 and line[-1] in "'\"" and line[-2] in ".!?" and not _OPENED[line[-1]].search(line[:-1])
    return line[:-1] if stray else line


def _clean(line: str) -> str:
    """Return a line of the corpus in one line, unless it is meant to be several (code is)."""
    return line.strip() if "\n" in line.strip() else " ".join(line.split())
