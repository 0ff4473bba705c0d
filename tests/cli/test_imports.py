"""What each way in loads: start-up time is what people feel, so the list is a promise.

Modules that the interpreter itself loads in this environment (``.pth`` files of an editable install) do not count.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from .conftest import PROGRAM, Start

REPOSITORY = Path(__file__).parents[2]

SCREENS = {"textual", "rich", "typer", "click", "prompt_toolkit", "readline"}
ENGINES = {"chatterbot", "chatterbot_corpus", "spacy", "sqlalchemy", "mathparse", "yaml", "nltk"}
OUR_SCREENS = {"tellme.cli.app", "tellme.shell", "tellme.surfaces.line_shell", "tellme.surfaces.terminal"}
SLOW = {
    "dataclasses",
    "importlib.metadata",
    "logging.handlers",
    "platformdirs",
    "tomllib",
    "uuid",
    "tempfile",
    "_ssl",  # of ``ssl`` itself the list shows that it was looked for
    "pathlib",
}
HOST = {"asyncio", "sqlite3", "tellme.host", "tellme.store", "tellme.supervisor"}

ASYNCIOS_LOOP = {
    "asyncio.base_events",
    "asyncio.selector_events",
    "concurrent.futures",
    "datetime",
    "inspect",
    "selectors",
    "socket",
    "sqlite3",
    "subprocess",
    "typing",
}
"""What neither a turn nor the store has any use for: a third of the time of an ``ask``, until it had its own loop."""
if sys.version_info < (3, 12):  # from then on the parts that ``ask`` has load it, too
    ASYNCIOS_LOOP.add("signal")

ASK_HOST_SIDE_BANNED = (
    SCREENS
    | ENGINES
    | OUR_SCREENS
    | SLOW
    | ASYNCIOS_LOOP
    | {"tellme.host.discovery", "tellme.host.toml", "tellme.host.routing"}
)


ASK_OF_A_SERVE = {
    "tellme",
    "tellme.cli",
    "tellme.cli.ask_arguments",
    "tellme.cli.ending",
    "tellme.errors",
    "tellme.host",
    "tellme.host.ahead",
    "tellme.host.endpoint",
    "tellme.host.served",
    "tellme.model",
    "tellme.paths",
    "tellme.surfaces",
    "tellme.surfaces.ask",
    "tellme.surfaces.output",
    "tellme.surfaces.request",
    "tellme.surfaces.signals",
    "tellme.surfaces.stdin",
    "tellme.surfaces.streaming",
    "tellme.text",
    "tellme.values",
    "tellme.wire",
    "tellme.wire.acp",
    "tellme.wire.fields",
    "tellme.wire.hosting",
    "tellme.wire.json_text",
    "tellme.wire.jsonrpc",
}
"""All that ``ask`` loads where a ``tellme serve`` answers, besides what a client of a socket needs that reads JSON."""
CLIENT = "import __future__, _json, _socket, collections.abc, enum, errno, functools, runpy"


@cache
def bare() -> frozenset[str]:
    return _loaded(
        subprocess.run([sys.executable, "-X", "importtime", "-c", ""], capture_output=True, check=True).stderr
    )


def _loaded(importtime: bytes) -> frozenset[str]:
    lines = (line.decode().split("|") for line in importtime.splitlines() if line.startswith(b"import time:"))
    return frozenset(parts[2].strip() for parts in lines if parts[2].strip() != "imported package")


def loads(*arguments: str, stdin: bytes = b"") -> frozenset[str]:
    """Return the modules that a command loads besides those of a bare interpreter."""
    command = [PROGRAM[0], "-X", "importtime", *PROGRAM[1:], *arguments]
    done = subprocess.run(command, capture_output=True, input=stdin, check=True, timeout=30)
    return _loaded(done.stderr) - bare()


def within(names: frozenset[str], banned: set[str]) -> set[str]:
    return {name for name in names if any(f"{name}.".startswith(f"{each}.") for each in banned)}


def test_ask_loads_no_screen_no_engine_and_nothing_slow() -> None:
    loads("ask", "Math", "1+1")  # writes the catalogue's cache
    loaded = loads("ask", "Math", "2+2")
    assert "tellme.host.local" in loaded
    assert not within(loaded, ASK_HOST_SIDE_BANNED)


def test_ask_with_options_is_as_light() -> None:
    loads("list")
    assert not within(loads("ask", "Math", "--lines", "--json", stdin=b"2+2\n"), ASK_HOST_SIDE_BANNED)


@pytest.fixture
def serve(home: Path, start: Start) -> None:
    """A server that is ready; English, whom nobody asks, stays away."""
    home.mkdir()
    (home / "config.toml").write_text('[bots.English]\npass_env = ["THAT_NOBODY_SETS"]\n')
    process = start("serve")
    assert process.stderr is not None
    assert any(b"Serving" in line for line in process.stderr)


@pytest.mark.parametrize("arguments", [("Math", "2+2"), ("Math", "1/0", "--json"), ("Math",)])
def test_ask_of_a_serve_is_a_client_of_a_socket_and_no_more(serve: None, arguments: tuple[str, ...]) -> None:
    command = [PROGRAM[0], "-X", "importtime", *PROGRAM[1:], "ask", *arguments]
    done = subprocess.run(command, capture_output=True, input=b"2+2\n" * (len(arguments) == 1), check=False, timeout=30)
    floor = [sys.executable, "-X", "importtime", "-c", CLIENT]
    client = _loaded(subprocess.run(floor, capture_output=True, check=True).stderr)
    assert done.stdout
    assert _loaded(done.stderr) - client == ASK_OF_A_SERVE


def test_version_loads_no_host_no_screen_but_typer() -> None:
    assert not within(loads("--version"), HOST | ENGINES | {"textual", "rich"} | (OUR_SCREENS - {"tellme.cli.app"}))


@pytest.mark.parametrize("arguments", [("list",), ("sessions",), ("list", "--json"), ("logs", "Math"), ()])
def test_what_prints_off_a_terminal_loads_neither_rich_nor_engines(arguments: tuple[str, ...]) -> None:
    assert not within(loads(*arguments), ENGINES | {"textual", "rich", "readline"})


def test_public_names_cost_nothing_until_they_are_used() -> None:
    code = "import sys; before = set(sys.modules); import tellme; print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert set(done.stdout.decode().split()) - bare() == {"tellme", "__future__"}


BOTS = {
    "math": {"asyncio", "dataclasses", "inspect", "logging", "subprocess", "socket", "tellme.host"} | SCREENS | ENGINES,
    "zen": {"textual", "spacy", "tellme.host", "asyncio"},
    "english": {"textual", "spacy", "tellme.host"},
}


@pytest.mark.parametrize("name", BOTS)
def test_a_bots_process_loads_only_what_it_needs(name: str, tmp_path: Path) -> None:
    loaded = _loaded(_errors_of_a_talk(REPOSITORY / "bots" / name, tmp_path)) - bare()
    assert "tellme.sdk" in loaded
    assert not within(loaded, BOTS[name])


def _errors_of_a_talk(folder: Path, data: Path) -> bytes:
    """Have a turn with a bot, as its host would; returns what it wrote to stderr."""
    env = {"PYTHONPATH": str(REPOSITORY), "TELLME_BOT_DATA": str(data), "TELLME_KIND_DATA": str(data)}
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    command = [sys.executable, "-X", "importtime", "bot.py"]
    with (
        open(data / "stderr", "w+b") as errors,
        subprocess.Popen(command, cwd=folder, env=env, **{**pipes, "stderr": errors}) as process,
    ):
        _ask(process, "initialize", {"protocolVersion": 1})
        session = _ask(process, "session/new", {"cwd": "/", "mcpServers": []})["sessionId"]
        _ask(process, "session/prompt", {"sessionId": session, "prompt": [{"type": "text", "text": "hello"}]})
        process.communicate()
        errors.seek(0)
        return errors.read()


def _ask(process: subprocess.Popen[bytes], method: str, params: dict[str, object]) -> dict[str, str]:
    assert process.stdin is not None
    assert process.stdout is not None
    request = {"jsonrpc": "2.0", "id": method, "method": method, "params": params}
    process.stdin.write(json.dumps(request).encode() + b"\n")
    process.stdin.flush()
    for line in process.stdout:
        answer = json.loads(line)
        if answer.get("id") == method:
            result: dict[str, str] = answer["result"]
            return result
    raise AssertionError(f"the bot ended before it answered {method}")
