"""Files that go with a message."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from tellme.errors import UsageError
from tellme.surfaces.attaching import MAX_ALONG_BYTES, MAX_FILE_BYTES, MOST_FILES, Attached, attachment, attachments


def file(folder: Path, name: str, content: bytes) -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


@pytest.mark.parametrize(
    ("name", "content", "mime", "text", "data"),
    [
        ("a.txt", b"two\nlines", "text/plain", "two\nlines", None),
        ("empty", b"", "", "", None),
        ("p.png", b"\x89PNG\xff", "image/png", None, base64.b64encode(b"\x89PNG\xff").decode()),
        ("nul.txt", b"a\0b", "text/plain", None, "YQBi"),
        ("ü b.txt", "ü".encode(), "text/plain", "ü", None),
        ("full.txt", b"x" * MAX_ALONG_BYTES, "text/plain", "x" * MAX_ALONG_BYTES, None),
        ("long.txt", b"x" * (MAX_ALONG_BYTES + 1), "text/plain", None, None),
    ],
)
def test_a_file_as_it_goes(
    tmp_path: Path, name: str, content: bytes, mime: str, text: str | None, data: str | None
) -> None:
    found = attachment(file(tmp_path, name, content))
    assert (found.name, found.mime, found.text, found.data) == (name, mime, text, data)
    assert found.uri == (tmp_path / name).as_uri()


def test_what_cannot_be_attached_is_one_line(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    big = tmp_path / "big"
    with big.open("wb") as stream:
        stream.truncate(MAX_FILE_BYTES + 1)
    reasons = {
        str(tmp_path / "none"): "there is no such file",
        str(tmp_path): "it is no file",
        str(tmp_path / "pipe"): "it is no file",
        str(big): "it is larger than 8 MiB",
        "~nobody-of-this-name/x": "Could not determine home directory",
        "a\0b": "there is no such file",
        "x" * 5000: "File name too long",
    }
    for path, reason in reasons.items():
        with pytest.raises(UsageError) as raised:
            attachment(path)
        said = str(raised.value)
        assert reason in said, said
        assert "\n" not in said


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    paths = [file(tmp_path, f"{number}", b"") for number in range(MOST_FILES + 1)]
    assert len(attachments(paths[1:])) == MOST_FILES
    with pytest.raises(UsageError, match="No more than 16 files"):
        attachments(paths)


def test_files_are_gathered_for_the_next_message(tmp_path: Path) -> None:
    attached = Attached()
    assert attached.command("") == "Nothing is attached. '/attach FILE' has it go with the next message."
    one, two = file(tmp_path, "one", b"1"), file(tmp_path, "two", b"2")
    assert attached.command(one) == "With the next message: one. '/attach -' takes it back."
    assert attached.command(two) == "With the next message: one, two. '/attach -' takes them back."
    file(tmp_path, "one", b"other")
    attached.command(one)
    assert [(each.name, each.text) for each in attached.files] == [("one", "other"), ("two", "2")]
    attached.sent()
    assert attached.files == ()
    attached.command(one)
    assert attached.command("-") == "Nothing is attached."
    assert attached.files == ()
