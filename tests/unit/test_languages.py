"""The five languages: the same keys, placeholders and formulas, every shipped text translated, and their numbers."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont

from examgen.core.formulas.formula_tokens import REASONS as FORMULA_REASONS
from examgen.core.formulas.number_grammar import REASONS
from examgen.core.misconceptions.table import MISCONCEPTIONS
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.losses import LOSSES
from examgen.errors import ExamgenError
from examgen.exams.wording.sentences import AND, CHARACTER, LIST, NEAR, OR, SENTENCES
from examgen.exams.wording.words import decimal_mark, marks_text, phrase, words
from examgen.marking.reading.typed.typed_choices import CHOICE_REASONS
from examgen.marking.reading.typed.typed_shapes import SHAPE_REASONS
from examgen.resources import shipped

TRANSLATED = ("de", "es", "fr", "hi")
LANGUAGES = ("en", *TRANSLATED)
PRINTED = ("title", "text", "instructions", "options")  # what a bank has for students; `about` is for the instructor
FORMULA = re.compile(r"(?<!\\)\$.*?(?<!\\)\$")
PLACEHOLDER = re.compile(r"\{[a-z_]+\}")
NUMBER = re.compile(r"\d+")
DEVANAGARI = re.compile("[\u0900-\u097f]")
FUNCTIONS = frozenset(row.title for row in ACTIVATIONS.values()) - {"identity"}
SETTINGS = frozenset(
    {"answer_label", "decimal_mark", "feedback.colon", "singular_below_two", "date_form"}
    | {"worked.symbol_joint", "worked.symbol_end", "worked.picture_joint", "worked.picture_next"}
)
# Words that are written the same in both languages.
SHARED = {
    "de": SETTINGS | {"name"},
    "es": SETTINGS | {"total", "points_total", "worked.one_decimal"},
    "fr": SETTINGS
    | {"question", "solution", "minutes", "date", "points_question", "points_total", "worked.products"}
    | {"scans.place"},
    "hi": SETTINGS,
}


def flat(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """All entries by dotted key, without the phrases."""
    found: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{key}.") if key != "phrases" else {}
        else:
            found[prefix + key] = value
    return found


def texts_of(language: str) -> dict[str, str]:
    """The fixed words by dotted key."""
    return {key: value for key, value in flat(dict(words(language))).items() if isinstance(value, str)}


def printed(node: object, key: str = "") -> Iterator[str]:
    """The texts of a bank file that students see, at any depth."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from printed(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from printed(value, key)
    elif isinstance(node, str) and key in PRINTED:
        yield node


def shipped_texts() -> list[str]:
    """Every English text that a paper of a shipped bank can show, and what is said of answers in results.csv."""
    found = {row.title for row in ACTIVATIONS.values()} | {row.title for row in LOSSES.values()}
    for said in (REASONS, SHAPE_REASONS, CHOICE_REASONS, FORMULA_REASONS, SENTENCES):
        found |= set(said.values())
    found |= {row.mistake for row in MISCONCEPTIONS.values()} | {OR, AND, LIST, CHARACTER, NEAR}
    found |= {row.mistake_turned for row in MISCONCEPTIONS.values() if row.mistake_turned}
    for path in shipped("banks").rglob("*.toml"):
        found |= set(printed(tomllib.loads(path.read_text(encoding="utf-8"))))
    return sorted(found)


def pieces(pattern: re.Pattern[str], text: str) -> Counter[str]:
    """How often each piece occurs; another language may put them in another order."""
    return Counter(pattern.findall(text))


def file_of(language: str) -> Path:
    return shipped("templates") / "texts" / f"{language}.toml"


def test_all_languages_are_shipped() -> None:
    """There is one file for each of the five languages, and no other."""
    assert sorted(path.stem for path in (shipped("templates") / "texts").iterdir()) == sorted(LANGUAGES)


