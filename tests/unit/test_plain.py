"""Values in the form of JSON: what a stranger sends is a value of the right type, or a short reason why it is none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tellme.model import BotCommand, TurnStatus
from tellme.wire import plain
from tellme.wire.plain import PlainError

LONG = "9" * 400


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (float, "2", 2.0),
        (float, "-0.5", -0.5),
        (int, str(2**63 - 1), 2**63 - 1),
        (int, str(-(2**63) + 1), -(2**63) + 1),
        (bool, "true", True),
        (str | None, "null", None),
        (str | None, '"a"', "a"),
        (list[int], "[1,2]", [1, 2]),
        (tuple[int, str], '[1,"a"]', (1, "a")),
        (TurnStatus, '"failed"', TurnStatus.FAILED),
        (BotCommand, '["a","b","c"]', BotCommand("a", "b", "c")),
    ],
)
def test_what_fits_is_read(kind: Any, text: str, value: object) -> None:
    found = plain.read(kind, json.loads(text))
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        (float, LONG, "a number that is too large"),
        (float, f"-{LONG}", "a number that is too large"),
        (float, "1e999", "a number that is too large"),
        (float | None, LONG, "something of another type: a number"),
        (int, LONG, "a number that is too large"),
        (int, str(2**63), "a number that is too large"),
        (int, "1.0", "something of another type: a number"),
        (int, "true", "something of another type: true"),
        (float, "false", "something of another type: false"),
        (bool, "1", "something of another type: a number"),
        (str, "null", "something of another type: null"),
        (str, "[[],[]]", "something of another type: a list of 2"),
        (int, '{"a":1}', "something of another type: an object of 1"),
        (list[int], '"ab"', "no list but a text of 2 characters"),
        (tuple[int, str], "[1]", "something of another type: a list of 1"),
        (TurnStatus, '"lost"', "no TurnStatus but a text of 4 characters"),
        (TurnStatus, "[]", "no TurnStatus but a list of 0"),
        (BotCommand, "[]", "something of another type: a list of 0"),
    ],
)
def test_what_does_not_fit_is_named_by_type_and_size(kind: Any, text: str, says: str) -> None:
    with pytest.raises(PlainError, match=f"^{says}$"):
        plain.read(kind, json.loads(text))
