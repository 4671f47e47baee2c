"""Feedback files of a marked class: who gets one, under which name, and what the tables must have."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

import examgen
from examgen.batch.feedback import ResultRows, Total, feedback_from_files, student_feedback, write_feedback
from examgen.documents.style import PaperStyle
from examgen.errors import AnswersError
from tests.feedback_rows import NASTY, Did, class_of, rows_of

EXAM = "scalar-chain"


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of two, marked: one has a sum of everything wrong, the other handed in nothing but a formula."""
    folder = tmp_path_factory.mktemp("class")
    roster = folder / "roster.csv"
    roster.write_text("id,name\ns1,Ada\n=s2,Bob\n", encoding="utf-8")
    examgen.make_class(EXAM, roster, seed=5, out=folder / "exam")
    with (folder / "exam" / "key" / "answers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    sheet = folder / "answers.csv"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["exam", "variant", "student", "question", "field", "symbol", "answer"])
        writer.writeheader()
        for row in rows:
            if row["student"] != "s1":
                row["answer"] = NASTY if row["field"] == "z1" else ""
            writer.writerow({name: row[name] for name in writer.fieldnames})
    examgen.grade(sheet, key=folder / "exam" / "key", out=folder / "marks")
    return folder


def test_every_student_has_a_page_and_a_pdf(marked: Path) -> None:
    """Files are named as handouts are, so that any id is a file name, and what was typed is shown as text."""
    written = feedback_from_files(marked / "marks", marked / "exam")
    assert sorted(path.name for path in written.folder.iterdir()) == ["%3Ds2.html", "%3Ds2.pdf", "s1.html", "s1.pdf"]
    assert written.skipped == ()
    page = (written.folder / "%3Ds2.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;" in page
    assert "<dd>=s2</dd>" in page
    assert "<dd>Bob</dd>" in page
    assert (written.folder / "s1.pdf").read_bytes().startswith(b"%PDF-")


def test_missing_column_is_named(tmp_path: Path, marked: Path) -> None:
    """A table that marking did not write is refused with the name of what is missing."""
    (tmp_path / "results.csv").write_text("student,question\ns1,Q1\n", encoding="utf-8")
    with pytest.raises(AnswersError, match=r"results\.csv: the column field is missing"):
        feedback_from_files(tmp_path, marked / "exam")


def test_missing_table_is_named(tmp_path: Path, marked: Path) -> None:
    """Without results there is no feedback."""
    with pytest.raises(AnswersError, match=r"results\.csv: cannot be read"):
        feedback_from_files(tmp_path, marked / "exam")


def test_unknown_student_has_the_paper_of_the_grade_book(tmp_path: Path) -> None:
    """Who is not in the key is told by the variant that they had; who had none is skipped and counted."""
    key = class_of(EXAM, "s1", "s2")
    first, second = key.variants
    guest = [{**row, "student": "guest"} for row in rows_of(key, first, {})]
    stranger = [{**row, "student": "stranger"} for row in rows_of(key, second, {})]
    book = {"guest": Total(Decimal(17), Decimal(17), variant=first.code, name="Guest")}
    told: list[tuple[int, int]] = []
    written = write_feedback(
        ResultRows(key, [*guest, *stranger], book), tmp_path, PaperStyle(), lambda done, of: told.append((done, of))
    )
    assert written.students == ("guest",)
    assert written.skipped == ("stranger",)
    assert told == [(1, 2)]
    assert first.code in (tmp_path / "feedback" / "guest.html").read_text(encoding="utf-8")


def test_empty_cells_of_any_table_are_read_alike() -> None:
    """Text, None and NaN are one empty cell, and numbers may be text or not."""
    key = class_of(EXAM, "s1")
    rows = rows_of(key, key.variants[0], {"z1": Did("", "blank")})
    empties = ("", None, float("nan"))
    found = [
        student_feedback(key, key.variants[0], "s1", [{**rows[0], "value": empty, "answer": empty}, *rows[1:]])
        for empty in empties
    ]
    assert found[0] == found[1] == found[2]
    texts = [{name: str(value) for name, value in row.items()} for row in rows]
    assert student_feedback(key, key.variants[0], "s1", texts) == found[0]


def test_first_divergent_entry_is_the_first_wrong_one() -> None:
    """Blank, unreadable and imprecise entries are no wrong turn."""
    key = class_of(EXAM, "s1")
    did = {
        "z1": Did("", "blank"),
        "A1": Did("2.30", "imprecise", 2.3),
        "A2": Did("5", "wrong", 5.0),
        "C": Did("7", "wrong", 7.0),
    }
    assert student_feedback(key, key.variants[0], "s1", rows_of(key, key.variants[0], did)).first_divergent == (
        "Q1",
        "A2",
    )


@pytest.mark.parametrize(
    ("answer", "value", "is_coarse"),
    [
        ("0.17", 0.17, True),
        ("− 0,17", -0.17, True),
        ("1.7 × 10⁻¹", 0.17, True),
        ("1.70 × 10⁻¹", 0.17, False),
        ("1,7e-1", 0.17, True),
        ("17/100", 0.17, False),
        ("0.16", 0.16, False),
    ],
)
def test_too_few_digits_are_seen_in_any_spelling(answer: str, value: float, is_coarse: bool) -> None:
    """A power of ten moves the last digit that is written, and a fraction has none."""
    key = class_of(EXAM, "s1")
    rows = rows_of(key, key.variants[0], {"z1": Did(answer, "wrong", value)})
    told = student_feedback(
        key, key.variants[0], "s1", [{**rows[0], "reference": 0.1708 if value > 0 else -0.1708, "follow_through": ""}]
    )
    assert told.entries[0].is_coarse is is_coarse


def test_student_without_an_id_is_known_by_the_paper(tmp_path: Path) -> None:
    """The files have the code of the variant as their name."""
    key = class_of(EXAM, "s1")
    rows = [{**row, "student": ""} for row in rows_of(key, key.variants[0], {})]
    written = write_feedback(ResultRows(key, rows), tmp_path)
    code = key.variants[0].code
    assert sorted(path.name for path in written.folder.iterdir()) == [f"{code}.html", f"{code}.pdf"]
