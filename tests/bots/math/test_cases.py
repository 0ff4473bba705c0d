"""Questions and answers by group, from ``cases/``: the reply is the result and nothing else, or a decline."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


def _read() -> dict[str, list[tuple[str, str]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for file in sorted((Path(__file__).parent / "cases").glob("*.txt")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("[") and line.endswith("]") and " => " not in line:
                cases = groups.setdefault(line.strip("[]"), [])
            elif " => " in line and not line.startswith("#"):
                question, _, wanted = line.partition(" => ")
                cases.append((question.replace("\\n", "\n"), wanted))
    return groups


GROUPS = _read()


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine makes no answer wrong; what takes too long is tested elsewhere."""
    from mathbot.symbolic import sandbox

    monkeypatch.setattr(sandbox, "LEAST_SECONDS", 10.0)


def _fits(wanted: str, got: str) -> bool:
    if wanted.startswith("!"):
        return got.startswith("! ") and wanted[1:].strip() in got
    return got == wanted


@pytest.mark.parametrize("group", GROUPS)
def test_group(group: str, ask: Callable[..., str]) -> None:
    wrong = [(question, wanted, got) for question, wanted in GROUPS[group] if not _fits(wanted, got := ask(question))]
    assert not wrong


def test_a_question_asked_twice_is_not_in_two_groups() -> None:
    questions = [question for cases in GROUPS.values() for question, _ in cases]
    assert len(questions) == len(set(questions))
