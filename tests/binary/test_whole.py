"""The one file does all that an installed program does, with nothing but libc: what it needs was not left out."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest

from .conftest import BINARY, Run, copy_of, run

MATH = {
    "2+2": "4",
    "0.1+0.2": "0.3",
    "6!": "720",
    "5 km in miles": "3.10685596",
    "integrate x^2 sin(x)": "-x^2*cos(x) + 2x*sin(x) + 2*cos(x) + C",
    "derivative of x^3": "3x^2",
    "solve x^2-5x+6=0": "x = 2 or x = 3",
    "factor x^4-1": "(x - 1)",
    "limit of sin(x)/x as x goes to 0": "1",
    "mean of 1, 2, 6": "3",
}
"""One question for each part of Math; the answer begins so."""


def test_math_answers_with_each_of_its_parts(tellme: Run) -> None:
    said = tellme("ask", "Math", "--lines", stdin="".join(f"{question}\n" for question in MATH))
    answers = dict(zip(MATH, said.out.splitlines(), strict=True))
    assert {question: answers[question][: len(begin)] for question, begin in MATH.items()} == MATH


def test_english_and_zen_answer(tellme: Run) -> None:
    assert tellme("ask", "English", "Hello").code == 0
    assert tellme("ask", "Zen", "explicit").out == "Explicit is better than implicit.\n"


def test_english_speaks_what_its_corpora_hold(tellme: Run, tmp_path: Path) -> None:
    folder = tmp_path / ".config" / "tellme"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text('[bots.Franz]\nkind = "english"\nsettings = { corpus = ["german"] }\n')
    assert tellme("ask", "Franz", "Hallo").code == 0


def test_the_piped_shell(tellme: Run) -> None:
    said = tellme(stdin="start_session Math\n6*7\nend_session\n")
    assert (said.out, said.code) == ("42\n", 0)


def test_exit_codes_are_those_of_the_program(tellme: Run) -> None:
    assert tellme("ask", "Math", "who are you?").code == 1
    assert tellme("ask", "Nobody", "hi").code == 2


def test_sessions_go_out_and_come_in(tellme: Run, tmp_path: Path) -> None:
    told = json.loads(tellme("ask", "Math", "--json", "2+2").out)
    assert "2+2" in tellme("export", told["session"]).out
    exported = tellme("export", told["session"], "--json").out
    elsewhere = {
        "TELLME_HOME": str(tmp_path / "elsewhere"),
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path / "run"),
        "PATH": "/nonexistent",
    }
    assert tellme("import", "-", stdin=exported, env=elsewhere).code == 0
    assert "Math" in tellme("sessions", "--last", "3", env=elsewhere).out


def test_a_bot_of_the_users_own_runs_with_the_interpreter_inside(tellme: Run, tmp_path: Path) -> None:
    assert tellme("bots", "new", "Parrot").code == 0
    assert tellme("ask", "Parrot", "hi").code == 0
    (bot,) = (tmp_path / ".local" / "share" / "tellme", tmp_path / ".config" / "tellme")[1].glob("bots/parrot")
    (bot / "bot.py").write_text(_LOOKS)
    seen = json.loads(tellme("ask", "Parrot", "look").out)
    assert seen["executable"].endswith("/bin/python3")
    assert seen["ssl"].startswith("OpenSSL")
    assert not any(name.startswith(("TELLME_EXECUTABLE", "PYTHONHOME")) for name in seen["environ"])
    assert not any(link.startswith(str(tmp_path.parent.parent)) for link in seen["open"]), seen["open"]


_LOOKS = """
import ctypes, json, os, sqlite3, ssl, sys

from tellme import Bot

bot = Bot("Parrot", description="Says what it sees")
FDS = "/proc/self/fd"


@bot.reply
def reply(message):
    links = [os.path.join(FDS, number) for number in os.listdir(FDS)]
    opened = [os.readlink(link) for link in links if os.path.lexists(link)]
    return json.dumps(
        {"executable": sys.executable, "ssl": ssl.OPENSSL_VERSION, "environ": sorted(os.environ), "open": opened}
    )


