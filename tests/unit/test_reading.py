"""Answer sheets and rosters as they come in: other delimiters and encodings, slips, and files made to do harm."""

import csv
import os
import re
import time
import tracemalloc
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from examgen.errors import AnswersError
from examgen.marking.reading import class_sheets
from examgen.marking.reading.answers import AnswerRow
from examgen.marking.reading.class_sheets import Answers, AnswerSheet, read_answers, read_files, read_submissions
from examgen.marking.reading.problems import MAX_PROBLEMS, PROBLEMS
from examgen.marking.reading.typed.typed_numbers import Number, Unreadable
from examgen.tables.csv_tables import Limits, read_table

HEADER = "exam,variant,student,question,field,symbol,answer"
SYMBOL = "\u2202L/\u2202w\u2081"


def entry(student: str = "s1", field: str = "z1", answer: str = "0.5", variant: str = "7", question: str = "Q1") -> str:
    return f"exam-7,{variant},{student},{question},{field},{SYMBOL},{answer}"


def written(folder: Path, *rows: str, header: str = HEADER, end: str = "\n", name: str = "answers.csv") -> Path:
    path = folder / name
    path.write_bytes((end.join([header, *rows]) + end).encode())
    return path


def numbers(sheet: AnswerSheet) -> list[float | str]:
    return [row.parsed.value if isinstance(row.parsed, Number) else row.parsed.reason for row in sheet.rows]


def told(sheet: AnswerSheet) -> list[tuple[int, str]]:
    assert all(problem.reason in PROBLEMS for problem in sheet.problems)
    return [(problem.line, problem.reason) for problem in sheet.problems]


def noticed(answers: Answers) -> list[tuple[str, str]]:
    assert all(notice.kind in PROBLEMS for notice in answers.notices)
    return [(notice.kind, notice.student) for notice in answers.notices]


def test_row_is_read_as_written(tmp_path: Path) -> None:
    """A row keeps its line and its raw answer; names lose the spaces around them."""
    path = written(tmp_path, " exam-7 , 7,S 1\u00a0, Q1 ,z1,z, 0.50 ")
    (row,) = read_answers(path).rows
    assert row == AnswerRow(2, "exam-7", "7", "S 1", "Q1", "z1", " 0.50 ", Number(0.5, 2, 2))


def test_one_file_holds_many_students(tmp_path: Path) -> None:
    """Rows of all students stay in the file's order, and what is unreadable or blank stops nothing."""
    sheet = read_answers(written(tmp_path, entry("b", answer="1"), entry("a", answer="x"), entry("c", answer="")))
    assert [row.student for row in sheet.rows] == ["b", "a", "c"]
    assert numbers(sheet) == [1.0, "not_a_number", "blank"]
    assert sheet.problems == ()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_spelling_of_the_file_changes_nothing(tmp_path: Path, delimiter: str, end: str, encoding: str) -> None:
    """Delimiter, line ends, encoding and byte order mark are the spreadsheet's affair."""
    plain = [HEADER, entry(answer="0.25"), entry(field="z2", answer="-1e-3")]
    path = tmp_path / "answers.csv"
    path.write_bytes((end.join(plain) + end).replace(",", delimiter).encode(encoding))
    sheet = read_answers(path)
    assert numbers(sheet) == [0.25, -0.001]
    assert (sheet.delimiter, sheet.problems) == (delimiter, ())


def test_big_endian_mark_is_known(tmp_path: Path) -> None:
    """UTF-16 with the other byte order mark is read too."""
    path = tmp_path / "answers.csv"
    path.write_bytes(b"\xfe\xff" + f"{HEADER}\n{entry()}\n".encode("utf-16-be"))
    assert numbers(read_answers(path)) == [0.5]


@pytest.mark.parametrize(
    "header",
    [
        " Exam, VARIANT ,student,question,field,symbol,Answer ",
        '"exam","variant","student","question","field","symbol","answer"',
        "sep=,\nexam,variant,student,question,field,symbol,answer",
        "\n\n,,,\nexam,variant,student,question,field,symbol,answer",
    ],
)
def test_header_may_be_spelled_loosely(tmp_path: Path, header: str) -> None:
    """Case, spaces and quotes in the header are free, and lines that are blank or name the delimiter may precede it."""
    assert numbers(read_answers(written(tmp_path, entry(), header=header))) == [0.5]


def test_columns_come_in_any_order(tmp_path: Path) -> None:
    """Columns are found by their names."""
    path = written(tmp_path, "0.5;z1;Q1;s1;;7;exam", header="answer;field;question;student;symbol;variant;exam")
    (row,) = read_answers(path).rows
    assert (row.student, row.variant, row.exam, row.field, row.answer) == ("s1", "7", "exam", "z1", "0.5")


