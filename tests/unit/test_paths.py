"""Where things live: ``TELLME_HOME``, or what platformdirs says, at a fraction of its cost."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tellme import paths
from tellme.errors import UsageError
from tellme.paths import Paths, builtin_bots, make_private

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the fast way exists on Linux alone")


def test_tellme_home_puts_all_of_it_under_one_folder() -> None:
    found = Paths.find({"TELLME_HOME": "/srv/tellme/", "XDG_DATA_HOME": "relative", "HOME": "/home/ada"})
    assert found == (
        "/srv/tellme/config.toml",
        "/srv/tellme/bots",
        "/srv/tellme/data",
        "/srv/tellme/log",
        "/srv/tellme/run",
    )
    assert found.database == "/srv/tellme/data/tellme.db"
    assert found.bot_data("wall-e") == "/srv/tellme/data/bots/wall-e"
    assert found.kind_data("english") == "/srv/tellme/data/kinds/english"
    assert found.bot_log("wall-e") == "/srv/tellme/log/wall-e.log"


@pytest.mark.parametrize(
    ("value", "data_dir"),
    [("~", "/home/ada/data"), ("~/t", "/home/ada/t/data"), ("/a/../b", "/b/data")],
)
def test_tellme_home_is_made_absolute(value: str, data_dir: str) -> None:
    assert Paths.find({"TELLME_HOME": value, "HOME": "/home/ada"}).data_dir == data_dir


def test_a_relative_tellme_home_is_below_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Paths.find({"TELLME_HOME": "here"}).data_dir == str(tmp_path / "here" / "data")


@linux_only
@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"HOME": "/home/ada/"},
        {"XDG_CONFIG_HOME": "/c", "XDG_DATA_HOME": "/d", "XDG_STATE_HOME": "/s"},
        {"XDG_CONFIG_HOME": "", "XDG_DATA_HOME": " ", "XDG_RUNTIME_DIR": ""},
        {"XDG_RUNTIME_DIR": "{private}"},
        {"XDG_RUNTIME_DIR": "{shared}"},
        {"XDG_RUNTIME_DIR": "{missing}"},
        {"XDG_RUNTIME_DIR": "relative"},
    ],
)
def test_platformdirs_decides(environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it says and what the fast way says are the same."""
    (tmp_path / "private").mkdir(mode=0o700)
    (tmp_path / "shared").mkdir(mode=0o755)
    places = {name: str(tmp_path / name) for name in ("private", "shared", "missing")}
    for name in ("TELLME_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "TMPDIR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value.format(**places))
    config, data, log, run = paths._platform_folders()
    assert Paths.find() == (f"{config}/config.toml", f"{config}/bots", data, log, run)


@linux_only
def test_platformdirs_is_not_loaded_on_linux() -> None:
    program = (
        "import sys; from tellme.paths import Paths; Paths.find({'HOME': '/h'}); print('platformdirs' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout == b"False\n"


@linux_only
def test_elsewhere_platformdirs_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.delenv("TELLME_HOME")
    monkeypatch.setenv("HOME", "/home/ada")
    assert "/home/ada/" in Paths.find().data_dir


@linux_only
@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"HOME": "/h", "XDG_DATA_HOME": "data"}, "XDG_DATA_HOME must be an absolute path, not 'data'."),
        ({"HOME": "ada"}, "HOME must be an absolute path, not 'ada'. Set HOME or TELLME_HOME."),
        ({"HOME": "ada", "TELLME_HOME": "~/t"}, "HOME must be an absolute path, not 'ada'. Set HOME or TELLME_HOME."),
    ],
)
def test_what_is_not_absolute_is_wrong_usage(environ: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError) as error:
        Paths.find(environ)
    assert str(error.value) == message


@linux_only
def test_without_home_the_user_database_knows_it() -> None:
    import pwd

    assert Paths.find({}).data_dir == f"{pwd.getpwuid(os.getuid()).pw_dir}/.local/share/tellme"


@linux_only
@pytest.mark.skipif(os.getuid() != 0, reason="only root can become a user that does not exist")
def test_without_any_home_is_wrong_usage() -> None:
    program = "import os, pwd; from tellme.paths import Paths; os.setuid(54321); Paths.find({})"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert run.stderr.splitlines()[-1].endswith(
        "UsageError: HOME is not set, and user 54321 has no home folder. Set TELLME_HOME."
    )


def test_the_builtin_bots_of_a_checkout_stand_beside_the_package() -> None:
    assert builtin_bots() == str(Path(paths.__file__).parents[1] / "bots")


def test_a_folder_is_made_for_this_user_alone(tmp_path: Path) -> None:
    folder = make_private(str(tmp_path / "a" / "b"))
    assert [stat.S_IMODE(os.stat(place).st_mode) for place in (folder, tmp_path / "a")] == [0o700, 0o700]
    os.chmod(folder, 0o750)
    make_private(folder)
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o750


def test_a_file_in_the_place_of_a_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(FileExistsError):
        make_private(str(tmp_path / "data"))
    with pytest.raises(NotADirectoryError):
        make_private(str(tmp_path / "data" / "below"))
