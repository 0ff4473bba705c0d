"""The ``lines`` protocol, for programs that read a line and write a line: text ⇄ one line of bytes, without I/O.

Promise: a message of any shape is exactly one line, and a reply of any bytes is text. What a program with a prompt
prints is read in ``wire/repl.py``.
"""

from __future__ import annotations

_KEYS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")


def encode(message: str, *, typed: bool = False) -> bytes:
    """Write a message as one line. Every line break inside it becomes a space; lone surrogates become ``?``.

    On a terminal control characters are keys (Ctrl-C, Ctrl-D, Tab): a line that is ``typed`` has spaces for them.
    """
    line = " ".join(message.splitlines())
    return (line.translate(_KEYS) if typed else line).encode("utf-8", "replace") + b"\n"


def decode(line: bytes) -> str:
    """Read a reply, with or without its line end. What is no UTF-8 becomes U+FFFD."""
    return line.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "replace")