def test_sep_line_names_no_other_delimiter(tmp_path: Path) -> None:
    """The delimiter is the header's own, whatever a `sep=` line says."""
    sheet = read_answers(written(tmp_path, entry(), header=f"sep=;\n{HEADER}"))
    assert (sheet.delimiter, numbers(sheet)) == (",", [0.5])
    assert sheet.rows[0].line == 3


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (HEADER.replace("answer", "anwser"), ['lacks "answer"', 'unknown "anwser"', 'Did you mean "answer"?']),
        ("exam,variant", ['lacks "student", "question", "field", "symbol", "answer"', "line 1"]),
        (HEADER + ",answer", ['"answer" more than once']),
        (HEADER + ",notes,,Answer", ['"answer" more than once']),
        ("student,question,field,reference", ["lacks"]),
        (HEADER.replace("answer", "\x1b[31m\u202e"), [r"\x1b[31m\u202e"]),
    ],
)
def test_wrong_header_is_named(tmp_path: Path, header: str, words: list[str]) -> None:
    """The message names the columns that are missing, unknown or there twice, on one harmless line."""
    with pytest.raises(AnswersError) as told:
        read_answers(written(tmp_path, entry(), header=header))
    assert all(word in str(told.value) for word in words)
    assert str(told.value).isprintable()


def test_columns_of_the_key_are_allowed(tmp_path: Path) -> None:
    """A sheet in the form of the key is read as a sheet; what the key says behind the answer changes nothing."""
    (row,) = read_answers(written(tmp_path, entry() + ",z,1,9", header=HEADER + ",quantity,layer,marks")).rows
    assert (row.student, row.field, row.parsed) == ("s1", "z1", Number(0.5, 1, 1))


def test_row_of_another_width_costs_only_itself(tmp_path: Path) -> None:
    """A decimal comma between commas is one cell too many: the row is named, and the others are read."""
    sheet = read_answers(written(tmp_path, entry(answer="0,5"), "s1", entry(field="z2")))
    assert told(sheet) == [(2, "wrong_columns"), (3, "wrong_columns")]
    assert "8 cells" in sheet.problems[0].detail
    assert [row.field for row in sheet.rows] == ["z2"]


def test_blank_lines_are_passed_over(tmp_path: Path) -> None:
    """Empty lines, and the empty rows that spreadsheets leave, are no rows; line numbers still count them."""
    sheet = read_answers(written(tmp_path, "", "   ", ",,,,,,", ",,", entry(), "", ""))
    assert [row.line for row in sheet.rows] == [6]
    assert sheet.problems == ()


def test_quoted_cells_follow_the_rules_of_csv(tmp_path: Path) -> None:
    """Delimiters, doubled quotes and line breaks within quotes belong to the cell."""
    cells = ["exam", "7", 'O"Neil, J.', "Q1", "z1", "a,b", "0.5\n0.6"]
    path = tmp_path / "answers.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEADER.split(","), cells, [*cells[:4], "z2", "", '5"']])
    first, second = read_answers(path).rows
    assert (first.student, first.answer, first.parsed) == ('O"Neil, J.', "0.5\n0.6", Unreadable("control_char"))
    assert (second.line, second.answer) == (4, '5"')


@pytest.mark.parametrize("answer", ['"0.5', '"', '"0.5""', '"0.5"x', '"0.5" '])
@pytest.mark.parametrize("later", ["0.7", '"0.7"', '0.7"', '"0.7'])
def test_open_quote_swallows_no_other_row(tmp_path: Path, answer: str, later: str) -> None:
    """A quote that is not closed, or closed too early, costs its own row, whatever quotes come later in the class."""
    rows = [entry("s1", answer=answer), entry("s2"), entry("s3", answer=later), entry("s4"), entry("s5")]
    sheet = read_answers(written(tmp_path, *rows))
    assert sheet.problems[0].line == 2
    assert sheet.problems[0].reason in {"open_quote", "after_quote"}
    assert [row.student for row in sheet.rows if row.student != "s3"] == ["s2", "s4", "s5"]
    assert all("\n" not in row.answer for row in sheet.rows)


def test_open_quote_in_the_last_row_is_told(tmp_path: Path) -> None:
    """The end of the file does not close a quote."""
    assert told(read_answers(written(tmp_path, entry(), entry("s2", answer='"0.5')))) == [(3, "open_quote")]


def test_identical_repeat_is_kept_once(tmp_path: Path) -> None:
    """The same answer twice is one answer, and it is told."""
    answers = read_submissions(written(tmp_path, entry(answer="0.5"), entry("s2"), entry(answer=" 0.5")))
    [sheet] = answers.sheets
    assert [(row.line, row.student) for row in sheet.rows] == [(2, "s1"), (3, "s2")]
    assert numbers(sheet) == [0.5, 0.5]
    assert (told(sheet), noticed(answers)) == ([], [("repeated", "s1")])
    assert "answers.csv (lines 2, 4): Q1 z1" in answers.notices[0].text


@pytest.mark.parametrize(
    "answers", [("0.5", "0.6"), ("0.5", "0.50"), ("0.5", "5e-1"), ("x", "y"), ("0.5", "0.5", "0.6"), ("0.5", "", "x")]
)
def test_different_repeat_counts_for_nothing(tmp_path: Path, answers: tuple[str, ...]) -> None:
    """Which of two answers was meant is not guessed, in either order; one notice names the student, file and entry."""
    for order in (answers, answers[::-1]):
        found = read_submissions(written(tmp_path, *(entry(answer=answer) for answer in order), entry("s2")))
        [sheet] = found.sheets
        assert [(row.student, row.parsed) for row in sheet.rows] == [
            ("s1", Unreadable("duplicate")),
            ("s2", Number(0.5, 1, 1)),
        ]
        assert (told(sheet), noticed(found)) == ([], [("contradiction", "s1")])
        text = found.notices[0].text
        assert text.startswith("student 's1' handed in different answers for 1 entry in ")
        assert all(words in text for words in ("answers.csv (lines 2, ", ": Q1 z1;", "count as unreadable", "--latest"))


