"""results.csv and gradebook.csv: their columns, their sums, and what a spreadsheet makes of them."""

import os
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from examgen.exams.keys.key_lines import SHEET_COLUMNS
from examgen.exams.wording.sentences import SENTENCES
from examgen.marking.grading import GradeOptions, grade
from tests.laws import some_of
from tests.marking_sheets import MadeKey, Row, exact, make_key, read_rows, rounded, write_sheet
from tests.small_banks import FIXED, changed

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
    return [rounded(row), f"{value:.{max(decimals - 1, 0)}f}", f"{value + 1:.4f}", "", "0.5?"][turn]


def test_the_columns_are_fixed(made: MadeKey, tmp_path: Path) -> None:
    """Other programs read these headers."""
    folder = grade(write_sheet(tmp_path / "s.csv", made.rows), made.key).folder
    results, gradebook, notes = (
        (folder / name).read_text(encoding="utf-8").split("\n")[0]
        for name in ("results.csv", "gradebook.csv", "notes.csv")
    )
    assert results == ",".join(RESULTS)
    head = ["student", "name", "exam", "variant", "status", "marks", "max_marks", "percent", "Q1", "Q2", "Q3"]
    assert gradebook == ",".join([*head, *OUTCOMES])
    assert notes == "student,file,place,kind,text"


def test_absent_students_have_a_row_and_no_marks(tmp_path: Path) -> None:
    """With name, variant and what the paper is worth, in the order of the key; their list does not stop anywhere."""
    students = [f"s{n:02}" for n in range(30)]
    made = make_key(tmp_path / "exam", students=students)
    graded = grade(write_sheet(tmp_path / "s.csv", made.of("s07")), made.key)
    books = read_rows(graded.folder / "gradebook.csv")
    assert [book["student"] for book in books] == students
    assert [book["name"] for book in books] == [f"Name of {student}" for student in students]
    assert {book["status"] for book in books if book["student"] != "s07"} == {"absent"}
    assert graded.missing == tuple(student for student in students if student != "s07")
    empty = {"student", "name", "exam", "variant", "status", "max_marks"}
    assert all({name for name, cell in book.items() if cell} == empty for book in books if book["student"] != "s07")
    assert len({(book["exam"], book["max_marks"]) for book in books}) == 1
    assert graded.gradebook["marks"].isna().sum() == 29
    assert [note.student for note in graded.notes] == [student for student in students if student != "s07"]


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


def test_students_stand_in_the_order_of_the_key(tmp_path: Path) -> None:
    """Marked now, before or never; behind them those whom it does not know, and who gives no name."""
    made = make_key(tmp_path / "exam", students=("b", "", "'@a", "@a", "c"))
    write_sheet(tmp_path / "first" / "1.csv", made.of("c"))
    write_sheet(tmp_path / "first" / "2.csv", made.of(""))
    write_sheet(tmp_path / "first" / "3.csv", made.of("@a"))
    write_sheet(tmp_path / "then" / "1.csv", made.of(""), changes={"student": "zoe"})
    write_sheet(tmp_path / "then" / "2.csv", made.of("'@a"))
    grade(tmp_path / "first", made.key)
    folder = grade(tmp_path / "then", made.key, options=GradeOptions(unknown=True)).folder
    assert [(book["student"], book["status"]) for book in read_rows(folder / "gradebook.csv")] == [
        ("b", "absent"),
        ("''@a", "marked"),
        ("'@a", "marked"),
        ("c", "marked"),
        ("zoe", "marked"),
        ("", "marked"),
    ]


def test_reasons_are_in_the_comments(made: MadeKey, tmp_path: Path) -> None:
    """Blank, unreadable and imprecise entries say why; so does a value with far too few digits."""
    rows = {row["field"]: row for row in made.of("s1") if row["question"] == "Q3"}
    fields = [name for name, row in rows.items() if row["decimals"] == "4" and abs(float(row["answer"])) > 0.1][:5]
    wanted = dict(zip(fields, ["", "1,234", "{:.3f}", "{:.2f}", "{:.1f}"], strict=True))
    sheet = write_sheet(
        tmp_path / "s.csv",
        made.of("s1"),
        lambda row: wanted.get(row["field"], "{:.4f}").format(float(row["answer"])) if row["question"] == "Q3" else "",
    )
    comments = {row["field"]: row["comment"] for row in read_rows(grade(sheet, made.key).folder / "results.csv")}
    assert [comments[field] for field in fields] == [
        "Nothing was written.",
        "The mark may be a decimal one or stand between thousands; write 1.2340 or 1234.",
        "Right to the digits that are written, but one digit more was asked for.",
        *["Right to the digits that are written, but 4 decimals were asked for."] * 2,
    ]


