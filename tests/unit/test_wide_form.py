"""Answer sheets with a row for each student: what learning platforms and form tools export."""

import time
from pathlib import Path

import pytest

from examgen.errors import AnswersError, KeyFileError
from examgen.marking.grading import GradeOptions, grade
from examgen.marking.reading.class_sheets import read_answers, read_submissions
from examgen.marking.reading.handed_in import wide_form
from examgen.marking.reading.problems import MAX_PROBLEMS
from examgen.marking.results.graded_class import GradedClass
from examgen.tables.csv_tables import Limits
from tests.marking_sheets import MadeKey, Row, make_key, rounded, shares, write_sheet

TABLES = ("results.csv", "gradebook.csv")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeKey:
    """The key of an exam of one question."""
    return make_key(tmp_path_factory.mktemp("one") / "exam", students=("s1", "s2", "s3"))


@pytest.fixture(scope="module")
def midterm(tmp_path_factory: pytest.TempPathFactory) -> MadeKey:
    """The key of an exam of three questions."""
    return make_key(tmp_path_factory.mktemp("three") / "exam", "midterm")


def name_of(made: MadeKey, row: Row) -> str:
    """The column of an entry: with its question where there are several."""
    return row["field"] if len(made.exam.questions) == 1 else f"{row['question']}:{row['field']}"


def wide(made: MadeKey, students: tuple[str, ...] = ("s1", "s2")) -> list[list[str]]:
    """Header and rows with the key's rounded answers; fields that a paper does not have are left empty."""
    names = list(dict.fromkeys(name_of(made, row) for student in students for row in made.of(student)))
    rows = [{name_of(made, row): rounded(row) for row in made.of(student)} for student in students]
    body = [[student, *(row.get(name, "") for name in names)] for student, row in zip(students, rows, strict=True)]
    return [["student", *names], *body]


def saved(path: Path, rows: list[list[str]], delimiter: str = ",") -> Path:
    path.write_text("".join(delimiter.join(row) + "\n" for row in rows), encoding="utf-8")
    return path


def tables_of(graded: GradedClass) -> list[bytes]:
    return [(graded.folder / name).read_bytes() for name in TABLES]


