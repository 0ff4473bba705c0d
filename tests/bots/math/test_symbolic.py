"""Symbolic mathematics: nothing is said that numbers did not confirm, and nothing that sympy does reaches the bot."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.fixture(autouse=True)
def _time() -> None:
    """What is called here without a question has all the time it needs."""
    from mathbot import limits

    limits.start(60)


# The sandbox


def _run(function: Callable[[], str], seconds: float = 10.0) -> str:
    from mathbot import limits
    from mathbot.symbolic import sandbox

    limits.start(seconds)
    try:
        return sandbox.run(function)
    except limits.Declined as reason:
        return f"! {reason}"


def _hang() -> str:
    while True:
        time.sleep(60)


def _huge_power() -> str:
    return str((9**9**8) % 7)


def _greedy() -> str:
    return str(len(bytes(10**9)))


def _killed() -> str:
    os.kill(os.getpid(), signal.SIGSEGV)
    return "alive"


def _broken() -> str:
    raise ValueError("of a library")


def _deep() -> str:
    return _deep() + "."


def _prints() -> str:
    print("garbage")
    os.write(1, b"garbage")
    return "said"


def _exits() -> str:
    raise SystemExit(3)


@pytest.mark.parametrize(
    ("function", "wanted"),
    [
        (lambda: "42", "42"),
        (lambda: "é\0²", "é\0²"),
        (_hang, "! That takes too long"),
        (_huge_power, "! That takes too long"),
        (_greedy, "! That needs too much memory"),
        (_killed, "! That is too hard"),
        (_broken, "! That is too hard"),
        (_deep, "! That is too hard"),
        (_exits, "! That is too hard"),
        (_prints, "said"),
        (lambda: "x" * 200_000, "! That is too hard"),
    ],
)
def test_whatever_happens_in_the_child_the_parent_gets_an_answer(
    function: Callable[[], str], wanted: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from mathbot.symbolic import sandbox

    slow = "too long" in wanted
    monkeypatch.setattr(sandbox, "SECONDS", 0.3 if slow else 20.0)
    monkeypatch.setattr(sandbox, "LEAST_SECONDS", 0.3 if slow else 20.0)
    before = sorted(os.listdir("/proc/self/fd"))
    assert _run(function).startswith(wanted)
    assert sorted(os.listdir("/proc/self/fd")) == before
    assert capfd.readouterr().out == ""
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_child_that_outlives_its_parent_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    from mathbot.symbolic import sandbox

    timer: list[float] = []
    monkeypatch.setattr(signal, "setitimer", lambda _, seconds: timer.append(seconds))
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            sandbox._limit(0.2)
            os.write(writing, str(timer).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        assert answer.read() == "[0.7]"
    os.waitpid(child, 0)


def test_a_question_that_takes_too_long_is_declined_within_its_time(
    ask: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from mathbot.symbolic import calculus, sandbox

    monkeypatch.setattr(sandbox, "SECONDS", 0.5)
    monkeypatch.setattr(calculus, "derivative", lambda *_: _hang())
    start = time.monotonic()
    assert ask("derivative of x^3 + x") == "! That takes too long to compute."
    assert time.monotonic() - start < 2


# Reading back what is written

_X = sympy.Symbol("x", real=True)
_LEAVES = st.one_of(
    st.just(_X), st.integers(-9, 9).map(sympy.Integer), st.just(sympy.pi), st.just(sympy.E)
) | st.builds(sympy.Rational, st.integers(-9, 9), st.integers(1, 9))
_FUNCTIONS = [sympy.sin, sympy.cos, sympy.tan, sympy.exp, sympy.log, sympy.atan, sympy.Abs, sympy.sqrt]
_EXPRESSIONS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda a, b: a + b, inner, inner),
        st.builds(lambda a, b: a * b, inner, inner),
        st.builds(lambda a, n: a**n, inner, st.sampled_from([-2, -1, 2, 3, sympy.Rational(3, 2)])),
        st.builds(lambda f, a: f(a), st.sampled_from(_FUNCTIONS), inner),
    ),
    max_leaves=8,
)


@settings(max_examples=75, derandomize=True, deadline=None, database=None)
@given(_EXPRESSIONS)
def test_what_is_written_is_read_back_as_the_same_function(expression: Any) -> None:
    from mathbot.limits import Declined
    from mathbot.symbolic import checking, numeric, writing

    if expression.has(sympy.zoo, sympy.nan, sympy.I, sympy.oo):
        return
    try:
        text = writing.write(expression)
    except Declined:
        return
    node = checking.parse(text)
    judge = sympy.lambdify(_X, expression, "mpmath")
    for place in (mpmath.mpf(7) / 5, mpmath.mpf(1) / 3, mpmath.mpf(-11) / 7):
        with mpmath.workdps(40):
            try:
                value = numeric.value(node, {"x": place})
                wanted = judge(place)
            except (numeric.Undefined, ZeroDivisionError, OverflowError, ValueError):
                continue
            if not mpmath.isfinite(wanted) or abs(wanted) > 1e20:
                continue
            assert mpmath.almosteq(value, wanted, 1e-12, 1e-12), (expression, text)


# The check before it is said


@pytest.mark.parametrize(
    ("function", "slope", "right"),
    [
        ("x^2", "2x", True),
        ("x^2", "2x + 1/10^12", False),
        ("x^2", "2|x|", False),
        ("ln(|x|)", "1/x", True),
        ("ln(x)", "1/|x|", True),
        ("sin(x)", "cos(x)", True),
        ("sin(x)", "-cos(x)", False),
        ("sqrt(x)", "1/(2*sqrt(x))", True),
        ("a*x^2", "2a*x", True),
        ("a*x^2", "2x", False),
    ],
)
def test_a_wrong_derivative_is_noticed(function: str, slope: str, right: bool) -> None:
    from mathbot.symbolic import checking

    assert checking.is_derivative(checking.parse(function), checking.parse(slope), "x") == right


@pytest.mark.parametrize(
    ("function", "whole", "right"),
    [
        ("1/x", "ln(|x|)", True),
        ("1/x", "ln(x)", False),  # it has no value where 1/x has one
        ("x", "x^2/2 + 7", True),
        ("x", "x^2", False),
        ("|x|", "x^2/2", False),
    ],
)
def test_a_wrong_antiderivative_is_noticed(function: str, whole: str, right: bool) -> None:
    from mathbot.symbolic import checking

    assert checking.is_antiderivative(checking.parse(function), checking.parse(whole), "x") == right


@pytest.mark.parametrize(
    ("question", "broken"),
    [
        ("derivative of x^3", "diff"),
        ("limit of sin(x)/x as x approaches 0", "limit"),
        ("expand (x+1)^2", "expand"),
        ("factor x^2 - 1", "factor"),
        ("sum of 1/n^2 from n=1 to infinity", "summation"),
    ],
)
def test_what_sympy_gets_wrong_is_not_said(
    question: str, broken: str, ask: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = getattr(sympy, broken)
    monkeypatch.setattr(sympy, broken, lambda *given, **named: whole(*given, **named) + sympy.Rational(1, 1000))
    assert ask(question).startswith("! I'm not sure enough")


# All solutions, or none


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("e^x - 5", ["ln(5)"]),
        ("2^x - 8", ["3"]),
        ("ln(x) - 2", ["e^2"]),
        ("ln(x) + ln(x+3) - ln(4)", ["1"]),  # -4 is a solution of the product alone
        ("sqrt(x+3) - x - 1", ["1"]),  # -2 comes from squaring
        ("|x-3| - 5", ["-2", "8"]),
        ("sqrt(x-1)", ["1"]),
        ("e^x", []),
        ("e^x + 1", []),
        ("x*e^x - 1", None),
        ("sin(x) - 1/2", None),
        ("1 + cos(x)", None),
        ("x^5 - x - 1", None),
    ],
)
def test_all_real_solutions_or_none(expression: str, wanted: list[str] | None, monkeypatch: pytest.MonkeyPatch) -> None:
    from mathbot import limits
    from mathbot.symbolic import checking, numeric, sandbox, solve

    monkeypatch.setattr(sandbox, "SECONDS", 20.0)
    limits.start()
    found = solve.real_solutions(checking.parse(expression), "x")
    if wanted is None or found is None:
        assert found is None
        assert wanted is None
        return
    values = [numeric.value(node, {}) for node in found]
    assert len(values) == len(wanted)
    for value, text in zip(values, wanted, strict=True):
        assert numeric.close(value, numeric.value(checking.parse(text), {}), 12)


def test_a_missing_solution_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    from mathbot.symbolic import checking, searching

    node = checking.parse("(x-1)^2 * (x-5) * sqrt(x+7)")
    monkeypatch.setattr(searching, "_proposed", lambda *_: [sympy.Integer(n) for n in (1, 5, -7)])
    assert searching.solutions(node, "x") == ["-7", "1", "5"]
    for kept in ((1, 5), (1, -7), (5, -7)):
        monkeypatch.setattr(searching, "_proposed", lambda *_, kept=kept: [sympy.Integer(n) for n in kept])
        assert searching.solutions(node, "x") is None


# A session


def test_functions_are_remembered_and_recalled(ask: Callable[..., str]) -> None:
    from mathbot.engine import recall

    state: dict[str, Any] = {}
    asked = ["f(x) = x^2 + 1", "g(t) = 2t", "x = 5"]
    assert [ask(question, state) for question in asked] == asked
    for held in (state, {}):
        recall(asked, held)
        assert ask("f(3)", held) == "10"
        assert ask("f(g(2)) - f(1)", held) == "15"
        assert ask("f(-2)", held) == "5"
        assert ask("f(x)", held) == "26"
        assert ask("f'(3)", held) == "6"
        assert ask("derivative of f(x)", held) == "2x"
        assert ask("f(x) = 10", held).startswith("x = -3 or x = 3")
        assert ask("f(1, 2)", held) == "! f takes one number."


def test_a_value_that_is_given_holds_for_one_question(ask: Callable[..., str]) -> None:
    state: dict[str, Any] = {}
    ask("x = 5", state)
    assert ask("x^2 when x = 3", state) == "9"
    assert ask("x", state) == "5"
    assert ask("y^2 when y = 2", state) == "4"
    assert ask("y", state).startswith("!")


def test_what_is_remembered_is_put_in_for_all_letters_but_the_variable(ask: Callable[..., str]) -> None:
    state: dict[str, Any] = {}
    ask("a = 3", state)
    ask("x = 5", state)
    assert ask("derivative of a*x^2", state) == "6x (read as a = 3)"
    assert ask("derivative of x^2", state) == "2x"
    assert ask("2x + 3x", state) == "25"


def test_arithmetic_does_not_load_sympy() -> None:
    import subprocess
    import sys
    from pathlib import Path

    folder = Path(__file__).parents[3] / "bots" / "math"
    code = (
        "import sys; from mathbot.engine import answer; answer('2+2', {}); answer('sum of 3 and 4', {}); "
        "answer('2x = 4', {}); answer('5 km in miles', {}); "
        "print([name for name in sys.modules if 'sympy' in name or 'symbolic' in name])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
