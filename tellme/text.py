"""Text from strangers, made harmless, and text from people, made a message. Pure.

The promise: what has been through ``clean`` holds no control character but newline and tab, no lone surrogate and
nothing that reorders what stands around it, however the text was cut on its way here.
"""

from __future__ import annotations

from functools import cache

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    import re

MAX_SEQUENCE = 4096
"""The longest control string (OSC, DCS …) taken out whole. Of a longer or an open one only the introducer goes."""

_PARAMETERS = r"[0-?]{0,64}+[ -/]{0,16}+"
_STRING = rf"[^\x00-\x07\x0e-\x1f\x7f-\x9f]{{0,{MAX_SEQUENCE}}}+"

_SEQUENCE = rf"""
    (?P<newline>  \r\n? | [\u2028\u2029] )
  | (?P<pair>     [\ud800-\udbff][\udc00-\udfff] )
  | (?P<invalid>  [\ud800-\udfff] )
  | (?: \x1b[PX\]^_] | [\x90\x98\x9d-\x9f] ) {_STRING} (?: \x07 | \x1b\\ | \x9c )   # DCS, SOS, OSC, PM, APC
  | (?: \x1b\[ | \x9b ) {_PARAMETERS} [@-~]?                                        # CSI
  | \x1b [ -/]{{0,16}}+ [0-~]?                                                      # all other escape sequences
  | [\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]
  | [\u202a-\u202e\u2066-\u2069]                                                    # bidirectional overrides, isolates
"""

# What may go on in the next piece of a stream, so that its meaning is still open.
_OPEN = rf"""
    (?P<open> (?:
        [\r\ud800-\udbff]
      | (?: \x1b[PX\]^_] | [\x90\x98\x9d-\x9f] ) {_STRING} \x1b?
      | (?: \x1b\[ | \x9b ) {_PARAMETERS}
      | \x1b [ -/]{{0,16}}+
    ) \Z )
"""


def clean(text: str) -> str:
    """Take all that a terminal would obey out of ``text``, in linear time.

    Control sequences go whole (ECMA-48, 7-bit and 8-bit), then every other control character except newline and tab,
    and the bidirectional overrides and isolates ("Trojan Source"). Line ends of all kinds become ``\\n``.
    """
    return text if _is_plain(text) else _sequence().sub(_harmless, text)


class Cleaner:
    """Cleans a text that comes in pieces: whatever the cuts, the results together are ``clean`` of the whole.

    Holds back at most ``MAX_SEQUENCE`` characters and an introducer.
    """

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> str:
        """Return what can be shown now."""
        text = self._held + piece
        self._held = ""
        return text if _is_plain(text) else _sequence_in_stream().sub(self._harmless_or_held, text)

    def flush(self) -> str:
        """Return what was held back: the text is at its end, and the next piece begins another."""
        rest, self._held = self._held, ""
        return clean(rest)

    def _harmless_or_held(self, match: re.Match[str]) -> str:
        if match["open"] is None:
            return _harmless(match)
        self._held = match["open"]
        return ""


def clean_json(text: str) -> str:
    """Escape in JSON what it lets stand and a terminal, or whoever splits at line ends, does not take as text."""
    return text if text.isascii() and "\x7f" not in text else _unsafe_in_json().sub(_json_escape, text)


def one_line(text: str) -> str:
    """Clean ``text`` and show its newlines as the two characters ``\\n``."""
    return clean(text).replace("\n", "\\n")


def decode_message(data: bytes) -> str:
    """Decode what a person or a pipe sent: one newline at the end goes, NUL and what is no UTF-8 become U+FFFD."""
    text = data.decode("utf-8", "replace").replace("\0", "\ufffd")
    return text[:-2] if text.endswith("\r\n") else text.removesuffix("\n")


def shorten(text: str, length: int) -> str:
    """Cut ``text`` to at most ``length`` characters (at least one), the last of which then is ``…``."""
    return text if len(text) <= length else text[: length - 1] + "…"


def _is_plain(text: str) -> bool:
    # Also false for some text that needs no cleaning (a no-break space): the pattern then finds nothing.
    return text.replace("\n", "").replace("\t", "").isprintable()


# ``re`` takes 2 ms to import, a pattern one to compile, and most replies need neither.
@cache
def _sequence() -> re.Pattern[str]:
    import re

    return re.compile(_SEQUENCE, re.VERBOSE)


@cache
def _sequence_in_stream() -> re.Pattern[str]:
    import re

    return re.compile(f"{_OPEN}|{_SEQUENCE}", re.VERBOSE)


@cache
def _unsafe_in_json() -> re.Pattern[str]:
    import re

    return re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def _json_escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _harmless(match: re.Match[str]) -> str:
    if match["newline"]:
        return "\n"
    if match["pair"]:  # programs that count in UTF-16 cut a character in two
        return match["pair"].encode("utf-16", "surrogatepass").decode("utf-16")
    return "\ufffd" if match["invalid"] else ""