@pytest.mark.parametrize("empty", ["", " ", "\u00a0"])
def test_an_empty_cell_gives_way_to_a_filled_one(tmp_path: Path, empty: str) -> None:
    """Nothing beside something contradicts nothing, in whichever order they come and whatever the other answers are."""
    for order in ((empty, "0.6"), ("0.6", empty), (empty, "0.6", empty)):
        found = read_submissions(written(tmp_path, *(entry(answer=answer) for answer in order), entry("s1", "z2")))
        assert [(row.field, row.parsed) for row in found.sheets[0].rows] == [
            ("z1", Number(0.6, 1, 1)),
            ("z2", Number(0.5, 1, 1)),
        ]
        assert found.notices == ()


def test_the_first_places_of_a_repeat_are_named(tmp_path: Path) -> None:
    """Three lines and three entries of each student, and whether there are more."""
    rows = [*[entry("a")] * 3, *(entry("b", f"z{n % 5}") for n in range(10))]
    first, second = read_submissions(written(tmp_path, *rows)).notices
    assert first.text.endswith(
        "1 entry again with the same answers in " + f"{tmp_path}/answers.csv (lines 2, 3, 4): Q1 z1"
    )
    assert second.text.endswith(f"{tmp_path}/answers.csv (lines 5, 6, 7, …): Q1 z0, Q1 z1, Q1 z2 and 2 more")
    assert [notice.count for notice in (first, second)] == [3, 10]


def test_of_many_repeats_each_student_is_told_once(tmp_path: Path) -> None:
    """However many entries there are, one notice of each student says it, and the disputed ones come first."""
    rows = [entry(student, f"z{n}", f"{n}") for student in ("s1", "s2") for n in range(MAX_PROBLEMS + 2)]
    again = [row if place % 2 or "s2" in row else row + "9" for place, row in enumerate(rows)]
    answers = read_submissions(written(tmp_path, *rows, *again))
    assert noticed(answers) == [("contradiction", "s1"), ("repeated", "s2")]
    assert f"for {(MAX_PROBLEMS + 2) // 2:,} entries in" in answers.notices[0].text
    assert f" handed in {MAX_PROBLEMS + 2:,} entries again" in answers.notices[1].text
    assert told(answers.sheets[0]) == []


def test_rows_without_student_belong_to_their_variant(tmp_path: Path) -> None:
    """Where no student is named, the variant says whose entry it is; where a student is named, it does not."""
    sheet = read_answers(written(tmp_path, entry("", variant="7"), entry("", variant="8"), entry("", variant="7")))
    assert [row.variant for row in sheet.rows] == ["7", "8"]
    sheet = read_answers(written(tmp_path, entry("s1", variant="7"), entry("s1", variant="8", answer="1")))
    assert numbers(sheet) == ["duplicate"]


def test_student_ids_are_compared_exactly(tmp_path: Path) -> None:
    """007, 7, '7 and a look-alike letter are four students."""
    ids = ["007", "7", "'7", "S", "\u0405", "s"]
    sheet = read_answers(written(tmp_path, *(entry(student) for student in ids)))
    assert [row.student for row in sheet.rows] == ids


def test_rows_that_name_nobody_are_told(tmp_path: Path) -> None:
    """A row without student and variant is kept, and reported once for the file."""
    sheet = read_answers(written(tmp_path, entry("", variant=""), entry("", field="z2", variant="")))
    assert (len(sheet.rows), told(sheet)) == (2, [(2, "nameless")])
    assert sheet.problems[0].detail.endswith("the first in line 2")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_decimal_mark_is_found_for_each_student(tmp_path: Path, delimiter: str) -> None:
    """Cells with a comma and cells with a point are read as what they are, whatever stands between cells.

    Only where the mark may set thousands apart do the other cells of the student decide, and nobody else's.
    """
    typed = {
        "de": {"0,5": 0.5, "2": 2.0, "1,234": 1.234, "1.234,5": "grouping", "n.a.": "placeholder"},
        "us": {"0.5": 0.5, "1.234": 1.234, "1,234": "ambiguous_mark"},
        "mix": {"0,5": 0.5, "0.5": 0.5, "1.234": "ambiguous_mark", "1,234": "ambiguous_mark"},
        "int": {"3": 3.0, "1.234": 1.234, "1,234": "ambiguous_mark"},
    }
    path = tmp_path / "answers.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(HEADER.split(","))
        writer.writerows(
            ["exam-7", "7", student, "Q1", f"z{n}", "", text]
            for student, cells in typed.items()
            for n, text in enumerate(cells)
        )
    sheet = read_answers(path)
    assert numbers(sheet) == [value for cells in typed.values() for value in cells.values()]
    assert sheet.decimal_comma == ("de", "mix")


