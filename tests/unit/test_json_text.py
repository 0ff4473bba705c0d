"""JSON without ``json``: the same values, text and errors."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import pytest

from tellme.wire import json_text


def refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is refused")


USUAL = json.JSONDecoder(parse_constant=refuse).decode
LIGHT = json_text.decoder(refuse)

TEXTS = [
    '{"a": [1, -2.5e3, "b\\u00e9\\n", true, false, null], "": {}}',
    ' \t\r\n{"a": 1} \r\n',
    '"text"',
    "12",
    "",
    " ",
    "{",
    '{"a" 1}',
    '{"a": 1,}',
    "{'a': 1}",
    "[1, 2",
    "[1] [2]",
    "[1]x",
    "\x0b[1]",
    "[1]\u00a0",
    "\ufeff[1]",
    "NaN",
    "[Infinity]",
    "-Infinity",
    '"\n"',
    '"\\x"',
    '"\\ud800"',
    '"open',
    "01",
    "1.",
    "tru",
    "[" * 100_000,
    "1" * 5000,
    '{"a": 1, "a": 2}',
]


def outcome(act: Callable[[Any], Any], value: Any) -> tuple[Any, ...]:
    try:
        return ("is", act(value))
    except (ValueError, RecursionError, TypeError) as error:
        kind = RecursionError if isinstance(error, RecursionError) else type(error)
        return ("raises", kind, "" if kind is RecursionError else str(error))


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: repr(text[:20]))
def test_it_reads_what_json_reads_and_refuses_the_rest_in_its_words(text: str) -> None:
    assert outcome(LIGHT, text) == outcome(USUAL, text)


def test_it_reads_random_text_as_json_does() -> None:
    dice = random.Random(7)
    for _ in range(3000):
        text = list(json.dumps({"a": [1.5, "b\\n", None, {"c": True}], "é": -1}, ensure_ascii=dice.random() < 0.5))
        for _ in range(dice.randrange(3)):
            text[dice.randrange(len(text))] = dice.choice('{}[]":,\\0 1eNu\n\t')
        assert outcome(LIGHT, "".join(text)) == outcome(USUAL, "".join(text))


def test_unless_refused_numbers_are_as_json_has_them() -> None:
    assert repr(json_text.decoder()("[NaN, Infinity, -Infinity]")) == "[nan, inf, -inf]"


CYCLE: list[object] = []
CYCLE.append(CYCLE)

VALUES = [
    {"a": [1, -2.5, 1e300, 'é\n"\\\x00\ud800', True, False, None], "": {}, 1: (2, 3), None: 0},
    "text \u2028",
    12,
    None,
    [],
    float("nan"),
    [float("inf")],
    {1, 2},
    {"a": object},
    {(1, 2): 3},
    CYCLE,
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:20])
def test_it_writes_what_json_writes(value: object) -> None:
    usual = json.JSONEncoder(ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":")).encode
    assert outcome(json_text.encoder(), value) == outcome(usual, value)


def test_it_may_be_written_with_room() -> None:
    value = {"a": [1, 2], "b": "é"}
    assert json_text.encoder(", ", ": ")(value) == json.dumps(value, ensure_ascii=False)
    assert json_text.encoder(allow_nan=True)([float("inf")]) == "[Infinity]"


def test_neither_json_nor_re_is_loaded_until_something_is_wrong() -> None:
    code = """
import sys
for name in [name for name in sys.modules if name.partition(".")[0] in ("json", "re")]:
    del sys.modules[name]  # what the interpreter loads by itself in some environments
from tellme.wire import jsonrpc
message = jsonrpc.parse(b'{"jsonrpc": "2.0", "id": 1, "result": [1.5, "x"]}')
print(message, jsonrpc.encode(message), sys.modules.keys() & {"json", "re"})
print(jsonrpc.parse(b"{oops}").reason)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    said, wrong = done.stdout.splitlines()
    assert said.endswith("set()")
    assert wrong == "is no JSON (Expecting property name enclosed in double quotes at character 2)"
