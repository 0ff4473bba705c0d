"""Files that go with a message, on the command line."""

from __future__ import annotations

import json
import os
from pathlib import Path

from .conftest import rows, tellme


def test_a_file_goes_with_a_message_and_is_named_with_its_turn(echo: Path, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("some notes")
    assert tellme("ask", "Echo", "hi", "--attach", str(file)) == ("hi\nsome notes\n", "", 0)
    ((turn,),) = rows(home, "SELECT id FROM turn")
    assert "Files:       notes.txt\n" in tellme("show", turn).out
    assert f'"attachments": [{{"name": "notes.txt", "uri": "{file.as_uri()}"' in tellme("show", turn, "--json").out


def test_a_file_that_cannot_go_is_one_line_and_nothing_is_sent(echo: Path, tmp_path: Path) -> None:
    gone = str(tmp_path / "gone")
    assert tellme("ask", "Echo", "hi", "--attach", gone) == (
        "",
        f"tellme: {gone} cannot be attached: there is no such file.\n",
        2,
    )
    assert tellme("ask", "Echo", "--lines", "--attach", gone).err == (
        "tellme: --lines sends many messages; --attach goes with one.\n"
    )


def test_the_piped_shell_sends_a_file_with_the_next_message(echo: Path, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("some notes")
    done = tellme(stdin=f"start_session Echo\n/attach {file}\none\ntwo\n".encode())
    assert done.out == "one\nsome notes\ntwo\n"
    assert "With the next message: notes.txt. '/attach -' takes it back.\n" in done.err
    first, second = (turn for (turn,) in rows(home, "SELECT id FROM turn ORDER BY sent_at"))
    assert "notes.txt" in tellme("show", first).out
    assert "notes.txt" not in tellme("show", second).out


def test_an_export_names_the_files_and_an_import_keeps_the_names(echo: Path, home: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("some notes")
    assert tellme("ask", "Echo", "hi", "--attach", str(tmp_path / "notes.txt")).code == 0
    ((session,),) = rows(home, "SELECT id FROM session")
    as_markdown, as_json = tellme("export", session).out, tellme("export", session, "--json").out
    assert "**You:** hi\n\n**With:** notes.txt\n\n**Echo:**" in as_markdown
    (file,) = json.loads(as_json)["turns"][0]["attachments"]
    assert file == {"name": "notes.txt", "uri": (tmp_path / "notes.txt").as_uri(), "mime": "text/plain"}
    for document in (as_markdown, as_json):
        elsewhere = {**os.environ, "TELLME_HOME": str(tmp_path / f"home{len(document)}")}
        assert "with 1 turn.\n" in tellme("import", "-", stdin=document, env=elsewhere).out
        again = tellme("export", session, "--json", env=elsewhere).out
        assert json.loads(again)["turns"][0]["attachments"] == [{"name": "notes.txt", "uri": "", "mime": ""}]
