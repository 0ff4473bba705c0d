"""Bots of a kind that have names of their own run beside those they are made of, each with data of its own."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tellme.host.host import Host
from tellme.model import Session, TurnStatus

from .conftest import run, say

CONFIG = """
[bots.English]
corpus = ["plain.yml"]
[bots."Wall-E"]
kind = "english"
corpus = ["robot.yml"]
[bots."HAL 9000"]
kind = "math"
memory = "128 MiB"
env = { LOG_LEVEL = "debug" }
"""
CORPUS = """
categories:
- small
conversations:
- - Tell me about plants
  - {answer}
"""
ASKED = "Tell me about plants"
NAMES = ("Math", "HAL 9000", "English", "Wall-E")


def make(home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "config.toml").write_text(CONFIG)
    for file, answer in {"plain": "They are green.", "robot": "I found one!"}.items():
        (home / f"{file}.yml").write_text(CORPUS.replace("{answer}", answer))


async def texts(host: Host, sessions: dict[str, Session], said: dict[str, str]) -> list[str]:
    """Say something to several bots at once."""
    return [reply.text for reply in await asyncio.gather(*(say(host, sessions[name], said[name]) for name in said))]


def test_two_of_each_kind_at_once_each_with_settings_corrections_and_data_of_its_own(home: Path) -> None:
    make(home)

    async def talk(host: Host) -> None:
        sessions = {name: await host.open_session(name) for name in NAMES}
        said = {"Math": "let x = 3", "HAL 9000": "let x = 9000", "English": ASKED, "Wall-E": ASKED}
        assert (await texts(host, sessions, said))[2:] == ["They are green.", "I found one!"]
        pids = {status.name: status.pid for status in await host.bots() if status.name in NAMES}
        assert len(set(pids.values())) == 4
        assert await texts(host, sessions, {"Math": "x + 1", "HAL 9000": "x + 1"}) == ["4", "9001"]
        assert "Noted" in (await say(host, sessions["Wall-E"], "/correct Directive?")).text

    async def talk_again(host: Host) -> None:
        replies = await asyncio.gather(*(say(host, name, ASKED) for name in ("English", "Wall-E")))
        assert [reply.text for reply in replies] == ["They are green.", "Directive?"]
        nothing = await say(host, "English", "/corrections")
        assert (nothing.status, nothing.bot) == (TurnStatus.DECLINED, "English")

    run(talk)
    run(talk_again)
    assert [folder.name for folder in (home / "data" / "bots").iterdir()] == ["wall-e"]
