"""``tellme doctor``: what it says of secrets, of the sandbox and of aliases that several bots have."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

from tellme.surfaces import output
from tellme.surfaces.doctor import doctor

from ..conftest import add_bot, add_hostile
from .conftest import tellme


def found(bot: str) -> str:
    """Return the line that doctor has for a bot."""
    lines = re.findall(rf"^\S* +{bot}: .*$", tellme("doctor").out, re.MULTILINE)
    assert len(lines) == 1
    return str(lines[0])


def test_a_sandbox_without_bubblewrap_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_bot(home, "Caged", [str(shutil.which("true"))], sandbox=True)
    monkeypatch.setenv("PATH", str(home))
    said = tellme("doctor").out
    assert "BAD  Caged: needs bubblewrap for its sandbox: install it" in said
    assert "there is no bubblewrap: bots with sandbox = true cannot start" in said


@pytest.mark.skipif(sys.platform != "linux", reason="bubblewrap is a program of Linux")
def test_bubblewrap_is_looked_for_where_bots_would_find_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir()
    (home / "bwrap").write_text("#!/bin/sh\n")
    (home / "bwrap").chmod(0o755)
    said: list[str] = []
    monkeypatch.setattr(output, "write", said.append)
    doctor({"PATH": str(home), "TELLME_HOME": str(home)})
    assert f"     bots with sandbox = true run in bubblewrap ({home}/bwrap)\n" in said
    add_bot(home, "Lost", ["bwrap"])
    add_bot(home, "Strayed", ["bwrap"], env={"PATH": "/nowhere"})
    said.clear()
    doctor({"PATH": str(home), "TELLME_HOME": str(home)})
    assert any(line.startswith("ok   Lost: can be started") for line in said)
    assert any(line.startswith("BAD  Strayed: its program bwrap is not found") for line in said)


def test_a_secret_that_is_not_in_the_keyring_is_said(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In the place of the package: what it finds is asked of the real one in tests/host/test_keyring.py.
    (tmp_path / "keyring.py").write_text("def get_password(service, name): return {'HERE': 'x'}.get(name)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    add_bot(home, "Needy", ["true"], keyring=["HERE", "GONE"])
    add_bot(home, "Served", ["true"], keyring=["HERE"])
    assert found("Needy").startswith("BAD  Needy: GONE is not in the keyring: 'keyring set tellme GONE' puts it there")
    assert found("Served").startswith("ok   Served: can be started")


SHARED = 'the alias "tidy the room" is one of Foe and Other, so it may lead to none of them'


def test_an_alias_that_several_bots_have_is_said(home: Path) -> None:
    add_hostile(home, "echo", aliases=["tidy the room"])
    assert "the alias" not in tellme("doctor").out
    add_hostile(home, "echo", "Other", aliases=["Tidy the room!", "water the plants"])
    done = tellme("doctor")
    assert f"BAD  {SHARED}: leave it to one of them, and give the others aliases of their own\n" in done.out
    assert done.code == 1


def test_a_check_says_it_of_the_bots_that_share_an_alias(home: Path) -> None:
    add_hostile(home, "echo", aliases=["tidy the room"])
    add_hostile(home, "echo", "Other", aliases=["Tidy the room!"])
    add_hostile(home, "echo", "Third", aliases=["water the plants"])
    done = tellme("bots", "check", "Foe")
    assert f"BAD  aliases:      {SHARED}\n" in done.out
    assert "→ Leave it to one of them, and give the others aliases of their own.\n" in done.out
    assert done.code == 1
    assert "the alias" not in tellme("bots", "check", "Third").out
