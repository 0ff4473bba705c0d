"""Which bots there are: every place they come from, and what is said of those that are wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tellme.errors import BotNotFound, ConfigError
from tellme.host.appearance import TuiSettings
from tellme.model import BotSpec

from .installation import Installation
from .installation import here as here


def test_the_builtin_bots(here: Installation) -> None:
    catalogue = here.load_kept()
    assert list(catalogue.bots) == ["english", "math", "zen"]
    folder = str(here.builtin / "math")
    source = str(here.builtin / "math" / "bot.toml")
    assert catalogue.bots["math"] == BotSpec(
        "Math", "math", "math", ("bot.py",), folder, source, timeout=9.0, retry=True, builtin=True
    )
    assert catalogue.problems == ()


def test_how_the_tui_should_be_survives_the_cache(here: Installation) -> None:
    here.config('[tui]\ntheme = "x"\nbell = false\nnotify_after = 3\n[tui.keys]\n"prompt.send" = "f2"')
    assert here.load_kept().tui == TuiSettings("x", bell=False, notify_after_s=3.0, keys={"prompt.send": "f2"})


def test_every_kind_of_value_survives_the_cache(here: Installation) -> None:
    here.bot(
        "a",
        'name = "Ä"\ncommand = ["x", "y"]\naliases = ["b"]\npatterns = ["c"]\nmemory = "1 GB"\nenv = { D = "e" }\n'
        'pass_env = ["F"]\nrestart = { max = 1, within = 0.5 }\ndescription = "é"\n'
        'keyring = ["G"]\nsandbox = true\non_failure = "h i"',
    )
    here.bot("broken", "timeout = 0")
    kept = here.load_kept().bots["ä"]
    assert kept.restart.within == 0.5
    tuples = (kept.command, kept.aliases, kept.patterns, kept.pass_env, kept.keyring, kept.on_failure)
    assert [type(value) for value in tuples] == [tuple] * 6
    assert kept.sandbox is True


@pytest.mark.parametrize(
    ("config", "kept_s", "problem"),
    [
        ("", None, ""),
        ("[sessions]", None, ""),
        ('[sessions]\nkeep = "90 days"', 7_776_000, ""),
        ('[sessions]\nkeep = "1 Day"', 86_400, ""),
        ('[sessions]\nkeep = "2weeks"', 1_209_600, ""),
        ('[sessions]\nkeep = "3 months"', 7_776_000, ""),
        ('[sessions]\nkeep = "1 year"', 31_536_000, ""),
        ('[sessions]\nkeep = "0 days"', None, 'at least 1 day and at most 1000 years, not "0 days"'),
        ('[sessions]\nkeep = "1001 years"', None, "at least 1 day and at most 1000 years"),
        ("[sessions]\nkeep = 90", None, 'a whole number of days, weeks, months or years, as in "90 days", not 90'),
        ('[sessions]\nkeep = "1.5 days"', None, "a whole number of days"),
        ('[sessions]\nkeep = "-1 days"', None, "a whole number of days"),
        ('[sessions]\nkeep = "٩ days"', None, "a whole number of days"),
        ('[sessions]\nkeep = "90 hours"', None, "a whole number of days"),
        ('[sessions]\nkeep = "90"', None, "a whole number of days"),
        ("[sessions]\nkepe = 1", None, "sessions.kepe: is not known; did you mean keep?"),
        ("sessions = 3", None, "must be a table"),
    ],
)
def test_how_long_sessions_are_kept(here: Installation, config: str, kept_s: float | None, problem: str) -> None:
    here.config(config)
    catalogue = here.load_kept()
    assert catalogue.keep_sessions_s == kept_s
    assert [problem in str(each) for each in catalogue.problems] == [True] * bool(problem)


@pytest.mark.parametrize(
    ("config", "manifest", "command"),
    [
        ("", "", ()),
        ('on_failure = "beep -l"', "", ("beep", "-l")),
        ('on_failure = "beep"', 'on_failure = "own"', ("own",)),
        ('on_failure = "beep"', 'on_failure = ""', ()),
        ('on_failure = ""', "", ()),
        ('on_failure = "beep"\n[bots.A]\non_failure = "mine"', 'on_failure = "own"', ("mine",)),
        ('on_failure = "beep"\n[bots.A]\non_failure = " "', 'on_failure = "own"', ()),
        ('on_failure = "beep"\n[bots.A]\ntimeout = 3', 'on_failure = "own"', ("own",)),
    ],
)
def test_the_nearest_command_for_failures_counts(
    here: Installation, config: str, manifest: str, command: tuple[str, ...]
) -> None:
    here.config(config)
    here.bot("a", f'name = "A"\ncommand = ["a"]\n{manifest}')
    catalogue = here.load_kept()
    assert catalogue.problems == ()
    assert catalogue.bots["a"].on_failure == command
    assert catalogue.bots["math"].on_failure == (
        ("beep", "-l") if "-l" in config else ("beep",) if "beep" in config else ()
    )


def test_a_command_for_all_bots_that_is_wrong_costs_no_bot(here: Installation) -> None:
    file = here.config("on_failure = 3")
    catalogue = here.load_kept()
    assert list(catalogue.bots) == ["english", "math", "zen"]
    assert [str(problem) for problem in catalogue.problems] == [
        f'{file}: line 1, on_failure: must be a command as text, as in "notify-send tellme", not 3'
    ]


def test_later_places_win(here: Installation) -> None:
    here.config('[bots.Math]\ncommand = ["config"]\n[bots.Zen]\ncommand = ["config"]')
    here.bot("zen", 'name = "ZEN"\ncommand = ["folder"]')
    bots = here.load_kept().bots
    assert {bot.name: bot.command for bot in bots.values()} == {
        "English": ("bot.py",),
        "Math": ("config",),
        "ZEN": ("folder",),
    }
    assert bots["math"].folder == str(here.home)
    assert not bots["math"].builtin
    assert bots["zen"].folder == str(here.home / "bots" / "zen")


def test_a_table_without_command_and_kind_changes_the_bot_there_is(here: Installation) -> None:
    here.config('[bots.math]\ntimeout = 5\nrestart.max = 1\n[bots.Calc]\nkind = "math"')
    bots = here.load_kept().bots
    assert (bots["math"].name, bots["math"].timeout, bots["math"].restart.max) == ("Math", 5.0, 1)
    assert bots["math"].builtin
    assert (bots["calc"].timeout, bots["calc"].kind, bots["calc"].folder) == (9.0, "math", str(here.builtin / "math"))


def test_a_table_changes_a_bot_of_the_users_own_folders_too(here: Installation) -> None:
    here.config("[bots.Slow]\ntimeout = 2\n[bots.Gone]\ntimeout = 2")
    here.bot("slow", 'name = "Slow"\ncommand = ["slow"]\ntimeout = 20')
    catalogue = here.load_kept()
    assert (catalogue.bots["slow"].timeout, catalogue.bots["slow"].command) == (2.0, ("slow",))
    assert [problem.where for problem in catalogue.problems] == ["line 3, bots.Gone"]


def test_problems_of_config_cost_only_what_they_are_about(here: Installation) -> None:
    file = here.config(
        'bts = 1\n[bots]\nfoo = 3\n[bots.Math]\ntimeout = "x"\n[bots."Wall E"]\ncommand = ["a"]\n'
        '[bots."wall-e"]\ncommand = ["b"]\n[bots.New]\n[bots.Zen]\nname = "Nez"\n[bots."a/b"]\n'
        'command = ["c"]\n[ky.x]\n'
    )
    catalogue = here.load_kept()
    assert list(catalogue.bots) == ["english", "math", "zen", "wall-e"]
    assert catalogue.bots["math"].timeout == 9
    assert sorted(str(problem).removeprefix(f"{file}: ") for problem in catalogue.problems) == sorted(
        [
            "line 1, bts: is not known; did you mean bots?",
            "line 15, ky: is not known; known are bots, routing, sessions, tui, on_failure",
            "line 3, bots.foo: must be a table, as in [bots.Math], not 3",
            'line 5, bots.Math.timeout: must be a number of seconds, not "x"',
            f'line 8, bots.wall-e.name: "wall-e" is taken already, by {file}',
            'line 10, bots.New: needs a command (command = ["bot.py"]) or a kind (kind = "english")',
            'line 12, bots.Zen.name: must be that of the table, "Zen"',
            'line 13, bots."a/b".name: may hold letters, digits, spaces, - and _ only, not "a/b"',
        ]
    )


def test_a_config_that_is_no_toml_costs_no_other_bot(here: Installation) -> None:
    here.config("[bots")
    here.bot("a", 'name = "A"\ncommand = ["x"]')
    catalogue = here.load_kept()
    assert list(catalogue.bots) == ["english", "math", "zen", "a"]
    assert [problem.where for problem in catalogue.problems] == ["end of document"]


def test_of_two_folders_with_one_name_the_first_keeps_it(here: Installation) -> None:
    first = here.bot("a", 'name = "Wall-E"\ncommand = ["first"]')
    second = here.bot("b", 'name = "wall e"\ncommand = ["second"]')
    catalogue = here.load_kept()
    assert catalogue.bots["wall-e"].command == ("first",)
    assert [str(problem) for problem in catalogue.problems] == [
        f'{second}: line 1, name: "wall e" is taken already, by {first}'
    ]


def test_what_else_lies_in_the_bots_folder_is_no_bot(here: Installation, tmp_path: Path) -> None:
    here.bot(".hidden", "x")
    here.bot("__pycache__", "x")
    (here.home / "bots" / "empty").mkdir()
    (here.home / "bots" / "notes.txt").write_text("x")
    (here.home / "bots" / "dangling").symlink_to(tmp_path / "nowhere")
    here.write(tmp_path / "elsewhere" / "bot.toml", 'name = "Linked"\ncommand = ["a"]')
    (here.home / "bots" / "link").symlink_to(tmp_path / "elsewhere")
    catalogue = here.load_kept()
    assert list(catalogue.bots) == ["english", "math", "zen", "linked"]
    assert catalogue.bots["linked"].folder == str(here.home / "bots" / "link")
    assert catalogue.problems == ()


def test_a_link_to_itself_costs_no_other_bot(here: Installation) -> None:
    here.bot("a", 'name = "Ann"\ncommand = ["a"]')
    (here.home / "bots" / "loop").symlink_to("loop")
    catalogue = here.load_kept()
    assert "ann" in catalogue.bots
    assert [str(problem) for problem in catalogue.problems] == [
        f"{here.home}/bots/loop/bot.toml: cannot be read: Too many levels of symbolic links"
    ]


def test_a_pipe_in_the_place_of_the_cache_is_not_waited_for(here: Installation) -> None:
    here.cache.parent.mkdir(parents=True)
    os.mkfifo(here.cache)
    assert list(here.load().bots) == ["english", "math", "zen"]


def test_a_bots_folder_that_is_a_file_is_said(here: Installation) -> None:
    here.write(here.home / "bots", "x")
    assert [problem.problem for problem in here.load_kept().problems] == ["cannot be read: Not a directory"]


def test_a_manifest_that_cannot_be_read_is_said(here: Installation) -> None:
    (here.home / "bots" / "a" / "bot.toml").mkdir(parents=True)
    (here.home / "bots" / "b").mkdir()
    (here.home / "bots" / "b" / "bot.toml").symlink_to("bot.toml")
    assert [problem.problem for problem in here.load_kept().problems] == [
        "is not a file",
        "cannot be read: Too many levels of symbolic links",
    ]


@pytest.mark.parametrize("name", ["Math", "math", " MATH "])
def test_find(here: Installation, name: str) -> None:
    assert here.load().find(name).name == "Math"


def test_a_bot_that_is_not_there_names_those_that_look_like_it(here: Installation) -> None:
    with pytest.raises(BotNotFound) as error:
        here.load_kept().find("Mth")
    assert error.value.nearest == ("Math",)
    with pytest.raises(BotNotFound) as error:
        here.load_kept().find("\x00" * 100_000)
    assert error.value.nearest == ()


def test_a_bot_whose_manifest_is_wrong_says_so_when_asked_for(here: Installation) -> None:
    file = here.bot("wall", 'name = "Wall-E"\ncommand = ["a"]\ntimeout = 0')
    here.bot("garbled", "=")
    for name, where in (("wall-e", "line 3, timeout"), ("garbled", "line 1, column 1")):
        with pytest.raises(ConfigError) as error:
            here.load_kept().find(name)
        assert error.value.where == where
    assert file.exists()


def test_a_bot_defined_wrong_leaves_the_earlier_one(here: Installation) -> None:
    here.bot("math", 'name = "Math"\ncommand = ["a"]\ntimeout = 0')
    assert here.load_kept().find("Math").builtin
