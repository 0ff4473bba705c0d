"""A file that comes with a message or goes with a reply."""

from __future__ import annotations

from tellme import model
from tellme.wire.attaching import block_of
from tellme.wire.fields import AcpError

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from tellme.wire.fields import Json

MAX_BYTES = 8 * 1024 * 1024
"""What goes with a reply at most: in base64 it still fits into one line of the protocol."""
MAX_FILE_BYTES = 64 * 1024 * 1024
"""What `Attachment.read` takes of a file at most."""
MAX_TEXT_CHARS = 2 * 1024 * 1024
"""The same for text, of which JSON may need six bytes for each character."""


class Attachment:
    """A file: its content, as ``text`` or as ``data`` (bytes), or only the ``uri`` that leads to it."""

    __slots__ = ("data", "mime", "name", "text", "uri")

    def __init__(
        self, name: str, uri: str = "", mime: str = "", *, text: str | None = None, data: bytes | None = None
    ) -> None:
        if text is not None and data is not None:
            raise ValueError(f"the attachment {name!r} has both text and data; one of them is its content")
        if text is None and data is None and not uri:
            raise ValueError(f"the attachment {name!r} has neither content nor a uri")
        self.name = name
        self.uri = uri
        self.mime = mime
        self.text = text
        self.data = data

    def __repr__(self) -> str:
        return f"Attachment({self.name!r}, {self.uri!r}, {self.mime!r})"

    def read(self) -> bytes:
        """Return the content, from the file itself where there is only a ``file://`` address.

        Raises ``OSError`` where that cannot be read or is larger than 64 MiB, ``ValueError`` for an address of another
        kind.
        """
        if self.data is not None:
            return self.data
        if self.text is not None:
            return self.text.encode()
        from urllib.parse import unquote, urlsplit

        address = urlsplit(self.uri)
        if address.scheme != "file" or address.netloc not in ("", "localhost"):
            raise ValueError(f"{self.uri[:200]!r} is no file of this machine; fetching it is up to the bot")
        return _content(unquote(address.path))

    def block(self) -> Json:
        """Return it as a content block of the protocol; raises ``ValueError`` where it is too large for one."""
        from binascii import b2a_base64

        if len(self.data or b"") > MAX_BYTES or len(self.text or "") > MAX_TEXT_CHARS:
            raise ValueError(f"the attachment {self.name!r} is too large; 8 MiB of data or 2 MiB of text can be sent")
        data = None if self.data is None else b2a_base64(self.data, newline=False).decode()
        return block_of(model.Attachment(self.name, self.uri, self.mime, self.text, data))


def _content(path: str) -> bytes:
    import os
    from stat import S_ISREG

    # A pipe in its place is not waited for.
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        if not S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(f"{path[:200]!r} is no ordinary file")
        data = file.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise OSError(f"{path[:200]!r} is larger than the 64 MiB that are read")
    return data


def received(attachment: model.Attachment) -> Attachment:
    """Return what came with a message as an author has it; raises `AcpError` for data that is no base64."""
    from binascii import Error, a2b_base64

    name, uri, mime, text, encoded = attachment
    try:
        data = None if encoded is None else a2b_base64(encoded, strict_mode=True)
    except (Error, ValueError):
        raise AcpError("sent an attachment that is no base64") from None
    return Attachment(name, uri, mime, text=text, data=data)