def test_the_decimal_mark_may_be_said(tmp_path: Path) -> None:
    """A mark that the instructor states holds for all, and nothing is ambiguous any more."""
    path = written(tmp_path, entry(answer='"0,5"'), entry("s2", answer='"1,234"'), entry("s3", answer="1.234"))
    assert numbers(read_answers(path)) == [0.5, "ambiguous_mark", 1.234]
    assert numbers(read_answers(path, decimal=",")) == [0.5, 1.234, "wrong_decimal_mark"]
    assert numbers(read_answers(path, decimal=".")) == ["comma", "comma", 1.234]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n\n \n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"PK\x03\x04rest", "spreadsheet"),
        (b"title\ne,7,s,Q,z,\xe9,1\n", "line 2, byte 17: is not UTF-8"),
        (b"\xff\xd8\xff\xe0", "is a picture"),
        (b"<!DOCTYPE html><table><tr><td>exam", "is a web page"),
        (HEADER.encode("utf-16") + b"\x00", "is not UTF-16"),
        (HEADER.encode("utf-16") + b"\x00\xd8\x41\x00", "is not UTF-16"),
        (HEADER.encode("utf-16-le")[:-1], "is not UTF-16"),
        (HEADER.encode("utf-32"), "UTF-32"),
        (HEADER.encode("utf-32-be"), "UTF-32"),
        (b"\x00" * 5000, "header"),
        (bytes(range(1, 128)) * 50, "header"),
    ],
)
def test_unusable_file_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    """What is no text with the header of an answer sheet is refused with the place and the reason."""
    path = tmp_path / "answers.csv"
    path.write_bytes(content)
    with pytest.raises(AnswersError, match=words) as told:
        read_answers(path)
    assert str(path) in str(told.value)


def test_header_alone_is_told(tmp_path: Path) -> None:
    """A sheet with nothing in it is read, and reported."""
    sheet = read_answers(written(tmp_path))
    assert (sheet.rows, told(sheet)) == ((), [(0, "no_rows")])


def test_other_than_regular_files_are_refused(tmp_path: Path) -> None:
    """A pipe, a device, a folder, a missing file and an impossible name are refused without waiting."""
    pipe = tmp_path / "answers.csv"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero"), tmp_path, tmp_path / "missing.csv", Path("a\0b.csv")):
        with pytest.raises(AnswersError):
            read_answers(path)


def test_nul_costs_its_own_cell_or_row(tmp_path: Path) -> None:
    """A NUL in an answer makes the answer unreadable; in a name, the row is reported and not read."""
    sheet = read_answers(written(tmp_path, entry(answer="1\0"), entry("s\0"), entry("s2")))
    assert numbers(sheet) == ["control_char", 0.5]
    assert told(sheet) == [(3, "control_char")]


@pytest.mark.parametrize(
    ("row", "reason", "is_read"),
    [
        ("s1,Q1", "wrong_columns", False),
        (entry("s\0"), "control_char", False),
        (entry(answer="9" * 21), "too_long", True),
    ],
)
def test_of_many_broken_rows_so_many_are_told(tmp_path: Path, row: str, reason: str, is_read: bool) -> None:
    """Up to the limit each with its line, then how many more there are; what is left of them is read all the same."""
    for more in (0, 1, 2):
        rows = [*[row] * (MAX_PROBLEMS + more), entry("t")]
        answers = read_submissions(written(tmp_path, *rows), limits=Limits(max_field=20))
        [sheet] = answers.sheets
        extra = [(0, "more_problems")] * (more > 0)
        assert told(sheet) == [*((line, reason) for line in range(2, 2 + MAX_PROBLEMS)), *extra]
        assert not more or f"{more} more" in sheet.problems[MAX_PROBLEMS].detail
        assert len(sheet.rows) == 1 + is_read
        assert noticed(answers) == [("repeated", "s1")] * is_read


def test_a_row_is_judged_by_its_own_problem_when_no_more_are_told(tmp_path: Path) -> None:
    """Behind very many rows of one sort, one of the other is read, or left out and counted once, as anywhere."""
    long, nameless = entry("t", answer="9" * 21), entry("s\0", answer="9" * 21)
    sheet = read_answers(written(tmp_path, *[nameless] * MAX_PROBLEMS, long), limits=Limits(max_field=20))
    assert [row.student for row in sheet.rows] == ["t"]
    assert numbers(sheet) == ["too_long"]
    sheet = read_answers(written(tmp_path, *[long] * MAX_PROBLEMS, nameless), limits=Limits(max_field=20))
    assert [row.student for row in sheet.rows] == ["t"]
    assert "1 more" in sheet.problems[MAX_PROBLEMS].detail


def test_rows_keep_their_order_however_they_are_written(tmp_path: Path) -> None:
    """Rows over two lines, with long answers and with control characters stand between plain ones."""
    rows = [entry("a\0"), entry("b"), entry("c", answer='"1\n2"'), entry("d"), entry("e", answer="9" * 21)]
    rows += [entry("f"), entry("g\0", answer="9" * 21), entry("h", answer='"0.5"')]
    sheet = read_answers(written(tmp_path, *rows), limits=Limits(max_field=20))
    assert [(row.line, row.student) for row in sheet.rows] == [
        (3, "b"),
        (4, "c"),
        (6, "d"),
        (7, "e"),
        (8, "f"),
        (10, "h"),
    ]
    assert numbers(sheet) == [0.5, "control_char", 0.5, "too_long", 0.5, 0.5]
    assert told(sheet) == [(2, "control_char"), (7, "too_long"), (9, "control_char")]
    assert [problem.student for problem in sheet.problems] == ["", "e", ""]


