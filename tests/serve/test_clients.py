"""What clients of one server are told: plain ones of the protocol, those that are tellme, and many at once."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest

from tellme import __version__

from ..conftest import wait_until
from .conftest import Client, Served, text_of


class TestPlain:
    def test_it_is_greeted_as_the_protocol_says(self, shared: Served) -> None:
        found = shared.client(tellme=None).greet()
        assert found["protocolVersion"] == 1
        assert found["agentInfo"] == {"name": "tellme", "title": "tellme", "version": __version__}
        assert found["agentCapabilities"]["loadSession"] is True
        assert found["agentCapabilities"]["sessionCapabilities"] == {"list": {}, "resume": {}, "close": {}}
        assert "_meta" not in found

    @pytest.mark.parametrize(
        ("bot", "message", "told"),
        [
            ("Math", "2+2", ("4", "end_turn")),
            ("math", "6*7", ("42", "end_turn")),
            ("Talker", "hé\nllo 😀", ("hé\nllo 😀", "end_turn")),
            ("Talker", "a\0b", ("a\ufffdb", "end_turn")),
        ],
    )
    def test_a_turn(self, client: Client, bot: str, message: str, told: tuple[str, str]) -> None:
        assert client.ask(client.new(bot), message) == told

    def test_a_bot_that_declines_refuses(self, client: Client) -> None:
        text, reason = client.ask(client.new("Math"), "1/0")
        assert text
        assert reason == "refusal"

    def test_the_first_message_finds_the_bot_and_the_session_stays_with_it(self, client: Client) -> None:
        session = client.new()
        assert client.ask(session, "say it back") == ("say it back", "end_turn")
        assert client.ask(session, "2+2") == ("2+2", "end_turn")

    def test_a_message_that_fits_no_bot_names_them(self, client: Client) -> None:
        session = client.new()
        text, reason = client.ask(session, "qwxz vbnm")
        assert reason == "refusal"
        assert all(name in text for name in ("Math", "Talker", "English"))
        assert client.ask(session, "say it back")[1] == "end_turn"

    def test_pieces_that_may_be_void_are_held_back(self, client: Client, shared: Served) -> None:
        """The bot says half an answer and dies; the second try says the whole one."""
        before, answer = client.until(client.prompt(client.new("Once"), "hello"))
        assert (shared.home / "once").exists()
        assert answer["result"]["stopReason"] == "end_turn"
        assert "half" not in text_of(before)

    def test_a_turn_that_failed_is_an_error_that_says_why(self, client: Client) -> None:
        _, answer = client.until(client.prompt(client.new("Quitter"), "hello"))
        assert answer["error"]["message"] == "Quitter exited with code 3"
        assert len(answer["error"]["data"]["tellme"]["turn"]) > 5

    def test_it_is_cancelled(self, client: Client, tmp_path: Path) -> None:
        session = client.new("Talker")
        number = client.prompt(session, f"wait {tmp_path / 'never'}")
        client.send(method="session/cancel", params={"sessionId": session})
        assert client.until(number)[1]["result"] == {"stopReason": "cancelled"}
        assert client.ask(session, "still there") == ("still there", "end_turn")

    @pytest.mark.parametrize(
        ("outcome", "heard"),
        [
            ({"result": {"outcome": {"outcome": "selected", "optionId": "y"}}}, '"optionId": "y"'),
            ({"result": {"outcome": {"outcome": "selected", "optionId": "other"}}}, '"optionId": "n"'),
            ({"result": {"outcome": {"outcome": "cancelled"}}}, '"optionId": "n"'),
            ({"result": {"outcome": ["y"]}}, '"optionId": "n"'),
            ({"result": None}, '"optionId": "n"'),
            ({"error": {"code": -32601, "message": "no"}}, '"optionId": "n"'),
        ],
    )
    def test_the_person_is_asked(self, client: Client, outcome: dict[str, Any], heard: str) -> None:
        session = client.new("Asker")
        number = client.prompt(session, "may you?")
        question = client.next()
        assert question is not None
        assert question["method"] == "session/request_permission"
        assert question["params"]["sessionId"] == session
        assert question["params"]["toolCall"]["title"] == "May I?"
        assert [each["optionId"] for each in question["params"]["options"]] == ["y", "n"]
        client.send(id=question["id"], **outcome)
        before, _ = client.until(number)
        assert heard in text_of(before)

    def test_whoever_hangs_up_in_a_question_has_said_no(self, shared: Served) -> None:
        client = shared.client()
        session = client.new("Asker")
        client.prompt(session, "may you?")
        client.next()
        client.close()
        other = shared.client(tellme=True)
        wait_until(lambda: other.result("_tellme/turns", session_id=session, limit=1)[0][5] == "answered")
        assert '"optionId": "n"' in other.result("_tellme/turns", session_id=session, limit=1)[0][4]

    def test_a_session_is_listed_loaded_resumed_and_closed(self, client: Client, shared: Served) -> None:
        session = client.new("Talker")
        client.ask(session, "a title of its own")
        listed = client.result("session/list", cwd="/somewhere")["sessions"]
        row = next(each for each in listed if each["sessionId"] == session)
        assert (row["cwd"], row["title"]) == ("/somewhere", "a title of its own")
        other = shared.client()
        before, answer = other.until(other.request("session/load", sessionId=session, cwd="/", mcpServers=[]))
        updates = [(each["params"]["update"]["sessionUpdate"], each["params"]["update"]["content"]) for each in before]
        content = {"type": "text", "text": "a title of its own"}
        assert updates == [("user_message_chunk", content), ("agent_message_chunk", content)]
        assert answer["result"] == {}
        assert other.answer("session/resume", sessionId=session, cwd="/")["result"] == {}
        assert other.ask(session, "and on") == ("and on", "end_turn")
        assert other.result("session/close", sessionId=session) == {}
        assert shared.client(tellme=True).result("_tellme/session", session_id=session)[3] is not None

    def test_pages_of_sessions(self, client: Client) -> None:
        for _ in range(105):
            client.new("Talker")
        first = client.result("session/list")
        second = client.result("session/list", cursor=first["nextCursor"])
        ids = [each["sessionId"] for each in first["sessions"] + second["sessions"]]
        assert (len(first["sessions"]), len(set(ids))) == (100, len(ids))

    def test_sessions_of_a_connection_run_side_by_side(self, client: Client, tmp_path: Path) -> None:
        gate = tmp_path / "gate"
        waiting = client.prompt(client.new("Talker"), f"wait {gate}")
        assert client.ask(client.new("Math"), "1+1") == ("2", "end_turn")
        gate.touch()
        before, _ = client.until(waiting)
        assert text_of(before) == "waited enough"


class TestTellme:
    def test_it_is_greeted_with_all_that_it_needs(self, shared: Served) -> None:
        found = shared.client(tellme=None).greet(tellme=True)["_meta"]["tellme"]
        assert (found["version"], found["pid"], found["damage"]) == (__version__, shared.pid, [])
        assert {"Math", "Talker"} <= {row[0] for row in found["catalogue"]["bots"]}

    def test_a_turn_from_its_begin_to_its_reply(self, own: Client) -> None:
        before, answer = own.until(own.prompt("", "over and over", bot="talker", key=7))
        begin, *updates = before
        turn = begin["params"]["turn"]
        session = begin["params"]["session"][0]
        assert (begin["method"], begin["params"]["key"]) == ("_tellme/turn", 7)
        assert {each["params"]["_meta"]["tellme"]["turn"] for each in updates} == {turn}
        assert text_of(updates) == "over and over"
        reply = answer["result"]["_meta"]["tellme"]["reply"]
        assert reply[:5] == ["Talker", session, turn, "over and over", "answered"]
        assert answer["result"]["_meta"]["tellme"]["offered"] == []

    def test_pieces_come_at_once_and_a_new_try_is_told(self, own: Client) -> None:
        before, answer = own.until(own.prompt("", "hello", bot="Again", key=1))
        kinds = [each["method"] for each in before]
        retrying = next(each["params"] for each in before if each["params"].get("retrying"))
        at = kinds.index("_tellme/turn", 1)
        assert text_of(before[:at]) == "half an ans"
        assert retrying["retrying"] == "Again exited with code 3; the message is sent again"
        assert answer["result"]["_meta"]["tellme"]["reply"][4] == "answered"

    def test_a_turn_that_failed_is_a_reply_too(self, own: Client) -> None:
        answer = own.until(own.prompt("", "hello", bot="Quitter"))[1]
        reply = answer["result"]["_meta"]["tellme"]["reply"]
        assert (reply[4], reply[7]) == ("failed", "Quitter exited with code 3")

    def test_a_failed_turn_is_sent_again(self, own: Client) -> None:
        failed = own.until(own.prompt("", "hello", bot="Quitter"))[1]["result"]["_meta"]["tellme"]["reply"]
        again = own.until(own.prompt("", "", retry=failed[2], key=3))
        begin = again[0][0]["params"]
        assert (begin["turn"], begin["key"]) == (failed[2], 3)
        assert again[1]["result"]["_meta"]["tellme"]["reply"][2] == failed[2]

    def test_one_turn_of_several_is_cancelled(self, own: Client, tmp_path: Path) -> None:
        session = own.result("_tellme/open_session", name="Talker")[0]
        first = own.prompt(session, f"wait {tmp_path / 'gate'}", key=1)
        second = own.prompt(session, "second", key=2)
        turns: dict[int, str] = {}
        while len(turns) < 2 and (told := own.next()) is not None:
            if told["method"] == "_tellme/turn":
                turns[told["params"]["key"]] = told["params"]["turn"]
        cancel = {"sessionId": session, "_meta": {"tellme": {"turn": turns[2]}}}
        own.send(method="session/cancel", params=cancel)
        reply = own.until(second)[1]["result"]["_meta"]["tellme"]["reply"]
        assert reply[7] == "Talker was cancelled"
        (tmp_path / "gate").touch()
        assert own.until(first)[1]["result"]["_meta"]["tellme"]["reply"][3] == "waited enough"

    @pytest.mark.parametrize(("brief", "is_open"), [(True, False), (False, True)])
    def test_a_brief_session_ends_with_its_turn(self, own: Client, brief: bool, is_open: bool) -> None:
        begin = own.until(own.prompt("", "hello", bot="Talker", brief=brief))[0][0]
        session = own.result("_tellme/session", session_id=begin["params"]["session"][0])
        assert (session[3] is None) == is_open

    def test_nobody_is_asked_where_there_is_no_person(self, own: Client) -> None:
        before, _ = own.until(own.prompt("", "may you?", bot="Asker", answers=False))
        assert '"optionId": "n"' in text_of(before)

    def test_calls(self, own: Client) -> None:
        session = own.result("_tellme/open_session", name="math")
        assert session[1] == "math"
        assert own.result("_tellme/set_title", session_id=session[0], title="sums")[5] == "sums"
        assert own.result("_tellme/why_not_startable", name="math") is None
        assert own.result("_tellme/check_store") is None
        assert {row[1] for row in own.result("_tellme/bots")} >= {"math", "zen", "english", "talker"}
        assert own.result("_tellme/end_session", session_id=session[0])[3] is not None

    @pytest.mark.parametrize(
        ("method", "params", "code", "says"),
        [
            ("_tellme/status", {"name": "Maths"}, -32000, "There is no bot named 'Maths'. Did you mean Math"),
            ("_tellme/status", {}, -32602, "The client sent no name."),
            ("_tellme/status", {"name": 5}, -32602, "The client sent something of another type: a number."),
            ("_tellme/status", {"name": "Math", "more": 1}, -32602, "sent 'more', which status does not take"),
            ("_tellme/turns", {"session_id": "x", "limit": 2**63}, -32602, "a number that is too large"),
            ("_tellme/turns", {"session_id": "x", "limit": True}, -32602, "something of another type: true"),
            ("_tellme/stats", {"since": 10**400}, -32602, "The client sent a number that is too large."),
            ("_tellme/_close", {}, -32601, "There is no method '_tellme/_close' here."),
            ("_tellme/find", {"name": "Math"}, -32601, "There is no method"),
            ("bots", {}, -32601, "There is no method 'bots' here."),
            ("session/prompt", {"sessionId": "x"}, -32602, "The client sent no list as prompt."),
            ("session/prompt", {"sessionId": "nothere", "prompt": []}, -32000, "There is no session 'nothere'"),
            ("session/new", {"cwd": "/", "_meta": {"tellme": {"bot": "Nobody"}}}, -32000, "no bot named 'Nobody'"),
            ("session/new", {"cwd": "/", "_meta": {"tellme": {"bot": 1}}}, -32602, "sent no string as bot"),
            ("session/list", {"cursor": "-1"}, -32602, "sent a cursor that it was not given"),
            ("session/load", {"sessionId": "nothere", "cwd": "/"}, -32000, "There is no session 'nothere'"),
            ("fs/read_text_file", {"path": "/etc/passwd"}, -32601, "There is no method"),
        ],
    )
    def test_what_cannot_be_is_an_error(
        self, own: Client, method: str, params: dict[str, Any], code: int, says: str
    ) -> None:
        error = own.error(method, **params)
        assert error["code"] == code
        assert says in error["message"]

    @pytest.mark.parametrize(
        ("message", "says"),
        [
            ("", "There is no message to send"),
            ("x" * (2**20 + 1), "The message is too long: 1,048,577 bytes"),
            ("\N{BUG}" * 300_000, "The message is too long: 1,200,000 bytes"),
        ],
    )
    def test_a_message_that_is_none_is_refused(self, own: Client, message: str, says: str) -> None:
        answer = own.until(own.prompt("", message, bot="Talker"))[1]
        assert says in answer["error"]["message"]
        assert answer["error"]["data"]["tellme"]["error"] == "UsageError"

    def test_events_are_told_to_those_who_watch(self, own: Client, shared: Served) -> None:
        assert own.result("_tellme/watch") == {}
        shared.client(tellme=True).result("_tellme/restart", name="Zen")
        while (event := own.next()) is not None:
            assert event["method"] == "_tellme/event"
            if event["params"]["kind"] == "StateChanged" and event["params"]["event"][:2] == ["zen", "ready"]:
                break

    def test_a_session_of_many_mebibytes_is_imported(self, own: Client) -> None:
        text = "many words " * 900_000
        turns = [[f"t{number}", "", f"question {number}", 5.0, text, "answered", None, 1, 2.0] for number in range(2)]
        session = ["", "talker", 4.0, 6.0, 5.0, "long", None, 2]
        kept = own.result("_tellme/import_session", session=session, turns=turns)
        assert [row[4] for row in own.result("_tellme/turns", session_id=kept[0], limit=5)] == [text, text]

    def test_a_reply_of_some_mebibytes_comes_as_pieces(self, own: Client) -> None:
        before, answer = own.until(own.prompt("", "big 3", bot="Talker"))
        text = text_of(before)
        assert (len(text), set(text)) == (3 * 2**20, {"x"})
        assert answer["result"]["_meta"]["tellme"]["reply"][3] == ""


class TestMany:
    def test_each_of_many_clients_gets_its_own_replies(self, shared: Served) -> None:
        wrong: list[Any] = []

        def talk(number: int) -> None:
            client = Client(shared.path)
            client.greet()
            sessions = [client.new("Math"), client.new("Talker")]
            for turn in range(10):
                told = [client.ask(sessions[0], f"{number}*1000+{turn}"), client.ask(sessions[1], f"{number} {turn}")]
                if told != [(str(number * 1000 + turn), "end_turn"), (f"{number} {turn}", "end_turn")]:
                    wrong.append((number, turn, told))
            client.close()

        threads = [threading.Thread(target=talk, args=(number,)) for number in range(1, 21)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong

    def test_a_client_that_goes_away_ends_none_of_its_turns(self, shared: Served, tmp_path: Path) -> None:
        gate = tmp_path / "gate"
        client = shared.client(tellme=True)
        client.prompt("", f"wait {gate}", bot="Talker", brief=True)
        begin = client.next()
        assert begin is not None
        client.close()
        gate.touch()
        other = shared.client(tellme=True)
        session = begin["params"]["session"][0]
        wait_until(lambda: other.result("_tellme/session", session_id=session)[3])
        assert other.result("_tellme/turns", session_id=session, limit=1)[0][4:6] == ["waited enough", "answered"]

    def test_a_client_that_says_no_more_still_gets_its_answers(self, shared: Served, tmp_path: Path) -> None:
        """As from ``printf … | nc -U``."""
        client = shared.client()
        number = client.prompt(client.new("Talker"), f"wait {tmp_path / 'gate'}")
        client.socket.shutdown(1)
        (tmp_path / "gate").touch()
        before, answer = client.until(number)
        assert (text_of(before), answer["result"]["stopReason"]) == ("waited enough", "end_turn")
        assert client.next() is None

    def test_nothing_is_left_open_after_them(self, shared: Served) -> None:
        folder = f"/proc/{shared.pid}/fd"

        def sockets() -> int:
            return len(os.listdir(folder))

        watcher = shared.client()
        watcher.new("Math")
        before = sockets()
        clients = [shared.client() for _ in range(50)]
        assert sockets() == before + 50
        for client in clients:
            client.close()
        wait_until(lambda: sockets() == before)
