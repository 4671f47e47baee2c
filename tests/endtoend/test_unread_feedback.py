"""What a student is told of answers that cannot be read: why, in the paper's language, on the page and in print."""

import re
from html import unescape
from pathlib import Path

import pytest
from typer.testing import CliRunner

from examgen.cli import app
from examgen.documents.feedback.unread import reason_of
from examgen.documents.style import PaperStyle
from examgen.exams.wording.words import words
from examgen.marking.reading.typed.typed_choices import CHOICE_REASONS
from examgen.marking.reading.typed.typed_numbers import REASONS, explained, parse_number
from examgen.marking.reading.typed.typed_shapes import SHAPE_REASONS
from tests.marking_sheets import Row, read_rows, rounded, write_sheet
from tests.stamped_pages import text_of

# Nobody looks at the papers themselves.
pytestmark = pytest.mark.usefixtures("here")

RUNNER = CliRunner()
BAD = ("abc", "0.5 m", "½", "1/0")
WHY = "This is not a number; write only the number, such as 0.5."


def told(folder: Path, language: str, answer: dict[int, str], exam: str = "scalar-chain") -> tuple[str, str]:
    """The text of the web page and of the PDF of a student who writes these answers, by row, and else what is right."""
    out = folder / language
    made = ["make", exam, "--seed", "7", "--student", "s1", "--language", language, "--out", str(out)]
    assert RUNNER.invoke(app, made).exit_code == 0
    rows = read_rows(out / "key" / "answers.csv")

    def written(row: Row) -> str:
        return answer.get(rows.index(row), rounded(row))

    sheet = write_sheet(folder / "sheet.csv", rows, written)
    done = RUNNER.invoke(app, ["grade", str(sheet), "--key", str(out), "--feedback", "--decimal", "."])
    assert done.exit_code == 0, done.output
    feedback = out / "marks" / "feedback"
    page = re.sub(r"<[^>]+>", " ", (feedback / "s1.html").read_text(encoding="utf-8"))
    return spaced(unescape(page)), spaced(text_of((feedback / "s1.pdf").read_bytes()))


def spaced(text: str) -> str:
    """A text with single spaces; those of a PDF are all alike."""
    return " ".join(text.split())


@pytest.mark.parametrize("language", ["en", "de", "hi"])
def test_nothing_is_said_to_be_right_where_nothing_can_be_read(tmp_path: Path, language: str) -> None:
    """The page says that nothing could be read, and why, and never that nothing is wrong."""
    page, pdf = told(tmp_path, language, {place: BAD[place % len(BAD)] for place in range(17)})
    said = {key: spaced(text) for key, text in words(language)["feedback"].items()}
    assert said["no_first_read"] in page
    assert said["no_first"] not in page
    why = spaced(WHY if language == "en" else words(language)["phrases"][WHY])
    assert why in page
    assert "U+00BD" in page
    assert "U+00BD" in pdf
    if language != "hi":  # whose letters come out of a PDF in another order, and whose rows have room for the reason
        assert said["no_first_read"] in pdf
        assert said["unread"] in pdf
        assert why.replace("-", "‐") in pdf.replace("-", "‐")
        note = said["why_note"].format(title=said["why_unreadable"], number=1)
        assert spaced(f"{said['unreadable']}{words(language)['feedback']['colon']}{note}") in pdf


def test_what_can_be_read_is_judged_alone(tmp_path: Path) -> None:
    """Where all that could be read is right, the others are counted; a first error goes before them."""
    page, pdf = told(tmp_path, "en", {2: "abc", 5: "1 2"})
    for text in (page, pdf):
        assert "Nothing that could be read is wrong. Answers that could not be read: 2." in text
        assert WHY in text
    page, pdf = told(tmp_path, "en", {0: "77", 5: "abc"})
    for text in (page, pdf):
        assert "Your work first goes wrong in question 1, part (a)" in text
        assert WHY in text
    assert "Note 1: Answers that cannot be read" in pdf or "Note 2: Answers that cannot be read" in pdf


def test_who_wrote_nothing_is_told_so(tmp_path: Path) -> None:
    """An empty sheet is neither right nor unreadable."""
    page, pdf = told(tmp_path, "en", dict.fromkeys(range(17), ""))
    for text in (page, pdf):
        assert "Nothing was written." in text
        assert "Nothing that was written is wrong" not in text
        assert "cannot be read" not in text


def test_answers_of_several_questions_are_told_apart(tmp_path: Path) -> None:
    """Symbols alone do not say which question is meant."""
    exam = tmp_path / "two.toml"
    exam.write_text('title = "Two"\n' + 2 * '[[questions]]\nfamily = "scalar-chain"\n', encoding="utf-8")
    _, pdf = told(tmp_path, "en", {1: "abc", 20: "abc"}, str(exam))
    assert re.search(r"Question 1: \(\w\) \S.* Question 2: \(\w\) \S", pdf)


@pytest.mark.parametrize("language", ["de", "fr", "es", "hi"])
@pytest.mark.parametrize("reasons", [REASONS, SHAPE_REASONS, CHOICE_REASONS], ids=["number", "shape", "choice"])
def test_every_reason_has_words(language: str, reasons: dict[str, str]) -> None:
    """In every language that is shipped."""
    style = PaperStyle(language)
    said = [reason_of(sentence, style, is_number=reasons is REASONS) for sentence in reasons.values()]
    assert all(said)
    assert len(set(said)) == len(said)
    assert not set(said) & set(reasons.values())


def test_a_reason_keeps_what_it_names() -> None:
    """A character by its code point, and what stands in a formula; what is said in English alone is left out."""
    style = PaperStyle("de")
    reason = parse_number("½")
    comment = explained("½", getattr(reason, "reason", ""))
    assert reason_of(comment, PaperStyle("en"), is_number=True) == f"{REASONS['bad_char']} (U+00BD)"
    assert reason_of(comment, style, is_number=True).endswith(" (U+00BD)")
    assert reason_of('"a3" is a function; write its argument in brackets behind it.', style, is_number=False) == (
        '"a3" ist eine Funktion; schreiben Sie ihr Argument in Klammern dahinter.'
    )
    assert reason_of("The symbol zz is not known here.", style, is_number=False) == ""
    assert reason_of("Marks set by the instructor: I could read it.", PaperStyle("en"), is_number=True) == ""
