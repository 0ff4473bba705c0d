"""Which bots there are: every place they come from, and a cache that nobody notices."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from binascii import crc32
from collections.abc import Callable
from pathlib import Path

import pytest

from tellme.errors import BotNotFound, ConfigError
from tellme.host.appearance import TuiSettings
from tellme.host.catalogue import Catalogue, load
from tellme.model import BotSpec
from tellme.paths import Paths


class Installation:
    """Built-in bots and a home, both of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.builtin = folder / "builtin"
        self.home = folder / "home"
        self.paths = Paths.below(str(self.home))
        self.cache = Path(self.paths.catalogue_cache)
        for kind in ("english", "math", "zen"):
            self.write(self.builtin / kind / "bot.toml", f'name = "{kind.title()}"\ncommand = ["bot.py"]\ntimeout = 9')

    def write(self, file: Path, text: str) -> Path:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def config(self, text: str) -> Path:
        return self.write(self.home / "config.toml", text)

    def bot(self, folder: str, text: str) -> Path:
        return self.write(self.home / "bots" / folder / "bot.toml", text)

    def load(self, later_s: float = 0.0) -> Catalogue:
        """Load as it would be done so many seconds from now."""
        return load(self.paths, builtin=str(self.builtin), now=time.time() + later_s)

    def load_kept(self) -> Catalogue:
        """Load twice, the second time from the cache."""
        first = self.load(later_s=60)
        assert self.cache.exists()
        second = self.load(later_s=60)
        assert told(second) == told(first)
        return second


def told(catalogue: Catalogue) -> tuple[list[tuple[str, BotSpec]], list[str], dict[str, str]]:
    """Return what can be compared."""
    broken = {bot: str(problem) for bot, problem in catalogue.broken.items()}
    return list(catalogue.bots.items()), [str(problem) for problem in catalogue.problems], broken


@pytest.fixture
def here(tmp_path: Path) -> Installation:
    return Installation(tmp_path)


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


# The cache ------------------------------------------------------------------------------------------------------------


def test_the_cache_spares_the_reading(here: Installation) -> None:
    """What reads TOML is not even loaded."""
    here.load_kept()
    program = (
        "import sys, time\nfrom tellme.paths import Paths\nfrom tellme.host.catalogue import load\n"
        f"bots = load(Paths.below({str(here.home)!r}), builtin={str(here.builtin)!r}, now=time.time() + 60).bots\n"
        "dear = {'tomllib', 'tellme.host.config', 'tellme.nearest', 'importlib.metadata', 'pathlib'}\n"
        "print(len(bots), *dear & {*sys.modules})"
    )
    for _ in range(2):  # the first writes a cache for this interpreter's own search path
        run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "3\n"


def test_what_was_changed_just_now_is_not_kept(here: Installation) -> None:
    """It may change again within the same tick of the file system's clock."""
    here.load()
    assert not here.cache.exists()


def add_a_folder(here: Installation) -> None:
    here.bot("new", 'name = "New"\ncommand = ["a"]')


def edit_in_the_same_tick_of_mtime(here: Installation) -> None:
    file = here.home / "bots" / "a" / "bot.toml"
    before = file.stat()
    file.write_text(file.read_text().replace("one", "two"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace_by_another(here: Installation) -> None:
    (here.home / "bots" / "a" / "other").write_text('name = "A"\ncommand = ["two"]')
    (here.home / "bots" / "a" / "other").rename(here.home / "bots" / "a" / "bot.toml")


def remove_the_manifest(here: Installation) -> None:
    (here.home / "bots" / "a" / "bot.toml").unlink()


def rename_the_folder(here: Installation) -> None:
    (here.home / "bots" / "a").rename(here.home / "bots" / "b")


def add_a_config(here: Installation) -> None:
    here.config("[bots.Math]\ntimeout = 1")


def change_a_builtin(here: Installation) -> None:
    here.write(here.builtin / "zen" / "bot.toml", 'name = "Zen"\ncommand = ["other"]')


@pytest.mark.parametrize(
    "change",
    [
        add_a_folder,
        edit_in_the_same_tick_of_mtime,
        replace_by_another,
        remove_the_manifest,
        rename_the_folder,
        add_a_config,
        change_a_builtin,
    ],
)
def test_a_change_is_seen_at_once(here: Installation, change: Callable[[Installation], None]) -> None:
    here.bot("a", 'name = "A"\ncommand = ["one"]')
    before = told(here.load_kept())
    change(here)
    after = told(here.load(later_s=60))
    assert after != before
    assert after == told(here.load_kept())


def test_a_cache_with_one_letter_changed_is_made_anew(here: Installation) -> None:
    whole = told(here.load_kept())
    here.cache.write_bytes(here.cache.read_bytes().replace(b"bot.py", b"bat.py"))
    assert told(here.load(later_s=60)) == whole


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"00000000\n",
        b"\n{}",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"key": 5}',
        b'{"key": {"packages": []}}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_cache_is_made_anew(here: Installation, content: bytes) -> None:
    whole = told(here.load_kept())
    good = here.cache.read_bytes()
    here.cache.write_bytes(content)
    assert told(here.load(later_s=60)) == whole
    assert here.cache.read_bytes() == good


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("key", None),
        ("bots", None),
        ("bots", [[1]]),
        ("bots", 7),
        ("problems", [["a"]]),
        ("problems", None),
        ("broken", []),
        ("broken", {"a": 1}),
    ],
)
def test_a_cache_of_another_shape_is_made_anew(here: Installation, part: str, value: object) -> None:
    whole = told(here.load_kept())
    data = json.dumps({**json.loads(here.cache.read_bytes().partition(b"\n")[2]), part: value}).encode()
    here.cache.write_bytes(b"%08x\n" % crc32(data) + data)
    assert told(here.load(later_s=60)) == whole


