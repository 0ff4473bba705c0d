"""JSON as editors keep it, with comments and trailing commas, read as JSON. Pure.

The promise: linear time, and whatever the text is, a ``ValueError`` with the line where it stops to make sense.
"""

from __future__ import annotations

import json
import re
from typing import Any

# A string that does not end is taken to its end too, and json says where it began.
_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*+"?)|//[^\n]*+|/\*.*?(?:\*/|\Z)', re.DOTALL)
_TRAILING_COMMA = re.compile(r'("(?:[^"\\]|\\.)*+"?)|,(?=\s*+[}\]])', re.DOTALL)
_NOT_A_NEWLINE = re.compile(r"[^\n]")


def loads(text: str) -> Any:
    """Read a document. Raises ``ValueError``."""
    plain = _COMMENT.sub(_blanked, text.removeprefix("\ufeff"))
    try:
        return json.loads(_TRAILING_COMMA.sub(_blanked, plain))
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno}: {error.msg}") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _blanked(match: re.Match[str]) -> str:
    """Leave strings as they are; of all else keep the line ends, so that places in messages stay right."""
    return match[1] or _NOT_A_NEWLINE.sub(" ", match[0])
