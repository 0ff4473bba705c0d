"""Files that go with a message or a reply: content blocks of the protocol ⇄ `Attachment`."""

from __future__ import annotations

from tellme.model import Attachment
from tellme.wire.fields import AcpError, Json, object_of, optional_string, string_of

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from collections.abc import Iterable


def read_blocks(blocks: Iterable[Json]) -> tuple[Attachment, ...]:
    """Return the files among content blocks, in their order; text blocks are none."""
    return tuple(read_block(block) for block in blocks if string_of(block, "type") != "text")


def read_block(block: Json) -> Attachment:
    """Read a content block that is a file: a link, an embedded resource, an image or a sound."""
    match string_of(block, "type"):
        case "resource_link":
            uri = string_of(block, "uri")
            return Attachment(optional_string(block, "name") or _name(uri), uri, optional_string(block, "mimeType"))
        case "resource":
            return _read_resource(object_of(block.get("resource"), "resource"))
        case "image" | "audio" as kind:
            uri = optional_string(block, "uri")
            return Attachment(_name(uri) or kind, uri, string_of(block, "mimeType"), None, string_of(block, "data"))
        case kind:
            raise AcpError(f"sent a content block that is no file, {kind[:40]!a}")


def block_of(attachment: Attachment) -> Json:
    """Build the content block for a file: with its content where that goes along, else as a link."""
    name, uri, mime, text, data = attachment
    kind = mime.partition("/")[0]
    if data is not None and kind in ("image", "audio"):
        return {"type": kind, "data": data, "mimeType": mime} | ({"uri": uri} if uri and kind == "image" else {})
    typed = {"mimeType": mime} if mime else {}
    if text is None and data is None:
        return {"type": "resource_link", "name": name or _name(uri), "uri": uri, **typed}
    content = {"blob": data} if data is not None else {"text": text}
    return {"type": "resource", "resource": {"uri": uri or f"attachment:{name}", **content, **typed}}


def _read_resource(resource: Json) -> Attachment:
    uri, mime = string_of(resource, "uri"), optional_string(resource, "mimeType")
    if "blob" in resource:
        return Attachment(_name(uri), uri, mime, None, string_of(resource, "blob"))
    return Attachment(_name(uri), uri, mime, string_of(resource, "text"))


def _name(uri: str) -> str:
    """Return the last part of an address, as far as it can be shown."""
    return uri.rstrip("/").rpartition("/")[2].removeprefix("attachment:")
