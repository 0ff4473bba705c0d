"""The styles of a conversation, by what they mean, in the words of the theme: no colour stands here or below.

Each can be told from the text around it without colour as well, by weight, by line or by what surrounds it.
"""

from __future__ import annotations

from typing import Final

MUTED: Final = "$text-muted"
ERROR: Final = "$error"
WARNING: Final = "$warning"

PERSON: Final = "bold $secondary"
BOT: Final = "bold $primary"
PERSON_BAR: Final = "$secondary"
BOT_BAR: Final = "$primary"

HEADINGS: Final = ("bold underline $primary", "bold $primary", "bold")
"""Of the first level, of the second, and of all below."""
STRONG: Final = "bold"
EMPHASIS: Final = "italic"
STRUCK: Final = "strike"
INLINE_CODE: Final = "$accent on $panel"
LINK: Final = "underline $primary"
CODE: Final = "on $surface"
LINES: Final = "$border-blurred"
"""Of tables, quotes and rules."""

MATCH: Final = "underline bold"
CURRENT_MATCH: Final = "reverse bold"

CODE_TOKENS: Final[dict[tuple[str, ...], str]] = {
    ("Comment",): "italic $text-muted",
    ("Keyword",): "bold $primary",
    ("Keyword", "Constant"): "$accent",
    ("Keyword", "Type"): "$primary",
    ("Operator", "Word"): "bold $primary",
    ("Literal", "String"): "$success",
    ("Literal", "Number"): "$accent",
    ("Name", "Attribute"): "$secondary",
    ("Name", "Builtin"): "$secondary",
    ("Name", "Class"): "bold $secondary",
    ("Name", "Decorator"): "$secondary",
    ("Name", "Exception"): "$secondary",
    ("Name", "Function"): "bold",
    ("Name", "Tag"): "bold $primary",
    ("Generic", "Deleted"): "$error",
    ("Generic", "Inserted"): "$success",
    ("Generic", "Heading"): "bold",
    ("Generic", "Subheading"): "$primary",
}
"""By the names of Pygments' tokens; a token that is not here looks like its parent."""