def test_long_answer_stays_with_its_student(tmp_path: Path) -> None:
    """A cell beyond the limit, even of ten megabytes, is unreadable for the one who wrote it; its kept text is cut."""
    for size in (10_001, 10_000_000):
        sheet = read_answers(written(tmp_path, entry(answer="9" * size), entry("s2")))
        assert numbers(sheet) == ["too_long", 0.5]
        assert [len(row.answer) for row in sheet.rows] == [10_000, 3]
        assert [(p.student, p.field, p.reason) for p in sheet.problems] == [("s1", "z1", "too_long")]


def test_long_name_is_not_read(tmp_path: Path) -> None:
    """A student id beyond the limit names nobody: the row is reported and not read."""
    sheet = read_answers(written(tmp_path, entry("x" * 10_001), entry("x" * 700_000), entry("s2")))
    assert told(sheet) == [(2, "too_long"), (3, "too_long")]
    assert [row.student for row in sheet.rows] == ["s2"]


def test_cut_name_is_not_taken_for_a_name(tmp_path: Path) -> None:
    """Where a line is cut within its last name, the answer before it is not given to the name's first half."""
    header = "answer,exam,variant,student,question,symbol,field"
    path = written(tmp_path, "9" * 56 + ",e,7,s1,Q1,,z123", "1,e,7,s1,Q1,,z1", header=header)
    sheet = read_answers(path, limits=Limits(max_field=10, max_columns=7))
    assert numbers(sheet) == [1.0]
    assert [(problem.line, problem.reason, problem.field) for problem in sheet.problems] == [(2, "too_long", "")]


HOSTILE = {
    "one huge line": HEADER + "\n" + "x" * 10_000_000,
    "huge quoted cell": HEADER + "\n" + entry(answer='"' + "9" * 10_000_000 + '"'),
    "quoted line breaks": HEADER + "\n" + entry(answer='"' + "\n" * 100_000 + '"'),
    "a million cells": HEADER + "\n" + "," * 1_000_000,
    "half a million cells": HEADER + "\n" + '"x",' * 200_000,
    "quotes only": HEADER + "\n" + '"' * 3_000_000,
    "each line opens a quote": HEADER + "\n" + 'a","\n' * 50_000,
    "each line opens two": HEADER + "\n" + '",","\n' * 50_000,
    "long look ahead": HEADER + "\n" + ('"\n' + '""\n' * 3_000) * 20,
    "garbage rows": HEADER + "\n" + "x\n" * 50_000,
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_file_is_survived(tmp_path: Path, content: str) -> None:
    """Files made to use up time or memory cost little of both, and the honest row behind them is read."""
    path = tmp_path / "answers.csv"
    path.write_text(content + "\n" + entry("honest") + "\n", encoding="utf-8")
    begin = time.process_time()
    sheet = read_answers(path)
    assert time.process_time() - begin < 2.0
    assert sheet.rows[-1].student == "honest"
    assert sheet.problems
    assert len(sheet.problems) <= MAX_PROBLEMS + 1


def test_memory_is_bounded_by_the_file(tmp_path: Path) -> None:
    """Reading a line of a million cells takes no more than a few times the bytes of the file."""
    path = tmp_path / "answers.csv"
    path.write_text(HEADER + "\n" + "," * 3_000_000 + "\n", encoding="utf-8")
    tracemalloc.start()
    read_answers(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40_000_000


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(max_bytes=50), "at most 50"),
        (Limits(max_rows=2), "more than 2 rows"),
        (Limits(max_columns=6), "at most 6"),
        (Limits(max_columns=1, max_field=10), "longer than 10 characters"),
    ],
)
def test_limit_is_named(tmp_path: Path, limits: Limits, words: str) -> None:
    """A file beyond a limit is refused, and the message says the limit."""
    path = written(tmp_path, entry("a"), entry("b"), entry("c"), entry("d"))
    with pytest.raises(AnswersError, match=words):
        read_answers(path, limits=limits)


def test_limits_may_be_reached(tmp_path: Path) -> None:
    """As many bytes, rows, columns and characters as allowed are allowed."""
    path = written(tmp_path, entry("a", answer="9" * 20), entry("b"))
    limits = Limits(max_bytes=path.stat().st_size, max_rows=2, max_field=20, max_columns=7)
    assert numbers(read_answers(path, limits=limits)) == [99999999999999999999.0, 0.5]


def test_global_csv_limit_is_left_alone(tmp_path: Path) -> None:
    """Reading depends on no setting of the csv module and changes none."""
    before = csv.field_size_limit(5)
    try:
        assert numbers(read_answers(written(tmp_path, entry(answer='"0.123456789"')))) == [0.123456789]
        assert csv.field_size_limit() == 5
    finally:
        csv.field_size_limit(before)


