"""A question of an agent by ``elicitation/create``, as far as it is a choice: one field, a list or yes and no.

A form of any other kind is declined, another mode than forms is an error, as the protocol has it.
"""

from __future__ import annotations

from tellme.model import Option
from tellme.text import clean, one_line, shorten
from tellme.values import NamedTuple
from tellme.wire.fields import AcpError, Json, object_of, optional_object, optional_string, string_of

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Iterator

DECLINE = "decline"
"""The id of the option to give no answer."""

MAX_VALUES = 100
MAX_NAME = 200
MAX_MESSAGE = 4_000


class Form(NamedTuple):
    """One field to fill in, by choosing."""

    session_id: str
    """Empty for a question that belongs to a request."""
    message: str
    key: str
    values: tuple[tuple[str, str | bool], ...]
    """What each value is called, and the value."""


def read_form(params: Json) -> Form | None:
    """Read the params of ``elicitation/create``; ``None`` for a form that is more than a choice."""
    mode = string_of(params, "mode")
    if mode != "form":
        raise AcpError(f"asks in the mode {mode[:40]!a}, tellme offers forms alone")
    fields = optional_object(object_of(params.get("requestedSchema"), "requestedSchema"), "properties")
    message = shorten(clean(string_of(params, "message")), MAX_MESSAGE)
    if len(fields) != 1:
        return None
    ((key, field),) = fields.items()
    values = tuple(_values(object_of(field, "property")))
    return Form(optional_string(params, "sessionId"), message, key, values) if 0 < len(values) <= MAX_VALUES else None


def options(form: Form) -> tuple[Option, ...]:
    """Return the ways in which a person can answer."""
    names = (Option(str(number), name, "allow_once") for number, (name, _) in enumerate(form.values))
    return (*names, Option(DECLINE, "No answer", "reject_once"))


def result(form: Form, choice: str | None) -> Json:
    """Build the result: what was chosen, that nothing was, or with ``None`` that nobody said anything."""
    if choice is None:
        return cancelled()
    chosen = next((value for number, (_, value) in enumerate(form.values) if str(number) == choice), None)
    return declined() if chosen is None else {"action": "accept", "content": {form.key: chosen}}


def declined() -> Json:
    """Build the result for a form that cannot be shown, or that the person did not want to fill in."""
    return {"action": "decline"}


def cancelled() -> Json:
    """Build the result for a question that was given up."""
    return {"action": "cancel"}


def _values(field: Json) -> Iterator[tuple[str, str | bool]]:
    kind = string_of(field, "type")
    if kind == "boolean":
        yield from (("Yes", True), ("No", False))
    elif kind == "string" and isinstance(field.get("oneOf"), list):
        yield from ((_name(one), string_of(one, "const")) for one in map(_object, field["oneOf"]))
    elif kind == "string" and isinstance(field.get("enum"), list):
        yield from ((shorten(one_line(one), MAX_NAME), one) for one in field["enum"] if isinstance(one, str))


def _name(one: Json) -> str:
    return shorten(one_line(optional_string(one, "title") or string_of(one, "const")), MAX_NAME)


def _object(value: object) -> Json:
    return object_of(value, "choice")
