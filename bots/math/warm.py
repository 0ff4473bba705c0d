"""What every process of Math needs: loaded once where its processes are forked from, they share the memory of it."""

from __future__ import annotations

from mathbot import engine, limits

import tellme.sdk.blocking

__all__ = ["engine", "limits", "tellme"]
