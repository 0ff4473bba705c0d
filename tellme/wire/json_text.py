"""JSON by the C code behind ``json``, without what that package brings: ``re`` and its compiler, 4 ms of each start.

The promise: the same values, the same text and the same errors. What the C code does not take is given to ``json``
itself, which says what is wrong with it.
"""

from __future__ import annotations

import _json

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

_BLANK = " \t\n\r"
_NUMBERS: dict[str, float] = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
"""What ``json`` reads and JSON does not have."""


class _Rules:
    """What the C code asks of a ``JSONDecoder``."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int

    def __init__(self, parse_constant: Callable[[str], Any]) -> None:
        self.parse_constant = parse_constant


def decoder(parse_constant: Callable[[str], Any] = _NUMBERS.__getitem__) -> Callable[[str], Any]:
    """Return what ``JSONDecoder(parse_constant=…).decode`` is: it raises ``ValueError`` or ``RecursionError``."""
    rules: Any = _Rules(parse_constant)
    scan = _json.make_scanner(rules)

    def decode(text: str) -> Any:
        try:
            value, end = scan(text, len(text) - len(text.lstrip(_BLANK)))
        except (StopIteration, ValueError, SystemError):  # the last where it looks for ``json`` in vain
            return _explained(text, parse_constant)
        return _explained(text, parse_constant) if end < len(text) and text[end:].strip(_BLANK) else value

    return decode


def _explained(text: str, parse_constant: Callable[[str], Any]) -> Any:
    from json import JSONDecoder

    return JSONDecoder(parse_constant=parse_constant).decode(text)


def _refuse(value: object) -> NoReturn:
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def encoder(comma: str = ",", colon: str = ":", *, allow_nan: bool = False) -> Callable[[object], str]:
    """Return what writes JSON, not only ASCII. It raises ``ValueError`` for a float that JSON does not have unless
    ``allow_nan``, ``TypeError`` for what is no JSON, and ``RecursionError`` for what is too deep or contains itself.
    """
    string = _json.encode_basestring
    parts = _json.make_encoder(None, _refuse, string, None, colon, comma, False, False, allow_nan)

    def encode(value: object) -> str:
        return string(value) if isinstance(value, str) else "".join(parts(value, 0))

    return encode
