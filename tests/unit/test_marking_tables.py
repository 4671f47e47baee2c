"""results.csv and gradebook.csv: their columns, their sums, and what a spreadsheet makes of them."""

import os
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from examgen.exams.keys import SHEET_COLUMNS
from examgen.marking.grading import grade
from tests.marking_sheets import MadeKey, Row, exact, make_key, read_rows, rounded, write_sheet

RESULTS = [
    *("student", "question", "field", "answer", "value", "reference", "follow_through", "tolerance"),
    *("outcome", "misconception", "marks", "max_marks", "comment"),
]
OUTCOMES = ["blank", "unreadable", "wrong", "imprecise", "follow_through", "correct"]
FORMULAS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "\u200b=1",
    " =1",
]


@pytest.fixture
def made(tmp_path: Path) -> MadeKey:
    """The key of an exam of three questions for two students."""
    return make_key(tmp_path / "exam", "midterm")


def mixed(row: Row) -> str:
    """Right, a digit short, wrong, blank and unreadable answers in turn."""
    turn = sum(map(ord, row["field"] + row["student"])) % 5
    value, decimals = float(row["answer"]), int(row["decimals"])
    return [rounded(row), f"{value:.{max(decimals - 1, 0)}f}", f"{value + 1:.4f}", "", "0,5"][turn]


def test_the_columns_are_fixed(made: MadeKey, tmp_path: Path) -> None:
    """Other programs read these headers."""
    folder = grade(write_sheet(tmp_path / "s.csv", made.rows), made.key).folder
    results, gradebook = ((folder / name).read_text(encoding="utf-8") for name in ("results.csv", "gradebook.csv"))
    assert results.split("\n")[0] == ",".join(RESULTS)
    head = ["student", "name", "exam", "variant", "marks", "max_marks", "percent", "Q1", "Q2", "Q3"]
    assert gradebook.split("\n")[0] == ",".join([*head, *OUTCOMES])


def test_one_row_per_student_and_field(made: MadeKey, tmp_path: Path) -> None:
    """Every asked entry of every student who handed something in is there once, in the order of the paper."""
    sheet = write_sheet(tmp_path / "s.csv", [*made.of("s2")[::-1], *made.of("s1")[:1]])
    found = [
        (row["student"], row["question"], row["field"])
        for row in read_rows(grade(sheet, made.key).folder / "results.csv")
    ]
    expected = [(row["student"], row["question"], row["field"]) for row in [*made.of("s2"), *made.of("s1")]]
    assert found == expected


def test_the_sums_agree(made: MadeKey, tmp_path: Path) -> None:
    """Marks of the entries add up to the questions' and the totals; outcomes are counted."""
    folder = grade(write_sheet(tmp_path / "s.csv", made.rows, mixed), made.key).folder
    results, books = read_rows(folder / "results.csv"), read_rows(folder / "gradebook.csv")
    assert {row["outcome"] for row in results} == set(OUTCOMES)
    for book in books:
        own = [row for row in results if row["student"] == book["student"]]
        assert sum(Decimal(row["marks"]) for row in own) == Decimal(book["marks"])
        assert sum(Decimal(row["max_marks"]) for row in own) == Decimal(book["max_marks"])
        for question in ("Q1", "Q2", "Q3"):
            marks = sum(Decimal(row["marks"]) for row in own if row["question"] == question)
            assert marks == Decimal(book[question])
        counts = Counter(row["outcome"] for row in own)
        assert [int(book[outcome]) for outcome in OUTCOMES] == [counts[outcome] for outcome in OUTCOMES]
        assert float(book["percent"]) == round(100 * float(book["marks"]) / float(book["max_marks"]), 2)
    assert [book["name"] for book in books] == ["Name of s1", "Name of s2"]