def test_folder_is_read_in_order_of_names(tmp_path: Path) -> None:
    """All tables below a folder are read, sorted; hidden ones are not."""
    for name in ("b/answers.csv", "a/answers.CSV", "c.csv", ".hidden.csv", ".git/d.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        written(tmp_path, entry(name), name=name)
    sheets = read_submissions(tmp_path).sheets
    assert [sheet.rows[0].student for sheet in sheets] == ["a/answers.CSV", "b/answers.csv", "c.csv"]
    assert all(sheet.problems == () for sheet in sheets)


def test_unusable_files_in_a_folder_stop_nothing(tmp_path: Path) -> None:
    """Other tables, damaged files, pipes and links become problems under their names; the rest is read."""
    written(tmp_path, entry(), name="good.csv")
    written(tmp_path, "s1,Q1", name="results.csv", header="student,question")
    (tmp_path / "latin.csv").write_bytes(b"\xe9")
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "link.csv").symlink_to(tmp_path / "good.csv")
    (tmp_path / "loop").symlink_to(tmp_path)
    sheets = read_submissions(tmp_path).sheets
    assert {sheet.path.name: told(sheet) for sheet in sheets} == {
        "good.csv": [],
        "latin.csv": [(0, "unusable_file")],
        "link.csv": [(0, "link")],
        "loop": [(0, "link")],
        "pipe.csv": [(0, "unusable_file")],
        "results.csv": [(0, "unusable_file")],
    }
    assert numbers(sheets[0]) == [0.5]


def test_repeats_are_found_across_files(tmp_path: Path) -> None:
    """The same entry with the same answer in two files is one entry, and both files are named."""
    written(tmp_path, entry("s1"), entry("s2"), name="a.csv")
    written(tmp_path, entry("s2"), entry("s3"), name="b.csv")
    answers = read_submissions(tmp_path)
    first, second = answers.sheets
    assert (numbers(first), numbers(second)) == ([0.5, 0.5], [0.5])
    assert noticed(answers) == [("repeated", "s2")]
    assert re.search(r"a\.csv \(line 3\), .*b\.csv \(line 2\): Q1 z1$", answers.notices[0].text)
    assert second.rows[0].student == "s3"


def test_who_is_put_together_from_several_files_is_told(tmp_path: Path) -> None:
    """Where answers of them count; empty sheets and copies put nobody together."""
    written(tmp_path, entry("s1"), entry("s2"), entry("s3"), entry("s4", answer=""), name="a.csv")
    written(tmp_path, entry("s1", "z2"), entry("s2"), entry("s3", "z2", ""), entry("s4", "z2"), name="b.csv")
    written(tmp_path, entry("s1", "z3"), entry("", "z1"), name="c.csv")
    answers = read_submissions(tmp_path)
    assert noticed(answers) == [("repeated", "s2"), ("several_files", "s1")]
    files = ", ".join(f"{tmp_path}/{name}.csv" for name in "abc")
    assert answers.notices[1].text == f"student 's1' has answers in 3 files: {files}"


def test_a_student_who_hands_in_two_answers_stops_nobody(tmp_path: Path) -> None:
    """Different answers in two files are unreadable; a notice names the student, both files, and the way out."""
    written(tmp_path, entry("s1"), entry("s1", "z2"), entry("s2"), name="a.csv")
    written(tmp_path, entry("s1", answer="9"), entry("s3"), name="b.csv")
    answers = read_submissions(tmp_path)
    assert [numbers(sheet) for sheet in answers.sheets] == [["duplicate", 0.5, 0.5], [0.5]]
    assert noticed(answers) == [("contradiction", "s1")]
    assert re.search(
        r"student 's1' .*a\.csv \(line 2\), .*b\.csv \(line 2\): Q1 z1; .*--latest", answers.notices[0].text
    )


def test_of_many_contradictions_each_student_is_told(tmp_path: Path) -> None:
    """One notice for each of a class, each of them short."""
    for name, answer in (("a.csv", "1"), ("b.csv", "2")):
        written(tmp_path, *(entry(f"s{n:03}", f"z{m}", answer) for n in range(100) for m in range(9)), name=name)
    answers = read_submissions(tmp_path)
    assert noticed(answers) == [("contradiction", f"s{n:03}") for n in range(100)]
    assert max(len(notice.text) - 2 * len(str(tmp_path)) for notice in answers.notices) < 300
    assert {row.parsed for row in answers.sheets[0].rows} == {Unreadable("duplicate")}


@pytest.mark.parametrize("newest", ["a.csv", "b.csv"])
def test_latest_takes_the_newest_file(tmp_path: Path, newest: str) -> None:
    """All entries of the newest file count and none of the older one, and who is told of it; others are untouched."""
    old = written(tmp_path, entry("s1"), entry("s1", "z2"), entry("s2"), name="a.csv")
    new = written(tmp_path, entry("s1", answer="9"), entry("s1", "z3"), entry("s3"), name="b.csv")
    os.utime(old, (1_000_000, 1_000_000 + (newest == "a.csv")))
    os.utime(new, (1_000_000, 1_000_000 + (newest == "b.csv")))
    answers = read_submissions(tmp_path, latest=True)
    found = {(row.student, row.field): row.answer for sheet in answers.sheets for row in sheet.rows}
    mine = {"a.csv": {"z1": "0.5", "z2": "0.5"}, "b.csv": {"z1": "9", "z3": "0.5"}}[newest]
    assert found == {**{("s1", field): text for field, text in mine.items()}, ("s2", "z1"): "0.5", ("s3", "z1"): "0.5"}
    assert [(notice.kind, notice.student, notice.count) for notice in answers.notices] == [("latest", "s1", 2)]
    older = {"a.csv": "b.csv", "b.csv": "a.csv"}[newest]
    assert answers.notices[0].text.index(newest) < answers.notices[0].text.index(older)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_latest_takes_the_last_row_of_a_file(tmp_path: Path, order: tuple[int, ...]) -> None:
    """Where an entry is a row, the last row of each entry that differs or not; other students keep theirs."""
    rows = [[entry(answer=f"{n}"), entry("s1", "z2"), entry("s1", f"y{n}")] for n in order]
    answers = read_submissions(written(tmp_path, *chain(*rows), entry("s2")), latest=True)
    found = {(row.student, row.field): row.answer for row in answers.sheets[0].rows}
    mine = {"z1": f"{order[-1]}", "z2": "0.5", "y0": "0.5", "y1": "0.5", "y2": "0.5"}
    assert found == {**{("s1", field): text for field, text in mine.items()}, ("s2", "z1"): "0.5"}
    assert noticed(answers) == [("latest", "s1")]
    assert "is in " in answers.notices[0].text
    assert "more than once; the last answers were marked, not line 2, 3, 5" in answers.notices[0].text


