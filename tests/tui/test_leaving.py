"""A bot that ends the conversation, files for the next message, and what can be set, in the app."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tellme.host.local import LocalHost
from tellme.model import OptionValue, Reply, Session, SessionOption, Turn, TurnStatus
from tellme.tui.bridge import Bridge
from tellme.tui.widgets.status import Status
from tellme.tui.widgets.turn import TurnView

from .conftest import Tui, add_script, run

pytestmark = pytest.mark.usefixtures("echo")


@pytest.fixture
def leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Echo leaves with its answer to ``cancel``."""
    follow = Bridge.follow

    async def follow_out(bridge: Bridge, *turn: Any) -> Reply:
        reply = await follow(bridge, *turn)
        return reply._replace(leaves="cancel" in reply.text)

    monkeypatch.setattr(Bridge, "follow", follow_out)


@pytest.mark.usefixtures("leaves")
def test_after_a_bot_has_left_there_is_no_session_and_its_last_word_is_in_sight() -> None:
    async def body(tui: Tui) -> None:
        await tui.start("Echo")
        session = tui.chat.talk.current()
        await tui.say("one")
        await tui.until_shown("echo one")
        assert tui.chat.talk.current().id == session.id
        await tui.say("cancel")
        await tui.until_shown("Echo has ended the conversation")
        assert tui.chat.talk.session is None
        assert "echo cancel" in tui.text
        assert f"/resume {session.id}" in tui.text
        await tui.say("xyzzy")
        await tui.until_shown("No bot seems right for that")

    run(body)


def test_a_bot_that_leaves_behind_takes_nobody_out_of_another_session() -> None:
    async def body(tui: Tui) -> None:
        await tui.start("Echo")
        first = tui.chat.talk.current()
        reply = Reply("Echo", first.id, "t", "bye", TurnStatus.ANSWERED, 1.0, 1, leaves=True)
        await tui.say("start_session Math")
        await tui.until(lambda: tui.chat.talk.current().bot == "math")
        await tui.chat.talk._ended(TurnView("Echo", Turn("t", first.id, "cancel", 0.0)), reply)
        transcript = tui.chat.conversations.of(first.id)
        assert transcript is not None
        await tui.until(lambda: len(transcript.children) == 2)
        assert tui.chat.talk.current().bot == "math"

    run(body)


def test_files_for_the_next_message_are_named_above_the_prompt(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")

    async def body(tui: Tui) -> None:
        await tui.say(f"/attach {tmp_path / 'a.txt'}")
        await tui.until_shown("Goes along: a.txt  (/attach - takes back)")
        assert tui.chat.attached.display
        await tui.say("/attach -")
        await tui.until_shown("Nothing is attached.")
        assert not tui.chat.attached.display
        await tui.say("/attach no-such.txt")
        await tui.until_shown("no-such.txt cannot be attached")

    run(body)


def test_what_can_be_set_is_listed_and_set_and_the_mode_is_in_the_line_of_status(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = (OptionValue("ask", "Ask"), OptionValue("code", "Write Code"))
    mode = SessionOption("mode", "Mode", "ask", values)

    async def options(host: LocalHost, session: Session) -> tuple[SessionOption, ...]:
        return (mode,)

    async def set_option(host: LocalHost, session: Session, option: str, value: str) -> tuple[SessionOption, ...]:
        nonlocal mode
        mode = mode._replace(value=value)
        return (mode,)

    monkeypatch.setattr(LocalHost, "options", options, raising=False)
    monkeypatch.setattr(LocalHost, "set_option", set_option, raising=False)

    async def body(tui: Tui) -> None:
        await tui.start("Echo")
        await tui.say("/set")
        await tui.until_shown("* Ask")
        await tui.say("/set mode write code")
        await tui.until_shown("Mode is Write Code now.")
        await tui.until(lambda: tui.chat.query_one(Status).mode == "Write Code")
        await tui.until_shown("Write Code  ")
        await tui.pilot.press("ctrl+p", *"Set Mode")
        await tui.until_shown("Set Mode to Ask")
        await tui.pilot.press("enter")
        await tui.until_shown("Mode is Ask now.")
        await tui.say("/set mode dance")
        await tui.until_shown("There is no value of Mode 'dance'")

    run(body, size=(120, 40))


def test_a_turn_read_back_names_the_files_that_went_with_it(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("some notes")

    async def send(tui: Tui) -> None:
        await tui.start("Echo")
        await tui.say("without")
        await tui.until_shown("echo without")
        await tui.say(f"/attach {tmp_path / 'notes.txt'}")
        await tui.say("look")
        await tui.until_shown("echo look")

    async def read_back(tui: Tui) -> None:
        await tui.until_shown("echo look")
        before, said = tui.text.split("with notes.txt")
        assert before.rstrip(" ▌\n").endswith("look")
        assert "echo look" in said
        assert "**With:** notes.txt\n" in await tui.chat.talk.as_markdown()

    run(send)
    run(read_back, resume="")


def test_a_bot_that_cannot_start_has_nothing_to_set_and_says_why(home: Path) -> None:
    add_script(home, "Broken", "raise SystemExit(78)")

    async def body(tui: Tui) -> None:
        await tui.start("Broken")
        await tui.chat.learn_mode().wait()
        assert not tui.chat.talk.options
        await tui.say("/set")
        await tui.until_shown("its configuration is wrong (exit code 78)")
        tui.chat.prompt.draft = ""
        await tui.say("start_session Echo")
        await tui.say("still here")
        await tui.until_shown("echo still here")

    run(body)
