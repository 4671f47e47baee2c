"""Columns and lines that are not the sheet's own: passed over with one note, and never taken for what they are not."""

from pathlib import Path

import pytest

from examgen.errors import AnswersError
from examgen.marking.reading.class_sheets import AnswerSheet, read_answers, read_submissions
from examgen.marking.reading.handed_in import sheets
from examgen.marking.reading.typed.typed_numbers import Number
from tests.packed_sheets import Cell, write_xlsx

HEADER = "exam,variant,student,question,field,symbol,answer"
ENTRY = "e,7,s1,Q1,{field},z,{answer}"


def written(folder: Path, *lines: str, end: str = "\n", encoding: str = "utf-8") -> Path:
    path = folder / "answers.csv"
    path.write_bytes((end.join(lines) + end).encode(encoding))
    return path


def rows(*cells: str) -> list[str]:
    """A row for each answer with what stands behind it."""
    return [ENTRY.format(field=f"z{number}", answer=cell) for number, cell in enumerate(cells)]


def read(sheet: AnswerSheet) -> dict[str, float | str]:
    return {row.field: row.parsed.value if isinstance(row.parsed, Number) else row.parsed.reason for row in sheet.rows}


def told(sheet: AnswerSheet) -> list[tuple[int, str]]:
    return [(problem.line, problem.reason) for problem in sheet.problems]


