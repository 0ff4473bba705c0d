"""What an agent lets the person choose in a session: modes and configuration options, in one form.

Promise: one that does not fit costs no other, and what is kept is bounded, cleaned, and can be typed.
"""

from __future__ import annotations

from tellme.model import OptionValue, SessionOption
from tellme.text import one_line, shorten
from tellme.values import NamedTuple
from tellme.wire.fields import AcpError, Json, list_of, object_of, optional_string, string_of

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SET_MODE = "session/set_mode"
SET_CONFIG_OPTION = "session/set_config_option"

MODE = "mode"
"""The id under which the modes are shown; an option of this category stands for them."""

MAX_OPTIONS = 50
MAX_VALUES = 500
MAX_ID = 200
MAX_NAME = 80
MAX_DESCRIPTION = 300

_ON_OFF: tuple[OptionValue, ...] = (OptionValue("true", "On"), OptionValue("false", "Off"))


class Choice(NamedTuple):
    """An option and how it is set."""

    option: SessionOption
    kind: str = "select"
    """``mode``, ``select`` or ``boolean``."""
    category: str = ""


class Choices(NamedTuple):
    """All that can be chosen in a session."""

    modes: Choice | None = None
    config: tuple[Choice, ...] = ()


def read_choices(result: Json) -> Choices:
    """Read what the result of ``session/new``, ``load`` or ``resume`` says of it."""
    config = result.get("configOptions")
    return Choices(_read_modes(result.get("modes")), read_config(config if isinstance(config, list) else ()))


def read_config(values: Iterable[object]) -> tuple[Choice, ...]:
    """Read ``configOptions``."""
    found: dict[str, Choice] = {}
    for value in values:
        choice = _fitting_config(value) if len(found) < MAX_OPTIONS else None
        if choice is not None:
            found.setdefault(choice.option.id, choice)
    return tuple(found.values())


def shown(choices: Choices) -> tuple[Choice, ...]:
    """Return what there is to choose; the modes only where no configuration option stands for them."""
    modes = choices.modes
    if modes is None or any(MODE in (choice.category, choice.option.id) for choice in choices.config):
        return choices.config
    return (modes, *choices.config)


def with_mode(choices: Choices, mode: str) -> Choices:
    """Return the same, in another mode; one that is not known changes nothing."""
    modes = choices.modes
    if modes is None or all(value.id != mode for value in modes.option.values):
        return choices
    return choices._replace(modes=modes._replace(option=modes.option._replace(value=mode)))


def set_mode_params(session_id: str, mode: str) -> Json:
    """Build the params of ``session/set_mode``."""
    return {"sessionId": session_id, "modeId": mode}


def set_config_params(session_id: str, choice: Choice, value: str) -> Json:
    """Build the params of ``session/set_config_option``."""
    params: Json = {"sessionId": session_id, "configId": choice.option.id}
    return params | ({"type": "boolean", "value": value == "true"} if choice.kind == "boolean" else {"value": value})


def read_config_result(result: object) -> tuple[Choice, ...]:
    """Read the result of ``session/set_config_option``."""
    return read_config(list_of(object_of(result, "result of session/set_config_option"), "configOptions"))


def _read_modes(value: object) -> Choice | None:
    try:
        modes = object_of(value, "modes")
        values = tuple(_values(list_of(modes, "availableModes"), "id"))
        option = SessionOption(MODE, "Mode", string_of(modes, "currentModeId"), values)
    except AcpError:
        return None
    return Choice(option, "mode", MODE) if values else None


def _fitting_config(value: object) -> Choice | None:
    try:
        config = object_of(value, "option")
        choice = _read_config_option(config, string_of(config, "type"))
    except AcpError:
        return None
    return choice if choice.option.values and _can_be_typed(choice.option.id) else None


def _read_config_option(config: Json, kind: str) -> Choice:
    if kind == "boolean":
        on = config.get("currentValue")
        if not isinstance(on, bool):
            raise AcpError("sent no truth value as currentValue")
        values, current = _ON_OFF, "true" if on else "false"
    elif kind == "select":
        values = tuple(_values(_ungrouped(list_of(config, "options")), "value"))
        current = string_of(config, "currentValue")
    else:
        raise AcpError(f"sent an option of an unknown type, {kind[:40]!a}")
    category = config.get("category")
    name = _line(string_of(config, "name"), MAX_NAME)
    about = _line(optional_string(config, "description"), MAX_DESCRIPTION)
    option = SessionOption(string_of(config, "id"), name, current, values, about)
    return Choice(option, kind, category if isinstance(category, str) else "")


def _ungrouped(values: list[object]) -> Iterator[object]:
    for value in values:
        if isinstance(value, dict) and isinstance(value.get("options"), list):
            yield from value["options"]
        else:
            yield value


def _values(values: Iterable[object], key: str) -> Iterator[OptionValue]:
    """Yield those that fit, the first of each id."""
    seen: set[str] = set()
    for each in values:
        try:
            value = object_of(each, "value")
            name, about = string_of(value, "name"), optional_string(value, "description")
            id_ = string_of(value, key)
        except AcpError:
            continue
        if _can_be_typed(id_) and id_ not in seen and len(seen) < MAX_VALUES:
            seen.add(id_)
            yield OptionValue(id_, _line(name, MAX_NAME), _line(about, MAX_DESCRIPTION))


def _line(text: str, length: int) -> str:
    return shorten(one_line(text[: 4 * length]), length)


def _can_be_typed(text: str) -> bool:
    return 0 < len(text) <= MAX_ID and text.isprintable()
