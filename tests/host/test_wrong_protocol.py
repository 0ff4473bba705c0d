"""A program whose manifest names the wrong protocol: the error says so, and not only that there was no answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tellme.model import TurnStatus
from tellme.supervisor import lines_link
from tellme.supervisor.acp_link import AcpLink
from tellme.supervisor.lines_link import LinesLink

from .conftest import run, say

AGENT = Path(__file__).parents[1] / "cli" / "programs" / "echo.py"
NEEDS_LINES = 'if it does not speak the Agent Client Protocol, its manifest needs protocol = "lines"'
NEEDS_PROMPT = "without an end of line: if that is its prompt, its manifest needs prompt = …"
NEEDS_ACP = 'Odd answers in JSON-RPC: if it speaks the Agent Client Protocol, its manifest needs protocol = "acp"'


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (["cat"], f"Odd sends back what it is sent; {NEEDS_LINES}"),
        (["sleep", "60"], f"Odd gave no answer within 0.8 s; {NEEDS_LINES}"),
        (
            ["sh", "-c", "echo Welcome; cat > /dev/null"],
            f"Odd gave no answer within 0.8 s; it printed 'Welcome'; {NEEDS_LINES}",
        ),
    ],
)
def test_a_program_of_lines_that_is_taken_for_an_agent(
    add_bot: Callable[..., Path], command: list[str], error: str
) -> None:
    add_bot("Odd", command, timeout=0.8)
    reply = run(lambda host: say(host, "Odd", "hello"))
    assert (reply.status, reply.error) == (TurnStatus.FAILED, error)


@pytest.mark.parametrize("rules", [{}, {"quiet": 0.2}, {"end": "~"}])
def test_an_agent_that_is_taken_for_a_program_of_lines(add_bot: Callable[..., Path], rules: dict[str, object]) -> None:
    add_bot("Odd", [str(AGENT)], protocol="lines", **rules)
    reply = run(lambda host: say(host, "Odd", "hello"))
    assert (reply.status, reply.text, reply.error) == (TurnStatus.FAILED, "", NEEDS_ACP)


def test_a_prompt_that_never_comes_names_what_may_be_missing(add_bot: Callable[..., Path]) -> None:
    add_bot("Odd", ["sleep", "60"], protocol="lines", prompt="> ", timeout=0.8, retry=False)
    reply = run(lambda host: say(host, "Odd", "hello"))
    assert reply.error is not None
    assert reply.error.startswith("Odd gave no answer within 0.8 s; it has printed nothing: ")


def test_a_prompt_that_the_manifest_does_not_name_is_quoted(add_bot: Callable[..., Path]) -> None:
    add_bot("Odd", ["sh", "-c", "printf '> '; cat > /dev/null"], protocol="lines", timeout=0.8, retry=False)
    reply = run(lambda host: say(host, "Odd", "hello"))
    assert reply.error == f"Odd gave no answer within 0.8 s; it printed '> ' {NEEDS_PROMPT}"


@pytest.mark.parametrize(
    ("printed", "doubt"),
    [
        (b"", lines_link.SILENT),
        (b"> ", f"; it printed '> ' {NEEDS_PROMPT}"),
        (b"Welcome\n\x1b[1m>\x1b[0m ", f"; it printed '> ' {NEEDS_PROMPT}"),
        (b"x" * 500, f"; it printed '{'x' * 59}…' {NEEDS_PROMPT}"),
        (b"Welcome\n", ""),
        (b"\x1b[?2004h", ""),
    ],
)
def test_a_line_without_its_end_is_not_nothing(printed: bytes, doubt: str) -> None:
    link = LinesLink(lambda line: None, lambda text: None)
    link.feed(printed)
    assert (link.doubt, link.doubt) == (doubt, doubt), "to look takes nothing"
    link.feed(b"!\n")
    assert link.doubt == ""


@pytest.mark.parametrize(
    ("printed", "quoted"),
    [
        (b"", ""),
        (b" ", ""),
        (b"> ", "; it printed '> ' without an end of line"),
        (b"\x1b[1mhi\n", r"; it printed '\x1b[1mhi'"),
        (b"\x1b[1mhi", r"; it printed '\x1b[1mhi' without an end of line"),
        (b"hi\n> ", "; it printed 'hi'"),
        (b"x" * 500, f"; it printed '{'x' * 59}…' without an end of line"),
    ],
)
def test_what_is_no_message_is_quoted_once(printed: bytes, quoted: str) -> None:
    link = AcpLink("Odd", lambda line: None, lambda text: None, lambda session, text: None)
    link.feed(printed)
    assert link.doubt == f"{quoted}; {NEEDS_LINES}"


@pytest.mark.parametrize("text", ['{"jsonrpc": "2.0", "id": 1}', "{}"])
def test_whoever_asks_in_json_is_answered_in_json(add_bot: Callable[..., Path], text: str) -> None:
    add_bot("Json", ["sed", "-u", 's/.*/{"jsonrpc": "2.0", "id": 1, "result": null}/'], protocol="lines")
    reply = run(lambda host: say(host, "Json", text))
    assert (reply.status, reply.text) == (TurnStatus.ANSWERED, '{"jsonrpc": "2.0", "id": 1, "result": null}')
