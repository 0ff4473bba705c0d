"""What a bot written with the Bot API keeps of its sessions, and what a turn that comes again finds."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tellme.sdk import state_file
from tellme.wire import acp

STATE = """
@bot.reply
def reply(message):
    state = message.session.state
    if message.text == "fail":
        state["n"] = state.get("n", 0) + 10
        raise ValueError
    if message.text == "look":
        return repr(state)
    if message.text.startswith("state"):
        exec(message.text)
        return "did it"
    state["n"] = state.get("n", 0) + 1
    if message.text == "no":
        raise bot.Decline(f"no {state['n']}")
    return f"yes {state['n']}"
"""


@pytest.fixture
def start(start_bot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Start a bot whose folder is ``tmp_path / "data"``; the session is opened under an id of the client's."""
    monkeypatch.setenv("TELLME_BOT_DATA", str(tmp_path / "data"))

    def begin(body: str = STATE, session: str = "s1") -> tuple[Any, str]:
        driver, _ = start_bot(body)
        return driver, resume(driver, session)

    return begin


def resume(driver: Any, session: str) -> str:
    number = driver.request(acp.NEW_SESSION, acp.new_session_params("/", (), session))
    return acp.read_session_id(driver.result(number))


def say(driver: Any, session: str, text: str, turn: str) -> Any:
    return driver.rest(session, driver.prompt(session, text, turn=turn))


