"""``ask --lines``: every line of input gets exactly one line of output, in order, before the next is needed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from .conftest import Start, rows, tellme


def exchange(process: subprocess.Popen[bytes], line: bytes) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(line + b"\n")
    process.stdin.flush()
    return process.stdout.readline()


def test_each_reply_comes_before_the_next_line_is_needed(echo: Path, home: Path, start: Start) -> None:
    process = start("ask", "Echo", "--lines")
    assert exchange(process, b"one") == b"one\n"
    assert exchange(process, b"two") == b"two\n"
    out, err = process.communicate(b"three, without a newline")
    assert (out, err, process.returncode) == (b"three, without a newline\n", b"", 0)
    assert rows(home, "SELECT count(DISTINCT session), count(*) FROM turn") == [(1, 3)]


def test_every_line_has_its_line_whatever_it_is(echo: Path, home: Path) -> None:
    lines = [b"first", b"", b"  ", b"decline no", b"raise x", b"repeat 2 a\xff\0", b"windows\r", b"list"]
    done = tellme("ask", "Echo", "--lines", stdin=b"\n".join(lines) + b"\n")
    assert done.out.splitlines() == ["first", "", "", "no", "", "a\ufffd\ufffd" * 2, "windows", "list"]
    assert done.out.endswith("list\n")
    assert done.err.count("\n") == 1
    assert done.code == 3
    assert rows(home, "SELECT count(*) FROM turn") == [(6,)]


def test_newlines_in_a_reply_are_shown_as_two_characters_but_kept_in_json(home: Path, echo: Path) -> None:
    (echo / "bot.py").write_text(
        "from tellme import Bot\nbot = Bot('Echo')\n@bot.reply\ndef reply(message):\n    return 'a\\nb\\n'\nbot.run()\n"
    )
    manifest = (echo / "bot.toml").read_text().splitlines()
    (echo / "bot.toml").write_text("\n".join(['command = ["bot.py"]', *(x for x in manifest if "command" not in x)]))
    assert tellme("ask", "Echo", "--lines", stdin="hi\nyou\n").out == "a\\nb\\n\n" * 2
    assert json.loads(tellme("ask", "Echo", "--lines", "--json", stdin="hi\n").out)["text"] == "a\nb\n"


def test_json_has_one_object_a_line_also_for_what_is_not_sent(echo: Path) -> None:
    done = tellme("ask", "Echo", "--lines", "--json", stdin=b"hi\n\nraise x\n" + b"\xff" * 400_000 + b"\nyou\n")
    replies = [json.loads(line) for line in done.out.splitlines()]
    assert [reply["status"] for reply in replies] == ["answered", "declined", "failed", "failed", "answered"]
    assert [reply["text"] for reply in replies] == ["hi", "", "", "", "you"]
    assert ["error" in reply for reply in replies] == [False, False, True, True, False]
    assert "1,200,000 bytes" in replies[3]["error"]
    assert len({reply["session"] for reply in replies}) == 1


def test_a_line_that_is_too_long_is_not_sent_and_the_next_one_is(echo: Path) -> None:
    done = tellme("ask", "Echo", "--lines", stdin=b"z" * 3_000_000 + b"\n" + b"count " + b"y" * 1_048_570 + b"\nlast")
    assert done.out == "\n1048576\nlast\n"
    assert done.err == "tellme: A line of 3,000,001 bytes is longer than a message may be (1 MiB); it was not sent.\n"
    assert done.code == 2


def test_the_exit_code_is_the_highest_of_all_turns(echo: Path) -> None:
    assert tellme("ask", "Echo", "--lines", stdin="hi\ndecline no\nhi\n").code == 1
    assert tellme("ask", "Echo", "--lines", stdin="die\nhi\n").code == 3
    assert tellme("ask", "Echo", "--lines", stdin="").code == 0


def test_a_bot_that_dies_costs_no_line(echo: Path) -> None:
    assert tellme("ask", "Echo", "--lines", stdin="a\ndie\nc\n").out == "a\n\nc\n"