@pytest.fixture(params=["by rows", "by columns"], autouse=True)
def _large(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small tables and large ones are read in two ways, which give the same."""
    monkeypatch.setattr(sheets, "LARGE", 200_000 if request.param == "by rows" else 0)


@pytest.mark.parametrize(
    ("titles", "behind", "named"),
    [
        (",,", ",,0.5", "2 columns without a name were passed over"),
        (",notes", ",looks right", 'the column "notes" was passed over'),
        (",", ",", "1 column without a name was passed over"),
        (",notes,,Notes,grade", ",a,,b,1", 'the columns "notes", "Notes", "grade" and 1 column without a name were'),
        (",a,b,c,d,e,f,g", ",,,,,,,1", 'the columns "a", "b", "c", "d", "e", 2 more were passed over'),
        (",\x1b[31m", ",x", r'the column "\x1b[31m" was passed over'),
    ],
)
def test_columns_of_others_are_told_once(tmp_path: Path, titles: str, behind: str, named: str) -> None:
    """Every row is read, and the note has the line of the header and the names."""
    sheet = read_answers(written(tmp_path, "", HEADER + titles, *rows(f"0.25{behind}", f"-1.5{behind}")))
    assert read(sheet) == {"z0": 0.25, "z1": -1.5}
    assert told(sheet) == [(2, "extra_columns")]
    assert sheet.problems[0].detail.startswith(named)


def test_columns_of_others_stand_anywhere(tmp_path: Path) -> None:
    """Also before and among the sheet's own."""
    path = written(tmp_path, ",answer,mark,field,exam,variant,x,student,question,symbol", "1,0.5,1,z1,e,7,y,s1,Q1,z")
    assert read(read_answers(path)) == {"z1": 0.5}


def test_rows_may_end_early_or_late_where_nothing_is_lost(tmp_path: Path) -> None:
    """Programs drop empty cells at the end of a row, and others add them."""
    lines = rows("0.1", "0.2,", "0.3,,", "0.4,,0.9", "0.5,,,,", "0.6,,9.9, ,", "0.7,,,,x", "0.8,x")
    sheet = read_answers(written(tmp_path, f"{HEADER},,", *lines))
    assert read(sheet) == {"z0": 0.1, "z1": 0.2, "z2": 0.3, "z3": 0.4, "z4": 0.5, "z5": 0.6, "z7": 0.8}
    assert told(sheet) == [(1, "extra_columns"), (8, "wrong_columns")]
    plain = read_answers(written(tmp_path, HEADER, *rows("0.1,", "0.2,,,", "0.3"), "e,7,s1,Q1,z9,z"))
    assert (read(plain), told(plain)) == ({"z0": 0.1, "z1": 0.2, "z2": 0.3}, [(5, "wrong_columns")])


@pytest.mark.parametrize("titles", ["", ",", ",notes", ",,", ",,,"])
@pytest.mark.parametrize("answer", ["-1,0000", "0,25", "\u22120,25", "3,2e-5"])
def test_a_decimal_comma_without_quotes_is_never_cut(tmp_path: Path, titles: str, answer: str) -> None:
    """Where it makes a cell too many, or looks like what stands beside the sheet; the row is told and not read."""
    for behind in ("", ",", ",,"):
        sheet = read_answers(
            written(tmp_path, HEADER + titles, *rows(f"0.5{titles.replace('notes', '')}", answer + behind))
        )
        assert read(sheet) == {"z0": 0.5}
        (problem,) = [one for one in sheet.problems if one.reason != "extra_columns"]
        assert (problem.line, problem.reason) == (3, "wrong_columns")
        assert "decimal comma" in problem.detail
        assert "semicolons" in problem.detail


def test_a_number_beside_a_number_is_no_decimal_comma(tmp_path: Path) -> None:
    """With a point in it, or between semicolons, an answer is whole."""
    sheet = read_answers(written(tmp_path, f"{HEADER},", *rows("0.5,25", "2,x", "2,0.5", ",25", "-3,")))
    assert read(sheet) == {"z0": 0.5, "z1": 2, "z2": 2, "z3": "blank", "z4": -3}
    lines = [line.replace(",", ";") for line in (f"{HEADER},", *rows("0,25", "-1,"))]
    assert read(read_answers(written(tmp_path, *lines))) == {"z0": 0, "z1": -1}


def test_notes_below_and_beside_the_table_are_no_rows(tmp_path: Path) -> None:
    """A line with nothing in the sheet's columns is nobody's."""
    sheet = read_answers(
        written(tmp_path, f"{HEADER},,", *rows("0.5,,"), ",,,,,,,sum,9", ",,,,,,,,,,far away", '"",,,,,,,x')
    )
    assert (read(sheet), told(sheet)) == ({"z0": 0.5}, [(1, "extra_columns")])


@pytest.mark.parametrize("more", [",answer", ",x,Student", ",, Field "])
def test_a_column_of_the_sheet_that_is_there_twice_is_refused(tmp_path: Path, more: str) -> None:
    """Which of the two counts is not guessed."""
    with pytest.raises(AnswersError, match="more than once"):
        read_answers(written(tmp_path, HEADER + more, *rows("1,2,3")))


def test_columns_of_the_key_make_a_key(tmp_path: Path) -> None:
    """Beside others, too: a key is not marked as if somebody had handed it in."""
    (tmp_path / "in").mkdir()
    written(tmp_path / "in", f"{HEADER},quantity,notes", *rows("1,z,x"))
    with pytest.raises(AnswersError, match="the file is a key"):
        read_submissions(tmp_path / "in")


def test_nameless_columns_beside_a_wide_table_are_told(tmp_path: Path) -> None:
    """Rows may be shorter by those, and scratch below the table is no student."""
    lines = ["student,z1,,z2,,", "a,1,x,2", "b,3,,4,,9", "c,5,,6,,,,", ",,x,,,y", "d,7"]
    sheet = read_answers(written(tmp_path, *lines))
    found = {(row.student, row.field): row.answer for row in sheet.rows}
    assert found == {
        ("a", "z1"): "1",
        ("a", "z2"): "2",
        ("b", "z1"): "3",
        ("b", "z2"): "4",
        ("c", "z1"): "5",
        ("c", "z2"): "6",
    }
    assert told(sheet) == [(1, "extra_columns"), (6, "wrong_columns")]
    assert sheet.problems[0].detail == "3 columns without a name were passed over"


def test_scratch_in_a_spreadsheet_is_told(tmp_path: Path) -> None:
    """Beside long and wide sheets, and with a title above them."""
    long: list[list[Cell]] = [
        [*HEADER.split(","), "", "try"],
        ["e", "7", "s1", "Q1", "z1", "", 0.5, "", 9.0],
        ["", "", "", "", "", "", "", "x"],
    ]
    sheet = read_answers(write_xlsx(tmp_path / "s.xlsx", [["My sheet"], *long]))
    assert (read(sheet), told(sheet)) == ({"z1": 0.5}, [(2, "lines_above"), (2, "extra_columns")])
    assert sheet.problems[1].detail == 'the column "try" and 1 column without a name were passed over'
    sheet = read_answers(write_xlsx(tmp_path / "s.xlsx", [["student", "z1", "", ""], ["a", 1.0, "", 2.0]]))
    assert (read(sheet), told(sheet)) == ({"z1": 1}, [(1, "extra_columns")])


@pytest.mark.parametrize("header", [HEADER, HEADER.replace(",", ";"), "student,z1"])
def test_lines_above_the_header_are_passed_over(tmp_path: Path, header: str) -> None:
    """A title, a name and a date do not keep the sheet from being read; they are told."""
    row = "s1,0.5" if header == "student,z1" else rows("0.5")[0]
    row = row.replace(",", ";") if ";" in header else row
    above = ["Homework 3", "", "Name: Ada, Lovelace", "12.3.2024;x"]
    sheet = read_answers(written(tmp_path, *above, header, row))
    assert list(read(sheet).values()) == [0.5]
    assert told(sheet) == [(5, "lines_above")]
    assert sheet.problems[0].detail == "3 lines above the header were passed over"


def test_the_header_is_looked_for_among_the_first_lines(tmp_path: Path) -> None:
    """The twentieth line may be it, the next one may not."""
    assert read(read_answers(written(tmp_path, *["title"] * 19, HEADER, *rows("1")))) == {"z0": 1}
    for above in (["title"] * 20, ["id,name", "1,row"]):
        with pytest.raises(AnswersError, match="line 1: the header lacks"):
            read_answers(written(tmp_path, *above, *["x"] * 18, HEADER, *rows("1")))


def test_a_misspelled_header_below_a_title_is_named(tmp_path: Path) -> None:
    """The line that comes nearest is the one that is told."""
    with pytest.raises(AnswersError, match=r'line 2: the header lacks "answer"; .*"anwser".*Did you mean "answer"'):
        read_answers(written(tmp_path, "student Ada, exam e", HEADER.replace("answer", "anwser"), *rows("1")))
    table: list[list[Cell]] = [["student"], [*HEADER.split(",")[:-1], "anwser"], ["e"] * 7]
    with pytest.raises(AnswersError, match=r'line 2: the header lacks "answer"; .*Did you mean "answer"'):
        read_answers(write_xlsx(tmp_path / "s.xlsx", [["x"]], more={"T": table}))
