"""What an author can do with ``Bot``, in-process and through ``tellme.testing``, as ``def`` and as ``async def``."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tellme import AsyncMessage, Attachment, Bot, Decline, Message
from tellme.testing import Chat, Reply, talk_to

from .kinds import BOTH, asynchronous, plain, replying, unchanged

ROOT = Path(__file__).parents[2]


class TestChoices:
    @BOTH
    @pytest.mark.parametrize(
        ("choose", "expected"),
        [("Red", "Red"), ("Blue", "Blue"), (None, None), (lambda title, options: options[-1], "Blue")],
    )
    def test_what_the_person_chose(self, kind: Any, choose: Any, expected: str | None) -> None:
        chosen: list[str | None] = []

        def reply(message: Message) -> Any:
            return message.choose("Red", "Blue", title="Which?")

        async def asked(message: AsyncMessage) -> str:
            chosen.append(await message.choose("Red", "Blue", title="Which?"))
            return "done"

        def plainly(message: Message) -> str:
            chosen.append(reply(message))
            return "done"

        with talk_to(replying(unchanged, plainly if kind is unchanged else asked)) as chat:
            said = chat.say("hi", choose=choose)
        assert (said, said.choices, chosen) == ("done", (("Which?", ("Red", "Blue")),), [expected])

    def test_what_was_said_before_a_choice_is_shown_before_it(self) -> None:
        seen: list[list[str]] = []
        bot = Bot("Test")

        @bot.reply
        def reply(message: Message) -> Any:
            yield "one "
            yield message.choose("a", "b") or "none"

        with talk_to(bot) as chat:

            def look(_title: str, _options: object) -> str:
                seen.append(list(chat._turn.pieces))
                return "b"

            assert chat.say("x", choose=look) == "one b"
        assert seen == [["one "]]

    @BOTH
    @pytest.mark.parametrize("options", [(), ("",), (" ",), (4,)])
    def test_a_choice_is_between_texts(self, kind: Any, options: tuple[Any, ...]) -> None:
        with talk_to(replying(kind, lambda message: message.choose(*options))) as chat:
            assert "ValueError: choose takes the texts to choose from" in chat.fails("x")

    def test_several_choices_in_one_turn(self) -> None:
        with talk_to(replying(unchanged, lambda m: f"{m.choose('1', '2')}{m.choose('3', '4')}")) as chat:
            assert chat.say("x", choose=["2", "3"]) == "23"

    def test_two_options_may_look_alike(self) -> None:
        with talk_to(replying(unchanged, lambda m: m.choose("a", "a"))) as chat:
            assert chat.say("x", choose="a") == "a"

    def test_a_message_that_is_kept_cannot_ask_later(self) -> None:
        kept: list[Message] = []

        def reply(message: Message) -> str:
            if kept:
                kept[0].choose("a")
            kept.append(message)
            return "kept"

        with talk_to(replying(unchanged, reply)) as chat:
            assert chat.say("x") == "kept"
            assert chat.fails("x") == "RuntimeError: the turn of this message is over"

    def test_only_the_thread_of_the_turn_can_ask(self) -> None:
        from concurrent.futures import ThreadPoolExecutor

        def reply(message: Message) -> str | None:
            with ThreadPoolExecutor(1) as pool:
                return pool.submit(message.choose, "a").result()

        with talk_to(replying(unchanged, reply)) as chat:
            assert chat.fails("x").startswith("RuntimeError: only the thread in which the function was called can ask")


class TestAskingBots:
    @BOTH
    @pytest.mark.parametrize("answer", ["4", lambda text: str(2 + 2) if text == "2+2" else "?"])
    def test_the_other_bots_reply(self, kind: Any, answer: Any) -> None:
        bot = replying(kind, lambda message: bot.ask("Math", message.text))
        with talk_to(bot, answers={"math": answer}) as chat:
            said = chat.say("2+2")
        assert (said, said.asked) == ("4", (("Math", "2+2"),))

    @BOTH
    def test_what_the_other_declines_is_declined_in_its_words(self, kind: Any) -> None:
        def no(_text: str) -> str:
            raise Decline("I only do sums")

        bot = replying(kind, lambda message: bot.ask("Math", message.text))
        with talk_to(bot, answers={"Math": no}) as chat:
            assert chat.declines("hi") == "I only do sums"

    @BOTH
    def test_what_goes_wrong_says_why(self, kind: Any) -> None:
        def fail(_text: str) -> str:
            raise ZeroDivisionError("by zero")

        bot = replying(kind, lambda message: bot.ask(message.text, "x"))
        with talk_to(bot, answers={"Math": fail}) as chat:
            assert chat.fails("Math") == "Math failed: ZeroDivisionError: by zero"
            assert chat.fails("Zen").startswith("There is no bot named 'Zen' in this test")

    def test_a_decline_can_be_caught(self) -> None:
        def no(_text: str) -> str:
            raise Decline("no")

        def reply(message: Message) -> str:
            try:
                return str(bot.ask("Math", message.text))
            except bot.Declined as declined:
                return f"It said {declined}."

        bot = replying(unchanged, reply)
        with talk_to(bot, answers={"Math": no}) as chat:
            assert chat.say("x") == "It said no."

    def test_side_by_side(self) -> None:
        async def reply(message: AsyncMessage) -> str:
            return " ".join(await asyncio.gather(*(bot.ask("Math", word) for word in message.text.split())))

        bot = replying(unchanged, reply)
        with talk_to(bot, answers={"Math": str.upper}) as chat:
            assert chat.say("a b c") == "A B C"

    def test_only_within_a_turn(self) -> None:
        with pytest.raises(RuntimeError, match="only within a turn of its own"):
            plain().ask("Math", "2+2")


class TestLeavingAndThinking:
    @BOTH
    def test_leaving(self, kind: Any) -> None:
        def reply(message: Message) -> str:
            if message.text == "bye":
                message.leave()
            return "said"

        with talk_to(replying(kind, reply)) as chat:
            assert [chat.say(text).leaves for text in ("hi", "bye", "hi")] == [False, True, False]

    @BOTH
    def test_thinking_is_no_part_of_the_reply(self, kind: Any) -> None:
        def reply(message: Message) -> str:
            message.think("hm, ")
            message.think("so")
            return "it is so"

        with talk_to(replying(kind, reply)) as chat:
            said = chat.say("x")
        assert (said, said.thoughts) == ("it is so", "hm, so")

    @BOTH
    def test_a_thought_is_text(self, kind: Any) -> None:
        with talk_to(replying(kind, lambda message: message.think(5))) as chat:
            assert chat.fails("x") == "TypeError: a thought is a str, not int"


class TestAttachments:
    @BOTH
    @pytest.mark.parametrize(
        ("sent", "content", "text"),
        [
            (Attachment("a.txt", "file:///a.txt", "text/plain", text="héllo"), "héllo".encode(), "look\nhéllo"),
            (Attachment("a.bin", "file:///a.bin", data=b"\0\xff"), b"\0\xff", "look\nfile:///a.bin"),
            (Attachment("image", mime="image/png", data=b"\x89PNG"), b"\x89PNG", "look"),
            (Attachment("audio", mime="audio/wav", data=b""), b"", "look"),
        ],
    )
    def test_what_comes_with_a_message(self, kind: Any, sent: Attachment, content: bytes, text: str) -> None:
        seen: list[Any] = []
        with talk_to(replying(kind, lambda m: seen.append((m.text, m.attachments)))) as chat:
            chat.say("look", attachments=[sent])
        ((told, (came,)),) = seen
        assert (told, came.name, came.uri, came.mime, came.read()) == (text, sent.name, sent.uri, sent.mime, content)

    def test_a_link_is_read_where_it_leads(self, tmp_path: Path) -> None:
        file = tmp_path / "a file.txt"
        file.write_bytes(b"content")
        link = Attachment("a file.txt", file.as_uri())
        with talk_to(replying(unchanged, lambda m: m.attachments[0].read().decode() + m.text)) as chat:
            assert chat.say("x", attachments=[link]) == f"contentx\n{file.as_uri()}"

    @pytest.mark.parametrize("uri", ["https://example.org/a", "file://elsewhere/a", "relative"])
    def test_a_link_to_elsewhere_is_not_followed(self, uri: str) -> None:
        with pytest.raises(ValueError, match="no file of this machine"):
            Attachment("a", uri).read()

    @BOTH
    @pytest.mark.parametrize(
        "sent",
        [
            Attachment("chart.png", "file:///chart.png", "image/png", data=b"\x89PNG"),
            Attachment("notes.md", mime="text/markdown", text="# Notes"),
            Attachment("blob", data=b"\0"),
            Attachment("tellme", "https://example.org/tellme", "text/html"),
        ],
    )
    def test_what_goes_with_a_reply(self, kind: Any, sent: Attachment) -> None:
        with talk_to(replying(kind, lambda _message: sent)) as chat:
            said = chat.say("x")
        (came,) = said.attachments
        assert said == ""
        assert (came.name, came.mime, came.text, came.data) == (sent.name, sent.mime, sent.text, sent.data)

    def test_between_pieces_of_text(self) -> None:
        bot = Bot("Test")

        @bot.reply
        def reply(_message: Message) -> Any:
            yield "before "
            yield Attachment("a", text="b")
            yield "after"

        with talk_to(bot) as chat:
            said = chat.say("x")
        assert (said, len(said.attachments)) == ("before after", 1)

    @pytest.mark.parametrize(
        ("content", "fits"),
        [
            ({"data": b"\0" * 8 * 1024 * 1024}, True),
            ({"data": b"\0" * (8 * 1024 * 1024 + 1)}, False),
            ({"text": "\0" * 2 * 1024 * 1024}, True),
            ({"text": "a" * (2 * 1024 * 1024 + 1)}, False),
        ],
    )
    def test_what_is_too_large_fails_its_turn(self, content: dict[str, Any], fits: bool) -> None:
        with talk_to(replying(unchanged, lambda _message: Attachment("big", **content))) as chat:
            if fits:
                assert len(chat.say("x").attachments[0].read()) == len(next(iter(content.values())))
            else:
                assert "'big' is too large" in chat.fails("x")

    @pytest.mark.parametrize("content", [{}, {"text": "a", "data": b"b"}])
    def test_an_attachment_has_one_content(self, content: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match="the attachment 'x' has"):
            Attachment("x", **content)


class TestWhatTheHostGives:
    def test_settings(self) -> None:
        bot = replying(unchanged, lambda message: repr(bot.settings.get(message.text)))
        with talk_to(bot, settings={"level": 3}) as chat:
            assert (chat.say("level"), chat.say("other")) == ("3", "None")

    def test_no_settings(self) -> None:
        bot = plain()
        bot.environment = {}
        assert bot.settings == {}

    @pytest.mark.parametrize("text", ["[]", "{", "4"])
    def test_settings_that_cannot_be_read(self, text: str) -> None:
        bot = plain()
        bot.environment = {"TELLME_BOT_SETTINGS": text}
        with pytest.raises(ValueError, match="TELLME_BOT_SETTINGS is no JSON"):
            _ = bot.settings

    def test_a_folder_of_its_own(self, tmp_path: Path) -> None:
        bot = plain()
        bot.environment = {"TELLME_BOT_DATA": str(tmp_path / "a" / "b")}
        assert bot.data == tmp_path / "a" / "b"
        assert bot.data.stat().st_mode & 0o777 == 0o700
        bot.environment = {}
        with pytest.raises(RuntimeError, match="Test was started without a folder of its own"):
            _ = bot.data

    @pytest.mark.parametrize(
        ("level", "lines"), [("", ["INFO i"]), ("debug", ["DEBUG d", "INFO i"]), ("40", []), ("nonsense", ["INFO i"])]
    )
    def test_its_log(self, tmp_path: Path, level: str, lines: list[str]) -> None:
        code = "from tellme import Bot; b = Bot('Test'); b.log.debug('d'); b.log.info('i')"
        environment = {"PYTHONPATH": str(ROOT), "LOG_LEVEL": level}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True, text=True)
        assert [line.split(" ", 2)[2] for line in done.stderr.splitlines()] == lines

    def test_logging_that_is_set_up_is_left_as_it_is(self, caplog: pytest.LogCaptureFixture) -> None:
        bot = plain("Quiet")
        bot.log.info("heard")
        bot.log.info("again")
        assert caplog.messages == ["heard", "again"]
        assert logging.getLogger("Quiet").handlers == []


class TestHooks:
    @BOTH
    def test_before_and_after(self, kind: Any) -> None:
        order: list[str] = []
        bot = replying(kind, lambda message: order.append(message.text))
        bot.on_start(lambda: order.append("start"))
        bot.on_stop(lambda: order.append("stop"))
        with talk_to(bot) as chat:
            chat.say("hi")
        assert order == ["start", "hi", "stop"]

    def test_async_hooks(self) -> None:
        order: list[str] = []
        bot = replying(asynchronous, lambda message: order.append(message.text))

        @bot.on_start
        async def start() -> None:
            await asyncio.sleep(0)
            order.append("start")

        @bot.on_stop
        async def stop() -> None:
            await asyncio.sleep(0)
            order.append("stop")

        with talk_to(bot) as chat:
            chat.say("hi")
        assert order == ["start", "hi", "stop"]


def test_a_chat_is_what_talk_to_returns() -> None:
    with talk_to(plain()) as chat:
        said = chat.say("hi")
    assert isinstance(chat, Chat)
    assert isinstance(said, Reply)
    assert (said, said.status) == ("heard hi", "answered")
