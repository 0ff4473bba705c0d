"""The line above the prompt that names the files for the next message."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from tellme.model import Attachment
from tellme.surfaces.attaching import names


class AttachedLine(Static):
    """In sight only while there are such files."""

    DEFAULT_CSS = """
    AttachedLine {
        height: 1; padding: 0 2; color: $text-muted; display: none; text-wrap: nowrap; text-overflow: ellipsis;
    }
    """

    def show(self, files: Sequence[Attachment]) -> None:
        """Name these files."""
        self.display = bool(files)
        self.update(Content(f"Goes along: {names(files)}  (/attach - takes back)"))
