"""``tellme ask`` where a ``tellme serve`` runs: the command itself, with real servers and with some that no server is.

What answers is told by the bot Where, to whom each host gives its own ``WHERE``.
"""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tellme.wire import hosting

from ..cli.conftest import tellme
from ..conftest import add_bot, add_hostile, wait_until
from .conftest import ENGLISH_STAYS_AWAY, PROGRAMS, Client, Serve, Served
from .houses import Run, add_where, ask, rest_of
from .houses import run as run

FULL = "tellme: tellme serve has 256 clients, and there is no room for more; try again.\n"
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all tests that do it no harm."""
    home = tmp_path_factory.mktemp("asked")
    add_where(home)
    add_bot(home, "Talker", [str(PROGRAMS / "talker.py")])
    add_hostile(home, "asks", "Asker")
    add_hostile(home, "crash-in-reply", "Quitter", retry=False)
    add_hostile(home, "crash-in-reply", "Once", retry=True, env={"ONCE": str(home / "once")})
    (home / "config.toml").write_text(f"{ENGLISH_STAYS_AWAY}\n[bots.Zen]\ntimeout = -1\n")
    server = Served(home, WHERE="serve")
    server.says("^tellme: Serving ")
    yield server
    server.close()


@pytest.fixture
def there(house: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """The server that the commands of the test find."""
    monkeypatch.setenv("TELLME_HOME", str(house.home))
    yield house
    house.hang_up()


def has_begun(client: Client, message: str) -> bool:
    return message in client.result("_tellme/messages")


class TestAsked:
    @pytest.mark.parametrize(
        ("arguments", "stdin", "out", "code"),
        [
            (["Where", "hi"], "", "serve hi\n", 0),
            (["where", "hi", "there"], "", "serve hi there\n", 0),
            (["Where", "hi", "--no-store"], "", "own hi\n", 0),
            (["Where", "--lines"], "a\nb\n", "serve a\nserve b\n", 0),
            (["Talker"], "all of\nstdin\n", "all of\nstdin\n", 0),
            (["Talker", "this:"], "1\n2\n", "this:\n\n1\n2\n", 0),
            (["Talker"], b"\xff \xc3\xa9", "\ufffd é\n", 0),
            (["Talker", "a\x1b[2Jb"], "", "ab\n", 0),
            (["Math", "-2+2"], "", "0\n", 0),
            (["Asker", "may you?"], "", '{"outcome": "selected", "optionId": "n"}\n', 0),
        ],
    )
    def test_a_reply(self, there: Served, arguments: list[str], stdin: str | bytes, out: str, code: int) -> None:
        done = ask(*arguments, stdin=stdin)
        assert (done.out, done.code) == (out, code)

    def test_a_long_reply_is_put_together_of_its_pieces(self, there: Served) -> None:
        assert ask("Talker", "big", "3").out == "x" * 3 * 2**20 + "\n"

    def test_a_decline(self, there: Served) -> None:
        done = ask("Math", "1/0")
        assert done.code == 1
        assert done.out.strip()

    @pytest.mark.parametrize(
        ("arguments", "stdin", "says"),
        [
            (
                ["Talkr", "hi"],
                "",
                "There is no bot named 'Talkr'. Did you mean Talker? 'tellme list' shows all of them.",
            ),
            (["Talker"], "", 'There is no message: give TEXT, or pipe it in (tellme ask BOT "2+2").'),
            (["Talker"], "x" * (2**20 + 3), "The message on standard input is longer than 1,048,576 bytes (1 MiB)."),
        ],
        ids=["bot", "message", "length"],
    )
    def test_what_cannot_be_asked(self, there: Served, arguments: list[str], stdin: str, says: str) -> None:
        done = ask(*arguments, stdin=stdin)
        assert (done.out, done.err.splitlines()[-1], done.code) == ("", f"tellme: {says}", 2)

    def test_a_turn_that_fails(self, there: Served) -> None:
        done = ask("Quitter", "hello")
        assert (done.out, done.code) == ("", 3)
        assert done.err.endswith("tellme: Quitter exited with code 3. 'tellme logs Quitter' shows its log.\n")

    def test_a_turn_that_is_tried_again_shows_one_answer(self, there: Served) -> None:
        done = ask("Once", "hello")
        assert "half" not in done.out
        assert done.out.strip()
        assert "tellme: Once exited with code 3; the message is sent again\n" in done.err
        assert done.code == 0

    def test_json(self, there: Served) -> None:
        told = json.loads(ask("Where", "hi", "--json").out)
        assert list(told) == ["bot", "session", "turn", "text", "status", "latency_ms", "attempts"]
        assert (told["bot"], told["text"], told["status"]) == ("Where", "serve hi", "answered")
        kept = there.client(tellme=True).result("_tellme/session", session_id=told["session"])
        assert kept[3] is not None, "the session has ended"
        assert json.loads(ask("Quitter", "hi", "--json").out)["error"] == "Quitter exited with code 3"

    def test_what_is_wrong_in_the_configuration_is_said(self, there: Served) -> None:
        done = ask("Where", "hi")
        assert (done.out, done.code) == ("serve hi\n", 0)
        assert done.err.startswith(f"tellme: {there.home}/config.toml: line 5, bots.Zen.timeout: ")
        assert done.err.count("\n") == 1

    def test_pieces_come_to_a_terminal_at_once(self, there: Served, tmp_path: Path, run: Run) -> None:
        ours, its = pty.openpty()
        process = run("ask", "Talker", f"wait {tmp_path / 'gate'}", stdout=its)
        os.close(its)
        try:
            assert os.read(ours, 100) == b"waited "
            (tmp_path / "gate").touch()
            assert os.read(ours, 100) in (b"enough", b"enough\r\n")
            assert process.wait(30) == 0
        finally:
            os.close(ours)

    def test_who_does_not_take_the_reply_cancels_the_turn(self, there: Served, tmp_path: Path, run: Run) -> None:
        """On a terminal that is closed in the middle of a reply."""
        ours, its = pty.openpty()
        message = f"wait {tmp_path / 'never'}"
        process = run("ask", "Talker", message, stdout=its)
        os.close(its)
        assert os.read(ours, 100) == b"waited "
        process.send_signal(signal.SIGSTOP)
        os.close(ours)
        (tmp_path / "never").touch()
        process.send_signal(signal.SIGCONT)
        assert process.wait(30) == 3
        assert b"Traceback" not in rest_of(process)[1]


class TestSignals:
    @pytest.mark.parametrize("number", CODES)
    def test_the_turn_is_cancelled(self, there: Served, tmp_path: Path, run: Run, number: signal.Signals) -> None:
        client = there.client(tellme=True)
        message = f"wait {tmp_path / 'never'}"
        process = run("ask", "Talker", message)
        wait_until(lambda: has_begun(client, message))
        process.send_signal(number)
        assert process.wait(4) == CODES[number], "and does not wait for its reply in vain"
        assert rest_of(process)[0] == b""
        turn = client.result("_tellme/failed_turns", limit=1)[0][0]
        assert (turn[2], turn[6]) == (message, "Talker was cancelled")

    def test_a_second_one_waits_for_nothing(self, serve: Serve, talker: Path, tmp_path: Path, run: Run) -> None:
        server = serve()
        client = server.client(tellme=True)
        message = f"wait {tmp_path / 'never'}"
        process = run("ask", "Talker", message)
        wait_until(lambda: has_begun(client, message))
        server.kill(signal.SIGSTOP)
        while process.poll() is None:  # signals that come at once count as one
            process.send_signal(signal.SIGINT)
        assert process.returncode == 130
        assert rest_of(process) == (b"", b"")

    def test_what_was_ignored_stays_ignored(self, there: Served, tmp_path: Path, run: Run) -> None:
        def as_nohup_does() -> None:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

        client = there.client(tellme=True)
        message = f"wait {tmp_path / 'gate'}"
        process = run("ask", "Talker", message, preexec_fn=as_nohup_does)
        wait_until(lambda: has_begun(client, message))
        process.send_signal(signal.SIGHUP)
        (tmp_path / "gate").touch()
        assert process.wait(30) == 0
        assert rest_of(process)[0] == b"waited enough\n"

    def test_ctrl_c_while_the_message_is_typed(self, there: Served, run: Run) -> None:
        process = run("ask", "Talker", stdin=subprocess.PIPE)
        wait_until(lambda: _reads_stdin(process.pid))
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130


def _reads_stdin(pid: int) -> bool:
    """Is the process in ``read(0, …)``, the system call that it sleeps in?"""
    return Path(f"/proc/{pid}/syscall").read_text().split()[:2] in (["0", "0x0"], ["63", "0x0"])


class TestGone:
    def test_one_that_was_killed_is_not_missed(self, serve: Serve, home: Path) -> None:
        add_where(home)
        server = serve(WHERE="serve")
        assert ask("Where", "hi").out == "serve hi\n"
        server.end(signal.SIGKILL)
        assert ask("Where", "hi") == ("own hi\n", "", 0)

    def test_one_that_is_killed_in_the_turn(self, serve: Serve, talker: Path, tmp_path: Path, run: Run) -> None:
        server = serve()
        client = server.client(tellme=True)
        message = f"wait {tmp_path / 'never'}"
        process = run("ask", "Talker", message)
        wait_until(lambda: has_begun(client, message))
        server.kill()
        assert process.wait(30) == 3
        assert rest_of(process) == (b"", f"tellme: {hosting.GONE}\n".encode())

    def test_one_that_drains_is_left_in_peace(self, serve: Serve, talker: Path, home: Path, tmp_path: Path) -> None:
        add_where(home)
        server = serve(WHERE="serve")
        client = server.client(tellme=True)
        client.prompt("", f"wait {tmp_path / 'gate'}", bot="Talker", key=1)
        assert client.next() is not None
        server.kill(signal.SIGTERM)
        server.says("Stopping")
        assert ask("Where", "hi") == ("own hi\n", "", 0)
        (tmp_path / "gate").touch()
        assert server.process.wait(30) == 0

    def test_one_that_stands_still_is_said(self, serve: Serve, run: Run) -> None:
        """And goes on as if nothing had been."""
        server = serve()
        server.kill(signal.SIGSTOP)
        for process in [run("ask", "Math", "2+2"), run("list")]:
            assert process.wait(30) == 3
            said = f"tellme: The tellme serve (pid {server.pid}) does not answer; wait until it does, or end it with"
            out, err = rest_of(process)
            assert (out, err.count(b"\n")) == (b"", 1)
            assert err.decode().startswith(said)
        server.kill(signal.SIGCONT)
        assert ask("Math", "2+2").out == "4\n"

    def test_one_that_is_full_says_so(self, serve: Serve) -> None:
        server = serve()
        clients = [server.client() for _ in range(256)]
        assert ask("Math", "2+2") == ("", FULL, 3)
        assert tellme("list") == ("", FULL, 3)
        clients[0].close()
        wait_until(lambda: ask("Math", "2+2").out == "4\n")