def test_marks_are_those_of_the_policy(tmp_path: Path) -> None:
    """A correct entry has its task's marks, an imprecise one the policy's share, others nothing."""
    bank = tmp_path / "b.toml"
    bank.write_text(
        """
title = "T"
[network]
sizes = [1, 1]
activations = ["identity"]
loss = "squared_error"
[fixed]
W1 = [[0.5]]
b1 = [0.1234]
x = [[1]]
y = [[0.1]]
[digits]
decimals = 4
[[tasks]]
text = "z"
ask = ["z", "a"]
marks = "2.5"
[[tasks]]
text = "loss"
ask = "loss"
""",
        encoding="utf-8",
    )
    exam = tmp_path / "e.toml"
    exam.write_text(f'title = "E"\n[policy]\nimprecise = "0.25"\n[[questions]]\nfamily = "{bank}"\n', encoding="utf-8")
    made = make_key(tmp_path / "exam", str(exam), students=("s",))
    answers = {"z": "0.623", "a": "0.6234", "loss": "0.2"}  # z = a = 0.6234, loss = 0.5234^2 = 0.2739
    graded = grade(write_sheet(tmp_path / "s.csv", made.rows, lambda row: answers[row["quantity"]]), made.key)
    assert graded.results["outcome"].tolist() == ["imprecise", "correct", "wrong"]
    assert graded.results["marks"].tolist() == [0.625, 2.5, 0]
    assert graded.gradebook[["marks", "max_marks", "percent"]].to_numpy().tolist() == [[3.125, 6, 52.08]]


def test_every_entry_says_what_was_compared(made: MadeKey, tmp_path: Path) -> None:
    """Value, reference, own value and tolerance are numbers that explain the outcome."""
    folder = grade(write_sheet(tmp_path / "s.csv", made.rows, exact), made.key).folder
    for row, key in zip(read_rows(folder / "results.csv"), made.rows, strict=True):
        assert row["answer"] == key["answer"]
        assert float(row["value"]) == float(row["reference"]) == float(key["answer"])
        assert abs(float(row["follow_through"]) - float(key["answer"])) <= float(row["tolerance"])
        assert float(row["tolerance"]) >= 0.51 * 10 ** -int(key["decimals"]) * 0.999
        assert (row["outcome"], row["misconception"], row["comment"]) == ("correct", "", "")


def test_reasons_are_in_the_comments(made: MadeKey, tmp_path: Path) -> None:
    """Blank, unreadable and imprecise entries say why; so does a value with far too few digits."""
    rows = {row["field"]: row for row in made.of("s1") if row["question"] == "Q3"}
    fields = [name for name, row in rows.items() if row["decimals"] == "4" and abs(float(row["answer"])) > 0.1][:4]
    wanted = dict(zip(fields, ["", "0,5", "{:.3f}", "{:.1f}"], strict=True))
    sheet = write_sheet(
        tmp_path / "s.csv",
        made.of("s1"),
        lambda row: wanted.get(row["field"], "{:.4f}").format(float(row["answer"])) if row["question"] == "Q3" else "",
    )
    comments = {row["field"]: row["comment"] for row in read_rows(grade(sheet, made.key).folder / "results.csv")}
    assert [comments[field] for field in fields] == [
        "Nothing was written.",
        "Write the number with a point, such as 0.5, and without commas between the thousands.",
        "Right to the digits that are written, but one digit more was asked for.",
        "Right to the digits that are written, but 4 decimals were asked for.",
    ]


def test_nothing_a_student_writes_becomes_a_formula(tmp_path: Path) -> None:
    """Ids and answers that a spreadsheet could run get an apostrophe; numbers stay numbers."""
    made = make_key(tmp_path / "exam", students=("",))
    for number, text in enumerate(FORMULAS):
        changes = {"student": f"{text}{number}".replace("\t", ""), "answer": text}
        write_sheet(tmp_path / "in" / f"{number}.csv", made.rows, changes=changes)
    write_sheet(tmp_path / "in" / "numbers.csv", made.rows, lambda _: "-1.5e-3", changes={"student": "-7"})
    folder = grade(tmp_path / "in", made.key).folder
    results, books = read_rows(folder / "results.csv"), read_rows(folder / "gradebook.csv")
    assert len(books) == len(FORMULAS) + 1
    for row in results:
        if row["student"] != "'-7":
            assert row["answer"][0] in "'", row
            assert row["outcome"] == "unreadable"
        else:
            assert (row["answer"], float(row["value"])) == ("-1.5e-3", -0.0015)
    cells = [
        row[name] for row in [*results, *books] for name in ("student", "answer", "name", "comment") if row.get(name)
    ]
    assert [cell for cell in cells if cell[0] in "=+-@\t\r＝＋－＠" and cell != "-1.5e-3"] == []


