"""The first screen: what it looks like at every size, what is found, walked and copied."""

from __future__ import annotations

import pytest

from tellme.tui.widgets.bot_list import BotList
from tellme.tui.widgets.news import News
from tellme.tui.widgets.search_bar import SearchBar
from tellme.tui.widgets.session_list import SessionList

from .conftest import Tui, run
from .remembered import with_session

pytestmark = pytest.mark.usefixtures("echo")


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (72, 16)])
def test_bots_and_sessions_stand_at_the_side(size: tuple[int, int]) -> None:
    async def body(tui: Tui) -> None:
        await tui.start("Echo")
        await tui.until(lambda: "new session" in tui.text)
        assert "Bots" in tui.lines[1]
        assert "Math" in tui.text
        assert "Echo ready" in tui.text or "Echo starting" in tui.text or "Echo idle" in tui.text

    run(body, size=size)


def test_the_side_folds_away_where_it_is_narrow_and_stays_reachable() -> None:
    async def body(tui: Tui) -> None:
        await tui.start("Echo")
        assert "Bots" not in tui.text.split("Session")[0]
        await tui.pilot.press("f2")
        await tui.until_shown("Bots")
        await tui.pilot.press("escape")
        await tui.until(lambda: not any(line.strip() == "Bots" for line in tui.lines))
        await tui.say("still here")
        await tui.until_shown("echo still here")

    run(body, size=(40, 12))


@pytest.mark.parametrize("size", [(10, 3), (3, 2), (20, 6)])
def test_the_smallest_terminals_still_show_what_is_typed(size: tuple[int, int]) -> None:
    async def body(tui: Tui) -> None:
        await tui.pilot.press("a", "b")
        assert "ab" in tui.text or size[0] < 6
        await tui.pilot.resize_terminal(80, 24)
        await tui.until_shown("ab")

    run(body, size=size)


def test_a_bot_is_picked_with_the_keys_and_with_the_mouse() -> None:
    async def body(tui: Tui) -> None:
        await tui.until_shown("Echo")
        await tui.pilot.press("f2", "end", "enter")
        await tui.until(lambda: tui.chat.talk.session is not None)
        assert tui.chat.talk.current().bot == "echo"
        bots = tui.chat.query_one(BotList)
        await tui.pilot.click(bots, offset=(3, bots.get_option_index("math")))
        await tui.until(lambda: tui.chat.talk.current().bot == "math")
        assert tui.chat.prompt.has_focus

    run(body)


def test_a_new_session_with_the_same_bot_and_back() -> None:
    async def body(tui: Tui) -> None:
        await tui.start("Echo")
        first = tui.chat.talk.current()
        await tui.say("one")
        await tui.until_shown("echo one")
        await tui.pilot.press("ctrl+n")
        await tui.until(lambda: tui.chat.talk.current().id != first.id)
        sessions = tui.chat.query_one(SessionList)
        await tui.until(lambda: len(sessions.options) == 2)
        await tui.pilot.click(sessions, offset=(4, sessions.get_option_index(first.id)))
        await tui.until(lambda: tui.chat.talk.current().id == first.id)
        assert "echo one" in tui.text

    run(body)


def test_a_draft_stays_with_its_session_and_what_is_typed_ahead_goes_along() -> None:
    async def body(tui: Tui) -> None:
        await tui.start("Echo")
        first = tui.chat.talk.current()
        await tui.type("for later")
        await tui.pilot.press("ctrl+n")
        await tui.until(lambda: tui.chat.talk.current().id != first.id)
        assert tui.chat.prompt.draft == ""
        await tui.pilot.press("alt+down")
        await tui.until(lambda: tui.chat.prompt.draft == "for later")
        tui.chat.prompt.draft = ""
        await tui.type("start_session Math", "enter", "1", "+")
        await tui.until(lambda: tui.chat.talk.current().bot == "math")
        assert tui.chat.prompt.draft == "1+"

    run(body)


def test_a_text_is_found_wherever_it_was_said() -> None:
    with_session([f"line {number}" + (" needle" if number in (3, 60, 118) else "") for number in range(120)])

    async def body(tui: Tui) -> None:
        await tui.until_shown("echo line 119")
        await tui.pilot.press("ctrl+f")
        await tui.pilot.press(*"NEEDLE")
        await tui.until_shown("3/3")
        await tui.until_shown("line 118 needle")
        await tui.pilot.press("up")
        await tui.until_shown("line 60 needle")
        await tui.pilot.press("up")
        await tui.until_shown("line 3 needle")
        assert "1/3" in tui.text
        await tui.pilot.press("escape")
        assert not tui.chat.query_one(SearchBar).display
        assert tui.chat.prompt.has_focus

    run(body, resume="")


def test_what_comes_while_the_reader_is_further_up_is_said() -> None:
    with_session([f"line {number}" for number in range(40)])

    async def body(tui: Tui) -> None:
        await tui.until_shown("echo line 39")
        await tui.type("one more")
        await tui.pilot.press("enter", "pageup", "pageup", "pageup")
        await tui.until(lambda: not tui.chat.conversations.current.following)
        await tui.until_shown("below")
        await tui.pilot.click(News)
        await tui.until_shown("echo one more")
        await tui.until(lambda: not tui.chat.query_one(News).display)

    run(body, resume="")


@pytest.mark.parametrize(("key", "copied"), [("c", "echo say this"), ("m", "say this")])
def test_what_was_said_is_copied(key: str, copied: str) -> None:
    async def body(tui: Tui) -> None:
        await tui.start("Echo")
        await tui.say("say this")
        await tui.until_shown("echo say this")
        tui.views[-1].focus()
        await tui.pilot.press(key)
        await tui.until(lambda: tui.app.clipboard == copied)
        await tui.until_shown("Copied")

    run(body)


def test_a_code_block_is_copied() -> None:
    async def body(tui: Tui) -> None:
        await tui.start("Echo")
        await tui.say("look\n\n```python\nprint(1)\n```\n")
        await tui.until(lambda: tui.views and tui.views[-1].code_blocks)
        tui.views[-1].focus()
        await tui.pilot.press("y")
        await tui.until(lambda: tui.app.clipboard.strip() == "print(1)")

    run(body)


def test_turns_are_walked_with_the_arrows() -> None:
    with_session(["one", "two", "three"])

    async def body(tui: Tui) -> None:
        await tui.until_shown("echo three")
        tui.views[-1].focus()
        await tui.pilot.press("up", "up")
        assert tui.app.focused is tui.views[0]
        await tui.pilot.press("e")
        assert tui.chat.prompt.draft == "one"

    run(body, resume="")
