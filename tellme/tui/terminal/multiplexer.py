"""Sequences that are meant for the terminal itself, wrapped so that tmux and GNU screen hand them on to it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

_SCREEN_CHUNK = 240
"""What every version of GNU screen takes in one string."""


def in_tmux(environ: Mapping[str, str]) -> bool:
    """Does tmux stand between us and the terminal, here or (as far as ``TERM`` tells) on the way here?"""
    return "TMUX" in environ or environ.get("TERM", "").startswith("tmux")


def in_screen(environ: Mapping[str, str]) -> bool:
    """Does GNU screen?"""
    return not in_tmux(environ) and ("STY" in environ or environ.get("TERM", "").startswith("screen"))


def wrap(environ: Mapping[str, str], sequence: str) -> str:
    """Wrap one control sequence, which must not end with ``ESC \\``, for what is in between.

    tmux hands it on where its option ``allow-passthrough`` is on, and else drops it.
    """
    if in_tmux(environ):
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if in_screen(environ):
        chunks = (sequence[start : start + _SCREEN_CHUNK] for start in range(0, len(sequence), _SCREEN_CHUNK))
        return "".join(f"\x1bP{chunk}\x1b\\" for chunk in chunks)
    return sequence