class TestState:
    @pytest.mark.parametrize("keyword", ["def", "async def"])
    def test_it_survives_the_process(self, start: Any, tmp_path: Path, keyword: str) -> None:
        body = STATE.replace("def reply", f"{keyword} reply")
        driver, session = start(body)
        say(driver, session, "x", "t1")
        driver.process.kill()
        driver, session = start(body)
        assert say(driver, session, "x", "t2") == (["yes 2"], "end_turn")
        (file,) = (tmp_path / "data" / "sessions").iterdir()
        assert (file.name, file.stat().st_mode & 0o777) == ("s1.json", 0o600)
        assert file.parent.stat().st_mode & 0o777 == 0o700

    def test_sessions_are_kept_apart(self, start: Any) -> None:
        driver, first = start()
        say(driver, first, "x", "t1")
        second = resume(driver, "s2")
        assert say(driver, second, "look", "t2") == (["{}"], "end_turn")

    @pytest.mark.parametrize(("text", "expected"), [("x", (["yes 1"], "end_turn")), ("no", (["no 1"], "refusal"))])
    def test_a_turn_that_comes_again_changes_nothing_twice(
        self, start: Any, text: str, expected: tuple[list[str], str]
    ) -> None:
        driver, session = start()
        assert say(driver, session, text, "t1") == expected
        driver.process.kill()
        driver, session = start()
        assert say(driver, session, text, "t1") == expected
        assert say(driver, session, "look", "t2") == (["{'n': 1}"], "end_turn")

    def test_a_turn_that_failed_runs_again(self, start: Any) -> None:
        driver, session = start()
        assert say(driver, session, "fail", "t1")[1] == "-32603 ValueError"
        assert say(driver, session, "x", "t1") == (["yes 1"], "end_turn")

    @pytest.mark.parametrize("name", ["../../up", "a/b", "", "x" * 300, "é", "a\0b", ".", "CON-1"])
    def test_no_id_leads_out_of_the_folder(self, start: Any, tmp_path: Path, name: str) -> None:
        driver, session = start(session=name)
        say(driver, session, "x", "t1")
        files = [path for path in tmp_path.rglob("*.json") if path.is_file()]
        assert all(path.parent == tmp_path / "data" / "sessions" for path in files)
        assert len(files) == bool(name)
        again = resume(driver, name)
        assert say(driver, again, "look", "t2")[0] == (["{'n': 1}"] if name else ["{}"])

    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            ("state['a'] = (1, 2)", "session.state['a'] is a tuple, which JSON cannot hold as it is"),
            ("state['a'] = {'b': [0, {1}]}", "session.state['a']['b'][1] is a set, which JSON cannot hold as it is"),
            ("state[1] = 2", "session.state has the key 1, which is no str, so JSON cannot hold it"),
            ("state['a'] = float('nan')", "session.state['a'] is nan, which JSON cannot hold"),
            ("state['a'] = 10 ** 5000", "session.state['a'] is an integer of too many digits to be kept"),
            ("state['a'] = message", "session.state['a'] is a Message, which JSON cannot hold as it is"),
            ("state['a'] = state", "is nested too deeply to be kept"),
            ("state; message.session.state = 5", "session.state has to be a dict, not int"),
            ("state; message.session.state = None", "session.state has to be a dict, not NoneType"),
            ("state; message.session.state = ['n']", "session.state has to be a dict, not list"),
            ("state; message.session.state = {2: 1}", "session.state has the key 2, which is no str"),
            ("state['a'] = 'x' * 4194305", "session.state takes 4194319 characters as JSON, more than the 4194304"),
        ],
    )
    def test_what_cannot_be_kept_fails_its_turn(self, start: Any, change: str, problem: str) -> None:
        driver, session = start()
        say(driver, session, "x", "t1")
        _, end = say(driver, session, change, "t2")
        assert problem in end
        assert end.startswith("-32603 session.state")
        for again in (session, resume(driver, "s1")):
            assert say(driver, again, "look", "t3") == (["{'n': 1}"], "end_turn")

    def test_a_whole_new_state_is_kept(self, start: Any) -> None:
        driver, session = start()
        say(driver, session, "state; message.session.state = {'n': 7}", "t1")
        for again in (session, resume(driver, "s1")):
            assert say(driver, again, "look", "t2") == (["{'n': 7}"], "end_turn")

    def test_all_that_json_can_hold_comes_back(self, start: Any) -> None:
        value = {"a": [1, -2.5, None, True, "é\u2028\ud800", {"": []}], "b": 10**3000}
        driver, session = start()
        say(driver, session, f"state.update({value!r})", "t1")
        again = resume(driver, "s1")
        assert say(driver, again, f"state['same'] = state == {value!r}", "t2")[1] == "end_turn"
        (pieces, _) = say(driver, again, "look", "t3")
        assert "'same': True" in pieces[0]

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"{",
            b"\xff",
            b"[]",
            b"[" * 100_000,
            b'{"turn":"t","answer":null}',
            b'{"turn":1,"answer":null,"state":{}}',
        ],
        ids=range(7),
    )
    def test_a_damaged_file_is_set_aside(self, start: Any, tmp_path: Path, content: bytes) -> None:
        folder = tmp_path / "data" / "sessions"
        folder.mkdir(parents=True)
        (folder / "s1.json").write_bytes(content)
        (folder / "s1.json.damaged-1").write_text("earlier")
        driver, session = start()
        assert say(driver, session, "x", "t1") == (["yes 1"], "end_turn")
        assert (folder / "s1.json.damaged-2").read_bytes() == content
        assert (folder / "s1.json.damaged-1").read_text() == "earlier"
        assert "is damaged" in driver.log

    @pytest.mark.parametrize("kind", ["pipe", "folder", "endless", "unreadable"])
    def test_what_is_no_file_of_its_own_does_not_hold_it_up(self, start: Any, tmp_path: Path, kind: str) -> None:
        folder = tmp_path / "data" / "sessions"
        folder.mkdir(parents=True)
        file = folder / "s1.json"
        match kind:
            case "pipe":
                os.mkfifo(file)
            case "folder":
                file.mkdir()
            case "endless":
                file.symlink_to("/dev/zero")
            case "unreadable":
                file.symlink_to(file)
        driver, session = start()
        assert say(driver, session, "x", "t1") == (["yes 1"], "end_turn")
        assert "state of a session" in driver.log

    def test_the_state_changed_longest_ago_makes_room(self, start: Any, tmp_path: Path) -> None:
        folder = tmp_path / "data" / "sessions"
        folder.mkdir(parents=True)
        for number in range(1_000):
            (folder / f"old{number}.json").write_text("{}")
        os.utime(folder / "old500.json", (0, 0))
        driver, session = start()
        say(driver, session, "x", "t1")
        assert len(list(folder.iterdir())) == 1_000
        assert not (folder / "old500.json").exists()

    def test_a_disk_that_takes_nothing_costs_no_turn(self, start: Any, tmp_path: Path) -> None:
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "sessions").write_text("in the way")
        driver, session = start()
        assert say(driver, session, "x", "t1") == (["yes 1"], "end_turn")
        assert say(driver, session, "x", "t2") == (["yes 2"], "end_turn")
        assert "The state of a session" in driver.log

    def test_who_keeps_nothing_writes_nothing(self, start: Any, tmp_path: Path) -> None:
        driver, session = start("@bot.reply\ndef reply(message):\n    return message.text")
        say(driver, session, "x", "t1")
        assert not (tmp_path / "data").exists()

    def test_what_was_sent_with_the_reply_comes_again_too(self, start: Any) -> None:
        driver, session = start("""
from tellme import Attachment
@bot.reply
def reply(message):
    message.session.state["seen"] = True
    yield "one"
    yield Attachment("a", text="two")
    message.leave()
""")
        kept = []
        for _ in range(2):
            number = driver.prompt(session, "x", turn="t1")
            kept.append([driver.next() for _ in range(3)])
            assert kept[-1][-1].id == number
            session = resume(driver, "s1")
        (first, second) = [[m.params["update"] for m in turn[:2]] + [turn[2].result] for turn in kept]
        assert first == second
        assert first[-1] == {"stopReason": "end_turn", "_meta": {"tellme": {"leaves": True}}}