def test_what_is_less_surely_a_students_and_disagrees_is_passed_over(tmp_path: Path) -> None:
    """As a whole file, for that student only; what does not disagree stays, and so do entries of equal standing."""
    written(tmp_path, entry("s1"), entry("s1", "z2"), entry("s1", "z2", "8"), entry("s2"), name="a.csv")
    written(tmp_path, entry("s1", answer="9"), entry("s1", "y1"), entry("s2", "y2"), name="b.csv")
    written(tmp_path, entry("s1", "y3"), entry("s1", "z2", "8"), name="c.csv")
    files = read_files(tmp_path)
    standing = np.array([3, 3, 3, 3, 2, 2, 2, 3, 3], dtype=np.int8)
    answers = replace(files, standing=standing).with_numbers().once()
    found = {(row.student, row.field): row.parsed for sheet in answers.sheets for row in sheet.rows}
    number = Number(0.5, 1, 1)
    assert found == {
        **{("s1", "z1"): number, ("s1", "z2"): Unreadable("duplicate"), ("s1", "y3"): number},
        **{("s2", "z1"): number, ("s2", "y2"): number},
    }
    several = [("several_files", "s1"), ("several_files", "s2")]
    assert noticed(answers) == [("not_own", "s1"), ("contradiction", "s1"), *several]
    assert re.search(
        r"student 's1': .*/a\.csv, .*/c\.csv counts, and not .*/b\.csv, less surely", answers.notices[0].text
    )


def test_of_equally_new_files_the_last_name_counts(tmp_path: Path) -> None:
    """Files unpacked in the same second are told apart by their names."""
    for name in ("a.csv", "c.csv", "b.csv"):
        os.utime(written(tmp_path, entry(answer=f"0.{ord(name[0])}"), name=name), (5, 5))
    assert [numbers(sheet) for sheet in read_submissions(tmp_path, latest=True).sheets] == [[], [], [0.99]]


def test_latest_is_settled_for_each_student(tmp_path: Path) -> None:
    """The newest of the files of s1 is not that of s2, and what each leaves out is told in the notice of each."""
    for name, students, age in (("a.csv", "12", 3), ("b.csv", "13", 2), ("c.csv", "32", 4), ("d.csv", "2", 1)):
        rows = (entry(f"s{student}", answer=f"{age}") for student in students)
        os.utime(written(tmp_path, *rows, name=name), (age, age))
    answers = read_submissions(tmp_path, latest=True)
    found = [[(row.student, row.answer) for row in sheet.rows] for sheet in answers.sheets]
    assert found == [[("s1", "3")], [], [("s3", "4"), ("s2", "4")], []]
    assert [(notice.student, notice.count) for notice in answers.notices] == [("s1", 1), ("s2", 2), ("s3", 1)]
    assert [notice.text.count(".csv") for notice in answers.notices] == [2, 3, 2]


def test_an_empty_second_sheet_is_passed_over_beside_files_without_rows(tmp_path: Path) -> None:
    """Whether the first file of the class can be read or not."""
    (tmp_path / "0.csv").write_bytes(b"\xe9")
    for name, answer in (("a.csv", "0.5"), ("b.csv", "")):
        written(tmp_path, entry(answer=answer), name=name)
    assert [told(sheet) for sheet in read_submissions(tmp_path).sheets] == [
        [(0, "unusable_file")],
        [],
        [(0, "untouched")],
    ]


def test_an_empty_second_sheet_is_passed_over(tmp_path: Path) -> None:
    """A sheet without any answer neither contradicts nor replaces one with answers, however new it is."""
    written(tmp_path, entry(), entry(field="z2", answer=""), name="a.csv")
    written(tmp_path, entry(answer=""), entry(field="z2", answer=" "), name="b.csv")
    first, second = read_submissions(tmp_path).sheets
    assert (numbers(first), numbers(second)) == ([0.5, "blank"], [])
    assert told(second) == [(0, "untouched")]


def test_nameless_sheets_are_not_mixed(tmp_path: Path) -> None:
    """Two files that name neither student nor variant are two people."""
    for name in ("a.csv", "b.csv"):
        written(tmp_path, entry("", variant="", answer=f"0.{ord(name[0])}"), name=name)
    assert [numbers(sheet) for sheet in read_submissions(tmp_path).sheets] == [[0.97], [0.98]]
    written(tmp_path, entry("", variant="", answer="1"), entry("", answer="2"), name="a.csv")
    assert [numbers(sheet) for sheet in read_submissions(tmp_path).sheets] == [[1, 2], [0.98]]


