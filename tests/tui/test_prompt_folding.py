"""Pastes too large to read are folded to a token in the prompt, and no message loses them."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from tellme.model import MAX_MESSAGE_BYTES
from tellme.tui.widgets.prompt import Prompt

from .desk import LARGE, Desk, paste, run, shown, type_, until

# Pastes ---------------------------------------------------------------------------------------------------------------


def test_a_small_paste_goes_in_as_it_is_and_never_sends() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await paste(pilot, "a\tb\r\nc\rd\x1b[31m\x1b[201~\0\u2028e\r")

        assert desk.prompt.draft == "a\tb\nc\nd\ne\n"
        assert desk.of(Prompt.Submitted) == []

    run(body)


def test_a_large_paste_is_folded_and_sent_whole() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await type_(pilot, "see ")
        await paste(pilot, LARGE)
        await type_(pilot, " there", "ctrl+k")
        assert "see [Pasted text #1: 400 lines, 3 kB] there" in shown(desk)

        await type_(pilot, "", "enter")
        assert desk.of(Prompt.Submitted) == [f"see {LARGE} there"]

    run(body)


@pytest.mark.parametrize(
    "keys",
    [["backspace"], ["left", "delete"], ["ctrl+w"], ["shift+left", "x"], ["left", "right", "backspace"]],
)
def test_a_token_is_deleted_as_one_and_comes_back_as_one(keys: list[str]) -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await paste(pilot, LARGE)
        await type_(pilot, "", *(key for key in keys))
        assert desk.prompt.draft.removeprefix("x") == ""

        await type_(pilot, "", "ctrl+underscore")
        assert desk.prompt.draft.startswith(LARGE)

    run(body)


def test_no_edit_gets_into_a_token() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await type_(pilot, "a")
        await paste(pilot, LARGE)
        await type_(pilot, "b")
        desk.prompt.insert("x", (0, 5))
        desk.prompt.move_cursor((0, 7))
        await type_(pilot, "y")

        assert desk.prompt.draft in (f"a{LARGE}xyb", f"ay{LARGE}xb")

    run(body)


def test_a_token_that_is_typed_is_text() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await paste(pilot, LARGE)
        token = desk.prompt.text
        await paste(pilot, f"{token} [Pasted text #1: 400 lines, 3 kB]")

        words = "Pasted text #1: 400 lines, 3 kB"
        assert desk.prompt.draft == f"{LARGE}{words} [{words}]"

    run(body)


def test_copies_and_cuts_have_folded_pastes_whole() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await paste(pilot, LARGE)
        await type_(pilot, "", "shift+home", "ctrl+c", "ctrl+u", "ctrl+y", "ctrl+v")

        assert desk.copied == [LARGE]
        assert desk.prompt.draft == LARGE * 2

    run(body)


def test_what_was_cut_can_be_put_into_the_next_message() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await paste(pilot, LARGE)
        await type_(pilot, "", "ctrl+u")
        await type_(pilot, "x", "enter", "ctrl+y", "enter")

        assert desk.of(Prompt.Submitted) == ["x", LARGE]

    run(body)


def test_what_no_message_holds_is_refused_and_nothing_is_lost() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await type_(pilot, "kept")
        await paste(pilot, "é" * (MAX_MESSAGE_BYTES // 2))
        await paste(pilot, "x" * (MAX_MESSAGE_BYTES + 1))
        assert len(desk.of(Prompt.Refused)) == 2
        assert desk.prompt.draft == "kept"

        await paste(pilot, "x" * (MAX_MESSAGE_BYTES - 4))
        await type_(pilot, "y", "enter")
        assert len(desk.of(Prompt.Refused)) == 3
        assert len(desk.prompt.draft) == MAX_MESSAGE_BYTES + 1

        await type_(pilot, "", "backspace", "enter")
        assert [len(text) for text in desk.of(Prompt.Submitted)] == [MAX_MESSAGE_BYTES]

    run(body)


# The draft ------------------------------------------------------------------------------------------------------------


def test_changes_of_the_draft_are_told_together() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await type_(pilot, "one")
        assert desk.of(Prompt.DraftChanged) == []
        await until(pilot, lambda: desk.of(Prompt.DraftChanged))
        await type_(pilot, "", "enter")

        assert desk.of(Prompt.DraftChanged) == ["one", ""]

    run(body)


def test_a_draft_that_is_put_there_tells_of_the_one_before_and_not_of_itself() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        await type_(pilot, "mine")
        desk.prompt.draft = "replaced at once"
        desk.prompt.draft = "from\x1b[31m disk\r\n"
        await type_(pilot, "x")
        await until(pilot, lambda: len(desk.of(Prompt.DraftChanged)) == 2)

        assert desk.of(Prompt.DraftChanged) == ["mine", "from disk\nx"]

    run(body)


def test_a_draft_too_long_to_edit_is_folded() -> None:
    async def body(desk: Desk, pilot: Pilot[None]) -> None:
        desk.prompt.draft = "x\n" * 150
        assert desk.prompt.document.line_count == 151

        desk.prompt.draft = "x\n" * 100_000
        assert desk.prompt.document.line_count == 1
        assert desk.prompt.draft == "x\n" * 100_000

    run(body)
