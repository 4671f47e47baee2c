"""A paper filled in on a screen is marked as the same answers in a CSV file are."""

from pathlib import Path

import pandas as pd
from pypdf import PdfReader, PdfWriter

import examgen
from tests.marking_sheets import read_rows

SLIPS = {3: "0.7", 5: "", 8: "a half", 11: "1,234"}


def test_a_filled_paper_is_marked_as_its_csv(tmp_path: Path) -> None:
    """Right, wrong, empty and unreadable answers come out the same, whichever way they were handed in."""
    made = examgen.make("scalar-chain", seed=7, student="s1", out=tmp_path / "exam")
    rows = read_rows(made.folder / "key" / "answers.csv")
    answers = [SLIPS.get(place, f"{float(row['answer']):.4f}") for place, row in enumerate(rows)]
    sheet = tmp_path / "sheet.csv"
    head = ("exam", "variant", "student", "question", "field", "symbol")
    filled_rows = zip(rows, answers, strict=True)
    table = pd.DataFrame([{**{name: row[name] for name in head}, "answer": text} for row, text in filled_rows])
    table.to_csv(sheet, index=False)
    writer = PdfWriter(clone_from=PdfReader(made.folder / "questions.pdf"))
    filled = {row["field"]: text for row, text in zip(rows, answers, strict=True)}
    for page in writer.pages:
        writer.update_page_form_field_values(page, filled, auto_regenerate=False)
    writer.write(tmp_path / "filled.pdf")
    by_csv = examgen.grade(sheet, key=made.folder, out=tmp_path / "csv")
    by_pdf = examgen.grade(tmp_path / "filled.pdf", key=made.folder, out=tmp_path / "pdf")
    assert set(by_csv.results["outcome"]) == {"correct", "wrong", "blank", "unreadable"}
    pd.testing.assert_frame_equal(by_pdf.results, by_csv.results)
    pd.testing.assert_frame_equal(by_pdf.gradebook, by_csv.gradebook)
