"""Comments of results.csv are in the exam's language, and are read back in every language."""

import csv
import re
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path

import pytest
from typer.testing import CliRunner

from examgen.cli import app
from examgen.core.formulas.formula_tokens import REASONS as FORMULA_REASONS
from examgen.core.formulas.typed_characters import with_character
from examgen.core.misconceptions.table import MISCONCEPTIONS
from examgen.exams.wording.sentences import IN_ENGLISH, NEAR, SENTENCES, Wording
from examgen.exams.wording.words import original, phrase, retold, shipped_languages
from examgen.marking.judging.mistakes import mistakes_text
from examgen.marking.reading.typed.typed_choices import CHOICE_REASONS
from examgen.marking.reading.typed.typed_numbers import REASONS
from examgen.marking.reading.typed.typed_shapes import SHAPE_REASONS
from examgen.marking.results.appeals.explaining import explain
from tests.laws import some_of
from tests.marking_sheets import read_rows, rounded

# Nobody looks at the papers themselves.
pytestmark = pytest.mark.usefixtures("untypeset")

RUNNER = CliRunner()
COLUMNS = ("exam", "variant", "student", "question", "field", "symbol", "answer")
TRANSLATED = ("de", "es", "fr", "hi")
PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
TEMPLATES = tuple(
    dict.fromkeys(
        sentence
        for table in (SENTENCES, REASONS, SHAPE_REASONS, CHOICE_REASONS, FORMULA_REASONS)
        for sentence in table.values()
        if "{mistakes}" not in sentence
    )
)


def filled(sentence: str) -> dict[str, str]:
    """Something for each detail of a sentence."""
    return {name: f"«{name} 1.5»" for name in PLACEHOLDER.findall(sentence)}


@pytest.mark.parametrize("language", shipped_languages())
@pytest.mark.parametrize("sentence", TEMPLATES)
def test_every_comment_is_read_back(language: str, sentence: str) -> None:
    """What was said in any language is known again, with its details, and can be said in any other."""
    details = filled(sentence)
    english = sentence.format(**details) if details else sentence
    assert original(Wording(language).say(sentence, **details)) == english
    for other in shipped_languages():
        assert retold(Wording(language).say(sentence, **details), other) == Wording(other).say(sentence, **details)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_character_and_a_near_spelling_are_read_back(language: str) -> None:
    """The name of a character comes back from its code point."""
    wording = Wording(language)
    assert original(wording.with_character(REASONS["bad_char"], "½")) == with_character(REASONS["bad_char"], "½")
    said = wording.say(FORMULA_REASONS["unknown_symbol"], detail='"b7"')
    english = IN_ENGLISH.say(FORMULA_REASONS["unknown_symbol"], detail='"b7"')
    assert original(wording.say(NEAR, sentence=said, near="b1")) == IN_ENGLISH.say(NEAR, sentence=english, near="b1")


@pytest.mark.parametrize("text", ["", "Rounded twice", "{sentence} (It has U+0041.)", "looks { odd", "a (It has U+1.)"])
def test_what_is_no_comment_of_ours_stays(text: str) -> None:
    """Other texts are left as they are, whatever signs they have."""
    assert original(text) == text


@pytest.mark.parametrize("language", shipped_languages())
def test_every_misconception_is_said(language: str) -> None:
    """Alone, with others that fit as well, and with another that was made at once."""
    wording = Wording(language)
    names = list(MISCONCEPTIONS)
    said = [phrase(language, MISCONCEPTIONS[name].mistake) for name in names]
    for name, mistake in zip(names, said, strict=True):
        assert mistake in mistakes_text(name, wording)
    both = mistakes_text(f"{names[0]}|{names[1]}+{names[2]}", wording)
    assert all(mistake in both for mistake in said[:3])
    assert mistakes_text("", wording) == mistakes_text("of another version", wording) == ""


def marked(folder: Path, language: str, exam: str, answers: Callable[[int, dict[str, str]], str]) -> Path:
    """The marks of one student's paper."""
    out = folder / language
    made = ["make", exam, "--seed", "7", "--student", "s1", "--language", language, "--out", str(out)]
    assert RUNNER.invoke(app, made).exit_code == 0
    rows = read_rows(out / "key" / "answers.csv")
    sheet = folder / "sheet.csv"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for place, row in enumerate(rows):
            for answer in answers(place, row).split("||"):
                writer.writerow([row[name] for name in COLUMNS[:-1]] + [answer])
    done = RUNNER.invoke(app, ["grade", str(sheet), "--key", str(out), "--decimal", "."])
    assert done.exit_code == 0, done.output
    return out / "marks"


WRITTEN: Sequence[str] = ("½", "abc", "0.1||0.2", "7", "", "1/0", "0.5 m")
FORMULAS = ("(y - a2)*sigmoid'(z2)", "1.5", "sin(y)", "a22 + y", "max(y)", "log(0 - 1)", "2(y", "(a2 - y)*abs(z2)")


def mixed(place: int, row: dict[str, str]) -> str:
    if place < len(WRITTEN):
        return WRITTEN[place]
    return rounded(row) if row["decimals"] else FORMULAS[place % len(FORMULAS)]


def pointed(text: str) -> str:
    """A comment with the numbers of a counterexample as they are in English."""
    return re.sub(r"(?<=\d)[,.](?=\d)", ".", text).replace(";", ",")


@pytest.mark.parametrize(
    ("exam", "language"), some_of(list(product(["scalar-chain", "formulas", "matrix-warmups"], TRANSLATED)), 5)
)
def test_results_are_in_the_language_of_the_exam(tmp_path: Path, language: str, exam: str) -> None:
    """Every comment is the English one in other words, and notes for the teacher stay English."""
    ours, theirs = (marked(tmp_path, one, exam, mixed) for one in (language, "en"))
    told, english = ([row["comment"] for row in read_rows(one / "results.csv")] for one in (ours, theirs))
    assert len(set(english)) > 4
    looks = phrase(language, SENTENCES["looks"]).split("{")[0]
    for said, comment in zip(told, english, strict=True):
        assert (said != comment) == bool(comment)
        assert said.startswith(looks) if comment.startswith("It looks") else pointed(original(said)) == pointed(comment)
    notes = [(one / "notes.csv").read_text(encoding="utf-8") for one in (ours, theirs)]
    assert notes[0] == notes[1]


@pytest.mark.parametrize("language", shipped_languages())
def test_answers_that_were_refused_are_explained(tmp_path: Path, language: str) -> None:
    """A text that reads as a number stays refused, and `explain` says why, in whatever language it was told."""
    folder = marked(tmp_path, language, "scalar-chain", mixed)
    fields = [row["field"] for row in read_rows(folder / "results.csv")]
    twice, half = (explain(folder, "s1", fields[place]) for place in (2, 0))
    assert twice.unreadable == REASONS["duplicate"]
    assert twice.differences == ()
    assert half.unreadable == with_character(REASONS["bad_char"], "½")


def test_results_of_earlier_versions_are_explained(tmp_path: Path) -> None:
    """results.csv of a German exam whose comments are still English is read as before."""
    folder = marked(tmp_path, "de", "scalar-chain", mixed)
    results = folder / "results.csv"
    text = results.read_text(encoding="utf-8")
    german = phrase("de", REASONS["duplicate"])
    assert german in text
    results.write_text(text.replace(german, REASONS["duplicate"]), encoding="utf-8")
    twice = explain(folder, "s1", read_rows(results)[2]["field"])
    assert twice.unreadable == REASONS["duplicate"]
    assert twice.differences == ()
