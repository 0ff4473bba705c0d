"""Who waits for a granted command to end."""

from __future__ import annotations

from tellme.supervisor.asked import OpenRequests
from tellme.supervisor.grants.terminals import Terminal


def test_whoever_takes_its_wait_back_is_forgotten() -> None:
    answers: list[object] = []
    requests = OpenRequests(answers.append)
    terminal = Terminal("session", 1024)
    for number in range(2_000):
        terminal.wait(requests.open(number))
        requests.cancel(number)
    assert len(answers) == 2_000
    assert not terminal._waiting
