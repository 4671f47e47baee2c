"""Sheets as they are written by hand, marked entry by entry as a fair teacher marks them.

Two to four digits, cut off or rounded as it comes, one early slip carried on, gradients of biases that stand for δ, and
gaps. Each sheet under tests/cases/handwritten/ was worked out on a calculator from the numbers that it shows, and each
outcome was decided beside it by hand; the marker was not asked.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from examgen.cli import app
from tests.marking_sheets import MadeKey, Row, make_key, read_rows, write_sheet

SHEETS = Path(__file__).parents[1] / "cases" / "handwritten"
RIGHT = ("correct", "follow_through")
EXAM = """
format = 1
title = "Two steps by hand"
notation = "from-to"
[policy]
precision = "as_written"
truncation = true
[[questions]]
family = "{family}"
"""


@dataclass(frozen=True)
class Handwritten:
    """A sheet, the bank that it answers, whether δ is asked, and the box of its slip."""

    name: str
    family: str
    slip: str
    asks_delta: bool = True


HANDWRITTEN = (
    Handwritten("cut-off", "relu-sigmoid-3-2-2-1", "s1_z1_2"),
    Handwritten("rounded", "relu-sigmoid-3-2-2-1-bce", "s1_z2_1"),
    Handwritten("no-deltas", "relu-sigmoid-3-2-2-1", "s1_dL_db3", asks_delta=False),
)


def teacher_of(sheet: Handwritten) -> dict[str, Row]:
    """What the sheet says and what the teacher decided, by field; lines of remarks are passed over."""
    lines = (SHEETS / f"{sheet.name}.csv").read_text(encoding="utf-8").splitlines()
    return {row["field"]: row for row in csv.DictReader(line for line in lines if not line.startswith("#"))}


def key_of(sheet: Handwritten, folder: Path) -> MadeKey:
    """The key of the exam that takes answers as they are written, for the one student."""
    family = folder / "family.toml"
    shipped = Path(__file__).parents[2] / "banks" / "worked" / f"{sheet.family}.toml"
    text = shipped.read_text(encoding="utf-8")
    family.write_text(text if sheet.asks_delta else text.replace('"dL_dz", ', ""), encoding="utf-8")
    exam = folder / "by-hand.toml"
    exam.write_text(EXAM.format(family="family.toml"), encoding="utf-8")
    return make_key(folder / "exam", str(exam), ("s1",))


@dataclass(frozen=True)
class Graded:
    """What the marker wrote: rows of results.csv by field, and the row of the gradebook."""

    rows: dict[str, Row]
    total: Row


def graded(sheet: Handwritten, folder: Path) -> Graded:
    """Mark the sheet on the command line."""
    made, written = key_of(sheet, folder), teacher_of(sheet)
    assert set(written) <= {row["field"] for row in made.rows}

    def answer(row: Row) -> str:
        return written.get(row["field"], {"answer": ""})["answer"]

    handed_in = write_sheet(folder / "handed-in" / "s1.csv", made.rows, answer)
    done = CliRunner().invoke(app, ["grade", str(handed_in), "--key", str(made.key), "--out", str(folder / "marks")])
    assert done.exit_code == 0, (done.stdout, done.stderr, done.exception)
    rows = {row["field"]: row for row in read_rows(folder / "marks" / "results.csv")}
    [total] = read_rows(folder / "marks" / "gradebook.csv")
    return Graded(rows, total)


@pytest.mark.parametrize("sheet", HANDWRITTEN, ids=lambda sheet: sheet.name)
def test_a_handwritten_sheet_is_marked_as_a_teacher_marks_it(sheet: Handwritten, tmp_path: Path) -> None:
    """Each entry has the outcome that was decided by hand; a field that the sheet does not list is blank."""
    decided, marker = teacher_of(sheet), graded(sheet, tmp_path)
    differs = []
    for field, row in marker.rows.items():
        want = decided.get(field, {"outcome": "blank", "answer": "", "why": ""})
        if row["outcome"] not in (RIGHT if want["outcome"] == "right" else (want["outcome"],)):
            differs.append(
                f"{field} = {want['answer']}: {row['outcome']}, not {want['outcome']} ({want['why']}); solution "
                f"{row['reference']}, follows {row['follow_through']} ± {row['tolerance']} {row['misconception']}"
            )
    assert not differs, "\n".join(["", *differs])


@pytest.mark.parametrize("sheet", HANDWRITTEN, ids=lambda sheet: sheet.name)
def test_the_one_slip_of_a_handwritten_sheet_is_all_that_it_costs(sheet: Handwritten, tmp_path: Path) -> None:
    """Of the entries that were answered the slip alone loses its mark, and no mark is held back behind it."""
    marker = graded(sheet, tmp_path)
    answered = [field for field, row in teacher_of(sheet).items() if row["answer"]]
    assert [field for field in answered if float(marker.rows[field]["marks"]) < 1] == [sheet.slip]
    assert float(marker.total["marks"]) == len(answered) - 1