def test_no_control_character_survives(made: MadeKey, tmp_path: Path) -> None:
    """Line breaks, NUL and escape codes in answers are gone from the tables, and long texts are cut."""
    nasty = ["a\nb", "a\r\nb", "1\x00", "\x1b[31mred", "\u2028", "\u202eabc", "\x85", "x" * 5000, "\ud7ff\ufffe"]
    rows = made.of("s1")
    texts = {row["field"]: nasty[n % len(nasty)] for n, row in enumerate(rows)}
    quoted = write_sheet(tmp_path / "s.csv", rows, lambda row: texts[row["field"]])
    folder = grade(quoted, made.key).folder
    for name in ("results.csv", "gradebook.csv"):
        text = (folder / name).read_text(encoding="utf-8")
        assert all(char.isprintable() for line in text.split("\n") for char in line)
        assert max(map(len, text.split("\n"))) < 500
    assert len(read_rows(folder / "results.csv")) == len(rows)


def test_a_name_with_a_line_break_stays_on_its_line(tmp_path: Path) -> None:
    """Row by row, a gradebook has as many lines as students."""
    made = make_key(tmp_path / "exam", students=("=1+1", "a,b", 'c"d', "é"))
    folder = grade(write_sheet(tmp_path / "s.csv", made.rows), made.key).folder
    books = read_rows(folder / "gradebook.csv")
    assert [book["student"] for book in books] == ["'=1+1", "a,b", 'c"d', "é"]
    assert [book["name"] for book in books] == [f"Name of {student}" for student in ("=1+1", "a,b", 'c"d', "é")]
    assert {book["percent"] for book in books} == {"100.0"}


def test_a_student_has_the_same_rows_whoever_else_is_marked(made: MadeKey, tmp_path: Path) -> None:
    """Half marks of a neighbour do not change how a number is written."""
    alone = write_sheet(tmp_path / "alone.csv", made.of("s1"))
    both = write_sheet(
        tmp_path / "both.csv", made.rows, lambda row: rounded(row) if row["student"] == "s1" else mixed(row)
    )
    tables = [read_rows(grade(sheet, made.key).folder / "results.csv") for sheet in (alone, both)]
    assert tables[0] == [row for row in tables[1] if row["student"] == "s1"]


def test_the_tables_are_the_same_bytes_in_every_run(made: MadeKey, tmp_path: Path) -> None:
    """Neither the hash seed nor the time zone shows in them."""
    sheet = write_sheet(tmp_path / "s.csv", made.rows, mixed)
    code = "import sys, examgen; examgen.grade(sys.argv[1], key=sys.argv[2], out=sys.argv[3])"
    tables = []
    for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo")):
        out = tmp_path / seed
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        subprocess.run([sys.executable, "-c", code, sheet, made.key, out], env=env, check=True)
        tables.append([(out / name).read_bytes() for name in ("results.csv", "gradebook.csv")])
    assert tables[0] == tables[1]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-8"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_spelling_of_a_file_changes_nothing(made: MadeKey, tmp_path: Path, encoding: str, delimiter: str) -> None:
    """Byte order marks, UTF-16, semicolons, tabs and decimal commas give the same marks."""
    comma = delimiter != ","
    sheet = write_sheet(
        tmp_path / "s.csv",
        made.of("s1"),
        lambda row: rounded(row).replace(".", ",") if comma else rounded(row),
        delimiter=delimiter,
        encoding=encoding,
    )
    assert grade(sheet, made.key).gradebook["percent"].tolist() == [100]


def test_only_the_needed_columns_are_needed_in_any_order(made: MadeKey, tmp_path: Path) -> None:
    """A sheet that went through a spreadsheet with its columns moved is read by their names."""
    columns = list(SHEET_COLUMNS)[::-1]
    lines = [",".join(columns)]
    lines += [
        ",".join({**row, "answer": rounded(row), "symbol": "x"}[name] for name in columns) for row in made.of("s1")
    ]
    sheet = tmp_path / "s.csv"
    sheet.write_text("\r\n".join(lines), encoding="utf-8")
    assert grade(sheet, made.key).gradebook["percent"].tolist() == [100]