bot.run()
"""


def test_doctor_says_where_it_lives(tellme: Run, cache: Path) -> None:
    said = tellme("doctor")
    assert said.code == 0, said.out
    assert str(cache / "tellme" / "unpacked") in said.out


def test_licenses_name_everything_inside(tellme: Run) -> None:
    lines = tellme("--licenses").out.splitlines()
    named = {line.split()[0].lower() for line in lines if line}
    wanted = {"tellme", "textual", "chatterbot", "sympy", "python", "libssl.so.3", "libzstd"}
    assert wanted <= named
    assert not named & {"spacy", "numpy", "greenlet"}
    folder = Path(lines[-1].removeprefix("and "))
    assert (folder / "components.json").is_file()
    for component in json.loads((folder / "components.json").read_text()):
        assert any((folder / component["name"]).iterdir()), component
        assert component["licence"]


def test_every_package_inside_is_named(tellme: Run, cache: Path) -> None:
    (packages,) = (cache / "tellme" / "unpacked").glob("*/lib/python3.*")
    inside = {folder.name.partition("-")[0].lower() for folder in packages.glob("*.dist-info")}
    named = {line.split()[0].lower().replace("-", "_") for line in tellme("--licenses").out.splitlines() if line}
    assert inside <= named


@pytest.mark.parametrize("locale", ["C", "POSIX", "en_US.UTF-8", ""])
def test_any_locale_is_utf_8(tellme: Run, tmp_path: Path, cache: Path, locale: str) -> None:
    env = {
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path / "run"),
        "XDG_CACHE_HOME": str(cache),
        "LC_ALL": locale,
    }
    assert tellme("ask", "Math", "√4 × ½", env=env).out == "1\n"


def test_the_environment_of_another_python_changes_nothing(tellme: Run, tmp_path: Path, cache: Path) -> None:
    env = {
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path / "run"),
        "XDG_CACHE_HOME": str(cache),
        "PYTHONHOME": "/nothing",
        "PYTHONPATH": str(tmp_path),
    }
    (tmp_path / "asyncio.py").write_text("raise SystemExit('not this one')")
    assert tellme("ask", "Math", "2+2", env=env).out == "4\n"


@pytest.mark.parametrize("way", ["link", "path", "relative"])
def test_other_programs_are_given_the_path_that_people_call(tellme: Run, tmp_path: Path, cache: Path, way: str) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    called = folder / "tellme"
    if way == "link":
        called.symlink_to(BINARY)
    else:
        copy_of(BINARY, called)
    env = {
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path / "run"),
        "XDG_CACHE_HOME": str(cache),
        "PATH": f"{folder}:/usr/bin:/bin",
    }
    words = {"link": [str(called)], "path": ["sh", "-c", 'exec tellme "$@"', "sh"], "relative": ["bin/tellme"]}[way]
    said = subprocess.run([*words, "serve", "--print-unit"], cwd=tmp_path, env=env, capture_output=True, check=True)
    assert f"ExecStart={called} serve\n" in said.stdout.decode()


def test_closed_streams_stay_closed(tmp_path: Path, cache: Path) -> None:
    env = {
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path / "run"),
        "XDG_CACHE_HOME": str(cache),
        "PATH": "/usr/bin:/bin",
    }
    assert run("/bin/sh", "-c", f"{BINARY} ask Math 2+2 <&-", env=env) == ("4\n", "", 0)
    assert run("/bin/sh", "-c", f"{BINARY} ask Math 2+2 >&-", env=env).code == 3


def test_it_ends_by_the_signal_that_ended_it(tmp_path: Path, cache: Path) -> None:
    env = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path / "run"), "XDG_CACHE_HOME": str(cache)}
    with subprocess.Popen([BINARY], stdin=subprocess.PIPE, env=env) as process:
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
