"""overrides.csv: marks that an instructor sets, and every mistake in one line."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from examgen.errors import AnswersError
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.exam import Exam, Variant
from examgen.exams.paper_shapes import paper_shape
from examgen.marking.judging.outcomes import OUTCOMES
from examgen.marking.results.overrides import Override, find_overrides, read_overrides, with_overrides
from examgen.marking.results.totals import entry_units, mark_unit
from tests.small_banks import DRAWN, written

HEADER = "student,field,marks,reason\n"
TWO_TASKS = f"""{DRAWN}marks_per_task = 10
[[tasks]]
text = "W"
ask = ["dL_db"]
marks = 2.5
"""
FIELDS = ["z1", "a1", "L", "dL_db1"]


def small_exam(folder: Path, text: str = TWO_TASKS) -> tuple[Exam, Mapping[str, Variant]]:
    loaded = load_exam(written(folder, text), 7)
    variants = draw_variants(loaded, [Student("s1"), Student("s2"), Student("=1"), Student("")])
    return loaded.exam, {variant.student: variant for variant in variants}


def read(folder: Path, text: str, exam_text: str = TWO_TASKS) -> tuple[Override, ...]:
    path = folder / "overrides.csv"
    path.write_text(text, encoding="utf-8")
    return read_overrides(path, *small_exam(folder, exam_text))


def test_rows_are_read(tmp_path: Path) -> None:
    """Student, entry, exact marks and the reason in one line; ids as the tables print them are understood."""
    rows = 's1,z1,1.25,Rounded  twice\ns2,L,0,Copied\n\'=1,dL_db1,2.5,"two\nlines"\n'
    found = read(tmp_path, HEADER + rows)
    assert [(row.student, row.question, row.field, row.marks, row.reason) for row in found] == [
        ("s1", "Q1", "z1", Fraction(5, 4), "Rounded twice"),
        ("s2", "Q1", "L", 0, "Copied"),
        ("=1", "Q1", "dL_db1", Fraction(5, 2), "two lines"),
    ]
    assert found[0].comment() == "Marks set by the instructor: Rounded twice"


def test_the_printed_part_of_a_task_is_the_exact_one(tmp_path: Path) -> None:
    """A third of ten marks is printed as 3.333333 and means a third."""
    assert read(tmp_path, f"{HEADER}s1,z1,3.333333,Full marks\n")[0].marks == Fraction(10, 3)
    assert read(tmp_path, f"{HEADER}s1,z1,3.333332,Nearly\n")[0].marks == Fraction("3.333332")


def test_a_spreadsheet_may_write_decimal_commas(tmp_path: Path) -> None:
    """Where cells are separated by semicolons."""
    assert read(tmp_path, f"{HEADER}s1,z1,1#5,Ok\n".replace(",", ";").replace("#", ","))[0].marks == Fraction(3, 2)


MISTAKES = {
    "s11,z1,1,x": "line 2: student 's11' is not in the key and handed nothing in; use an id of the class list."
    ' Did you mean "s1"?',
    "s1,z9,1,x": "line 2: field 'z9' is not on this student's paper; use a field of key/answers.csv.",
    "s1,z1,3.34,x": "line 2: marks is '3.34'; use a number from 0 to 3.333333",
    "s1,dL_db1,2.6,x": "line 2: marks is '2.6'; use a number from 0 to 2.5",
    "s1,dL_db1,-1,x": "line 2: marks is '-1'; use a number from 0 to 2.5",
    "s1,dL_db1,two,x": "line 2: marks is 'two'; use a number from 0 to 2.5",
    "s1,dL_db1,nan,x": "line 2: marks is 'nan'; use a number from 0 to 2.5",
    "s1,dL_db1,1e-999999,x": "line 2: marks is '1e-999999'; use a number from 0 to 2.5",
    "s1,dL_db1,,x": "line 2: marks is ''; use a number from 0 to 2.5",
    "s1,dL_db1,1, ": "line 2: reason is missing; say in a few words why the marks are set, the student reads it",
    "s1,z1,1,x\ns2,z1,1,x\ns1,z1,2,y": "line 4: Q1 z1 of 's1' is set in line 2 already; keep one of the two rows",
    "s1,z1,1": "line 2: the row has 3 cells and the header 4; a cell with a delimiter needs quotes",
}


@pytest.mark.parametrize("rows", MISTAKES)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, rows: str) -> None:
    """The file, the line, what was found and what is allowed."""
    with pytest.raises(AnswersError) as caught:
        read(tmp_path, f"{HEADER}{rows}\n")
    message = str(caught.value)
    assert message.startswith(f"{tmp_path}/overrides.csv: {MISTAKES[rows]}")
    assert "\n" not in message


def test_the_columns_are_needed(tmp_path: Path) -> None:
    """A file without reasons is refused, and one with a misspelled column."""
    with pytest.raises(AnswersError, match="reason"):
        read(tmp_path, "student,field,marks\ns1,z1,1\n")
    with pytest.raises(AnswersError, match="qestion"):
        read(tmp_path, "student,qestion,field,marks,reason\ns1,Q1,z1,1,x\n")


def test_a_field_of_two_questions_needs_its_question(tmp_path: Path) -> None:
    """The same name twice is ambiguous; with the question it is not, and the question must be one."""
    (tmp_path / "family.toml").write_text(DRAWN)
    exam = 'title = "E"\n' + '[[questions]]\nfamily = "family.toml"\n' * 2
    header = "student,question,field,marks,reason\n"
    with pytest.raises(AnswersError, match="line 2: field 'z1' is in Q1 and Q2; name one in question"):
        read(tmp_path, f"{header}s1,,z1,1,x\n", exam)
    with pytest.raises(AnswersError, match="line 2: question 'Q3' is unknown; use Q1, Q2 or leave it empty"):
        read(tmp_path, f"{header}s1,Q3,z1,1,x\n", exam)
    found = read(tmp_path, f"{header}s1,Q2,z1,1,x\ns1,Q1,z1,0,y\n", exam)
    assert [(row.question, row.marks) for row in found] == [("Q2", Fraction(1)), ("Q1", Fraction(0))]


def test_the_file_beside_the_key_is_found(tmp_path: Path) -> None:
    """Unless another one is given."""
    assert find_overrides(tmp_path) is None
    (tmp_path / "overrides.csv").write_text(HEADER)
    assert find_overrides(tmp_path) == tmp_path / "overrides.csv"
    assert find_overrides(tmp_path, Path("mine.csv")) == Path("mine.csv")


def test_marks_are_set_for_that_entry_only(tmp_path: Path) -> None:
    """Other entries and other students keep theirs, and what was handed over is left as it was."""
    exam, _ = small_exam(tmp_path)
    paper = paper_shape(exam.questions[0], "A", exam.notation)
    assert [field.name for field in paper.fields] == FIELDS
    overrides = read(tmp_path, f"{HEADER}s2,a1,1.1,Fair\ns1,dL_db1,0,Copied\n")
    unit = mark_unit(exam.policy, [paper], [row.marks for row in overrides])
    outcome = np.full((3, 4), OUTCOMES["correct"].code, dtype=np.int8)
    outcome[1] = OUTCOMES["wrong"].code
    units = entry_units(unit, exam.policy, paper, outcome, np.zeros((3, 4), dtype=bool))
    changed, placed = with_overrides(unit, paper, ["s1", "s2", "s9"], units, overrides)
    third = Fraction(10, 3)
    expected = [[third, third, third, 0], [0, Fraction("1.1"), 0, 0], [third, third, third, Fraction("2.5")]]
    assert [[Fraction(int(count), unit.parts) for count in row] for row in changed] == expected
    assert {place: row.reason for place, row in placed.items()} == {(1, 1): "Fair", (0, 3): "Copied"}
    assert Fraction(int(units[0, 3]), unit.parts) == Fraction("2.5")


def test_the_first_of_several_broken_rows_is_told(tmp_path: Path) -> None:
    """Line 2, not line 3."""
    with pytest.raises(AnswersError, match=r"overrides\.csv: line 2: the row has 3 cells"):
        read(tmp_path, f"{HEADER}s1,z1,1\ns2,z1\n")


def test_a_file_with_commas_between_cells_has_decimal_points(tmp_path: Path) -> None:
    """A quoted 1,5 may be anything there."""
    with pytest.raises(AnswersError, match="line 2: marks is '1,5'; use a number"):
        read(tmp_path, f'{HEADER}s1,z1,"1,5",x\n')


def test_marks_have_fifteen_decimals_at_most(tmp_path: Path) -> None:
    """The sixteenth is refused."""
    assert read(tmp_path, f"{HEADER}s1,z1,1.000000000000001,x\n")[0].marks == 1 + Fraction(1, 10**15)
    with pytest.raises(AnswersError, match=r"line 2: marks is '1\.0000000000000001'; use a number"):
        read(tmp_path, f"{HEADER}s1,z1,1.0000000000000001,x\n")


def test_full_marks_may_have_more_decimals_than_are_printed(tmp_path: Path) -> None:
    """A third of 0.0234375 is 0.0078125, printed as 0.007812; both are full marks, and more is not."""
    text = f"{DRAWN}marks_per_task = 0.0234375\n"
    found = read(tmp_path, f"{HEADER}s1,z1,0.0078125,x\ns2,z1,0.007812,x\n", text)
    assert [row.marks for row in found] == [Fraction(1, 128)] * 2
    with pytest.raises(AnswersError, match=r"line 2: marks is '0\.0078126'; use a number"):
        read(tmp_path, f"{HEADER}s1,z1,0.0078126,x\n", text)


def test_what_is_set_elsewhere_leaves_a_question_as_it_is(tmp_path: Path) -> None:
    """An override of the same field in another question, or of a field that only another shape has."""
    exam, _ = small_exam(tmp_path)
    paper = paper_shape(exam.questions[0], "A", exam.notation)
    unit = mark_unit(exam.policy, [paper])
    units = entry_units(unit, exam.policy, paper, np.full((1, 4), 4, dtype=np.int8), np.zeros((1, 4), dtype=bool))
    elsewhere = Override("s1", "Q2", "z1", Fraction(0), "x", 2), Override("s1", "Q1", "z7", Fraction(0), "x", 3)
    changed, placed = with_overrides(unit, paper, ["s1"], units, elsewhere)
    assert (changed.tolist(), placed) == (units.tolist(), {})