FOLLOWS = "It follows from earlier answers of yours, one of which is not correct."
COPIED = SENTENCES["no_work"].format(share=0)


@pytest.mark.parametrize(
    ("policy", "z", "a", "of_z", "of_a"),
    [
        ("full", "0.8", "0.80", "", COPIED),
        ("off", "0.8", "0.80", "", "It follows from earlier answers, one of which is not correct."),
        ("off", "0.8", "7", "", ""),
        ("full", "0", "0", "", COPIED),
        (
            *("full", "9000", "9000", ""),
            "It follows from an earlier answer that is 0 or far too large, which carries no credit forward.",
        ),
        ("full", "0.5", "0.50", "It looks as if the bias was left out.", COPIED),
        ("full", "", "7", "Nothing was written.", ""),
        ("full", "0.60", "0.60", "", ""),
    ],
)
def test_a_comment_says_what_an_answer_rests_on(
    tmp_path: Path, policy: str, z: str, a: str, of_z: str, of_a: str
) -> None:
    """z = a = 0.5 + 0.1, and 0.5 without the bias; of what is just wrong, as the loss, nothing is said.

    Where nothing else is right, a copy of what is wrong shows no work.
    """
    bank = changed(FIXED, ("sigmoid", "identity"), ("decimals = 4", "decimals = 2"))
    (tmp_path / "b.toml").write_text(bank, encoding="utf-8")
    exam = f'title = "E"\n[policy]\nfollow_through = "{policy}"\n[[questions]]\nfamily = "b.toml"\n'
    (tmp_path / "e.toml").write_text(exam, encoding="utf-8")
    made = make_key(tmp_path / "exam", str(tmp_path / "e.toml"), students=("s",))
    answers = {"z1": z, "a1": a, "L": "77"}
    found = grade(write_sheet(tmp_path / "s.csv", made.rows, lambda row: answers[row["field"]]), made.key).results
    assert dict(zip(found["field"], found["comment"], strict=True)) == {"z1": of_z, "a1": of_a, "L": ""}


def test_what_follows_by_work_says_so(tmp_path: Path) -> None:
    """0.69 is the sigmoid of the 0.8 that was written for 0.6."""
    bank = changed(FIXED, ("decimals = 4", "decimals = 2"))
    (tmp_path / "b.toml").write_text(bank, encoding="utf-8")
    made = make_key(tmp_path / "exam", str(tmp_path / "b.toml"), students=("s",))
    answers = {"z1": "0.8", "a1": "0.69", "L": ""}
    found = grade(write_sheet(tmp_path / "s.csv", made.rows, lambda row: answers[row["field"]]), made.key).results
    assert dict(zip(found["field"], found["comment"], strict=True))["a1"] == FOLLOWS


FORMULAS_TOO = changed(FIXED, ("sigmoid", "identity"), ("decimals = 4", "decimals = 2"), ('"a", ', ""))
FORMULAS_TOO += "".join(f'[[tasks]]\ntext = ""\nask = "{name}"\nas = "formula"\n' for name in ("dL_dz", "dL_dW"))


def test_what_a_misconception_explains_has_its_share_and_other_wrong_entries_nothing(tmp_path: Path) -> None:
    """z = 0.5 + 0.1 without its bias is 0.5, which is worth a quarter of its marks; a wrong loss is worth nothing.

    So is a quarter of a formula with the wrong sign, and nothing of one that is just wrong.
    """
    (tmp_path / "b.toml").write_text(FORMULAS_TOO, encoding="utf-8")
    policy = 'title = "E"\n[policy]\nmisconception = "0.25"\n[[questions]]\nfamily = "b.toml"\n'
    (tmp_path / "e.toml").write_text(policy, encoding="utf-8")
    made = make_key(tmp_path / "exam", str(tmp_path / "e.toml"), students=("s",))
    answers = {"z1": "0.5", "L": "77", "delta1_formula": "2*(y - a1)", "dL_dw1_1_1_formula": "77"}
    for right in ("", *answers):
        typed = {row["field"]: row["answer"] if row["field"] == right else answers[row["field"]] for row in made.rows}
        sheet = write_sheet(tmp_path / "s.csv", [{**row, "answer": typed[row["field"]]} for row in made.rows], exact)
        found = grade(sheet, made.key).results.set_index("field")
        expected = {"z1": 0.25, "L": 0, "delta1_formula": 0.25, "dL_dw1_1_1_formula": 0}
        assert found["marks"].to_dict() == expected | ({right: 1} if right else {})
        names = {"z1": "no-bias", "L": "", "delta1_formula": "error-sign", "dL_dw1_1_1_formula": ""}
        assert found["misconception"].to_dict() == names | ({right: ""} if right else {})
        assert found["max_marks"].tolist() == [1, 1, 1, 1]


