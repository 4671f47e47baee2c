"""`examgen grade` on a class writes integrity.csv beside the marks: evidence to read, never a mark."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from examgen.cli import app
from tests.marking_sheets import MadeKey, Row, make_key, read_rows, rounded, write_sheet

RUNNER = CliRunner()
SOURCE, COPIER = "=s3", "s9"
STUDENTS = tuple(f"s{place}" for place in range(20) if place != 3)
COLUMNS = "student,evidence,other,entries,fields,probability,detail"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeKey:
    """A class with papers of their own."""
    return make_key(tmp_path_factory.mktemp("class"), "sigmoid-chain", (SOURCE, *STUDENTS), seed=3)


def written(made: MadeKey) -> dict[tuple[str, str], str]:
    """All right, but for nine wrong answers that one student made and another has taken over; others slip once."""
    found = {(row["student"], row["field"]): rounded(row) for row in made.rows}
    fields = [row["field"] for row in made.of(SOURCE)]
    for place, field in enumerate(fields[4::9]):
        found[SOURCE, field] = found[COPIER, field] = f"{0.2137 + 0.3071 * place:.4f}"
    for place, student in enumerate(STUDENTS):
        if student != COPIER:
            found[student, fields[3 * place]] = f"{5.1234 + place:.4f}"
    return found


def graded(made: MadeKey, folder: Path, rows: Sequence[Row], *options: str) -> str:
    """What marking these rows prints."""
    texts = written(made)
    answers = write_sheet(folder / "answers.csv", rows, lambda row: texts[row["student"], row["field"]])
    command = ["grade", str(answers), "--key", str(made.key), "--out", str(folder / "marks"), *options]
    done = RUNNER.invoke(app, command)
    assert "Traceback" not in done.output
    return done.output


def test_a_pair_is_told_in_one_line_and_costs_nothing(made: MadeKey, tmp_path: Path) -> None:
    """The table has both ids as spreadsheets may show them; both have the marks that they have without each other."""
    printed = graded(made, tmp_path, made.rows)
    assert f"Integrity: {tmp_path}/marks/integrity.csv: 1 row, evidence to read, never a mark" in printed
    [row] = read_rows(tmp_path / "marks" / "integrity.csv")
    assert (row["student"], row["evidence"], row["other"]) == (f"'{SOURCE}", "same_wrong_answers", COPIER)
    fields = [row["field"] for row in made.of(SOURCE)][4::9]
    assert row["fields"] == "; ".join(f"Q1:{field}" for field in fields)
    assert row["entries"] == str(len(fields))
    assert f"the same as those of student '{COPIER}'" in row["detail"]
    marks = {one["student"]: one["marks"] for one in read_rows(tmp_path / "marks" / "gradebook.csv")}
    alone = tmp_path / "alone"
    alone.mkdir()
    assert "Integrity" not in graded(made, alone, made.of(COPIER))
    assert (alone / "marks" / "integrity.csv").read_text(encoding="utf-8") == COLUMNS + "\n"
    [copier] = [one for one in read_rows(alone / "marks" / "gradebook.csv") if one["student"] == COPIER]
    assert copier["marks"] == marks[COPIER]


def test_evidence_stays_as_long_as_nobody_of_it_is_marked_again(made: MadeKey, tmp_path: Path) -> None:
    """Later sheets are added; with one of the two alone there is no pair any more, and with --fresh nothing is kept."""
    table = tmp_path / "marks" / "integrity.csv"
    graded(made, tmp_path, made.rows)
    first = table.read_bytes()
    assert "Integrity: " in graded(made, tmp_path, made.of("s5"))
    assert table.read_bytes() == first
    graded(made, tmp_path, made.of(COPIER))
    assert table.read_text(encoding="utf-8") == COLUMNS + "\n"
    graded(made, tmp_path, made.rows)
    assert table.read_bytes() == first
    graded(made, tmp_path, made.of("s5"), "--fresh")
    assert table.read_text(encoding="utf-8") == COLUMNS + "\n"


@pytest.mark.parametrize("content", ["", "student,who\na,b\n", f"{COLUMNS}\na,b\n"])
def test_a_damaged_table_is_not_written_over(made: MadeKey, tmp_path: Path, content: str) -> None:
    """Evidence that cannot be kept is not lost unasked; nothing is marked, and one line says what helps."""
    graded(made, tmp_path, made.rows)
    table = tmp_path / "marks" / "integrity.csv"
    table.write_text(content, encoding="utf-8")
    before = {path.name: path.read_bytes() for path in table.parent.iterdir()}
    printed = graded(made, tmp_path, made.of("s5"))
    assert "integrity.csv" in printed
    assert printed.rstrip().endswith("mark into another folder with --out DIR, or begin anew with --fresh")
    assert {path.name: path.read_bytes() for path in table.parent.iterdir()} == before
    assert "s5" in graded(made, tmp_path, made.of("s5"), "--fresh")
