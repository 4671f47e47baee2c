"""Marks of entries, their sums, and the columns of the gradebook."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from examgen.exams.banks.building import load_exam
from examgen.exams.exam import Exam
from examgen.exams.paper_shapes import PaperShape, paper_shape
from examgen.exams.policy import Policy
from examgen.marking.judging.outcomes import OUTCOMES
from examgen.marking.results.totals import (
    Codes,
    entry_marks,
    entry_units,
    gradebook,
    mark_unit,
    question_marks,
    settled_outcomes,
)
from tests.small_banks import DRAWN, written

THIRDS = f"{DRAWN}marks_per_task = 10\n"
OTHERS = """[[tasks]]
text = "b"
ask = ["dL_db", "dL_dW"]
marks = 0.1
"""


def small_exam(folder: Path, text: str) -> tuple[Exam, PaperShape]:
    exam = load_exam(written(folder, text), 7).exam
    return exam, paper_shape(exam.questions[0], "A", exam.notation)


def codes(*students: str) -> Codes:
    """Codes from words such as "correct wrong blank", a student each."""
    return np.array([[OUTCOMES[name].code for name in student.split()] for student in students], dtype=np.int8)


def book(folder: Path, text: str, *students: str) -> dict[str, list[object]]:
    """The gradebook of students with these outcomes."""
    exam, paper = small_exam(folder, text)
    outcome = codes(*students)
    unit = mark_unit(exam.policy, [paper])
    units = entry_units(unit, exam.policy, paper, outcome, np.zeros(outcome.shape, dtype=bool))
    part = question_marks(unit, paper, range(len(students)), units, outcome)
    columns = gradebook(exam, unit, {"student": [f"s{n}" for n in range(len(students))]}, [part])
    return {name: list(column) for name, column in columns.items()}


def test_every_outcome_has_its_marks(tmp_path: Path) -> None:
    """A third of ten marks is right, half of it imprecise, and only an explained wrong entry has what that earns."""
    _, paper = small_exam(tmp_path, THIRDS)
    outcome = codes("correct imprecise wrong", "blank unreadable wrong")
    is_explained = np.array([[True, True, True], [True, True, False]])
    policy = Policy(misconception=Decimal("0.3"))
    marks = entry_marks(policy, paper, outcome, is_explained)
    assert marks.tolist() == [[10 / 3, 5 / 3, 1.0], [0, 0, 0]]


def test_thirds_and_tenths_add_up_exactly(tmp_path: Path) -> None:
    """Three thirds of ten are ten, two tenths beside them 0.2, and a perfect paper has all."""
    columns = book(
        tmp_path,
        THIRDS + OTHERS,
        "correct correct correct correct correct",
        "correct correct correct wrong blank",
        "wrong correct imprecise imprecise wrong",
    )
    assert columns["marks"] == columns["Q1"] == [10.2, 10, 5.05]
    assert columns["max_marks"] == [10.2] * 3
    assert columns["percent"] == [100, 98.04, 49.51]
    counts = {name: columns[name] for name in ("blank", "wrong", "imprecise", "correct")}
    assert counts == {"blank": [0, 1, 0], "wrong": [0, 1, 2], "imprecise": [0, 0, 2], "correct": [5, 3, 1]}


def test_rounding_and_grades_are_of_the_exam_total(tmp_path: Path) -> None:
    """Questions keep their exact marks; percent and grade go by the rounded total."""
    policy = """[policy]
