"""What ``bot.toml`` says becomes a ``BotSpec``; what is wrong with it is said with file, line and key."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.errors import ConfigError
from tellme.host import toml
from tellme.host.config import new_bot
from tellme.host.names import bot_id, check_name
from tellme.model import BotSpec, RestartLimit

ENGLISH = BotSpec(
    "English",
    "english",
    "english",
    ("bot.py",),
    "/tellme/bots/english",
    "/tellme/bots/english/bot.toml",
    description="Talks",
    aliases=("hello",),
    timeout=12.0,
    memory_bytes=10**9,
    retry=True,
    builtin=True,
)
KINDS = {"english": ENGLISH}


def read(tmp_path: Path, text: str | bytes) -> tuple[BotSpec | None, list[str]]:
    """Return the bot of a manifest, and what is wrong with it without the path of the file."""
    file = tmp_path / "bot.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    section = toml.read(str(file))
    bot = new_bot(section, section.table.get("name"), str(tmp_path), KINDS)
    return bot, [str(problem).removeprefix(f"{file}: ") for problem in section.problems]


def test_every_key(tmp_path: Path) -> None:
    text = """
        name = "Wall-E"
        description = "Cleans \\u001b[1mup"
        command = ["bot", "--fast"]
        protocol = "lines"
        aliases = ["clean this up"]
        patterns = ["^tidy"]
        timeout = 2.5
        memory = "512 MiB"
        env = { LOG_LEVEL = "info", EMPTY = "" }
        pass_env = ["API_KEY"]
        keyring = ["OTHER_KEY"]
        sandbox = true
        on_failure = "notify-send -u low 'Wall-E is down'"
        retry = false
        restart = { max = 3, within = 10 }
    """
    assert read(tmp_path, text) == (
        BotSpec(
            name="Wall-E",
            id="wall-e",
            kind="command",
            command=("bot", "--fast"),
            folder=str(tmp_path),
            source=str(tmp_path / "bot.toml"),
            description="Cleans up",
            protocol="lines",
            aliases=("clean this up",),
            patterns=("^tidy",),
            timeout=2.5,
            memory_bytes=512 * 1024 * 1024,
            env={"LOG_LEVEL": "info", "EMPTY": ""},
            pass_env=("API_KEY",),
            retry=False,
            restart=RestartLimit(3, 10.0),
            keyring=("OTHER_KEY",),
            sandbox=True,
            on_failure=("notify-send", "-u", "low", "Wall-E is down"),
            builtin=False,
        ),
        [],
    )


def test_an_argument_may_be_empty(tmp_path: Path) -> None:
    bot, problems = read(tmp_path, 'name = "A"\ncommand = ["yes", "", " "]')
    assert (bot and bot.command, problems) == (("yes", "", " "), [])


def test_a_corpus_is_a_name_or_a_file_beside_the_manifest(tmp_path: Path) -> None:
    text = 'name = "Pierre"\nkind = "english"\ncorpus = ["french", "english.food", "mine.yml", "/a/b", "~/c.JSON"]'
    bot, problems = read(tmp_path, text)
    assert not problems
    assert bot
    home = os.path.expanduser("~")
    assert bot.corpus == ("french", "english.food", str(tmp_path / "mine.yml"), "/a/b", f"{home}/c.JSON")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('kind = "english"\ncorpus = []', 'must name a corpus, as in ["english"], or a file, as in ["mine.yml"]'),
        ('kind = "english"\ncorpus = [1]', "must hold texts only, not 1"),
        ('command = ["bot.py"]\ncorpus = ["french"]', 'is for bots with kind = "english" only'),
    ],
)
def test_a_corpus_that_makes_no_sense(tmp_path: Path, text: str, problem: str) -> None:
    bot, problems = read(tmp_path, f'name = "Pierre"\n{text}')
    assert bot is None
    assert problems == [f"line 3, corpus: {problem}"]


def test_a_bot_of_a_kind_is_the_builtin_one_under_another_name(tmp_path: Path) -> None:
    bot, problems = read(tmp_path, 'name = "Wall-E"\nkind = "english"\ntimeout = 3\nrestart.max = 2')
    assert not problems
    assert bot == ENGLISH._replace(
        name="Wall-E",
        id="wall-e",
        source=str(tmp_path / "bot.toml"),
        aliases=(),
        timeout=3.0,
        restart=RestartLimit(2, 60.0),
    )


@pytest.mark.parametrize(
    ("text", "retry"),
    [
        ('command = ["bot.py"]', True),
        ('command = ["agent"]', False),
        ('command = ["python", "bot.py"]', False),
        ('command = ["agent"]\nprotocol = "lines"', True),
        ('command = ["agent"]\nretry = true', True),
        ('command = ["bot.py"]\nretry = false', False),
        ('kind = "english"', True),
        ('kind = "english"\nretry = false', False),
    ],
)
def test_who_is_tried_again(tmp_path: Path, text: str, retry: bool) -> None:
    bot, problems = read(tmp_path, f'name = "A"\n{text}')
    assert not problems
    assert bot
    assert bot.retry is retry


@pytest.mark.parametrize(
    ("memory", "count"),
    [
        ('"512 MiB"', 512 << 20),
        ('"1 GB"', 10**9),
        ('"1gb"', 10**9),
        ('"1.5 GiB"', 3 << 29),
        ('"2G"', 2 * 10**9),
        ('"2097152"', 2 << 20),
        ("2_097_152", 2 << 20),
        ('"4096 KiB"', 4 << 20),
    ],
)
def test_memory(tmp_path: Path, memory: str, count: int) -> None:
    bot, problems = read(tmp_path, f'name = "A"\ncommand = ["a"]\nmemory = {memory}')
    assert not problems
    assert bot
    assert bot.memory_bytes == count


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('timeout = "abc"', 'line 3, timeout: must be a number of seconds, not "abc"'),
        ("timeout = true", "line 3, timeout: must be a number of seconds, not true"),
        ("timeout = -1", "line 3, timeout: must be more than 0 and at most 86400 seconds, not -1"),
        ("timeout = 0", "line 3, timeout: must be more than 0 and at most 86400 seconds, not 0"),
        ("timeout = nan", "line 3, timeout: must be more than 0 and at most 86400 seconds, not nan"),
        ("timeout = inf", "line 3, timeout: must be more than 0 and at most 86400 seconds, not inf"),
        (
            "timeout = 0x" + "f" * 9000,
            "line 3, timeout: must be more than 0 and at most 86400 seconds, not a number too large",
        ),
        ("timeout = 2000-01-01", "line 3, timeout: must be a number of seconds, not 2000-01-01"),
        ("tiemout = 1", "line 3, tiemout: is not known; did you mean timeout?"),
        (
            '"a b" = 1',
            'line 3, "a b": is not known; known are name, description, command, kind, protocol, aliases, '
            "patterns, timeout, memory, env, pass_env, keyring, sandbox, "
            "on_failure, corpus, prompt, end, quiet, pty, settings, grants, asks, retry, restart",
        ),
        (
            '"\\u001b[1m" = 1',
            '"\\u001b[1m": is not known; known are name, description, command, kind, protocol, '
            "aliases, patterns, timeout, memory, env, pass_env, keyring, sandbox, "
            "on_failure, corpus, prompt, end, quiet, pty, settings, grants, asks, retry, restart",
        ),
        ("memory = 512", 'line 3, memory: must be a size that a process can have, such as "512 MiB", not 512'),
        ('memory = "lots"', 'line 3, memory: must be a size such as "512 MiB", not "lots"'),
        ('memory = "1 iB"', 'line 3, memory: must be a size such as "512 MiB", not "1 iB"'),
        ("memory = true", 'line 3, memory: must be a size such as "512 MiB", not true'),
        ("memory = 1.5", 'line 3, memory: must be a size such as "512 MiB", not 1.5'),
        ("env = 1", 'line 3, env: must be a table, as in { LOG_LEVEL = "info" }, not 1'),
        ("env = { PORT = 80 }", "line 3, env.PORT: must be text in quotes, not 80"),
        ("[env]\nPORT = 80", "line 4, env.PORT: must be text in quotes, not 80"),
        ('env = { "A=B" = "1" }', 'line 3, env."A=B": "A=B" cannot be the name of a variable'),
        ('pass_env = ["A=B"]', 'line 3, pass_env: "A=B" cannot be the name of a variable'),
        ('pass_env = "A"', 'line 3, pass_env: must be a list of texts, as in ["one", "two"], not "A"'),
        ('keyring = ["A=B"]', 'line 3, keyring: "A=B" cannot be the name of a variable'),
        ('keyring = "A"', 'line 3, keyring: must be a list of texts, as in ["one", "two"], not "A"'),
        ('sandbox = "offline"', 'line 3, sandbox: must be true or false, not "offline"'),
        (
            'on_failure = ["beep"]',
            'line 3, on_failure: must be a command as text, as in "notify-send tellme", not a list',
        ),
        (
            'on_failure = "say \'no"',
            'line 3, on_failure: cannot be split into words (no closing quotation): "say \'no"',
        ),
        ("on_failure = \"'' x\"", "line 3, on_failure: must begin with a program, not \"'' x\""),
        (
            'on_failure = "a\\u0000b"',
            r'line 3, on_failure: must be a command as text, as in "notify-send tellme", not "a\u0000b"',
        ),
        ("aliases = [1]", "line 3, aliases: must hold texts only, not 1"),
        ('aliases = [" "]', 'line 3, aliases: must hold texts only, not " "'),
        (
            'patterns = ["("]',
            'line 3, patterns: "(" is no regular expression: missing ), unterminated subpattern at position 0',
        ),
        (
            'patterns = ["a{1i+1d<3,1i<2}"]',
            'line 3, patterns: "a{1i+1d<3,1i<2}" is no regular expression that can be used here:'
            " more than one cost equation at position 10",
        ),
        ('protocol = "http"', 'line 3, protocol: must be "acp" or "lines", not "http"'),
        ("protocol = {}", 'line 3, protocol: must be "acp" or "lines", not a table'),
        ("retry = 1", "line 3, retry: must be true or false, not 1"),
        ("restart = 5", "line 3, restart: must be a table, as in { max = 10, within = 60 }, not 5"),
        ("restart = { mx = 5 }", "line 3, restart.mx: is not known; did you mean max?"),
        ("restart = { max = true }", "line 3, restart.max: must be a whole number from 0 to 1000, not true"),
        ("restart.max = -1", "line 3, restart.max: must be a whole number from 0 to 1000, not -1"),
        ("[restart]\nwithin = 0", "line 4, restart.within: must be more than 0 and at most 86400 seconds, not 0"),
        ("description = []", "line 3, description: must be text, not a list"),
        ('kind = "english"', "line 3, kind: a bot has a command or a kind, not both"),
    ],
)
def test_a_wrong_value(tmp_path: Path, line: str, problem: str) -> None:
    assert read(tmp_path, f'name = "A"\ncommand = ["a"]\n{line}\n') == (None, [problem])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('name = "A"', 'needs a command (command = ["bot.py"]) or a kind (kind = "english")'),
        ('name = "A"\nkind = "englsh"', 'line 2, kind: is no kind of bot: "englsh"; did you mean english?'),
        ('name = "A"\nkind = "robot"', 'line 2, kind: is no kind of bot: "robot"; known are english'),
        ('name = "A"\nkind = 5', "line 2, kind: must be text, not 5"),
        (
            'name = "A"\nkind = "english"\nprotocol = "lines"',
            "line 3, protocol: is for bots with a command, not with a kind",
        ),
        ('command = ["a"]', 'name: is missing; a bot needs one, as in name = "Wall-E"'),
        ('name = 5\ncommand = ["a"]', "line 1, name: must be text, not 5"),
        ('name = "a/b"\ncommand = ["a"]', 'line 1, name: may hold letters, digits, spaces, - and _ only, not "a/b"'),
        (
            'name = "A"\ncommand = "a b"',
            'line 2, command: must be a list of program and arguments, as in ["bot.py"], not "a b": no shell reads it',
        ),
        ('name = "A"\ncommand = []', 'line 2, command: must name a program, as in ["bot.py"]'),
        ('name = "A"\ncommand = ["a", 1]', "line 2, command: must hold texts only, not 1"),
        ('name = "A"\ncommand = ["a", "\\u0000"]', r'line 2, command: must hold texts only, not "\u0000"'),
        ('name = "A"\ncommand = ["", "a"]', 'line 2, command: must begin with a program, not ""'),
        ('name = "A"\ncommand = [" "]', 'line 2, command: must begin with a program, not " "'),
    ],
)
def test_a_bot_that_is_none(tmp_path: Path, text: str, problem: str) -> None:
    assert read(tmp_path, text) == (None, [problem])


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    bot, problems = read(tmp_path, 'name = "-"\ntimeout = 0\nretry = 2\nxyz = 1\n')
    assert bot is None
    assert [problem.partition(":")[0] for problem in problems] == [
        "line 1, name",
        "line 4, xyz",
        "line 2, timeout",
        "line 3, retry",
        'needs a command (command = ["bot.py"]) or a kind (kind = "english")',
    ]


def test_no_line_is_better_than_a_wrong_one(tmp_path: Path) -> None:
    text = 'description = """\ntimeout = 5\n"""\ntimeout = 0\nname = "A"\ncommand = ["a"]'
    assert read(tmp_path, text)[1] == ["timeout: must be more than 0 and at most 86400 seconds, not 0"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"name = \n", "line 1, column 8: is not valid TOML: Invalid value"),
        (b'name = "A', "end of document: is not valid TOML: Unterminated string"),
        (b'name = "A"\nname = "B"\n\n', "line 2, column 11: is not valid TOML: Cannot overwrite a value"),
        (b"a = " + b"[" * 5000, "is not valid TOML: nested too deeply"),
        (b"name = 1\n# \xff\n", "line 2: is not UTF-8"),
        (b"#" * (toml.MAX_FILE_BYTES + 1), "is larger than 1048576 bytes"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes, problem: str) -> None:
    with pytest.raises(ConfigError) as error:
        read(tmp_path, content)
    assert str(error.value) == f"{tmp_path / 'bot.toml'}: {problem}"


def test_a_number_without_end_is_no_toml(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is not valid TOML"):
        read(tmp_path, b"timeout = " + b"9" * 5000)


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe")
    for name, problem in (("pipe", "is not a file"), ("none", "cannot be read: No such file or directory")):
        with pytest.raises(ConfigError) as error:
            toml.read(str(tmp_path / name))
        assert error.value.problem == problem


def test_a_file_from_another_editor_is_understood(tmp_path: Path) -> None:
    bot, problems = read(tmp_path, '\ufeffname = "A"\r\ncommand = ["a"]\r\n')
    assert not problems
    assert bot


def test_a_file_of_nonsense_is_answered_in_bounded_time(tmp_path: Path) -> None:
    bot, problems = read(tmp_path, "".join(f"k{number} = 1\n" for number in range(20_000)))
    assert bot is None
    assert len(problems) < 50


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda data: data.decode("latin-1")))
@settings(max_examples=100, derandomize=True, deadline=None)
def test_no_text_is_too_strange(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    try:
        bot, problems = read(tmp_path_factory.getbasetemp(), text.encode("utf-8", "replace"))
    except ConfigError:
        return
    assert bot is None
    assert problems


@pytest.mark.parametrize("name", ["Math", "Wall-E", "Zoë", "数学", "R2 D2", "a", "7", "x_1", "a" * 64])
def test_a_name(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        " a",
        "a ",
        "a  b",
        "-a",
        "_a",
        "a\tb",
        "a\nb",
        "a/b",
        "..",
        "a.b",
        "a" * 65,
        "数" * 22,
        "a\u202eb",
        "½",
        "\ud800",
    ],
)
def test_no_name(name: str) -> None:
    with pytest.raises(ValueError, match=r"must|may"):
        check_name(name)


@pytest.mark.parametrize(
    ("name", "id"),
    [("Math", "math"), ("Wall-E", "wall-e"), (" R2  D2 ", "r2-d2"), ("ZOË", "zoë"), ("Zoe\u0308", "zoë")],
)
def test_an_id(name: str, id: str) -> None:
    assert bot_id(name) == id
