"""What an agent lets the person choose: modes, options and forms, or an `AcpError`."""

from __future__ import annotations

from typing import Any

import pytest

from tellme.model import Option, OptionValue, SessionOption
from tellme.wire import elicitation, options
from tellme.wire.fields import AcpError

from .acp_fields import HUGE, SELECT, form

MODE = {"value": "ask", "name": "Ask", "description": "First"}
THINK = {"id": "think", "name": "Think", "type": "boolean", "currentValue": True}


MODES = {
    "currentModeId": "ask",
    "availableModes": [{"id": "ask", "name": "Ask"}, {"id": "do", "name": "Do"}, {"id": 1}],
}
MODE_OPTION = SessionOption("mode", "Mode", "ask", (OptionValue("ask", "Ask"), OptionValue("do", "Do")))
ON_OFF = (OptionValue("true", "On"), OptionValue("false", "Off"))

CHOICES: dict[str, tuple[dict[str, Any], list[SessionOption]]] = {
    # group, case: the result of session/new → what there is to choose
    "none": ({"sessionId": "s"}, []),
    "none: null": ({"modes": None, "configOptions": None}, []),
    "none: garbage": ({"modes": [1], "configOptions": [{}, {"id": "x", "name": "X", "type": "dial"}]}, []),
    "modes": ({"modes": MODES}, [MODE_OPTION]),
    "config: one of a list": (
        {"configOptions": [SELECT]},
        [SessionOption("model", "Model", "b", (OptionValue("b", "B"),))],
    ),
    "config: in groups": (
        {"configOptions": [{**SELECT, "options": [{"group": "g", "name": "G", "options": [MODE]}]}]},
        [SessionOption("model", "Model", "b", (OptionValue("ask", "Ask", "First"),))],
    ),
    "config: on or off": ({"configOptions": [THINK]}, [SessionOption("think", "Think", "true", ON_OFF)]),
    "both: modes and others": (
        {"modes": MODES, "configOptions": [THINK]},
        [MODE_OPTION, SessionOption("think", "Think", "true", ON_OFF)],
    ),
    "both: modes twice are shown once": (
        {"modes": MODES, "configOptions": [{**SELECT, "id": "how", "category": "mode"}]},
        [SessionOption("how", "Model", "b", (OptionValue("b", "B"),))],
    ),
    "ids: one that nobody can type is none": ({"configOptions": [{**SELECT, "id": "a\x1bb"}]}, []),
    "ids: the first of two": (
        {"configOptions": [THINK, {**THINK, "currentValue": False}]},
        [SessionOption("think", "Think", "true", ON_OFF)],
    ),
}


@pytest.mark.parametrize("name", CHOICES)
def test_what_there_is_to_choose(name: str) -> None:
    result, expected = CHOICES[name]
    assert [choice.option for choice in options.shown(options.read_choices(result))] == expected


def test_what_there_is_to_choose_is_bounded() -> None:
    many = [{**SELECT, "id": f"o{number}", "name": HUGE} for number in range(100)]
    many[0]["options"] = [{"value": f"v{number}", "name": "n"} for number in range(10_000)]
    choices = options.read_config(many)
    assert len(choices) == options.MAX_OPTIONS
    assert len(choices[0].option.values) == options.MAX_VALUES
    assert len(choices[0].option.name) == options.MAX_NAME


def test_a_boolean_is_set_as_one() -> None:
    (choice,) = options.read_config([THINK])
    assert options.set_config_params("s", choice, "false") == {
        "sessionId": "s",
        "configId": "think",
        "type": "boolean",
        "value": False,
    }


FORMS: dict[str, tuple[dict[str, Any], list[str], object]] = {
    # group, case → what a person can choose from, and what the first of them sends
    "list: enum": (form({"type": "string", "enum": ["red", "blue"]}), ["red", "blue"], "red"),
    "list: oneOf": (form({"type": "string", "oneOf": [{"const": "r", "title": "Red"}]}), ["Red"], "r"),
    "yes or no": (form({"type": "boolean"}), ["Yes", "No"], True),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_is_a_choice(name: str) -> None:
    params, names, first = FORMS[name]
    asked = elicitation.read_form(params)
    assert asked is not None
    choices = elicitation.options(asked)
    assert [option.name for option in choices] == [*names, "No answer"]
    assert choices[-1] == Option("decline", "No answer", "reject_once")
    assert elicitation.result(asked, choices[0].id) == {"action": "accept", "content": {"colour": first}}
    assert elicitation.result(asked, "decline") == {"action": "decline"}
    assert elicitation.result(asked, None) == {"action": "cancel"}


MORE_THAN_A_CHOICE: dict[str, dict[str, Any]] = {
    "a text": form({"type": "string"}),
    "a number": form({"type": "integer"}),
    "an empty list": form({"type": "string", "enum": []}),
    "too long a list": form({"type": "string", "enum": [str(number) for number in range(101)]}),
    "no field": form(1, requestedSchema={"properties": {}}),
    "two fields": form(1, requestedSchema={"properties": {"a": {"type": "boolean"}, "b": {"type": "boolean"}}}),
}


@pytest.mark.parametrize("name", MORE_THAN_A_CHOICE)
def test_a_form_that_is_more_than_a_choice(name: str) -> None:
    assert elicitation.read_form(MORE_THAN_A_CHOICE[name]) is None


@pytest.mark.parametrize("params", [{}, form({}, mode="url"), form(1), form({"type": "boolean"}, message=None)])
def test_what_is_no_form(params: dict[str, Any]) -> None:
    with pytest.raises(AcpError):
        elicitation.read_form(params)