rounding = { step = 0.5 }
grades = [{ grade = "A", from = 95 }, { grade = "B", from = 65 }]
"""
    columns = book(
        tmp_path,
        THIRDS + policy,
        "correct correct correct",
        "correct correct wrong",
        "correct correct imprecise",
        "correct wrong wrong",
    )
    assert columns["marks"] == [10, 6.5, 8.5, 3.5]
    assert columns["Q1"] == pytest.approx([10, 20 / 3, 25 / 3, 10 / 3], abs=1e-14)
    assert columns["percent"] == [100, 65, 85, 35]
    assert columns["grade"] == ["A", "B", "B", ""]


def test_columns_are_in_order(tmp_path: Path) -> None:
    """Other programs read these; the grade is there only where there are grades."""
    tail = ["Q1", *(name for name in OUTCOMES if name != "correct"), "correct"]
    outcome = "correct correct correct"
    assert list(book(tmp_path, DRAWN, outcome)) == ["student", "marks", "max_marks", "percent", *tail]
    graded = DRAWN + '[[policy.grades]]\ngrade = "A"\nfrom = 0\n'
    assert list(book(tmp_path, graded, outcome)) == ["student", "marks", "max_marks", "percent", "grade", *tail]


def test_bonus_counts_on_top(tmp_path: Path) -> None:
    """Its marks are not among those of the exam, and more than all of them is possible."""
    columns = book(
        tmp_path,
        f"{DRAWN}{OTHERS}bonus = true\n",
        "correct correct correct correct correct",
        "wrong wrong wrong correct correct",
    )
    assert columns["max_marks"] == [3, 3]
    assert columns["marks"] == [3.2, 0.2]
    assert columns["percent"] == [106.67, 6.67]


def test_an_exam_of_bonus_alone_has_no_percentage(tmp_path: Path) -> None:
    """Nothing is divided by zero."""
    columns = book(tmp_path, f"{DRAWN}bonus = true\n", "correct wrong correct")
    assert (columns["marks"], columns["max_marks"], columns["percent"]) == ([2], [0], [0])


def test_what_follows_is_wrong_without_follow_through() -> None:
    """Outcomes are renamed, so that the tables say what the marks say."""
    outcome = codes("correct follow_through wrong", "follow_through blank imprecise")
    assert settled_outcomes(Policy(), outcome) is outcome
    settled = settled_outcomes(Policy(follow_through="off"), outcome)
    assert settled.tolist() == codes("correct wrong wrong", "wrong blank imprecise").tolist()
    assert settled.dtype == np.int8


def test_marks_that_fit_no_64_bits_are_exact_all_the_same(tmp_path: Path) -> None:
    """Fifteen decimals of marks times fifteen of a share, spread over three entries."""
    text = """marks_per_task = 999.999999999999
[policy]
imprecise = 0.123456789012345
"""
    exam, paper = small_exam(tmp_path, DRAWN + text)
    unit = mark_unit(exam.policy, [paper])
    outcome = codes("imprecise imprecise imprecise", "correct correct correct")
    units = entry_units(unit, exam.policy, paper, outcome, np.zeros(outcome.shape, dtype=bool))
    assert [Fraction(int(total), unit.parts) for total in units.sum(axis=1)] == [
        Fraction("999.999999999999") * Fraction("0.123456789012345"),
        Fraction("999.999999999999"),
    ]
    columns = book(tmp_path, DRAWN + text, "imprecise imprecise imprecise", "correct correct correct")
    assert columns["marks"] == pytest.approx([123.4567890123448765, 999.999999999999], rel=1e-15)


def test_students_of_several_shapes_are_put_in_their_places(tmp_path: Path) -> None:
    """Each shape brings its own students, in any order, and its own marks of the exam."""
    text = DRAWN.replace("[1, 1]", "[1, 1, 1]").replace('["sigmoid"]', '[["tanh", "relu"], "sigmoid"]')
    exam = load_exam(written(tmp_path, text + "marks = 0.5\n"), 7).exam
    shapes = [paper_shape(exam.questions[0], label, exam.notation) for label in ("A", "B")]
    unit = mark_unit(exam.policy, shapes)
    parts = []
    for paper, members, outcome in ((shapes[0], [2, 0], "correct"), (shapes[1], [1], "wrong")):
        found = codes(*[" ".join([outcome] * len(paper.fields))] * len(members))
        units = entry_units(unit, exam.policy, paper, found, np.zeros(found.shape, dtype=bool))
        units[0, 0] = unit.count(Fraction(0))
        parts.append(question_marks(unit, paper, members, units, found))
    columns = gradebook(exam, unit, {"student": ["a", "b", "c"]}, parts)
    assert columns["marks"] == [2.5, 0, 2]
    assert columns["max_marks"] == [2.5] * 3
    assert columns["wrong"].tolist() == [0, 5, 0]


def test_counts_are_python_integers_only_where_they_may_not_fit(tmp_path: Path) -> None:
    """Thirds and tenths fit 64 bits; 10^17 hundredths for a mark fit as well, but not 10^17 times a thousand marks."""
    exam, paper = small_exam(tmp_path, THIRDS + OTHERS)
    assert mark_unit(exam.policy, [paper]).dtype is np.int64
    text = "marks_per_task = {}\n[policy]\nimprecise = 0.1237\n"
    for marks, dtype in (("0.000000000001", np.int64), ("999.999999999999", object)):
        exam, paper = small_exam(tmp_path, DRAWN.replace('"z", "a", "loss"', '"z"') + text.format(marks))
        unit = mark_unit(exam.policy, [paper])
        assert (unit.parts, unit.dtype) == (10**18, dtype)
