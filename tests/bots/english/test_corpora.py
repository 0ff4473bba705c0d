"""Other corpora: by name or as a file, in any language; what cannot be used is said in one line."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from englishbot import corpus_files
from englishbot.corpora import CorpusError, named, sources
from englishbot.corpus import Exchange
from englishbot.corpus_files import read_file
from englishbot.engine import English, open_english
from englishbot.neutral import NeutralIndex, is_english, neutral_questions

OWN = """
categories: [shop]
conversations:
- - When do you open?
  - At nine.
- - What is AI?
  - What our till has.
- - Do you sell bicycle bells?
  - "Yes: brass ones."
  - How much are they?
  - 9.50
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.yml"
    path.write_text(OWN, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def speaking() -> Iterator[Callable[[str], English]]:
    """Return English on a corpus of another language."""
    opened: dict[str, English] = {}

    def speak(language: str) -> English:
        if language not in opened:
            opened[language] = open_english(corpora=[language])
        return opened[language]

    yield speak
    for bot in opened.values():
        bot.close()


# which corpora there are


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("french", "french/botprofile.yml"),
        ("French", "french/botprofile.yml"),
        ("chatterbot.corpus.german", "german/conversations.yml"),
        ("english.science", "english/science.yml"),
        ("spanish.IA", "spanish/IA.yml"),
        ("spanish.ia", "spanish/IA.yml"),
    ],
)
def test_a_name_is_a_corpus_of_chatterbots(name: str, first: str) -> None:
    assert sources([name])[0].path.endswith(first)


def test_without_a_name_it_is_english_with_courtesy() -> None:
    assert sources() == sources(["english"])
    assert sources()[-1].path.endswith("courtesy.yml")
    assert not any(source.path.endswith("courtesy.yml") for source in sources(["english.science", "french"]))


def test_files_of_ones_own_come_first_and_each_once(own: Path) -> None:
    found = sources(["english.science", str(own), "english.science", "english.food", str(own)])
    assert [Path(source.path).name for source in found] == ["own.yml", "science.yml", "food.yml"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("frnch", 'Did you mean "french"?'),
        ("klingon", "There are bengali, chinese,"),
        ("english.sience", 'Did you mean "english.science"?'),
        ("english.greetings.more", "There is no corpus"),
        ("french.", "There is no corpus"),
        ("..", "There is no corpus"),
        ("", "There is no corpus"),
        ("missing.yml", "missing.yml cannot be read: No such file"),
        ("/dev/zero", "not a plain file"),
        ("/", "is a folder"),
        ("a\0b.yml", "cannot be read"),
    ],
)
def test_what_there_is_not_is_said(name: str, said: str) -> None:
    with pytest.raises(CorpusError) as caught:
        sources(["english", name])
    assert said in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_file_that_is_too_big_is_not_read(own: Path) -> None:
    os.truncate(own, 100 * 1024**2)
    with pytest.raises(CorpusError, match=r"has 100\.0 MiB, and 4 MiB is the most"):
        sources([str(own)])


@pytest.mark.parametrize("setting", ["[]", "{}", "french", '"french"', '["french", 1]', '["french", ""]', "[", "null"])
def test_a_setting_that_is_no_list_of_names_is_said(setting: str) -> None:
    with pytest.raises(CorpusError, match="TELLME_CORPUS"):
        named(setting)


def test_a_setting_is_a_list_of_names() -> None:
    assert named("") == []
    assert named('["french", "/a b.yml"]') == ["french", "/a b.yml"]


# what a file says


def lines_of(path: Path) -> list[tuple[str, ...]]:
    (source,) = sources([str(path)])
    return [conversation.lines for conversation in read_file(source).conversations]


def test_lines_are_what_the_file_says(tmp_path: Path) -> None:
    path = tmp_path / "own.yml"
    path.write_text(
        'conversations:\n- - "yes"\n  - no\n  - 1.10\n  - 0x1F\n  - 12:30\n  - a: b\n  - ~\n  - "#1"\n'
        "  - |\n    x\n     y\n"
    )
    assert lines_of(path) == [("yes", "no", "1.10", "0x1F", "12:30", "a: b", "~", "#1", "x\n y")]