def test_marks_that_the_instructor_sets_are_in_both_tables(tmp_path: Path) -> None:
    """With their reasons, for these entries only, and also for a student whom the key does not know."""
    made = make_key(tmp_path / "exam", "midterm", students=("s1", ""))
    options = GradeOptions(unknown=True)
    write_sheet(tmp_path / "in" / "1.csv", made.of("s1"))
    write_sheet(tmp_path / "in" / "2.csv", made.of(""), changes={"student": "zoe"})
    before = grade(tmp_path / "in", made.key, tmp_path / "before", options)
    first, second = made.of("s1")[0], made.of("")[-1]
    lines = [f"s1,{first['question']},{first['field']},0,Copied", f"zoe,{second['question']},{second['field']},0,Late"]
    table = made.key / "overrides.csv"
    table.write_text("\n".join(["student,question,field,marks,reason", *lines]), encoding="utf-8")
    after = grade(tmp_path / "in", made.key, tmp_path / "after", options)
    changes = before.results.compare(after.results, result_names=("old", "new"))
    assert changes.index.tolist() == [0, len(before.results) - 1]
    assert set(changes.columns.get_level_values(0)) == {"marks", "comment"}
    assert changes["marks"]["new"].tolist() == [0, 0]
    said = "Marks set by the instructor: "
    assert changes["comment"]["new"].tolist() == [f"{said}Copied", f"{said}Late"]
    lost = (before.gradebook["marks"] - after.gradebook["marks"]).tolist()
    assert lost == pytest.approx(changes["marks"]["old"].tolist())


def test_what_could_not_be_read_is_one_note_of_each_student(made: MadeKey, tmp_path: Path) -> None:
    """With the first answer of each reason as it was typed, the most frequent first, and how many more there are.

    The first row of a file is one of them, and a cell that an option settles says so.
    """
    first, second, *others, last = [row["field"] for row in made.of("s1") if row["question"] == "Q1"]
    texts = {first: "=A1", last: "1,234"} | dict.fromkeys([second, *others], "0.5 m")
    sheet = write_sheet(
        tmp_path / "s.csv", made.rows, lambda row: texts[row["field"]] if row["question"] == "Q1" else "1"
    )
    graded = grade(sheet, made.key)
    parts = [
        f"Q1 {second} '0.5 m' and {len(others)} more: Write one number without spaces in it, such as -1.5",
        f"Q1 {first} '=A1': The cell holds a formula; type the number that it gives",
        f"Q1 {last} '1,234': The mark may be a decimal one or stand between thousands; write 1.2340 or 1234",
        "--decimal . or --decimal , settles it",
    ]
    expected = f": {len(texts)} answers cannot be read: {'; '.join(parts)}"
    unread = [note for note in graded.notes if note.kind != "held_back"]
    assert [(note.kind, note.student, note.text) for note in unread] == [
        ("unread", student, f"student '{student}'{expected}") for student in ("s1", "s2")
    ]
    assert [(note.file, note.place) for note in unread] == [(str(sheet), f"Q1 {first}")] * 2


