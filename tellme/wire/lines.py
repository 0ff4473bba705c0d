"""The ``lines`` protocol, for programs that read a line and write a line: text ⇄ one line of bytes, without I/O.

Promise: a message of any shape is exactly one line, and a reply of any bytes is text.
"""

from __future__ import annotations


def encode(message: str) -> bytes:
    """Write a message as one line. Every line break inside it becomes a space; lone surrogates become ``?``."""
    return " ".join(message.splitlines()).encode("utf-8", "replace") + b"\n"


def decode(line: bytes) -> str:
    """Read a reply, with or without its line end. What is no UTF-8 becomes U+FFFD."""
    return line.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "replace")
