"""Messages are routed by meaning, too, where a model is named: more arrive, and no more go wrong."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from model2vec import StaticModel
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from tellme.host import embeddings
from tellme.host.routing import route
from tellme.matching import words
from tellme.model import BotSpec

from ..cli.conftest import tellme
from ..conftest import add_hostile
from ..unit.test_matching import TABLES, Case, table

if TYPE_CHECKING:
    from tellme.matching import Nearness

SYNONYMS = (
    "vacuum hoover", "floor carpet", "mop scrub", "suggest propose recommend", "meal dish", "cook prepare",
    "dinner supper", "write compose", "inbox mailbox", "schedule arrange plan", "meeting appointment", "buy purchase",
    "latest recent newest", "headlines titles", "groceries food", "music tunes", "song tune", "kitchen scullery",
)  # fmt: skip
RELATED = (
    "game film movie chess", "spanish german greek", "milk salt bread", "lights heating oven", "train flight bus",
    "email parcel", "number address",
)  # fmt: skip
OPPOSITE = ("on off", "up down", "buy sell purchase", "add remove")
SYNONYM, SIBLING = 0.93, 0.7
"""The cosines of words of such a group."""
SIZE = 256

MEANT = {
    "cleaner": ("hoover the carpet", "scrub the kitchen", "please hoover the floor", "scrub the scullery"),
    "cook": ("propose a dish", "recommend a meal", "what can I prepare for supper"),
    "mail": ("compose a letter", "check my mailbox", "could you compose an email"),
    "calendar": ("arrange a meeting", "please plan an appointment"),
    "trains": ("purchase a train ticket",),
    "news": ("newest headlines", "read the titles"),
    "shop": ("order food",),
    "music": ("play some tunes", "put on a tune"),
}
NOT_MEANT = (
    "play a film", "play chess", "translate into german", "translate into greek please", "don't hoover the carpet",
    "never compose a letter", "do not scrub the kitchen", "no tunes", "turn the volume down", "sell a train ticket",
    "turn on the heating", "switch off the oven", "send a parcel", "guess the address", "buy a bus ticket", "add salt",
    "hoover", "dish", "tunes of glory", "the carpet flew to baghdad", "my supper was cold and the film was long",
)  # fmt: skip


def vectors(vocabulary: Iterable[str], *, groups: bool, common: float) -> np.ndarray:
    """Return a vector for each word: near to those of its groups, and ``common`` parts of all alike."""
    random = np.random.default_rng(7)
    found = {word: random.normal(size=SIZE) / SIZE**0.5 for word in vocabulary}
    for names, near in ((RELATED, SIBLING), (SYNONYMS, SYNONYM), (OPPOSITE, SYNONYM)):
        for group in names if groups else ():
            middle = random.normal(size=SIZE) / SIZE**0.5
            found |= {word: near**0.5 * middle + (1 - near) ** 0.5 * found[word] for word in group.split()}
    shared = random.normal(size=SIZE) / SIZE**0.5
    return np.array([vector + common * shared for vector in found.values()], dtype="float32")


@cache
def vocabulary() -> tuple[str, ...]:
    texts = [phrase for name in TABLES for of in table(name).phrases.values() for phrase in of]
    texts += [case.message for name in TABLES for case in table(name).cases]
    texts += [*NOT_MEANT, *(message for of in MEANT.values() for message in of), *SYNONYMS, *RELATED, *OPPOSITE]
    return tuple(dict.fromkeys(word for text in texts for word in words(text)))


def save(folder: Path, *, groups: bool = True, common: float = 0.0) -> str:
    numbers = {word: number for number, word in enumerate(["[UNK]", *vocabulary()])}
    tokenizer = Tokenizer(models.WordLevel(numbers, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    StaticModel(vectors(numbers, groups=groups, common=common), tokenizer).save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> str:
    return save(tmp_path_factory.mktemp("good"))


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    yield
    embeddings._model.cache_clear()


def bots(phrases: Mapping[str, tuple[str, ...]]) -> list[BotSpec]:
    return [BotSpec(name, name, "command", ("bot",), "/", "bot.toml", aliases=of) for name, of in phrases.items()]


def routed(message: str, specs: list[BotSpec], nearness: Nearness | None) -> str | None:
    found = route(message, specs, nearness)
    return found and found.name


class Counted(NamedTuple):
    accepted: int
    wrong: list[tuple[str, str]]
    changed: list[str]
    """What words alone had led elsewhere."""


def count(nearness: Nearness | None) -> Counted:
    accepted, wrong, changed = 0, [], []
    for name in TABLES:
        specs = bots(table(name).phrases)
        cases = [*table(name).cases]
        if name == TABLES[0]:
            cases += [Case("meaning", owner, message) for owner, of in MEANT.items() for message in of]
            cases += [Case("meaning", "-", message) for message in NOT_MEANT]
        for case in cases:
            owner, by_words = routed(case.message, specs, nearness), routed(case.message, specs, None)
            accepted += owner is not None
            wrong += [(case.message, owner)] if owner not in (None, case.owner) else []
            changed += [case.message] if by_words not in (None, owner) else []
    return Counted(accepted, wrong, changed)


@pytest.mark.parametrize(("groups", "common"), [(True, 0.0), (True, 2.0), (False, 0.0), (False, 2.0)])
def test_a_wrong_bot_is_as_rare_whatever_the_model(tmp_path: Path, groups: bool, common: float) -> None:
    found = count(embeddings.nearness(save(tmp_path, groups=groups, common=common)))
    assert 1 - len(found.wrong) / found.accepted >= 0.98, found.wrong
    assert not found.changed


def test_more_messages_arrive(good: str) -> None:
    specs = bots(table(TABLES[0]).phrases)
    meant = [(message, owner) for owner, of in MEANT.items() for message in of]
    missed = [message for message, owner in meant if routed(message, specs, embeddings.nearness(good)) != owner]
    without = [message for message, owner in meant if routed(message, specs, None) != owner]
    assert len(missed) <= 0.15 * len(meant), missed
    assert len(without) >= 0.7 * len(meant)


def test_what_is_not_meant_leads_nowhere(good: str) -> None:
    specs = bots(table(TABLES[0]).phrases)
    assert [message for message in NOT_MEANT if routed(message, specs, embeddings.nearness(good))] == []


def test_two_with_the_same_meaning_are_a_question(good: str) -> None:
    specs = bots({"a": ("vacuum the floor",), "b": ("vacuum the carpet",)})
    helper = bots({"helper": ("help",)})
    assert routed("hoover the rug", specs, embeddings.nearness(good)) is None
    assert routed("hoover carpet now", [*specs[:1], *helper], embeddings.nearness(good)) == "a"
    assert routed("hoover", specs + helper, embeddings.nearness(good)) == "helper"


def test_a_model_is_asked_only_where_words_decide_nothing() -> None:
    asked: list[object] = []

    def nearness(pairs: object) -> list[float]:
        asked.append(pairs)
        raise AssertionError

    specs = [*bots({"a": ("vacuum the floor",)}), bots({"b": ()})[0]._replace(patterns=("^[0-9]+$",))]
    for message in ("Vacuum the floor!", "12", "vacum the floor", "vacuum the floors please"):
        assert route(message, specs, nearness)
    assert not asked


def test_nothing_is_loaded_before_it_is_needed(good: str) -> None:
    code = (
        "import sys; from tellme.host import embeddings; near = embeddings.nearness(sys.argv[1]);"
        "print('model2vec' in sys.modules); near([('hoover', 'vacuum')]); print('model2vec' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, good], capture_output=True, check=True, text=True)
    assert (done.stdout.split(), done.stderr) == (["False", "True"], "")


def test_without_a_folder_there_is_nothing_to_ask() -> None:
    assert embeddings.nearness("") is None


def damage(name: str, data: bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(data) and None


@pytest.mark.parametrize(
    "spoil",
    [
        damage("model.safetensors", b""),
        damage("model.safetensors", b"\xff" * 64),
        damage("tokenizer.json", b"{}"),
        damage("config.json", b"["),
        lambda folder: (folder / "model.safetensors").unlink(),
    ],
)
def test_a_model_that_cannot_be_read_is_said_and_nothing_is_near(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    folder = save(tmp_path)
    spoil(tmp_path)
    near = embeddings.nearness(folder)
    assert near is not None
    assert near([("hoover", "vacuum")]) == [0.0]
    assert str(embeddings.why_not(folder)).startswith(f"{folder} holds no model that model2vec can read (")


def test_what_is_missing_is_said_and_noticed_when_it_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = str(tmp_path / "model")
    absent = f"{folder} is no folder: put a model in model2vec's form there, or name another folder"
    assert embeddings.why_not(folder) == absent
    save(tmp_path / "model")
    monkeypatch.setattr(embeddings, "find_spec", lambda name: None)
    assert embeddings.why_not(folder) == "the package model2vec is not installed: pip install 'tellme[embeddings]'"
    monkeypatch.setattr(embeddings, "find_spec", util.find_spec)
    assert embeddings.why_not(folder) is None


def test_words_that_the_model_does_not_know_are_near_to_nothing(good: str) -> None:
    near = embeddings.nearness(good)
    assert near is not None
    known, unknown, both = near([("hoover", "vacuum"), ("hoover", "qwertz"), ("qwertz", "qwertz")])
    assert known > 0.8
    assert (unknown, both) == (0.0, 0.0)
    assert near([]) == []


def configure(home: Path, routing: str) -> None:
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text(f"[routing]\n{routing}\n")


def test_a_message_is_led_by_the_model_that_the_configuration_names(home: Path, good: str) -> None:
    configure(home, f'embeddings = "{good}"')
    add_hostile(home, "echo", aliases=["vacuum the floor"])
    led, lost = (tellme(input=message.encode()) for message in ("hoover the carpet\n", "don't hoover the carpet\n"))
    assert (led.out, led.code) == ("echo hoover the carpet\n", 0)
    assert "echo" not in lost.out
    assert f"ok   messages are routed by meaning, too ({good})\n" in tellme("doctor").out


def test_without_its_model_routing_goes_on_and_doctor_says_so(home: Path) -> None:
    configure(home, 'embeddings = "my-model"')  # beside the configuration
    add_hostile(home, "echo", aliases=["vacuum the floor"])
    assert tellme(input=b"vacum the floor\n").out == "echo vacum the floor\n"
    assert "hoover" not in tellme(input=b"hoover the carpet\n").out
    said = tellme("doctor").out
    assert f"BAD  messages are routed by words alone: {home / 'my-model'} is no folder: put a model" in said


@pytest.mark.parametrize(
    ("routing", "problem"),
    [
        ('embedding = "x"', "routing.embedding: is not known; did you mean embeddings?"),
        ("embeddings = 3", "routing.embeddings: must be the path of a folder, not 3"),
        ('embeddings = " "', "routing.embeddings: must be the path of a folder"),
    ],
)
def test_what_is_wrong_in_the_configuration_is_said(home: Path, routing: str, problem: str) -> None:
    configure(home, routing)
    said = tellme("doctor").out
    assert problem in said
    assert "routed by" not in said


def test_ask_never_loads_it(home: Path, good: str) -> None:
    configure(home, f'embeddings = "{good}"')
    add_hostile(home, "echo")
    command = [sys.executable, "-X", "importtime", "-m", "tellme", "ask", "Foe", "hoover the carpet"]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    assert "hoover" in done.stdout
    assert not [name for name in ("model2vec", "tokenizers", "tellme.host.embeddings") if name in done.stderr]


def test_what_all_words_of_a_model_have_in_common_brings_none_near(tmp_path: Path) -> None:
    near = embeddings.nearness(save(tmp_path, common=2.0))
    assert near is not None
    synonyms, strangers = near([("hoover", "vacuum"), ("hoover", "headlines")])
    assert synonyms > 0.8
    assert abs(strangers) < 0.3
