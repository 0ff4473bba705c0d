"""What ``config.toml`` may say of the TUI, in ``[tui]``; a key that is wrong costs that key only.

Keys of the keyboard go by ids that the TUI knows (``"prompt.send" = "ctrl+enter"``): here they are text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tellme.values import NamedTuple

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`

if TYPE_CHECKING:
    from typing import Any

    from tellme.host.toml import Section

MAX_NOTIFY_AFTER_S = 86_400


class TuiSettings(NamedTuple):
    """The person's wishes, checked."""

    theme: str | None = None
    """``None`` is the one chosen last."""
    bell: bool = True
    notify: bool = True
    """Is there a notice on the desktop when a long turn ends, or a bot asks, and the window has no focus?"""
    notify_after_s: float = 10.0
    """How long a turn must have taken for that."""
    start_bots: bool = True
    """Do the bots start while the person reads?"""
    mouse: bool = True
    keys: Mapping[str, str] = {}
    """The id of a binding → the keys for it, with commas between them."""


def read(section: Section) -> TuiSettings:
    """Return what the table says, with the defaults for what it does not say or says wrong, which is noted."""
    from tellme.host import checks  # reads TOML, which most starts have no need of

    keys = {
        "theme": ("theme", checks.text),
        "bell": ("bell", checks.flag),
        "notify": ("notify", checks.flag),
        "notify_after": ("notify_after_s", lambda value: checks.seconds(value, MAX_NOTIFY_AFTER_S, zero=True)),
        "start_bots": ("start_bots", checks.flag),
        "mouse": ("mouse", checks.flag),
    }
    section.check_known((*keys, "keys"))
    bindings = _bindings(section.section("keys", '[tui.keys] with "prompt.send" = "ctrl+enter"'))
    return TuiSettings(**checks.checked(section, keys), keys=bindings)


def _bindings(section: Section) -> dict[str, str]:
    bindings: dict[str, str] = {}
    for path, keys in _entries(section.table):
        if isinstance(keys, str) and keys.strip():
            bindings[".".join(path)] = keys.strip()
        else:
            section.problem('must be the keys for it as text, as in "ctrl+enter"', *path)
    return bindings


def _entries(table: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], object]]:
    for name, value in table.items():
        if isinstance(value, dict):  # TOML's view of ``prompt.send = …`` without quotes
            yield from (((name, action), keys) for action, keys in value.items())
        else:
            yield (name,), value
