"""Feedback files of a marked class: who gets one, under which name, and what the tables must have."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

import examgen
from examgen.batch.returned.class_feedback import (
    ResultRows,
    Total,
    feedback_from_files,
    feedback_names,
    forget_feedback,
    student_feedback,
    write_feedback,
)
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
    book = {"guest": [Total(Decimal(17), Decimal(17), variant=first.code, name="Guest")]}
    told: list[tuple[int, int]] = []
    written = write_feedback(
        ResultRows(key, [*guest, *stranger], book), tmp_path, PaperStyle(), lambda done, of: told.append((done, of))
    )
    assert written.students == ("guest",)
    assert written.skipped == ("stranger",)
    assert told == [(1, 1)]
    assert first.code in (tmp_path / "feedback" / "guest.html").read_text(encoding="utf-8")


def test_empty_cells_of_any_table_are_read_alike() -> None:
    """Text, None and NaN are one empty cell, and numbers may be text or not."""
    key = class_of(EXAM, "s1")
    rows = rows_of(key, key.variants[0], {"z1": Did("", "blank")})
    empties = ("", None, float("nan"))
    found = [
        student_feedback(key.exam, key.variants[0], "s1", [{**rows[0], "value": empty, "answer": empty}, *rows[1:]])
        for empty in empties
    ]
    assert found[0] == found[1] == found[2]
    texts = [{name: str(value) for name, value in row.items()} for row in rows]
    assert student_feedback(key.exam, key.variants[0], "s1", texts) == found[0]


def test_first_divergent_entry_is_the_first_wrong_one() -> None:
    """Blank, unreadable and imprecise entries are no wrong turn."""
    key = class_of(EXAM, "s1")
    did = {
        "z1": Did("", "blank"),
        "A1": Did("2.30", "imprecise", 2.3),
        "A2": Did("5", "wrong", 5.0),
        "C": Did("7", "wrong", 7.0),
    }
    assert student_feedback(key.exam, key.variants[0], "s1", rows_of(key, key.variants[0], did)).first_divergent == (
        "Q1",
        "A2",
    )


def test_papers_without_a_name_are_known_by_their_variants(tmp_path: Path) -> None:
    """Two of them stand behind one another in the tables, and each has files and marks of its own."""
    key = class_of(EXAM, "s1", "s2")
    rows = [{**row, "student": ""} for variant in key.variants for row in rows_of(key, variant, {})]
    totals = [Total(Decimal(marks), Decimal(17), variant=one.code) for marks, one in enumerate(key.variants, start=11)]
    written = write_feedback(ResultRows(key, rows, {"": totals}), tmp_path)
    names = [f"variant={variant.code}" for variant in key.variants]
    assert sorted(path.stem for path in written.folder.glob("*.pdf")) == sorted(names)
    for name, marks in zip(names, (11, 12), strict=True):
        assert f"<dd>{marks} / 17</dd>" in (written.folder / f"{name}.html").read_text(encoding="utf-8")


def test_an_id_that_is_a_variant_has_files_of_its_own() -> None:
    """A paper without a name and a student who is called by its code do not share a page."""
    names = feedback_names([("", "KLQ44P6F"), ("KLQ44P6F", "AAAAAAAA"), ("variant=KLQ44P6F", "BBBBBBBB")])
    assert list(names.values()) == ["variant=KLQ44P6F", "KLQ44P6F", "variant%3DKLQ44P6F"]


def test_ids_that_differ_in_capitals_have_files_of_their_own() -> None:
    """Where a file system would take them for one, the class list and then the first come first."""
    names = feedback_names([("BOB", "C1"), ("bob", "C2"), ("Bob", "C3"), ("eve", "C4"), ("bob", "C5")], ["Bob"])
    assert names["Bob", "C3"] == "Bob"
    assert names["eve", "C4"] == "eve"
    assert len({name.lower() for name in names.values()}) == 5
    assert all(name.split("~")[0] == student for (student, _), name in names.items())


def test_only_the_files_of_those_students_are_forgotten(tmp_path: Path) -> None:
    """Names are compared as they are: neither apostrophes, capitals nor beginnings are taken for one another."""
    folder = tmp_path / "feedback"
    folder.mkdir()
    there = ["@bob", "%27@bob", "bob", "Bob~0123456789abcdef", "bobby", "bob~C5", "variant=C1", "s1"]
    for name in there:
        for ending in (".html", ".pdf", ".txt"):
            (folder / f"{name}{ending}").write_bytes(b"")
    assert forget_feedback(tmp_path, ["bob", "'@bob", "nobody"]) == 6
    kept = ["@bob", "Bob~0123456789abcdef", "bobby", "s1", "variant=C1"]
    assert sorted(path.stem for path in folder.glob("*.pdf")) == kept
    assert len(list(folder.glob("*.txt"))) == len(there)
    assert forget_feedback(tmp_path, [""]) == 2
    assert forget_feedback(tmp_path / "nowhere", ["bob"]) == 0


def test_what_is_no_longer_true_of_a_student_is_removed(tmp_path: Path) -> None:
    """A page that was written under another name, when another student had this one, goes; others stay."""
    key = class_of(EXAM, "s1", "s2")
    rows = rows_of(key, key.variants[0], {})
    folder = tmp_path / "feedback"
    folder.mkdir()
    for name in ("s1~0123456789abcdef.pdf", "s1.txt", "s2.html", "s10.pdf"):
        (folder / name).write_bytes(b"old")
    write_feedback(ResultRows(key, rows), tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == ["s1.html", "s1.pdf", "s1.txt", "s10.pdf", "s2.html"]


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
        key.exam,
        key.variants[0],
        "s1",
        [{**rows[0], "reference": 0.1708 if value > 0 else -0.1708, "follow_through": ""}],
    )
    assert told.entries[0].is_coarse is is_coarse
