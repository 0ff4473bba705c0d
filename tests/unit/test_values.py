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
    with pytest.raises(TypeError, match=r"Light\.__new__\(\) missing 1 required positional argument: 'first'"):
        Light()  # type: ignore[call-arg]


def test_no_field_is_given_twice_or_unknown() -> None:
    for arguments, named in (((1, "two", 3), {}), ((1,), {"first": 1}), ((1,), {"third": 3})):
        with pytest.raises(TypeError):
            Light(*arguments, **named)


def test_values_are_made_from_others() -> None:
    value = Light._make([1, "2"])
    assert value == (1, "2")
    assert value._replace(second="3") == (1, "3")
    assert type(value._replace(second="3")) is Light
    assert value._asdict() == {"first": 1, "second": "2"}
    with pytest.raises(ValueError, match="third"):
        value._replace(third=3)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="Expected 2 arguments, got 3"):
        Light._make([1, 2, 3])


def test_a_field_cannot_be_set() -> None:
    with pytest.raises(AttributeError):
        Light(1).first = 2  # type: ignore[misc]
    with pytest.raises(AttributeError):
        Light(1).third = 2  # type: ignore[attr-defined]


class Able(NamedTuple):
    """With more than fields."""

    number: int

    def doubled(self) -> int:
        return self.number * 2

    @property
    def is_even(self) -> bool:
        return self.number % 2 == 0

    @classmethod
    def zero(cls) -> Able:
        return cls(0)


class Heir(Able):
    """Of another class, as all such may be."""

    __slots__ = ()


def test_methods_belong_to_it() -> None:
    assert (Able(2).doubled(), Able(3).is_even, Able.zero()) == (4, False, (0,))
    assert repr(Heir(1)._replace(number=2)) == "Heir(number=2)"
    assert type(pickle.loads(pickle.dumps(Heir.zero()))) is Heir


def test_classes_of_as_many_fields_do_not_mix() -> None:
    class Other(NamedTuple):
        """As many, with other names."""

        one: int
        two: str = "2"

    assert repr(Other(1)) == "Other(one=1, two='2')"
    assert repr(Light(1)) == "Light(first=1, second='two')"
    with pytest.raises(TypeError):
        Other(first=1)  # type: ignore[call-arg]


def test_a_class_may_have_no_fields() -> None:
    class Nothing(NamedTuple):
        """A value that holds none."""

    assert (Nothing(), Nothing._fields, repr(Nothing())) == ((), (), "Nothing()")


@pytest.mark.parametrize("base", [NamedTuple, typing.NamedTuple])
def test_a_field_with_a_default_is_followed_by_such_alone(base: type) -> None:
    source = "class Wrong(base):\n    one: int\n    two: int = 2\n    three: int\n    four: int = 4"
    with pytest.raises(TypeError, match="field three cannot follow default field"):
        exec(source, {"base": base, "__name__": __name__})
