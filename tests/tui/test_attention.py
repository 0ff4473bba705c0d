"""The notice on the desktop: which terminal gets which sequence, and that no text of a bot's can end it early."""

from __future__ import annotations

import pytest

from tellme.tui.terminal.attention import BODY_LENGTH, TITLE_LENGTH, notice

OSC_777 = "\x1b]777;notify;Math answered;4\a"
OSC_9 = "\x1b]9;Math answered: 4\a"


@pytest.mark.parametrize(
    ("environ", "written"),
    [
        ({"TERM": "xterm-256color"}, OSC_777),
        ({"TERM": "xterm-kitty"}, OSC_777),
        ({"TERM": "foot"}, OSC_777),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, OSC_9),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, OSC_9),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "zed"}, OSC_9),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, ""),
        ({"TERM": "linux"}, ""),
        ({"TERM": "dumb"}, ""),
        ({}, ""),
        ({"TERM": "tmux-256color"}, f"\x1bPtmux;\x1b{OSC_777}\x1b\\"),
        ({"TERM": "screen-256color", "TMUX": "/tmp/tmux,1,0"}, f"\x1bPtmux;\x1b{OSC_777}\x1b\\"),
        ({"TERM": "tmux-256color", "TERM_PROGRAM": "tmux", "LC_TERMINAL": "iTerm2"}, f"\x1bPtmux;\x1b{OSC_9}\x1b\\"),
        ({"TERM": "screen.xterm-256color"}, f"\x1bP{OSC_777}\x1b\\"),
        ({"TERM": "xterm-256color", "STY": "1.tty"}, f"\x1bP{OSC_777}\x1b\\"),
    ],
)
def test_each_terminal_gets_what_it_understands(environ: dict[str, str], written: str) -> None:
    assert notice(environ, "Math answered", "4") == written


def test_what_a_bot_says_stays_within_its_part() -> None:
    text = "a;b\x1b]52;c;eA==\x07\x1b\\ c\x9c\n\u202ed\a"
    assert notice({"TERM": "foot"}, text, text) == "\x1b]777;notify;a,b c d;a,b c d\a"


def test_to_conemu_it_is_never_progress() -> None:
    assert notice({"TERM": "xterm", "TERM_PROGRAM": "zed"}, "4;1;50", "") == "\x1b]9;4,1,50\a"


def test_a_long_text_is_cut() -> None:
    body = notice({"TERM": "foot"}, "t" * 10**6, "b" * 10**6).split(";")[2:]
    assert [len(body[0]), len(body[1])] == [TITLE_LENGTH, BODY_LENGTH + 1]
    assert body[0].endswith("…")


def test_screen_gets_chunks_that_it_takes() -> None:
    written = notice({"TERM": "screen"}, "t" * 60, "字" * 160)
    chunks = written.removeprefix("\x1bP").removesuffix("\x1b\\").split("\x1b\\\x1bP")
    assert "".join(chunks) == f"\x1b]777;notify;{'t' * 60};{'字' * 160}\a"
    assert max(len(chunk.encode()) for chunk in chunks) <= 768, "the longest string of GNU screen 4"
