"""``tellme bots import``: agents that other programs know become bots."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from .making import Run, manifest, names
from .making import bots as bots

ZED = """// Zed settings
{
  "theme": "One", /* not ours */
  "agent_servers": {
    "Gemini": {"ignore_system_version": false},
    "My Agent (beta)": {
      "type": "custom", "command": "cat", "args": ["~/x.js", "--acp",],
      "env": {"KEY": "s3cret", "TOKEN": "$TOKEN", "OTHER": "${env:OTHER}", "PATHLIKE": "$HOME/x"},
    },
    "From Registry": {"type": "registry"},
    "Old": {"command": {"path": "cat", "args": ["-"], "env": null}},
    "Number": {"command": 7}, "List": [], "\\u001b[31mRed": {"command": "cat", "args": "x"},
    "Math": {"command": "cat"}, "old": {"command": "cat"}, "!!!": {"command": "cat"},
    "Missing": {"command": "no-such-program"}, "Env": {"command": "cat", "env": {"A": 1}},
  },
}
"""


def test_agents_of_zed_become_bots_and_each_other_one_is_explained(
    bots: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "config" / "zed" / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(ZED)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert bots("import", "zed", "--dry-run").out.endswith("Would make 3 bots.\n")
    assert names(home) == []
    imported = bots("import")
    assert names(home) == ["my-agent-beta", "old", "red"]
    assert manifest(home, "my-agent-beta") == {
        "name": "My Agent beta",
        "command": ["cat", f"{tmp_path}/x.js", "--acp"],
        "protocol": "acp",
        "timeout": 600,
        "retry": False,
        "pass_env": ["TOKEN", "OTHER"],
        "env": {"KEY": "s3cret", "PATHLIKE": "$HOME/x"},
    }
    assert stat.S_IMODE((home / "bots" / "my-agent-beta" / "bot.toml").stat().st_mode) == 0o600
    assert "s3cret" not in imported.out + imported.err
    assert [line.split(":")[1].strip() for line in imported.err.splitlines() if "Skipped" in line] == [
        "Skipped Gemini",
        "Skipped From Registry",
        "Skipped Number",
        "Skipped List",
        "Skipped Math",
        "Skipped old",
        "Skipped !!!",
        "Skipped Missing",
        "Skipped Env",
    ]
    again = bots("import", str(settings))
    assert (again.code, again.out) == (0, "")
    assert f"Skipped Old: there is a bot Old already, defined in {home}/bots/old/bot.toml." in again.err


def test_an_agent_of_toad_becomes_a_bot(bots: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "uv" / "tools" / "batrachian-toad" / "lib" / "python3.14" / "site-packages"
    agents = site / "toad" / "data" / "agents"
    agents.mkdir(parents=True)
    common = 'identity = "x.com"\nshort_name = "x"\nprotocol = "acp"\ntype = "coding"\n'
    (agents / "a.toml").write_text(f'{common}name = "Plain"\ndescription = "Codes."\nrun_command."*" = "cat \'a b\'"\n')
    (agents / "b.toml").write_text(f'{common}name = "Shell"\n[run_command]\nlinux = "cat | cat"\n"*" = "no"\n')
    (agents / "c.toml").write_text(f'{common}name = "Windows"\nrun_command.windows = "cat"\n')
    (agents / "d.toml").write_text("name = \n")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    imported = bots("import", "toad")
    assert manifest(home, "plain")["command"] == ["cat", "a b"]
    assert manifest(home, "plain")["description"] == "Codes."
    assert manifest(home, "shell")["command"] == ["sh", "-c", "cat | cat"]
    assert "Skipped Windows: it has no run_command for this system." in imported.err
    assert "d.toml" in imported.err
    assert names(home) == ["plain", "shell"]


@pytest.mark.parametrize(
    ("distribution", "command"),
    [
        ({"npx": {"package": "@a/b@1", "args": ["--acp"]}}, ["npx", "-y", "@a/b@1", "--acp"]),
        ({"npx": {"package": "@a/b", "cmd": "c"}}, ["npx", "-y", "--package", "@a/b", "c"]),
        ({"uvx": {"package": "a", "args": ["x"], "env": {"K": "v"}}}, ["uvx", "a", "x"]),
        ({"uvx": {"package": "a", "cmd": "b", "args": ["x"]}, "binary": {}}, ["uvx", "--from", "a", "b", "x"]),
    ],
)
def test_an_agent_of_the_registry_becomes_a_bot(
    bots: Run,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    distribution: dict[str, object],
    command: list[str],
) -> None:
    for program in ("npx", "uvx"):
        (tmp_path / program).write_text("#!/bin/sh\n")
        (tmp_path / program).chmod(0o755)
    entry = {"id": "one", "name": "One", "version": "1.0.0", "description": "An agent", "distribution": distribution}
    (tmp_path / "agent.json").write_text(json.dumps({"version": "1.0.0", "agents": [entry, {}, 7]}))
    monkeypatch.setenv("PATH", str(tmp_path))
    imported = bots("import", str(tmp_path / "agent.json"))
    assert manifest(home, "one")["command"] == command
    assert imported.err.count("Skipped") == 2


def test_a_program_to_download_is_not_downloaded(bots: Run, home: Path, tmp_path: Path) -> None:
    machine = os.uname().machine.replace("arm64", "aarch64")
    target = {"archive": "https://example.org/a.tgz", "cmd": "./a", "args": ["acp"]}
    binary = {f"{'darwin' if sys.platform == 'darwin' else 'linux'}-{machine}": target}
    (tmp_path / "agent.json").write_text(json.dumps({"name": "Bin", "distribution": {"binary": binary}}))
    imported = bots("import", str(tmp_path / "agent.json"))
    assert "unpack https://example.org/a.tgz, then 'tellme bots add Bin -- ./a acp' there" in imported.err
    assert names(home) == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is no JSON: line 1"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"[1, 2]", "defines no agents"),
        (b"{}", "defines no agents"),
        (b'{"agent_servers": 3}', "has agent_servers that are no object"),
        (b"[" * 200_000, "is no JSON: nested too deeply"),
        (b'{"agents": [' + b"7," * 600 + b"]}", "defines more than 500 agents"),
        (b" " * (8 * 2**20 + 1), "is larger than 8 MiB"),
    ],
    ids=["empty", "bytes", "list", "object", "number", "deep", "many", "large"],
)
def test_a_hostile_file_is_told_in_a_line(bots: Run, tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / "evil.json").write_bytes(content)
    imported = bots("import", str(tmp_path / "evil.json"))
    assert (imported.code, imported.out) == (2, "")
    assert f"evil.json {problem}" in imported.err.splitlines()[-1]
