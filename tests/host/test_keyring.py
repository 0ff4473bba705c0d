"""``keyring = ["NAME"]``: the bot gets its secrets from the system's keyring, or does not start and says why."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tellme.host.host import Host
from tellme.host.secrets import why_no_secrets, with_secrets
from tellme.model import BotSpec, Reply, TurnStatus
from tellme.supervisor import keyring
from tellme.supervisor.launch import Launch

from .conftest import run, say

SECRET = "hunter2-hunter2"

BACKEND = f"""
import os, time
from keyring.backend import KeyringBackend

HELD = {{"KEY": "{SECRET}", "PRINTS": "printed", "OTHER": "from the keyring", "EMPTY": "", "NUL": "a\\0b"}}


class Backend(KeyringBackend):
    priority = 1

    def get_password(self, service, username):
        assert service == "tellme"
        if username == "HANGS":
            time.sleep(1000)
        if username == "RAISES":
            raise RuntimeError("{SECRET}")
        if username == "DIES":
            os._exit(1)
        if username == "PRINTS":
            print("{SECRET}")
            os.write(2, b"{SECRET}")
        return HELD.get(username)

    set_password = delete_password = get_password
"""

Add = Callable[..., Path]

pytestmark = pytest.mark.skipif(importlib.util.find_spec("keyring") is None, reason="keyring is not installed")


@pytest.fixture(autouse=True)
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ``keyring`` find a keyring of the test's own."""
    folder = tmp_path / "backend"
    folder.mkdir()
    (folder / "ours.py").write_text(BACKEND)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "ours.Backend")


def reply(text: str = "hello") -> Reply:
    return run(lambda host: say(host, "Foe", text))


def everything_below(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file() and file.suffix != ".db-shm")


def test_a_bot_has_what_it_names_in_its_environment(hostile: Add) -> None:
    hostile("environment", keyring=["KEY", "PRINTS", "EMPTY"])
    environment = json.loads(reply().text)
    assert {environment[name] for name in ("KEY", "PRINTS", "EMPTY")} == {SECRET, "printed", ""}
    assert "PYTHON_KEYRING_BACKEND" not in environment


def test_what_is_in_env_or_pass_env_is_not_asked_for(hostile: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSED", "passed")
    hostile("environment", keyring=["OWN", "PASSED", "OTHER"], env={"OWN": "own"}, pass_env=["PASSED", "OTHER"])
    environment = json.loads(reply().text)
    assert [environment[name] for name in ("OWN", "PASSED", "OTHER")] == ["own", "passed", "from the keyring"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("GONE", "GONE is not in the keyring: 'keyring set tellme GONE' puts it there"),
        ("RAISES", "the keyring that holds KEY, RAISES could not be read (RuntimeError): is it there and unlocked?"),
        ("DIES", "the keyring that holds KEY, DIES could not be read: its reader failed"),
        ("NUL", "its command or environment cannot be passed on: embedded null byte"),
    ],
)
def test_a_bot_without_its_secrets_is_not_started_and_says_why(
    hostile: Add, home: Path, name: str, reason: str
) -> None:
    hostile("echo", keyring=["KEY", name], retry=False)
    failed = reply()
    assert failed.status is TurnStatus.FAILED
    assert (failed.error or "").startswith(f"Foe cannot start: {reason}")
    assert SECRET.encode() not in everything_below(home)


def test_another_bot_answers_while_a_keyring_hangs(hostile: Add) -> None:
    hostile("echo", keyring=["HANGS"], retry=False, timeout=60.0)
    hostile("echo", "Friend")

    async def body(host: Host) -> str:
        waiting = await host.say(await host.open_session("Foe"), "hello")
        answer = (await say(host, "Friend", "hi")).text
        waiting.cancel()
        await waiting.ended()
        return answer

    assert run(body) == "echo hi"


def test_a_keyring_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "READ_S", 0.3)
    with pytest.raises(keyring.KeyringProblem, match=r"HANGS did not answer within 0\.3 s: unlock it"):
        keyring.check(["HANGS"], os.environ)


def test_a_reader_that_cannot_be_started_leaves_nothing_open() -> None:
    before = os.listdir("/proc/self/fd")
    with pytest.raises(OSError, match="Argument list too long"):
        keyring.check(["N" * 2**22], os.environ)
    assert os.listdir("/proc/self/fd") == before


def test_what_a_bot_is_started_with_is_made_anew() -> None:
    spec = BotSpec("A", "a", "math", ("a",), "/", "/a", keyring=("KEY", "OWN"), env={"OWN": "own"})
    plain = Launch("A", ("a",), "/", {}, None, "/log", builtin=True)
    launch = with_secrets(plain, spec, {"HOME": "/h", "DBUS_X": "x", "TOKEN": "t"})
    assert (launch.keyring, launch.keyring_env) == (("KEY",), {"HOME": "/h", "DBUS_X": "x"})
    assert (launch.builtin, launch.name, launch.log_path) == (False, "A", "/log")
    assert (plain.builtin, plain.keyring, plain.keyring_env) == (True, (), {})


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "keyring.py").write_text("raise ImportError")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(keyring.KeyringProblem, match=r"KEY should come from the keyring: install 'tellme\[keyring\]'"):
        keyring.read(["KEY"], os.environ)


@pytest.mark.parametrize(
    ("names", "problem"), [([], None), (["KEY"], None), (["KEY", "GONE"], "GONE is not in the keyring")]
)
def test_what_is_missing_can_be_asked_without_a_start(names: list[str], problem: str | None) -> None:
    spec = BotSpec("A", "a", "command", ("a",), "/", "/a", keyring=tuple(names))
    found = why_no_secrets(spec, os.environ)
    assert found is None if problem is None else (found or "").startswith(problem)
