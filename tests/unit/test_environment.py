"""What a bot's environment holds, and what never gets into it."""

from __future__ import annotations

import pytest

from tellme.supervisor.environment import DEFAULT_PATH, clean_environment, missing

HOST = {
    "PATH": "/opt/bin:/bin",
    "HOME": "/home/ann",
    "LANG": "de_DE.UTF-8",
    "LC_TIME": "C",
    "TZ": "UTC",
    "TERM": "xterm-256color",
    "ANTHROPIC_API_KEY": "secret",
    "SSH_AUTH_SOCK": "/run/agent",
    "PYTHONPATH": "/elsewhere",
    "TELLME_HOME": "/home/ann/tellme",
}


def clean(
    host: dict[str, str] = HOST, extra: dict[str, str] | None = None, pass_env: tuple[str, ...] = ()
) -> dict[str, str]:
    return clean_environment(host, extra or {}, pass_env, data_dir="/data/bot", kind_data_dir="/data/kind")


def test_it_is_what_a_program_needs_and_no_more() -> None:
    assert clean() == {
        "PATH": "/opt/bin:/bin",
        "HOME": "/home/ann",
        "LANG": "de_DE.UTF-8",
        "LC_TIME": "C",
        "TZ": "UTC",
        "PYTHONUTF8": "1",
        "TELLME_BOT_DATA": "/data/bot",
        "TELLME_KIND_DATA": "/data/kind",
    }


@pytest.mark.parametrize("host", [{}, {"PATH": ""}])
def test_there_is_always_a_path(host: dict[str, str]) -> None:
    assert clean(host)["PATH"] == DEFAULT_PATH


def test_what_is_to_be_passed_on_is() -> None:
    env = clean(pass_env=("ANTHROPIC_API_KEY", "OPENAI_API_KEY"))
    assert env["ANTHROPIC_API_KEY"] == "secret"
    assert "OPENAI_API_KEY" not in env


def test_the_manifest_has_the_last_word() -> None:
    env = clean(extra={"HOME": "/nowhere", "PYTHONUTF8": "0"}, pass_env=("HOME",))
    assert (env["HOME"], env["PYTHONUTF8"]) == ("/nowhere", "0")


def test_what_is_missing_is_named() -> None:
    assert missing(("ANTHROPIC_API_KEY", "OPENAI_API_KEY"), HOST) == ["OPENAI_API_KEY"]
