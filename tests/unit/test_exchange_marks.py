"""Marks of a class for Gradescope, Canvas and Moodle: read back as their importers do, they are those of grade."""

import csv
import json
import re
from pathlib import Path

import pytest

from examgen.errors import AnswersError, ExamgenError, KeyFileError
from examgen.exams.folders.files import folder_name, typed_text
from examgen.exchange.exporting import ExportOptions, export
from examgen.exchange.grades.gradebooks import canvas_gradebook
from examgen.exchange.grades.marked_class import MarkedClass, MarkedStudent
from examgen.marking.grading import grade
from tests.exchange_keys import made_key

STUDENTS = ("ada", "emmy@uni.example", "=kurt", "007", "absent")


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class in which the first works well, the others worse and worse, and the last hands in nothing."""
    folder = tmp_path_factory.mktemp("class")
    key = made_key(folder, "scalar-chain", STUDENTS, language="de")
    with (key.folder / "answers.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["student"] != "absent"]
    for row in rows:
        place = STUDENTS.index(typed_text(row["student"]))
        if hash_of(row["field"]) % 5 < place:
            row["answer"] = "oops, ünlesbar" if place == 3 else "7"
    with (folder / "sheet.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    grade(folder / "sheet.csv", key.folder)
    return folder


def hash_of(text: str) -> int:
    """The same on every run."""
    return sum(text.encode())


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def present(folder: Path) -> dict[str, float]:
    """Marks by student as in gradebook.csv, without who was absent."""
    book = table(folder / "marks" / "gradebook.csv")
    return {typed_text(row["student"]): float(row["marks"]) for row in book if row["status"] == "marked"}


def test_gradescope_has_each_entry_and_the_marks_of_the_paper(marked: Path) -> None:
    """The score is that of the gradebook, and the tests are the rows of results.csv."""
    said = export("gradescope", marked)
    assert said.place == marked / "exchange" / "gradescope"
    assert (said.count, said.files) == (4, 4)
    assert said.notices[0] == "1 student has handed in nothing and is left out"
    results = table(marked / "marks" / "results.csv")
    for student, marks in present(marked).items():
        found = json.loads((said.place / folder_name(student) / "results.json").read_text(encoding="utf-8"))
        rows = [row for row in results if typed_text(row["student"]) == student]
        assert found["score"] == marks
        assert [test["score"] for test in found["tests"]] == [float(row["marks"]) for row in rows]
        assert [test["max_score"] for test in found["tests"]] == [float(row["max_marks"]) for row in rows]
        assert [test["name"] for test in found["tests"]] == [f"{row['question']} {row['field']}" for row in rows]
        assert len({test["name"] for test in found["tests"]}) == len(rows)
        passed = [row["outcome"] in ("correct", "follow_through") for row in rows]
        assert [test["status"] for test in found["tests"]] == ["passed" if one else "failed" for one in passed]
        assert all(row["comment"] in test["output"] for test, row in zip(found["tests"], rows, strict=True))
        allowed = {"hidden", "after_due_date", "after_published", "visible"}
        assert {found["visibility"], found["stdout_visibility"]} <= allowed


def test_canvas_reads_its_gradebook(marked: Path) -> None:
    """By the rules of its importer: the titles of the first columns, a row with the points, then students by id."""
    said = export("canvas-grades", marked)
    with said.place.open(encoding="utf-8", newline="") as file:
        header, points, *rows = list(csv.reader(file))
    assert "Student" in header[0]
    assert "ID" in header[1]
    assert re.search(r"SIS\s+User\s+ID", header[2])
    assert re.search(r"SIS\s+Login\s+ID", header[3])
    assert "Section" in header[4]
    assert len(header) == 6
    assert not re.search(r"\(\d+\)\s*$", header[5])
    assert "Points Possible" in points[0]
    book = table(marked / "marks" / "gradebook.csv")
    assert float(points[5]) == float(book[0]["max_marks"])
    assert {row[2]: float(row[5]) for row in rows} == present(marked)
    assert all(row[2] == row[3] and row[1] == "" for row in rows)


def test_moodle_reads_its_gradebook(marked: Path) -> None:
    """Students by a column of ids, marks as plain numbers; what to set by hand is told."""
    said = export("moodle-grades", marked)
    rows = table(said.place)
    by, _, marks = rows[0]
    assert by == "ID number"
    assert {row[by]: float(row[marks]) for row in rows} == present(marked)
    assert any("set the maximum of the grade to" in notice for notice in said.notices)


def test_marks_lie_beside_the_class_or_where_they_are_wanted(marked: Path, tmp_path: Path) -> None:
    """The folder of the marks does as well as that of the class."""
    first = export("moodle-grades", marked).place.read_bytes()
    other = export("moodle-grades", marked / "marks", ExportOptions(out=tmp_path / "grades.csv"))
    assert other.place.read_bytes() == first
    folder = export("gradescope", marked, ExportOptions(out=tmp_path / "all")).place
    assert sorted(path.name for path in folder.iterdir()) == sorted(map(folder_name, STUDENTS[:4]))


def test_without_marks_there_is_nothing_to_take(marked: Path, tmp_path: Path) -> None:
    """Each case in one line that says what to do."""
    made_key(tmp_path / "exam", "scalar-chain")
    with pytest.raises(AnswersError, match=r"mark the class first, with examgen grade"):
        export("gradescope", tmp_path / "exam")
    with pytest.raises(ExamgenError, match="--variants are of questions"):
        export("gradescope", marked, ExportOptions(variants=2))
    marks = tmp_path / "marks"
    marks.mkdir()
    book = (marked / "marks" / "gradebook.csv").read_text(encoding="utf-8")
    (marks / "gradebook.csv").write_text(book, encoding="utf-8")
    with pytest.raises(KeyFileError, match="say where it is with --key DIR"):
        export("canvas-grades", marks)
    given = export("canvas-grades", marks, ExportOptions(key=marked))
    assert given.place.read_bytes() == export("canvas-grades", marked).place.read_bytes()
    (marks / "gradebook.csv").write_text("student,name,marks,max_marks,status\nada,,,,absent\n", encoding="utf-8")
    with pytest.raises(AnswersError, match="nobody was marked"):
        export("canvas-grades", marks)
    (marks / "gradebook.csv").write_text("student,name,marks,max_marks\n,,3,4\n", encoding="utf-8")
    with pytest.raises(AnswersError, match="without an id"):
        export("canvas-grades", marks)
    (marks / "gradebook.csv").write_text("student,name,marks,max_marks\na,,3,4\na,,2,4\n", encoding="utf-8")
    with pytest.raises(AnswersError, match="'a' has several papers"):
        export("canvas-grades", marks)


@pytest.mark.parametrize("title", ["Final Grade exam", "Override Score", "Exam (2024)"])
def test_no_title_is_another_column_of_canvas(title: str) -> None:
    """Titles that its importer passes over, or reads a number of an assignment in, are changed."""
    marked = MarkedClass(Path(), title, "exam-abc", [MarkedStudent("ada", "", 3.5)], (), 4)
    [content] = canvas_gradebook(marked).files.values()
    header = next(csv.reader(content.decode().splitlines()))
    assert not re.search(r"(Current|Final|Override) (Score|Points|Grade|Status)", header[-1])
    assert not re.search(r"\(\d+\)\s*$", header[-1])
    assert "exam-abc" in header[-1]