def test_a_cache_that_cannot_be_written_is_no_error(here: Installation) -> None:
    here.write(here.home / "data", "a file where the folder should be")
    assert list(here.load(later_s=60).bots) == ["english", "math", "zen"]


def test_a_cache_in_the_place_of_which_a_folder_lies_is_no_error(here: Installation) -> None:
    here.cache.mkdir(parents=True)
    assert list(here.load(later_s=60).bots) == ["english", "math", "zen"]
    assert [file.name for file in here.cache.parent.iterdir()] == ["catalogue.json"]


# Installed packages ---------------------------------------------------------------------------------------------------


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    return folder


def install(site: Path, name: str, entry: str, kind: str = "dist-info") -> None:
    info = site / f"{name}-1.0.{kind}"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[console_scripts]\nx = y:z\n\n[tellme.bots]\n{entry}\n")


def package(site: Path, path: str, *manifests: str) -> None:
    folder = site / path
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('imported')")
    for manifest in manifests:
        (folder / manifest).parent.mkdir(exist_ok=True)
        name = manifest.partition("/")[0].removesuffix(".toml").title() + "x"
        (folder / manifest).write_text(f'name = "{name}"\ncommand = ["bot.py"]')


def test_an_installed_package_brings_bots_and_is_not_imported(here: Installation, site: Path) -> None:
    package(site, "weather_bot", "bot.toml")
    package(site, "many_bots", "rain/bot.toml", "sun/bot.toml")
    package(site, "umbrella/bots", "snow/bot.toml")
    install(site, "weather", "weather = weather_bot")
    install(site, "many", "many = many_bots:ignored\nother = umbrella.bots")
    catalogue = here.load_kept()
    assert catalogue.problems == ()
    assert list(catalogue.bots) == ["english", "math", "zen", "rainx", "sunx", "snowx", "botx"]
    assert catalogue.bots["botx"].folder == str(site / "weather_bot")


def test_a_package_names_no_command_to_run_for_its_failures(here: Installation, site: Path) -> None:
    package(site, "weather_bot", "bot.toml")
    manifest = site / "weather_bot" / "bot.toml"
    manifest.write_text('name = "Botx"\ncommand = ["bot.py"]\non_failure = "evil"\n')
    install(site, "weather", "weather = weather_bot")
    catalogue = here.load_kept()
    assert catalogue.bots["botx"].on_failure == ()
    assert [str(problem) for problem in catalogue.problems] == [
        f"{manifest}: line 3, on_failure: is left out: only config.toml and your own bots may name a command to run"
    ]
    here.config('on_failure = "beep"')
    assert here.load_kept().bots["botx"].on_failure == ("beep",)
    here.config('[bots.botx]\non_failure = "mine"')
    assert here.load_kept().bots["botx"].on_failure == ("mine",)


def test_an_entry_point_that_leads_nowhere_is_said(here: Installation, site: Path) -> None:
    package(site, "empty_package")
    (site / "plain_module.py").write_text("")
    install(site, "bad", "a = not_there\nb = plain_module\nc = empty_package\nd = not_there.below\ne = ..")
    catalogue = here.load_kept()
    file = site / "bad-1.0.dist-info" / "entry_points.txt"
    assert [str(problem) for problem in catalogue.problems] == [
        f"{file}: a: there is no package 'not_there'",
        f"{file}: b: there is no package 'plain_module'",
        f"{file}: d: there is no package 'not_there.below'",
        f"{file}: e: there is no package '..'",
        f"{site / 'empty_package' / 'bot.toml'}: cannot be read: No such file or directory",
    ]
    assert list(catalogue.bots) == ["english", "math", "zen"]


def test_installing_and_removing_a_package_is_seen_at_once(here: Installation, site: Path) -> None:
    assert "botx" not in here.load_kept().bots
    package(site, "weather_bot", "bot.toml")
    install(site, "weather", "weather = weather_bot")
    assert "botx" in here.load(later_s=60).bots
    (site / "weather-1.0.dist-info" / "entry_points.txt").unlink()
    assert "botx" not in here.load(later_s=60).bots


def test_an_egg_info_rewritten_in_place_is_seen_at_once(here: Installation, site: Path) -> None:
    package(site, "weather_bot", "bot.toml")
    install(site, "weather", "", kind="egg-info")
    file = site / "weather-1.0.egg-info" / "entry_points.txt"
    file.write_text("[console_scripts]\nx = y:z\n")
    assert "botx" not in here.load_kept().bots
    file.write_text("[tellme.bots]\nweather = weather_bot\n")
    assert "botx" in here.load(later_s=60).bots


def test_the_current_folder_is_no_installation(here: Installation, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package(site, "weather_bot", "bot.toml")
    install(site, "weather", "weather = weather_bot")
    monkeypatch.chdir(site)
    assert "botx" not in here.load().bots