class TestTwoProcesses:
    """Two hosts have the same session open, each with a process of the same bot."""

    @pytest.mark.parametrize("keyword", ["def", "async def"])
    def test_each_goes_on_from_what_the_other_left(self, start: Any, keyword: str) -> None:
        (one, first), (other, second) = (start(STATE.replace("def reply", f"{keyword} reply")) for _ in range(2))
        replies = [
            say(one, first, "x", "t1"),
            say(other, second, "x", "t2"),
            say(one, first, "x", "t3"),
            say(other, second, "look", "t4"),
        ]
        assert [pieces for pieces, _ in replies] == [["yes 1"], ["yes 2"], ["yes 3"], ["{'n': 3}"]]

    @pytest.mark.parametrize("keyword", ["def", "async def"])
    def test_what_the_other_wrote_meanwhile_is_not_written_over(self, start: Any, tmp_path: Path, keyword: str) -> None:
        (one, first), (other, second) = (start(STATE.replace("def reply", f"{keyword} reply")) for _ in range(2))
        say(one, first, "x", "t1")
        os.mkfifo(tmp_path / "door")
        number = one.prompt(first, f"state['n'] = 50; open({str(tmp_path / 'door')!r}).read()", "t2")
        with open(tmp_path / "door", "w"):  # opens when the turn waits for it
            assert say(other, second, "x", "t3") == (["yes 2"], "end_turn")
        assert one.rest(first, number)[1] == (
            "-32603 session.state was changed by another process meanwhile; send the message again"
        )
        assert say(one, first, "x", "t4") == (["yes 3"], "end_turn")

    def test_a_storm_tears_nothing_and_loses_nothing(self, start: Any, tmp_path: Path) -> None:
        both = [start() for _ in range(2)]
        asked = [
            (driver, session, driver.prompt(session, "x", f"t{number}"))
            for number, (driver, session) in enumerate(both * 150)
        ]
        ends = [driver.rest(session, number)[1] for driver, session, number in asked]
        assert set(ends) <= {
            "end_turn",
            "-32603 session.state was changed by another process meanwhile; send the message again",
        }
        assert say(*both[0], "look", "last")[0] == [f"{{'n': {ends.count('end_turn')}}}"]
        assert os.listdir(tmp_path / "data" / "sessions") == ["s1.json"]

    def test_what_a_killed_one_had_begun_to_write_does_not_stay(self, start: Any, tmp_path: Path) -> None:
        folder = tmp_path / "data" / "sessions"
        folder.mkdir(parents=True)
        for name in ("s1.json.old.new", "s1.json.fresh.new"):
            (folder / name).touch()
        os.utime(folder / "s1.json.old.new", (0, 0))
        driver, session = start()
        say(driver, session, "x", "t1")
        assert sorted(os.listdir(folder)) == ["s1.json", "s1.json.fresh.new"]

    def test_a_file_is_stamped_finely(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """By its inode and the system's own stamps two writings in a row may look the same."""
        monkeypatch.setattr(state_file, "time_ns", lambda: 10**18 + 7)
        state_file.StateFile(str(tmp_path / "s1.json")).write("{}")
        assert (tmp_path / "s1.json").stat().st_mtime_ns == 10**18 + 7