def test_a_shape_is_no_number_even_where_it_reads_as_one(tmp_path: Path) -> None:
    """With decimal commas, 2,1 in the first row is no value; a shape that is left out takes no other answer's value."""
    made = make_key(tmp_path / "exam", "formulas", students=("s",))
    shapes = [row for row in made.rows if row["field"].endswith("_shape")]
    others = [row for row in made.rows if row["decimals"]]
    sheet = write_sheet(
        tmp_path / "s.csv",
        [shapes[0], *others],
        lambda row: row["answer"].strip("()").replace(" ", "") if row is shapes[0] else "1,5",
        delimiter=";",
    )
    for options in (GradeOptions(), GradeOptions(decimal=",")):
        found = grade(sheet, made.key, options=options).results.set_index("field")
        assert found["value"].dropna().to_dict() == {row["field"]: 1.5 for row in others}
        assert found["outcome"][shapes[0]["field"]] == "correct"


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
            assert (row["outcome"] != "unreadable") is (row["answer"] in {"'＋1", "'－1"}), row
        else:
            assert (row["answer"], float(row["value"])) == ("-1.5e-3", -0.0015)
    cells = [
        row[name] for row in [*results, *books] for name in ("student", "answer", "name", "comment") if row.get(name)
    ]
    assert [cell for cell in cells if cell[0] in "=+-@\t\r＝＋－＠" and cell != "-1.5e-3"] == []


def test_numbers_are_shown_without_what_nobody_sees(tmp_path: Path) -> None:
    """A mark that turns the direction of writing would show another number to whoever reads the table."""
    made = make_key(tmp_path / "exam")
    sheet = write_sheet(tmp_path / "s.csv", made.of("s1"), lambda _: "\u202e– 0.25\u202c\u200b ")
    rows = read_rows(grade(sheet, made.key).folder / "results.csv")
    assert {(row["answer"], row["value"]) for row in rows} == {("– 0.25", "-0.25")}


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


SHOWN = {
    "0.50 ": "0.50",
    " -0.5": "-0.5",
    "x" * 80: "x" * 80,
    "x" * 81: "x" * 79 + "…",
    " \t a \t b ": "a b",
    "a" + 318 * " " + "b": "a b",  # of what is longer than 320 characters, the rest is not looked at
    "a" + 319 * " " + "b": "a",
}


def test_answers_are_shown_short_and_without_the_spaces_around_them(made: MadeKey, tmp_path: Path) -> None:
    """Numbers are whole, and of other texts 80 characters are; spaces between words count once."""
    rows, texts = made.of("s1")[: len(SHOWN)], iter(SHOWN)
    graded = grade(write_sheet(tmp_path / "s.csv", rows, lambda _: next(texts)), made.key)
    assert graded.results["answer"].tolist()[: len(SHOWN)] == [*SHOWN.values()]


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
    """Neither the hash seed nor the time zone shows in them: they are those of this process."""
    sheet = write_sheet(tmp_path / "s.csv", made.rows, mixed)
    code = "import sys, examgen; examgen.grade(sys.argv[1], key=sys.argv[2], out=sys.argv[3])"
    env = {**os.environ, "PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", code, sheet, made.key, tmp_path / "other"], env=env, check=True)
    grade(sheet, made.key, tmp_path / "here")
    for name in ("results.csv", "gradebook.csv"):
        assert (tmp_path / "other" / name).read_bytes() == (tmp_path / "here" / name).read_bytes()


@pytest.mark.parametrize(
    ("encoding", "delimiter", "mark"),
    some_of(list(product(["utf-8-sig", "utf-16", "utf-8"], [",", ";", "\t"], [".", ","])), 7),
)
def test_the_spelling_of_a_file_changes_nothing(
    made: MadeKey, tmp_path: Path, encoding: str, delimiter: str, mark: str
) -> None:
    """Byte order marks, UTF-16, semicolons, tabs and decimal commas, also quoted ones, give the same marks."""
    sheet = write_sheet(
        tmp_path / "s.csv",
        made.of("s1"),
        lambda row: rounded(row).replace(".", mark),
        delimiter=delimiter,
        encoding=encoding,
    )
    assert grade(sheet, made.key).gradebook["percent"][0] == 100


def test_only_the_needed_columns_are_needed_in_any_order(made: MadeKey, tmp_path: Path) -> None:
    """A sheet that went through a spreadsheet with its columns moved is read by their names."""
    columns = list(SHEET_COLUMNS)[::-1]
    lines = [",".join(columns)]
    lines += [
        ",".join({**row, "answer": rounded(row), "symbol": "x"}[name] for name in columns) for row in made.of("s1")
    ]
    sheet = tmp_path / "s.csv"
    sheet.write_text("\r\n".join(lines), encoding="utf-8")
    assert grade(sheet, made.key).gradebook["percent"][0] == 100
