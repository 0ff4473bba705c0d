"""What ``tellme bots`` writes and reads of other formats: TOML that reads back equal, JSON with comments."""

from __future__ import annotations

import json
import time
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.surfaces.bots import jsonc, toml_text

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    TEXTS | st.booleans() | st.integers() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=6))
@settings(max_examples=80, derandomize=True, deadline=None)
def test_a_table_is_read_back_as_it_was_given(table: dict[str, Any]) -> None:
    assert tomllib.loads(toml_text.document(table)) == table


@pytest.mark.parametrize(
    ("given_value", "written"),
    [
        ("plain", '"plain"'),
        (r"^\d+> $", r"'^\d+> $'"),
        ('say "hi"', "'say \"hi\"'"),
        ("it's \\d", '"it\'s \\\\d"'),
        ("two\nlines\x00\x7f\x9b", '"two\\nlines\\u0000\\u007f\\u009b"'),
        ("", '""'),
        ("\ud800", '"\ufffd"'),
        (["a", 1, True, 0.5], '["a", 1, true, 0.5]'),
        ({"a b": {}}, '{ "a b" = {} }'),
        (10**30, "1" + "0" * 30),
    ],
)
def test_a_value_is_written_as_a_person_would(given_value: object, written: str) -> None:
    assert toml_text.value(given_value) == written


def test_what_toml_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="TOML has nothing"):
        toml_text.document({"settings": {"a": [None]}})


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("{}", {}),
        ("\ufeff{}", {}),
        ('{"a": 1, // one\n "b": [1, 2, ], /* two\n lines */ }', {"a": 1, "b": [1, 2]}),
        ('{"a": "// no, /* comment */ ,]"}', {"a": "// no, /* comment */ ,]"}),
        (r'{"a": "quote \" // still"}', {"a": 'quote " // still'}),
        ("[1, /* a comment between */ // and another\n ]", [1]),
        ('// only\n"text" // after', "text"),
        ('"a\\\\" // x', "a\\"),
    ],
)
def test_comments_and_trailing_commas_are_no_part_of_it(text: str, meant: object) -> None:
    assert jsonc.loads(text) == meant


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "line 1"),
        ("{\n// one\n/* two\nthree */\n oops}", "line 5"),
        ("[1,,]", "line 1"),
        ("/* never closed", "line 1"),
        ('{"a": "never closed', "line 1"),
        ("[" * 100_000, "nested too deeply"),
        ("9" * 10_000, "Exceeds the limit"),
    ],
)
def test_what_is_no_json_is_one_error_with_its_line(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        jsonc.loads(text)


@given(VALUES)
@settings(max_examples=100, derandomize=True, deadline=None)
def test_plain_json_means_what_json_says(value: object) -> None:
    text = json.dumps(value, indent=1)
    assert jsonc.loads(text) == json.loads(text)


@pytest.mark.parametrize("piece", ["/*", "/", ",", '"', "\\", '"\\', ", ", "//\n", '",'])
def test_no_text_takes_long(piece: str) -> None:
    begun = time.process_time()
    with pytest.raises(ValueError, match=r"line|nested"):
        jsonc.loads(piece * 200_000)
    assert time.process_time() - begun < 5