def test_json_is_read_as_well(tmp_path: Path) -> None:
    path = tmp_path / "own.JSON"
    path.write_text('\ufeff{"categories": ["x"],\t"conversations": [["a \\ud83d\\ude42", "b\\tc", 1.10, 12]]}', "utf-8")
    assert lines_of(path) == [("a 🙂", "b c", "1.10", "12")]


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nconversations: [*b, *b]\n"
MERGE = "a: &a {x: [y, z]}\nb: {<<: *a}\nconversations: [[a, b]]\n"
WRONG = {
    "not YAML": ("conversations:\n- - a\n  - 'b\n", "not YAML"),
    "its line": ("conversations:\n- - a\n  - b\n c: d\n", "line 4"),
    "a tab": ("conversations:\n\t- - a\n", "line 2: it is not YAML"),
    "control characters": ("conversations:\n- - a\n  - b\x07\n", "not YAML"),
    "empty": ("", 'no key "conversations"'),
    "a list": ("- - a\n  - b\n", 'no key "conversations"'),
    "a word": ("hello", 'no key "conversations"'),
    "another key": ("conversation:\n- - a\n  - b\n", '(its keys: "conversation")'),
    "no list": ("conversations: a\n", '"conversations" must be a list'),
    "a mapping": ("conversations:\n  a: b\n", '"conversations" must be a list'),
    "none": ("conversations: []\n", "has none in it"),
    "nothing": ("conversations:\n", '"conversations" must be a list'),
    "one line": ("conversations:\n- - a\n  - b\n- - c\n", "line 4: \"conversations\": conversation 2 is not"),
    "a string": ("conversations:\n- a\n", "line 2: \"conversations\": conversation 1 is not a list of two"),
    "an empty line": ("conversations:\n- - a\n  -\n", "a line of conversation 1 is empty"),
    "a list for a line": ("conversations:\n- - a\n  - [b]\n", "line 3: \"conversations\": a line of conversation 1"),
    "two keys for a line": ("conversations:\n- - a\n  - {b: c, d: e}\n", "is not text"),
    "categories": ("categories: a\nconversations:\n- - a\n  - b\n", '"categories" must be a list'),
    "an alias bomb": (BOMB, "line 1: it uses an alias or an anchor"),
    "a merge": (MERGE, "it uses an alias or an anchor"),
    "a tag": ("conversations:\n- - a\n  - !!python/object/apply:os.system ['true']\n", "line 3: it uses a tag"),
    "depth": ("conversations: " + "[" * 100_000, "nested too deeply"),
    "two documents": ("conversations:\n- - a\n  - b\n---\nconversations:\n- - c\n  - d\n", "more than one document"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "own.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CorpusError) as caught:
        lines_of(path)
    assert said.replace("a line of conversation 1 is empty", "a line of conversation 1 is empty") in str(caught.value)
    assert str(path) in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "line 1: it is not JSON"),
        ('{"conversations":\n[["a", "b"]', "line 2: it is not JSON"),
        ('{"conversations": ' + "[" * 100_000, "not JSON|nested too deeply"),
        ('{"conversations": ' + "[" * 100 + "]" * 100 + "}", "nested too deeply"),
        ('{"conversations": [["a", null]]}', "is empty"),
        ('{"conversations": [["a", true]]}', "is not text"),
        ('{"conversations": [["a", ["b"]]]}', "is not text"),
        ('[["a", "b"]]', 'no key "conversations"'),
    ],
)
def test_what_is_wrong_with_json_is_said(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "own.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CorpusError, match=said):
        lines_of(path)


def test_a_file_in_another_encoding_is_said(tmp_path: Path) -> None:
    path = tmp_path / "own.yml"
    path.write_bytes("conversations:\n- - où\n  - là\n".encode("latin-1"))
    with pytest.raises(CorpusError, match="line 2: it is not UTF-8: save it as UTF-8"):
        lines_of(path)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("ending", [".yml", ".json"])
def test_a_file_in_another_encoding_is_no_crash(tmp_path: Path, encoding: str, ending: str) -> None:
    path = tmp_path / f"own{ending}"
    path.write_bytes('{"conversations": [["où", "là"]]}'.encode(encoding))
    with pytest.raises(CorpusError, match=rf"own{ending}.* it is not UTF-8: save it as UTF-8\.$"):
        open_english(str(tmp_path / "kept"), [str(path)])


def test_there_is_a_most_of_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus_files, "MOST_LINES", 3)
    path = tmp_path / "own.json"
    path.write_text(json.dumps({"conversations": [["a", "b"], ["c", "d"]]}))
    with pytest.raises(CorpusError, match="more than 3 lines"):
        lines_of(path)


