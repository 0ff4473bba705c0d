"""What can be set in a session, as it is typed and as it is shown."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tellme.errors import UsageError
from tellme.model import OptionValue, Session, SessionOption
from tellme.surfaces.options import carry_out, mode_name

MODES = (OptionValue("ask", "Ask", "asks first"), OptionValue("code", "Write Code"))
OPTIONS = (
    SessionOption("mode", "Mode", "ask", MODES, "how it works"),
    SessionOption("mode-x", "Mode Two", "on", (OptionValue("on", "On"), OptionValue("off", "Off\x1b[31m"))),
)
SESSION = Session("s1", "bot", 0.0)


class Host:
    """Has options, and remembers what was set."""

    def __init__(self, options: tuple[SessionOption, ...] = OPTIONS) -> None:
        self.found = options
        self.done: list[tuple[str, str]] = []

    async def options(self, session: Session) -> tuple[SessionOption, ...]:
        return self.found

    async def set_option(self, session: Session, option: str, value: str) -> tuple[SessionOption, ...]:
        self.done.append((option, value))
        return self.found


def typed(argument: str, host: Any = None) -> str:
    return asyncio.run(carry_out(host or Host(), SESSION, argument))


@pytest.mark.parametrize(
    ("argument", "done", "said"),
    [
        ("Mode Write Code", ("mode", "code"), "Mode is Write Code now."),
        ("mode CODE", ("mode", "code"), "Mode is Write Code now."),
        ("mode two off", ("mode-x", "off"), "Mode Two is Off now."),
        ("mode-x   on", ("mode-x", "on"), "Mode Two is On now."),
    ],
)
def test_the_longest_name_that_fits_is_set(argument: str, done: tuple[str, str], said: str) -> None:
    host = Host()
    assert typed(argument, host) == said
    assert host.done == [done]


def test_without_a_value_it_is_shown() -> None:
    mode = "Mode: Ask  how it works\n  * Ask  asks first\n    Write Code"
    assert typed("mode") == mode
    assert typed("") == f"{mode}\nMode Two: On\n  * On\n    Off"


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("mde code", "There is no setting 'mde'; how about Mode?"),
        ("mode cod", "There is no value of Mode 'cod'; there is Ask, Write Code"),
        ("mode two of", "There is no value of Mode Two 'of'; how about Off or On?"),
        ("zzzz", "There is no setting 'zzzz'; there is Mode, Mode Two"),
    ],
)
def test_what_is_not_there_is_said_with_what_is_near(argument: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        typed(argument)
    assert str(raised.value) == said


def test_where_nothing_can_be_set_that_is_said() -> None:
    with pytest.raises(UsageError, match="There is nothing to set in this session"):
        typed("", Host(()))


def test_the_mode_is_named() -> None:
    assert mode_name(OPTIONS) == "Ask"
    assert mode_name(OPTIONS[1:]) == ""