@pytest.mark.parametrize("name", ["made", "midterm"])
def test_wide_and_long_are_marked_alike(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """The same answers give the same tables, whichever way they are laid out."""
    key: MadeKey = request.getfixturevalue(name)
    long = write_sheet(tmp_path / "long.csv", [*key.of("s1"), *key.of("s2")])
    by_long = grade(long, key.key, tmp_path / "by long")
    by_wide = grade(saved(tmp_path / "wide.csv", wide(key)), key.key, tmp_path / "by wide")
    assert tables_of(by_long) == tables_of(by_wide)
    assert shares(by_wide) == {"s1": 100, "s2": 100}
    assert (by_wide.notices, by_wide.problems) == ((), ())


def test_unknown_columns_are_told_once(made: MadeKey, tmp_path: Path) -> None:
    """Columns that are no fields are named in one line for the whole file; names of students are expected."""
    rows = [
        [*row, "x@y" if n else "Email", "Ada" if n else "Name", "7" if n else "bonus"]
        for n, row in enumerate(wide(made))
    ]
    graded = grade(saved(tmp_path / "wide.csv", rows), made.key, tmp_path / "out")
    assert [(notice.kind, notice.count) for notice in graded.notices] == [("unknown_field", 2)]
    assert "'Email', 'bonus'" in graded.notices[0].text
    assert shares(graded) == {"s1": 100, "s2": 100}


def test_a_bare_column_needs_a_single_question(midterm: MadeKey, tmp_path: Path) -> None:
    """Where there are several questions, a column without one answers none of them."""
    field = midterm.of("s1")[0]["field"]
    path = saved(tmp_path / "wide.csv", [["student", field, f"Q1:{field}"], ["s1", "1", rounded(midterm.of("s1")[0])]])
    graded = grade(path, midterm.key, tmp_path / "out")
    assert f"'{field}'" in graded.notices[0].text
    assert graded.results["outcome"].tolist().count("correct") == 1


def test_the_exam_may_be_named(made: MadeKey, tmp_path: Path) -> None:
    """With a column exam the key is found as for other sheets, and rows of other exams are not marked."""
    head, first, second = wide(made)
    rows = [["exam", *head], [made.exam.id, *first], ["final-abcdef", *second]]
    graded = grade(saved(made.folder / "wide.csv", rows), out=tmp_path / "out")
    assert shares(graded) == {"s1": 100}
    assert [notice.kind for notice in graded.notices] == ["other_exam"]


def test_without_the_exam_the_key_must_be_given(made: MadeKey) -> None:
    """A sheet that names no exam belongs to the key that is given, and to no other."""
    with pytest.raises(KeyFileError, match="--key DIR"):
        grade(saved(made.folder / "none.csv", wide(made)))


def test_a_table_without_any_field_is_no_sheet(made: MadeKey, tmp_path: Path) -> None:
    """A list of students beside the sheets gives nobody blanks; alone it is a mistake."""
    (tmp_path / "in").mkdir()
    roster = saved(tmp_path / "in" / "list.csv", [["student", "group"], ["s1", "A"], ["s2", "B"]])
    with pytest.raises(AnswersError, match="no column is a field"):
        grade(roster, made.key, tmp_path / "out")
    write_sheet(tmp_path / "in" / "s1.csv", made.of("s1"))
    graded = grade(tmp_path / "in", made.key, tmp_path / "out")
    assert shares(graded) == {"s1": 100}
    assert graded.missing == ("s2", "s3")


def test_own_tables_are_no_sheets(made: MadeKey, tmp_path: Path) -> None:
    """results.csv, gradebook.csv, notes.csv and integrity.csv in the folder of the sheets are told and not read."""
    write_sheet(tmp_path / "in" / "s1.csv", made.of("s1"))
    grade(tmp_path / "in" / "s1.csv", made.key, tmp_path / "in")
    graded = grade(tmp_path / "in", made.key, tmp_path / "out")
    assert [(problem.path.name, problem.reason) for problem in graded.problems] == [
        ("gradebook.csv", "unusable_file"),
        ("integrity.csv", "no_rows"),
        ("results.csv", "unusable_file"),
    ]
    [notice] = graded.notices
    assert notice.kind == "unknown_field"
    assert "notes.csv: no column is a field of the exam" in notice.text
    assert shares(graded) == {"s1": 100}


def test_wide_and_long_sheets_of_one_student_meet(made: MadeKey, tmp_path: Path) -> None:
    """A student in both is one student: equal answers count once, different ones count for nothing.

    The table of several students is taken where that is asked for; else it is nobody's.
    """
    folder, options = tmp_path / "in", GradeOptions(tables=True)
    write_sheet(folder / "s1.csv", made.of("s1"))
    saved(folder / "wide.csv", wide(made))
    graded = grade(folder, made.key, tmp_path / "out", options)
    assert [(notice.kind, notice.student) for notice in graded.notices] == [("repeated", "s1")]
    assert shares(graded) == {"s1": 100, "s2": 100}
    (folder / "s1.csv").unlink()
    # Who names the variant has seen the paper.
    for variant, kind in (({"variant": ""}, "contradiction"), ({}, "not_own")):
        write_sheet(folder / "a.csv", made.of("s1"), lambda _: "7", changes=variant)
        graded = grade(folder, made.key, tmp_path / "out", options)
        assert [(notice.kind, notice.student) for notice in graded.notices] == [(kind, "s1")]
        assert shares(graded)["s2"] == 100
        of_one = graded.results[graded.results["student"] == "s1"]
        assert set(of_one["answer"]) == {"7"}
        assert (of_one["outcome"] == "unreadable").tolist() == [kind == "contradiction"] * len(of_one)


def test_a_student_twice_in_one_file(tmp_path: Path) -> None:
    """Two rows of one student, or two columns of one field, are repeats, entry by entry; one notice tells them."""
    rows = [["student", "z1", "z2", "z2"], ["s", "1", "2", "3"], ["s", "1", "2", "2"], ["t", "1", "2", "2"]]
    answers = read_submissions(saved(tmp_path / "w.csv", rows))
    assert [(row.student, row.field, getattr(row.parsed, "value", "duplicate")) for row in answers.sheets[0].rows] == [
        ("s", "z1", 1),
        ("s", "z2", "duplicate"),
        ("t", "z1", 1),
        ("t", "z2", 2),
    ]
    assert [(notice.kind, notice.student) for notice in answers.notices] == [("contradiction", "s"), ("repeated", "t")]


@pytest.mark.parametrize(
    ("last", "found", "others"),
    [
        (["s", "4", ""], {"z1": "4"}, "2, 4"),
        (["s", "1", ""], {"z1": "1"}, "2, 4"),
        (["s", "", "5"], {"z2": "5"}, "2, 4"),
        (["s", "", ""], {"z1": "3", "z2": "2"}, "2"),
    ],
)
def test_latest_takes_the_last_line_of_a_student_as_a_whole(
    tmp_path: Path, last: list[str], found: dict[str, str], others: str
) -> None:
    """What was left out there is not filled up from earlier lines, unless it says nothing; others keep their line."""
    rows = [["student", "z1", "z2"], ["s", "1", "2"], ["t", "7", "8"], ["s", "3", "2"], last]
    answers = read_submissions(saved(tmp_path / "w.csv", rows), latest=True)
    expected = [("t", "z1", "7"), ("t", "z2", "8"), *(("s", field, text) for field, text in found.items())]
    assert [(row.student, row.field, row.answer) for row in answers.sheets[0].rows] == expected
    assert [(notice.kind, notice.student) for notice in answers.notices] == [("latest", "s")]
    assert answers.notices[0].text.endswith(f"w.csv more than once; the last answers were marked, not line {others}")


def test_decimal_comma_is_found_for_each_student(tmp_path: Path) -> None:
    """As in long sheets: only where a mark may set thousands apart do the other cells of the row decide."""
    rows = [["student", "z1", "z2"], ["de", "0,5", "1,234"], ["us", "0.5", "1,234"], ["int", "2", "1,234"]]
    sheet = read_answers(saved(tmp_path / "w.csv", rows, ";"))
    assert [getattr(row.parsed, "value", "unreadable") for row in sheet.rows] == [
        *(0.5, 1.234),
        *(0.5, "unreadable"),
        *(2, "unreadable"),
    ]
    assert sheet.decimal_comma == ("de",)


def test_faults_cost_only_their_own(tmp_path: Path) -> None:
    """A long cell, a row of another width, control characters and a nameless row leave the others as they are."""
    rows = [
        ["student", "z1", "z2", "z\x07", ""],
        ["a", "9" * 10_001, "2", "3", ""],
        ["b", "1", "2"],
        ["c\x00", "1", "2", "3", ""],
        ["", "1", "2", "3", ""],
        ["d", "1\x00", "=1+1", "3", ""],
        ["9" * 10_001, "1", "2", "3", ""],
        ["e", "1", "2", "3", ""],
    ]
    sheet = read_answers(saved(tmp_path / "w.csv", rows))
    found = {
        (row.student, row.field): getattr(row.parsed, "value", None) or getattr(row.parsed, "reason", "")
        for row in sheet.rows
    }
    assert found == {
        **{("a", "z1"): "too_long", ("a", "z2"): 2.0, ("", "z1"): 1.0, ("", "z2"): 2.0},
        **{("d", "z1"): "control_char", ("d", "z2"): "formula", ("e", "z1"): 1.0, ("e", "z2"): 2.0},
    }
    assert [(problem.line, problem.reason) for problem in sheet.problems] == [
        (1, "extra_columns"),
        (1, "control_char"),
        (2, "too_long"),
        (3, "wrong_columns"),
        (4, "control_char"),
        (4, "control_char"),
        (7, "too_long"),
        (5, "nameless"),
    ]


def test_the_student_of_a_faulty_row_is_told(tmp_path: Path) -> None:
    """Where the row has a name, and as much of it as there is room for; there may be no column for it either."""
    rows = [["z1", "student"], ["9" * 21, "ann"], ["1", "b" * 25], ["1", "c\x00"], ["1"], ["1", "d"]]
    sheet = read_answers(saved(tmp_path / "w.csv", rows), limits=Limits(max_field=20))
    assert [(problem.reason, problem.student) for problem in sheet.problems] == [
        ("too_long", "ann"),
        ("too_long", "b" * 20),
        ("control_char", ""),
        ("wrong_columns", ""),
    ]
    assert [row.student for row in sheet.rows] == ["ann", "d"]
    unnamed = read_answers(saved(tmp_path / "v.csv", [["variant", "z1"], ["7", "9" * 21]]), limits=Limits(max_field=20))
    assert [(problem.reason, problem.student) for problem in unnamed.problems] == [("too_long", "")]


@pytest.mark.parametrize("more", [0, 1, 2])
def test_of_many_faulty_rows_so_many_are_told(tmp_path: Path, more: int) -> None:
    """Up to the limit each with its line, and then how many more there are."""
    rows = [["student", "z1", "z2"], *[["s", "1"]] * (MAX_PROBLEMS + more), ["t", "1", "2"]]
    sheet = read_answers(saved(tmp_path / "w.csv", rows))
    expected = [(line, "wrong_columns") for line in range(2, 2 + MAX_PROBLEMS)] + [(0, "more_problems")] * (more > 0)
    assert [(problem.line, problem.reason) for problem in sheet.problems] == expected
    assert not more or sheet.problems[-1].detail.startswith(f"{more} more")
    assert [row.student for row in sheet.rows] == ["t", "t"]


@pytest.mark.parametrize(("count", "told"), [(5, "'c0', 'c1', 'c2', 'c3', 'c4'"), (7, "'c4' and 2 more")])
def test_of_many_unknown_columns_five_are_named(made: MadeKey, tmp_path: Path, count: int, told: str) -> None:
    """And the others counted, beside fields and without."""
    names = [f"c{place}" for place in range(count)]
    head, row = wide(made, ("s1",))
    path = saved(tmp_path / "w.csv", [[*head, *names], [*row, *names]])
    [notice] = grade(path, made.key, tmp_path / "out").notices
    assert (notice.count, notice.text.endswith(f" {told}")) == (count, True)
    with pytest.raises(AnswersError, match=f"such as .*{told}; the file was passed over"):
        grade(saved(tmp_path / "w.csv", [["student", *names], ["s1", *names]]), made.key, tmp_path / "out")


def test_tables_larger_than_a_block_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells are taken up block by block, and each stays in its row and column."""
    monkeypatch.setattr(wide_form, "_BLOCK", 4)
    rows = [["student", "z1", "z2"], *([f"s{n}", f"{n}", f"{-n}"] for n in range(7))]
    found = read_answers(saved(tmp_path / "w.csv", rows)).rows
    expected = [(f"s{n}", field, text) for n in range(7) for field, text in (("z1", f"{n}"), ("z2", f"{-n}"))]
    assert [(row.student, row.field, row.answer) for row in found] == expected


def test_very_many_columns_are_survived(made: MadeKey, tmp_path: Path) -> None:
    """They are counted in one notice, and the fields among them are marked."""
    head, *rows = wide(made, ("s1",))
    more = [f"c{place}" for place in range(200_000)]
    path = saved(tmp_path / "w.csv", [[*head, *more], *([*row, *("1" for _ in more)] for row in rows)])
    begin = time.process_time()
    graded = grade(path, made.key, tmp_path / "out")
    assert time.process_time() - begin < 3
    assert [(notice.kind, notice.count) for notice in graded.notices] == [("unknown_field", 200_000)]
    assert len(graded.notices[0].text) < 1_000
    assert shares(graded) == {"s1": 100}


def test_entries_are_limited(tmp_path: Path) -> None:
    """Rows times columns must stay within the rows that are allowed."""
    path = saved(tmp_path / "w.csv", [["student", "z1", "z2", "z3"], *([f"s{n}", "1", "2", "3"] for n in range(4))])
    assert len(read_answers(path, limits=Limits(max_rows=12)).rows) == 12
    with pytest.raises(AnswersError, match="more than 11 entries"):
        read_answers(path, limits=Limits(max_rows=11))