def test_there_is_a_most_of_lines_of_all_corpora_together(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("englishbot.training.MOST_LINES", 10)
    open_english(corpora=[str(own)]).close()
    with pytest.raises(CorpusError, match="more than 10 lines together"):
        open_english(corpora=[str(own), "urdu"])


@pytest.mark.parametrize("language", ["bengali", "chinese", "english", "french", "japanese", "thai", "ukrainian"])
def test_chatterbots_own_can_all_be_read(language: str) -> None:
    assert all(read_file(source).conversations for source in sources([language]))


# what is answered from them


def test_a_file_of_ones_own_answers(own: Path) -> None:
    bot = open_english(corpora=[str(own)])
    assert bot.answer("when are you opening?") == bot.answer("When do you open?") == "At nine."
    assert bot.answer("hello") is None
    assert bot.answer("do you sell bicycle bells", []) == "Yes: brass ones."
    assert bot.answer("how much are they?", [("do you sell bicycle bells", "Yes: brass ones.")]) == "9.50"
    bot.close()


def test_beside_another_corpus_ones_own_answers_first(own: Path) -> None:
    bot = open_english(corpora=["english", str(own)])
    assert bot.answer("What is AI?") == "What our till has."
    assert bot.answer("hello") == "Hi"
    assert bot.answer("Who are you going to vote for in the next election in Iceland?") is None
    bot.close()


def test_languages_answer_side_by_side() -> None:
    bot = open_english(corpora=["english", "french"])
    assert bot.answer("Où es-tu ?") == "Dans Internet."
    assert bot.answer("what is thermodynamics").startswith("the branch")  # type: ignore[union-attr]
    bot.close()


def test_a_file_that_changes_is_trained_again(own: Path, tmp_path: Path) -> None:
    def opening_time() -> str | None:
        bot = open_english(str(tmp_path / "kept"), [str(own)])
        try:
            return bot.answer("when do you open")
        finally:
            bot.close()

    assert opening_time() == "At nine."
    own.write_text(OWN.replace("nine", "ten"), encoding="utf-8")
    assert opening_time() == "At ten."
    own.write_text(OWN, encoding="utf-8")
    assert opening_time() == "At nine."
    assert len(list((tmp_path / "kept").glob("*.sqlite3"))) == 2


def test_a_file_that_cannot_be_used_leaves_no_database(tmp_path: Path) -> None:
    path = tmp_path / "own.yml"
    path.write_text("conversations: []")
    for _ in range(2):
        with pytest.raises(CorpusError):
            open_english(str(tmp_path / "kept"), [str(path)])
    assert not list((tmp_path / "kept").glob("*.sqlite3"))


FOUND = [
    ("french", "où te trouves-tu", "Partout."),
    ("french", "OU TE TROUVES TU ???", "Partout."),
    ("french", "Ou te trouvse-tu", "Partout."),
    ("french", "Quelle est ton adrese", "Partout."),
    ("french", "Quel était le nom du premier satelite artificiel de la terre", "Sputnik 1"),
    ("french", "Quel etait le nom de la Terre du premier satellite artificiel ?", "Sputnik 1"),
    ("german", "was ist dein lieblingsbuch", "Ich kann nicht lesen"),
    ("german", "Was ist dein Lieblingsbuhc?", "Ich kann nicht lesen"),
    ("chinese", "你好", "你好"),
    ("chinese", " 你 好！", "你好"),
    ("thai", "กินข้าวยัง?", "กินแล้ว"),
]


@pytest.mark.parametrize(("language", "message", "answer"), FOUND)
def test_other_languages_are_found(
    speaking: Callable[[str], English], language: str, message: str, answer: str
) -> None:
    assert speaking(language).answer(message) == answer


UNKNOWN = [
    ("french", "Quelle est la capitale de la Belgique ?"),
    ("french", "Quel était le nom du premier satellite artificiel de Mars?"),
    ("french", "Pourquoi manges-tu de la nourriture"),
    ("french", "hello"),
    ("french", "tu"),
    ("german", "Was ist dein Lieblingsfilm und warum"),
    ("german", "Wie alt ist der Bundeskanzler?"),
    ("chinese", "今天天气怎么样"),
    ("chinese", "他好"),
    ("thai", "วันนี้อากาศเป็นอย่างไร"),
    ("french", "🙂"),
    ("french", ""),
    ("french", "x" * 100_000),
]


@pytest.mark.parametrize(("language", "message"), UNKNOWN)
def test_in_other_languages_the_unknown_is_declined(
    speaking: Callable[[str], English], language: str, message: str
) -> None:
    assert speaking(language).answer(message) is None


@pytest.mark.parametrize("language", ["chinese", "french", "german", "hindi", "japanese", "korean", "russian", "thai"])
def test_each_question_of_a_corpus_is_found(speaking: Callable[[str], English], language: str) -> None:
    """As it stands, and without case and punctuation."""
    bot = speaking(language)
    asked = {
        conversation.lines[0] for source in sources([language]) for conversation in read_file(source).conversations
    }
    assert not [question for question in asked if bot.answer(question) is None]
    assert not [question for question in asked if bot.answer(question.upper().strip("?!. ")) is None]


def test_one_letter_more_or_less_is_a_slip_where_there_are_no_spaces() -> None:
    line = "你有什么兴趣爱好吗"
    index = NeutralIndex(neutral_questions([Exchange(line, "很多。", None), Exchange("你是谁", "我。", None)]))
    assert [index.find(slip) is not None for slip in (line[:-1], f"{line}呢", line.replace("么", ""))] == [True] * 3
    others = (f"你没{line[1:]}", line.replace("兴", "高"), "是谁", "你是谁呢", line[:-2])
    assert [index.find(other) for other in others] == [None] * 5


def test_the_language_of_a_file_is_told_by_its_words() -> None:
    def told(language: str) -> bool:
        (lines,) = [
            [line for source in sources([language]) for one in read_file(source).conversations for line in one.lines]
        ]
        return is_english(lines)

    assert told("english")
    assert told("english.greetings")
    assert not any(map(told, ["french", "german", "spanish", "italian", "dutch", "portuguese", "chinese", "russian"]))
    assert is_english(["hi", "hello"])
    assert not is_english(["你好", "嗨"])
