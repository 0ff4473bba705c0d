"""The light ``NamedTuple`` behaves like the one in ``typing``, as far as it goes."""

from __future__ import annotations

import pickle
import typing

import pytest

from tellme.values import NamedTuple


class Light(NamedTuple):
    """A value."""

    first: int
    second: str = "two"
    """A field with a default."""


class Usual(typing.NamedTuple):
    """A value."""

    first: int
    second: str = "two"


def test_it_is_the_same_class_in_all_that_we_use() -> None:
    for name in ("_fields", "_field_defaults", "__match_args__", "__doc__", "__module__", "__bases__", "__slots__"):
        assert getattr(Light, name) == getattr(Usual, name)


def test_values_compare_print_and_match() -> None:
    value = Light(1)
    assert value == Light(first=1, second="two") == (1, "two")
    assert repr(value) == "Light(first=1, second='two')"
    assert pickle.loads(pickle.dumps(value)) == value
    match value:
        case Light(first, second):
            assert (first, second) == (1, "two")


def test_a_field_without_default_is_needed() -> None:
    with pytest.raises(TypeError):
        Light()  # type: ignore[call-arg]