@pytest.mark.parametrize("language", TRANSLATED)
def test_keys_are_those_of_english(language: str) -> None:
    """Every file has the same keys in the same order, so that files can be read side by side."""
    assert list(flat(dict(words(language)))) == list(flat(dict(words("en"))))


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_and_formulas_are_those_of_english(language: str) -> None:
    """A translated word is filled in with the same values and shows the same formulas."""
    english = texts_of("en")
    for key, text in texts_of(language).items():
        assert pieces(PLACEHOLDER, text) == pieces(PLACEHOLDER, english[key]), key
        assert pieces(FORMULA, text) == pieces(FORMULA, english[key]), key


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_fixed_word_is_left_in_english(language: str) -> None:
    """Only words that both languages write the same are the same."""
    english = texts_of("en")
    same = {key for key, text in texts_of(language).items() if text == english[key]}
    assert same <= SHARED[language]


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_shipped_text_is_translated(language: str) -> None:
    """A new text of a bank, activation function or loss must be added to [phrases] of every language."""
    phrases = words(language)["phrases"]
    assert [text for text in shipped_texts() if text not in phrases] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_left_over(language: str) -> None:
    """[phrases] holds nothing that no bank says any more."""
    assert sorted(set(words(language)["phrases"]) - set(shipped_texts())) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_phrases_keep_formulas_and_numbers(language: str) -> None:
    """A translated text has the formulas, the numbers and the details of the English one."""
    for english, text in words(language)["phrases"].items():
        assert pieces(FORMULA, text) == pieces(FORMULA, english), english
        assert pieces(NUMBER, text) == pieces(NUMBER, english), english
        if "$" not in english:
            assert pieces(PLACEHOLDER, text) == pieces(PLACEHOLDER, english), english


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_phrase_is_left_in_english(language: str) -> None:
    """Only the names of functions stay as they are."""
    assert {english for english, text in words(language)["phrases"].items() if text == english} <= FUNCTIONS


def test_hindi_is_written_in_devanagari() -> None:
    """Every Hindi text but settings and names of functions has Hindi words."""
    texts = {key: text for key, text in texts_of("hi").items() if key not in SETTINGS}
    phrases = {english: text for english, text in words("hi")["phrases"].items() if english not in FUNCTIONS}
    assert [key for key, text in (texts | phrases).items() if not DEVANAGARI.search(text)] == []


@pytest.mark.parametrize("style", ["Regular", "Bold"])
def test_shipped_fonts_have_every_letter_of_hindi(style: str) -> None:
    """No letter of a Hindi paper depends on the fonts that a machine has, and conjuncts can be formed."""
    folder = shipped("templates") / "fonts"
    devanagari = TTFont(folder / f"NotoSerifDevanagari-{style}.ttf")
    letters = {ord(letter) for letter in file_of("hi").read_text(encoding="utf-8") if letter.isprintable()}
    assert (
        letters - set(devanagari.getBestCmap()) - set(TTFont(folder / f"STIXTwoText-{style}.ttf").getBestCmap())
        == set()
    )
    features = {record.FeatureTag for record in devanagari["GSUB"].table.FeatureList.FeatureRecord}
    assert {"akhn", "half", "pres", "rphf"} <= features


@pytest.mark.parametrize("language", ["de", "es", "fr"])
def test_shipped_text_font_has_every_letter(language: str) -> None:
    """No letter of these languages' papers depends on the fonts that a machine has."""
    letters = {ord(letter) for letter in str(words(language)) if letter.isprintable()} | {0xA0}
    for style in ("Regular", "Bold"):
        font = TTFont(shipped("templates") / "fonts" / f"STIXTwoText-{style}.ttf")
        assert letters - set(font.getBestCmap()) == set()


def test_phrase_translates_what_it_knows() -> None:
    """A shipped text comes in the language, with its formula."""
    text = "Row times column: compute $P_1 = A_1 B_1$."
    assert phrase("de", text) == "Zeile mal Spalte: Berechnen Sie $P_1 = A_1 B_1$."
    assert phrase("en", text) == text


def test_phrase_keeps_what_it_does_not_know() -> None:
    """An instructor's own text is printed as they wrote it."""
    assert phrase("hi", "Mein eigener Text mit $x$.") == "Mein eigener Text mit $x$."


@pytest.mark.parametrize(("language", "mark"), [("en", "."), ("de", ","), ("es", ","), ("fr", ","), ("hi", ".")])
def test_decimal_mark(language: str, mark: str) -> None:
    """German, Spanish and French write a decimal comma."""
    assert decimal_mark(language) == mark


@pytest.mark.parametrize(
    ("language", "count", "text"),
    [
        ("en", "1", "1 mark"),
        ("en", "0.5", "0.5 marks"),
        ("de", "1", "1 Punkt"),
        ("de", "0.5", "0,5 Punkte"),
        ("de", "12", "12 Punkte"),
        ("es", "1", "1 punto"),
        ("es", "1.5", "1,5 puntos"),
        ("fr", "0.5", "0,5 point"),
        ("fr", "1.5", "1,5 point"),
        ("fr", "2", "2 points"),
        ("hi", "1", "1 अंक"),
        ("hi", "2.5", "2.5 अंक"),
    ],
)
def test_marks_are_counted_as_the_language_does(language: str, count: str, text: str) -> None:
    """Singular and plural follow the language, and so does the decimal mark."""
    assert marks_text(language, count) == text


def test_unknown_language_names_those_there_are() -> None:
    """The message says what was given and what is allowed."""
    for ask in (words, decimal_mark, lambda language: phrase(language, "tanh")):
        with pytest.raises(ExamgenError, match=r"^language 'xx' is unknown; allowed: de, en, es, fr, hi\.$"):
            ask("xx")
