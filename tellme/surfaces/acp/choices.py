"""What can be chosen in a session, in the protocol's terms: its modes, and its configuration options. Pure.

Each option is told as a list to select from, which every client can show; some know no other type.
"""

from __future__ import annotations

from typing import NamedTuple

from tellme.model import SessionOption
from tellme.wire.fields import Json, string_of
from tellme.wire.options import MODE

CATEGORIES = frozenset({MODE, "model", "thought_level", "model_config"})
"""Options with these ids are of these categories: which one a bot named is not known here."""


class Choices(NamedTuple):
    """All that a client is told of it."""

    mode: str = ""
    """The id of the mode that the session is in; empty where there are no modes."""
    modes: tuple[Json, ...] = ()
    options: tuple[Json, ...] = ()

    def fields(self) -> Json:
        """Build what stands in the result that opens a session."""
        modes: Json = {"modes": {"currentModeId": self.mode, "availableModes": list(self.modes)}} if self.modes else {}
        return modes | (self.config() if self.options else {})

    def config(self) -> Json:
        """Build what an update of the options says."""
        return {"configOptions": list(self.options)}


def config_option(option: SessionOption, option_id: str, category: str = "") -> Json:
    """Build one option, under an id of ours."""
    values = [{"value": id_, "name": name, **_described(about)} for id_, name, about in option.values]
    return {
        "id": option_id,
        "name": option.name,
        **_described(option.description),
        **({"category": category} if category else {}),
        "type": "select",
        "currentValue": option.value,
        "options": values,
    }


def modes(option: SessionOption) -> tuple[Json, ...]:
    """Build the modes that the values of an option are."""
    return tuple({"id": id_, "name": name, **_described(about)} for id_, name, about in option.values)


def category_of(option: SessionOption) -> str:
    """Return the category of a bot's option; empty for one that says nothing to a client."""
    return option.id if option.id in CATEGORIES else ""


def read_value(params: Json) -> str:
    """Read what a client chose; one that was on or off may come as a truth value."""
    match params.get("value"):
        case bool(on):
            return "true" if on else "false"
    return string_of(params, "value")


def _described(about: str) -> Json:
    return {"description": about} if about else {}
