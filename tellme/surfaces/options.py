"""What a bot lets the person choose in a session, its mode or its model: listed, and set by what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from tellme.errors import UsageError
from tellme.model import OptionValue, Session, SessionOption
from tellme.nearest import nearest
from tellme.text import clean, one_line
from tellme.wire.options import MODE

if TYPE_CHECKING:
    from tellme.host.host import Host

_Named = TypeVar("_Named", SessionOption, OptionValue)

NOTHING_TO_SET = "There is nothing to set in this session."


async def carry_out(host: Host, session: Session, argument: str) -> str:
    """Set what ``NAME VALUE`` says; with less, return what can be set. Raises ``UsageError`` with the nearest names."""
    options = await host.options(session)
    if not options:
        raise UsageError(NOTHING_TO_SET)
    named = [option for option in options if argument.casefold() in _names(option)]
    if named or not argument:
        return "\n".join(line for option in named or options for line in _lines(option))
    option, value = understood(options, argument)
    await host.set_option(session, option.id, value.id)
    return is_now(option, value)


def is_now(option: SessionOption, value: OptionValue) -> str:
    """Say that an option has another value now."""
    return f"{shown(option.name)} is {shown(value.name)} now."


def understood(options: Sequence[SessionOption], argument: str) -> tuple[SessionOption, OptionValue]:
    """Return the option and the value that ``NAME VALUE`` names; names may have spaces, the longest that fits counts.

    Raises ``UsageError`` with the nearest names.
    """
    typed = argument.casefold()
    fitting = [(name, option) for option in options for name in _names(option) if typed.startswith(f"{name} ")]
    if not fitting:
        option = _find(argument.split()[0], options, "setting")
        raise UsageError(f"Which value of {shown(option.name)}? {_choice(option.values)}")
    name, option = max(fitting, key=lambda each: len(each[0]))
    return option, _find(argument[len(name) :].strip(), option.values, f"value of {shown(option.name)}")


def shown(name: str) -> str:
    """Return a name that a bot gave, harmless and on one line."""
    return one_line(clean(name))


def mode_name(options: Iterable[SessionOption]) -> str:
    """Return the name of the mode that a session is in; empty where there are no modes."""
    return next((value_name(option) for option in options if option.id == MODE), "")


def value_name(option: SessionOption) -> str:
    """Return the name of the value that an option has."""
    return next((shown(value.name) for value in option.values if value.id == option.value), shown(option.value))


def _find(typed: str, among: Sequence[_Named], what: str) -> _Named:
    wanted = typed.casefold()
    found = next((each for each in among if wanted in _names(each)), None)
    if found is not None:
        return found
    near = nearest(typed, [shown(each.name) for each in among])
    hint = f"how about {' or '.join(near)}?" if near else f"there is {_choice(among)}"
    raise UsageError(f"There is no {what} {shown(typed)!r}; {hint}")


def _names(named: SessionOption | OptionValue) -> tuple[str, str]:
    return shown(named.name).casefold(), shown(named.id).casefold()


def _choice(values: Iterable[SessionOption | OptionValue]) -> str:
    return ", ".join(shown(value.name) for value in values)


def _lines(option: SessionOption) -> list[str]:
    about = f"  {shown(option.description)}" if option.description else ""
    values = [_value_line(value, is_set=value.id == option.value) for value in option.values]
    return [f"{shown(option.name)}: {value_name(option)}{about}", *values]


def _value_line(value: OptionValue, *, is_set: bool) -> str:
    about = f"  {shown(value.description)}" if value.description else ""
    return f"  {'*' if is_set else ' '} {shown(value.name)}{about}"
