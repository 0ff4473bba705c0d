"""Corrections: kept, used for the question in any wording, listed, taken back, and nothing else learned."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from englishbot.corrections import Corrections, Refused
from englishbot.engine import English, open_english
from englishbot.notebook import FILE

FRANCE = "What is the capital of France?"


class Talk:
    """One session with a bot; commands as a person types them."""

    def __init__(self, bot: English) -> None:
        self.bot = bot
        self.history: list[tuple[str, str]] = []

    def say(self, message: str) -> str | None:
        reply = self._reply(message)
        self.history.append((message, reply or ""))
        return reply

    def _reply(self, message: str) -> str | None:
        command, _, rest = message.partition(" ")
        try:
            match command:
                case "/correct":
                    return self.bot.correct(rest, self.history)
                case "/corrections":
                    return self.bot.corrections.listed()
                case "/uncorrect":
                    return self.bot.uncorrect(rest)
        except Refused as refused:
            return f"! {refused}"
        return self.bot.answer(message, self.history)


@pytest.fixture(scope="module")
def opened(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[English]:
    bot = open_english(str(trained), own_folder=str(tmp_path_factory.mktemp("own") / "English"))
    yield bot
    bot.close()


@pytest.fixture
def bot(opened: English) -> Iterator[English]:
    """English without corrections."""
    yield opened
    while opened.corrections.active:
        opened.uncorrect("")


@pytest.fixture
def talk(bot: English) -> Talk:
    return Talk(bot)


def corrected(bot: English, **answers: str) -> None:
    for question, answer in answers.items():
        bot.correct(answer, [(question, "")])


def listed(bot: English) -> list[str]:
    """Return the list without its dates."""
    try:
        return [line[:2] + line[14:] for line in bot.corrections.listed().splitlines()]
    except Refused:
        return []


# what it is used for


@pytest.mark.parametrize(
    "wording",
    [
        FRANCE,
        "what is the capital of france",
        "WHAT IS THE CAPITAL OF FRANCE",
        "what's the capital of France",
        "capital of France",
        "France's capital",
        "the capital of France is what?",
        "what is the captial of France?",
        "Could you please tell me what the capital of France is?",
    ],
)
def test_a_correction_is_used_in_every_wording(bot: English, wording: str) -> None:
    assert bot.answer(wording) is None
    bot.correct("Paris", [(FRANCE, "")])
    assert bot.answer(wording) == "Paris"


@pytest.mark.parametrize(
    "other",
    [
        "What is the capital of Germany?",
        "What is the capital of Spain",
        "Who is the king of France?",
        "capital",
        "France",
    ],
)
def test_a_correction_is_used_for_nothing_else(bot: English, other: str) -> None:
    before = bot.answer(other)
    bot.correct("Paris", [(FRANCE, "")])
    assert bot.answer(other) == before


@pytest.mark.parametrize(
    ("corrected", "same", "others"),
    [
        (
            "What is the boiling point of water?",
            ["boiling point of water", "what's the boilng point of water", "water's boiling point?"],
            ["What is the freezing point of water?", "What is the point of water?", "boiling point of heavy water"],
        ),
        (
            "How do I turn on the lamp?",
            ["how to turn on the lamp", "how can I turn the lamp on?"],
            ["How do I turn off the lamp?", "How do I turn up the lamp?", "How do I turn the lamp?"],
        ),
        ("How do I log in?", ["how to log in"], ["How do I log out?", "How do I log on?"]),
        ("Who is my sister?", ["who's my sister"], ["Who is my brother?", "Who is your sister?", "Who is my sibling?"]),
        ("What is B item 11?", ["what's b item 11"], ["What is A item 11?", "What is item 11?", "What is B item 12?"]),
        ("What is A item 11?", ["what is A item 11"], ["What is B item 11?", "What is item 11?"]),
        ("Where was Jo Ba born?", ["jo ba was born where"], ["When was Jo Ba born?", "Was Jo Ba never born?"]),
    ],
)
def test_a_question_that_differs_in_a_word_is_another(
    bot: English, corrected: str, same: list[str], others: list[str]
) -> None:
    before = [bot.answer(other) for other in others]
    bot.correct("Right.", [(corrected, "")])
    assert [bot.answer(asked) for asked in (corrected, *same)] == ["Right."] * (1 + len(same))
    assert [bot.answer(other) for other in others] == before


@pytest.mark.parametrize("wording", ["What is AI?", "what's artificial intelligence", "Tell me about AI", "define AI"])
def test_a_correction_goes_before_the_corpus(bot: English, wording: str) -> None:
    assert (bot.answer(wording) or "")[:2] in ("Ar", "AI")
    bot.correct("A buzzword.", [("what is AI", "Artificial Intelligence is …")])
    assert bot.answer(wording) == "A buzzword."
    bot.uncorrect("")
    assert (bot.answer(wording) or "")[:2] in ("Ar", "AI")


def test_a_correction_goes_before_the_same_question_of_the_corpus_in_its_own_words(bot: English) -> None:
    asked = "Which planet is the hottest in the solar system?"
    assert bot.answer(asked) == "Venus"
    bot.correct("Mercury, I say.", [("hottest planet of the solar system", "Venus")])
    assert bot.answer(asked) == "Mercury, I say."
    bot.uncorrect("")
    assert bot.answer(asked) == "Venus"


def test_numbers_and_signs_make_another_question(bot: English) -> None:
    bot.correct("4", [("what is 2+2", "")])
    assert bot.answer("What is 2+2?") == "4"
    assert [bot.answer(f"what is {other}") for other in ("2-2", "2*2", "2+3", "3+2")] == [None] * 4


@pytest.mark.parametrize("message", ["🙂", "?", "日本語", "qwertz", "Où es-tu ?"])
def test_any_message_can_be_corrected(bot: English, message: str) -> None:
    bot.correct("I see.", [(message, "")])
    assert bot.answer(message) == "I see."
    assert bot.answer("!") is None


def test_a_dialogue_of_the_corpus_is_corrected_too(talk: Talk) -> None:
    talk.say("How is your health?")
    assert talk.say("why?") == "I have a fever"
    talk.say("/correct No idea.")
    assert talk.say("How is your health?")
    assert talk.say("why?") == "No idea."


def test_what_leans_on_a_question_is_corrected_beside_it_alone(talk: Talk) -> None:
    talk.say("who wrote Frankenstein?")
    assert talk.say("and Moby Dick?") is None
    talk.say("/correct Herman Melville")
    assert talk.say("and Moby Dick?") == "Herman Melville"
    talk.say("who painted Guernica?")
    assert talk.say("and Moby Dick?") is None


def test_the_answer_is_said_as_it_was_given(talk: Talk) -> None:
    text = "  def f():\n      return 1\n\n\tit’s done…"
    talk.say("show me f")
    talk.say(f"/correct {text}")
    assert talk.say("show me f") == text


def test_other_languages_are_corrected(tmp_path: Path) -> None:
    bot = open_english("", ["french"], str(tmp_path))
    bot.correct("À Paris.", [("Où habites-tu, mon ami ?", "")])
    bot.correct("Ici.", [("Où es-tu ?", "Dans Internet.")])
    assert bot.answer("ou habites tu mon ami") == "À Paris."
    assert bot.answer("mon ami, où habites-tu") == "À Paris."
    assert bot.answer("où es tu") == "Ici."
    assert bot.answer("Où habites-tu, mon chat ?") is None
    bot.uncorrect("2")
    assert bot.answer("où es tu") == "Dans Internet."
    bot.close()


# the commands


def test_a_correction_of_a_correction_takes_its_place_until_it_is_taken_back(talk: Talk) -> None:
    talk.say(FRANCE)
    talk.say("/correct Lyon")
    assert talk.say("/correct Paris") == f"Noted: {FRANCE} → Paris"
    assert listed(talk.bot) == [f"1.{FRANCE} → Paris"]
    assert talk.say("capital of france") == "Paris"
    assert talk.say("/uncorrect") == f"Taken back: {FRANCE} → Paris; the answer is Lyon again"
    assert talk.say("capital of france") == "Lyon"
    talk.say("/uncorrect 1")
    assert talk.say("capital of france") is None
    assert listed(talk.bot) == []


def test_the_same_in_the_same_words_is_one_correction(talk: Talk) -> None:
    talk.say("what is the capital of france")
    talk.say("/correct Lyon")
    talk.say("What's the capital of France?!")
    talk.say("/correct Paris")
    assert talk.say("what is the capital of france") == "Paris"
    assert len(listed(talk.bot)) == 1


def test_said_twice_it_is_kept_once(talk: Talk) -> None:
    talk.say(FRANCE)
    talk.say("/correct Paris")
    talk.say("/correct Paris")
    talk.say("/uncorrect")
    assert talk.say(FRANCE) is None


def test_they_are_numbered_and_taken_back_by_number(bot: English) -> None:
    corrected(bot, one="1", two="2", three="3")
    assert listed(bot) == ["1.one → 1", "2.two → 2", "3.three → 3"]
    assert bot.uncorrect(" 2 ") == "Taken back: two → 2"
    assert listed(bot) == ["1.one → 1", "2.three → 3"]
    assert bot.uncorrect("") == "Taken back: three → 3"


def test_a_list_is_one_line_each(bot: English) -> None:
    bot.correct("a\nb " + "x" * 500, [("what\nis " + "y" * 500, "")])
    (line,) = bot.corrections.listed().splitlines()
    assert len(line) < 230


def test_commands_are_no_messages(talk: Talk) -> None:
    talk.say(FRANCE)
    talk.say("/corrections")
    talk.say("/correct Lyon")
    talk.say("/uncorrect")
    talk.say("/correct Paris")
    assert listed(talk.bot) == [f"1.{FRANCE} → Paris"]
    talk.say("tell me a joke")
    talk.say("/corrections")
    assert talk.say("another one") not in (None, talk.history[-2][1])


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("/correct Paris", "ask something first"),
        ("/correct", "/correct TEXT"),
        ("/corrections", "/correct TEXT"),
        ("/uncorrect", "no corrections"),
        ("/uncorrect 3", "no corrections"),
    ],
)
def test_without_anything_to_do_it_says_what_to_do(talk: Talk, command: str, said: str) -> None:
    reply = talk.say(command) or ""
    assert reply.startswith("! ")
    assert said in reply


@pytest.mark.parametrize("number", ["0", "3", "-1", "x", "1 2", "9" * 30, "²", "1.5"])
def test_a_number_that_is_none_is_refused(bot: English, number: str) -> None:
    corrected(bot, one="1", two="2")
    with pytest.raises(Refused, match="1 to 2"):
        bot.uncorrect(number)
    assert len(listed(bot)) == 2


def test_what_is_too_long_is_refused(bot: English) -> None:
    with pytest.raises(Refused, match="10,000"):
        bot.correct("x" * 10_001, [("one", "")])
    with pytest.raises(Refused, match="cannot be corrected"):
        bot.correct("x", [("y" * 10_001, "")])
    assert bot.correct("x" * 10_000, [("one", "")]).startswith("Noted: one → xxx")


def test_halves_of_characters_are_no_harm(bot: English) -> None:
    bot.correct("a\ud800b\0c", [("one\udfff", "")])
    assert bot.answer("one\udfff") == "a?b\0c"


def test_nothing_else_is_learned(talk: Talk) -> None:
    talk.say("The password of my bank is swordfish")
    talk.say("No, Paris")
    assert talk.bot.corrections.active == []
    assert talk.say("What is the password of my bank?") is None


# the file


def test_it_is_known_after_a_restart_and_so_is_the_last_message(start: Callable[..., Any], tmp_path: Path) -> None:
    own = str(tmp_path)
    bot = start(
        history=[(FRANCE, "I don't know.", "declined"), ("/corrections", "None.", "declined")], TELLME_BOT_DATA=own
    )
    assert bot.say("/correct Paris")[1] == "end_turn"
    bot.end()
    assert start(TELLME_BOT_DATA=own).say(FRANCE) == ("Paris", "end_turn")


def test_what_was_said_to_be_kept_survives_a_kill(start: Callable[..., Any], tmp_path: Path) -> None:
    bot = start(TELLME_BOT_DATA=str(tmp_path))
    bot.say(FRANCE)
    bot.say("/correct Paris")
    bot.process.send_signal(signal.SIGKILL)
    bot.process.wait()
    assert start(TELLME_BOT_DATA=str(tmp_path)).say(FRANCE) == ("Paris", "end_turn")


def test_two_processes_see_each_others_corrections(start: Callable[..., Any], tmp_path: Path) -> None:
    one, two = start(TELLME_BOT_DATA=str(tmp_path)), start(TELLME_BOT_DATA=str(tmp_path))
    assert one.say(FRANCE)[1] == two.say(FRANCE)[1] == "refusal"
    one.say("/correct Lyon")
    assert two.say(FRANCE)[0] == "Lyon"
    two.say("/correct Paris")
    assert one.say(FRANCE)[0] == "Paris"
    two.say("/uncorrect")
    assert one.say(FRANCE)[0] == "Lyon"


REFRESH = """
import sys
from englishbot.corrections import Corrections
Corrections(sys.argv[1], str).refresh()
"""


def notes_in(folder: Path) -> Corrections:
    """Return the corrections of a folder, in which each text asks something else."""
    return Corrections(str(folder), str)


def answers(kept: Corrections) -> list[str]:
    kept.refresh()
    return [note.answer for note in kept.active]


def damage_the_head(file: Path) -> None:
    file.write_bytes(b"no database at all, but long enough to be one" * 300)


def damage_the_pages(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:4096] + b"\xff" * 8192)


def change_the_columns(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.executescript("DROP TABLE correction; CREATE TABLE correction (id, other)")


def spoil_a_row(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("UPDATE correction SET answer = x'ff'")
        database.commit()


@pytest.mark.parametrize("damage", [damage_the_head, damage_the_pages, change_the_columns, spoil_a_row])
@pytest.mark.parametrize("restart", [True, False])
def test_a_damaged_file_is_set_aside(
    tmp_path: Path, damage: Callable[[Path], None], restart: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    kept = notes_in(tmp_path)
    kept.correct("one", "1")
    file = tmp_path / FILE
    damage(file)
    damaged = file.read_bytes()
    kept = notes_in(tmp_path) if restart else kept
    assert kept.refresh()
    assert kept.active == []
    (aside,) = tmp_path.glob("*.damaged-*")
    assert aside.read_bytes() == damaged
    assert str(aside) in capfd.readouterr().err
    kept.correct("two", "2")
    assert answers(notes_in(tmp_path)) == ["2"]


def test_the_person_is_told_of_a_damaged_file(tmp_path: Path) -> None:
    notes_in(tmp_path).correct("one", "1")
    damage_the_pages(tmp_path / FILE)
    kept = notes_in(tmp_path)
    kept.refresh()
    (aside,) = tmp_path.glob("*.damaged-*")
    told = f"Earlier corrections were damaged; their file is kept as {aside}"
    with pytest.raises(Refused, match="There are no corrections") as refused:
        kept.listed()
    assert str(refused.value).endswith(told)
    assert kept.correct("two", "2") == f"Noted: two → 2\n{told}"
    assert kept.correct("three", "3") == "Noted: three → 3"
    assert kept.listed().splitlines()[-1] == told
    aside.unlink()
    assert len(kept.listed().splitlines()) == 2


@pytest.mark.timeout(10)
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_plain_file_is_refused(
    tmp_path: Path, make: Callable[[Path], None], capfd: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path / FILE)
    kept = notes_in(tmp_path)
    assert not kept.refresh()
    assert FILE in capfd.readouterr().err
    with pytest.raises(Refused, match=FILE):
        kept.correct("one", "1")


def test_english_answers_beside_a_damaged_file(trained: Path, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all")
    bot = open_english(str(trained), own_folder=str(tmp_path))
    assert bot.answer("hello") == "Hi"
    bot.close()


def test_several_processes_set_it_aside_once(tmp_path: Path, english_folder: Path) -> None:
    notes_in(tmp_path).correct("one", "1")
    damage_the_pages(tmp_path / FILE)
    command = [sys.executable, "-c", REFRESH, str(tmp_path)]
    started = [subprocess.Popen(command, cwd=english_folder, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    errors = [one.communicate(timeout=30)[1] for one in started]
    assert len(list(tmp_path.glob("*.damaged-*"))) == 1
    assert "".join(errors).count("damaged-") == 1


def test_a_file_that_holds_nothing_yet_is_no_damage(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / FILE).touch()
    kept = notes_in(tmp_path)
    kept.correct("one", "1")
    assert answers(kept) == ["1"]
    assert capfd.readouterr().err == ""


def test_a_file_that_is_taken_away_takes_the_corrections_with_it(tmp_path: Path) -> None:
    kept = notes_in(tmp_path)
    kept.correct("one", "1")
    (tmp_path / FILE).unlink()
    assert kept.refresh()
    assert kept.active == []
    kept.correct("two", "2")
    assert answers(kept) == ["2"]


def test_a_file_of_a_later_version_is_left_alone(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(tmp_path / FILE)) as database:
        database.executescript("PRAGMA user_version = 99; CREATE TABLE correction (x)")
    before = (tmp_path / FILE).read_bytes()
    kept = notes_in(tmp_path)
    assert not kept.refresh()
    assert not kept.refresh()
    with pytest.raises(Refused, match="later version"):
        kept.correct("one", "1")
    assert capfd.readouterr().err.count("later version") == 1
    assert (tmp_path / FILE).read_bytes() == before


def test_a_file_that_another_process_writes_is_waited_for_or_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("englishbot.notebook._WAIT_S", 0.05)
    kept = notes_in(tmp_path)
    kept.correct("one", "1")
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Refused, match="locked"):
            kept.correct("two", "2")
        assert answers(kept) == ["1"]
    kept.correct("two", "2")
    assert answers(kept) == ["1", "2"]


def test_where_nothing_can_be_written_it_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    kept = notes_in(tmp_path / "file")
    with pytest.raises(Refused, match=r"could not be kept: .*file"):
        kept.correct("one", "1")
    assert answers(kept) == []


def test_without_a_folder_it_says_so(english: English) -> None:
    with pytest.raises(Refused, match="TELLME_BOT_DATA"):
        english.correct("1", [("one", "")])


def test_there_is_a_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("englishbot.corrections.MOST", 2)
    kept = notes_in(tmp_path)
    kept.correct("one", "1")
    kept.correct("two", "2")
    with pytest.raises(Refused, match="/uncorrect makes room"):
        kept.correct("three", "3")
    kept.correct("two", "22")
    kept.uncorrect("1")
    kept.correct("three", "3")
    assert answers(kept) == ["22", "3"]


def test_of_those_that_were_replaced_some_are_kept(tmp_path: Path) -> None:
    kept = notes_in(tmp_path)
    kept.correct("one", "1")
    for number in range(30):
        kept.correct("two", str(number))
    assert len(kept.listed().splitlines()) == 2
    taken_back = [kept.uncorrect("2") for _ in range(11)]
    assert [line.split(" → ")[1].split(";")[0] for line in taken_back] == [str(29 - back) for back in range(11)]
    assert answers(kept) == ["1"]


FULL = """
import resource, sys
from englishbot.corrections import Refused
from englishbot.engine import open_english
bot = open_english(sys.argv[1], own_folder=sys.argv[2])
bot.correct("Lyon", [("capital of France", "")])
resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
try:
    for number in range(100):
        bot.correct("x" * 9000, [(f"question {number}", "")])
except Refused as refused:
    print(refused)
print(bot.answer("capital of France"), bot.answer("hello"))
"""


def test_a_full_disk_is_said_and_nothing_is_lost(trained: Path, tmp_path: Path, english_folder: Path) -> None:
    command = [sys.executable, "-c", FULL, str(trained), str(tmp_path)]
    done = subprocess.run(command, cwd=english_folder, capture_output=True, text=True, timeout=50, check=True)
    refused, answers = done.stdout.splitlines()
    assert refused.startswith("The correction could not be kept: ")
    assert answers == "Lyon Hi"
    bot = open_english(str(trained), own_folder=str(tmp_path))
    assert bot.answer("capital of France") == "Lyon"
    bot.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_corrections_that_may_only_be_read_are_read(tmp_path: Path) -> None:
    notes_in(tmp_path).correct("one", "1")
    (tmp_path / FILE).chmod(0o400)
    kept = notes_in(tmp_path)
    kept.refresh()
    assert answers(kept) == ["1"]
    with pytest.raises(Refused, match="could not be"):
        kept.correct("two", "2")
