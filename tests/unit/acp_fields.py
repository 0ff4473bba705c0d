"""Fields of updates that several tests read."""

from __future__ import annotations

from typing import Any

from tellme.wire import acp


def read(**fields: object) -> acp.Update:
    return acp.read_update({"sessionId": "s", "update": fields})[1]


HUGE = "x" * 1_000_000
SELECT = {
    "id": "model",
    "name": "Model",
    "type": "select",
    "currentValue": "b",
    "options": [{"value": "b", "name": "B"}],
}


def form(field: object, **changes: object) -> dict[str, Any]:
    schema = {"type": "object", "properties": {"colour": field}, "required": ["colour"]}
    return {"sessionId": "s", "mode": "form", "message": "Which?", "requestedSchema": schema} | changes