def test_huge_upload_leaves_room_for_the_class(tmp_path: Path) -> None:
    """The rows of a folder are limited together, and it is the largest file that is left out."""
    written(tmp_path, *(entry("evil", f"z{i}") for i in range(9)), name="a.csv")
    written(tmp_path, entry("s1"), entry("s2"), name="b.csv")
    first, second = read_submissions(tmp_path, limits=Limits(max_rows=10)).sheets
    assert told(first) == [(0, "too_many_rows")]
    assert numbers(second) == [0.5, 0.5]


def test_the_bytes_of_a_folder_are_limited_together(tmp_path: Path) -> None:
    """As many as allowed are read; of one byte more, the largest file is left out. Files without rows use up none."""
    sizes = [written(tmp_path, entry(f"s{n}"), name=f"{n}.csv").stat().st_size for n in range(2)]
    large = written(tmp_path, entry("s2", answer="0.55"), name="a.csv")
    written(tmp_path, name="b.csv")
    most = sum(sizes) + large.stat().st_size
    for limit, problems in ((most, []), (most - 1, [(0, "unusable_file")])):
        sheets = read_submissions(tmp_path, limits=Limits(max_bytes=limit)).sheets
        assert [told(sheet) for sheet in sheets] == [[], [], problems, [(0, "no_rows")]]


@pytest.mark.parametrize("limit", [{"max_rows": 2}, {"max_bytes": 300}])
def test_each_file_of_a_folder_has_limits_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: dict[str, int]
) -> None:
    """However much room the class has; a file that the instructor gives has the room of a class."""
    huge = written(tmp_path, *(entry(f"s{n}") for n in range(10)), name="a.csv")
    written(tmp_path, entry("t"), name="b.csv")
    monkeypatch.setattr(class_sheets, "UPLOAD_LIMITS", replace(Limits(), **limit))
    assert [told(sheet) for sheet in read_submissions(tmp_path).sheets] == [[(0, "unusable_file")], []]
    assert len(read_answers(huge).rows) == 10


def test_single_file_is_a_submission_too(tmp_path: Path) -> None:
    """One file gives one sheet, and an unusable one raises, as does a folder without any CSV file."""
    assert [numbers(sheet) for sheet in read_submissions(written(tmp_path, entry())).sheets] == [[0.5]]
    with pytest.raises(AnswersError, match="header"):
        read_submissions(written(tmp_path, header="a,b"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(AnswersError, match="no CSV file"):
        read_submissions(tmp_path / "empty")


def test_deep_folders_are_survived(tmp_path: Path) -> None:
    """An upload unpacked into very many nested folders does not exhaust the stack."""
    begin, depth = Path.cwd(), 1_200
    try:
        os.chdir(tmp_path)
        for _ in range(depth):
            Path("d").mkdir()
            os.chdir("d")
        sheet = written(Path(), entry())
        os.chdir(begin)
        assert [numbers(found) for found in read_submissions(tmp_path).sheets] == [[0.5]]
        os.chdir(tmp_path / "/".join("d" * depth))
        sheet.unlink()
        for _ in range(depth):  # taken away again step by step: the usual clean-up is recursive
            os.chdir("..")
            Path("d").rmdir()
    finally:
        os.chdir(begin)


def test_roster_is_read_with_its_other_columns_ignored(tmp_path: Path) -> None:
    """A roster may have more columns, in any order, and line breaks in a quoted note."""
    path = written(tmp_path, 'a@x;"Ada\nL.";Ada;1', header="mail;notes;NAME;Id")
    table = read_table(path, ("id",), ("name", "group"), extra="ignore")
    assert table.columns == ("id", "name")
    assert table.rows == ((2, {"id": "1", "name": "Ada"}),)
    assert (table.delimiter, table.problems) == (";", ())


def test_roster_of_one_column_is_read(tmp_path: Path) -> None:
    """A table of one column needs no delimiter."""
    table = read_table(written(tmp_path, "1", "", '"2"', header="id"), ("id",), ("name",))
    assert table.rows == ((2, {"id": "1"}), (4, {"id": "2"}))


def test_roster_without_id_is_refused(tmp_path: Path) -> None:
    """A required column is required even where others are ignored; other columns are refused unless ignored."""
    with pytest.raises(AnswersError, match='lacks "id"'):
        read_table(written(tmp_path, "1,Ada", header="ids,name"), ("id",), ("name",), extra="ignore")
    with pytest.raises(AnswersError, match='unknown "mail"'):
        read_table(written(tmp_path, "1,Ada", header="id,mail"), ("id",), ("name",))


def test_table_tells_rows_that_it_cannot_read(tmp_path: Path) -> None:
    """Row problems come with their lines, and ignored columns may be as long as they like within a line."""
    path = written(tmp_path, "1,Ada,x", "2,Bo", f"{'3' * 11},Cy,x", f"4,Di,{'x' * 11}", header="id,name,note")
    table = read_table(path, ("id", "name"), limits=Limits(max_field=10), extra="ignore")
    assert [row["id"] for _, row in table.rows] == ["1", "4"]
    assert [(problem.line, problem.reason, problem.columns) for problem in table.problems] == [
        (3, "wrong_columns", ()),
        (4, "too_long", ("id",)),
    ]
