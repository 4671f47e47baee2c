"""Laws of marks and totals, for any policy, marks and outcomes."""

import functools
import tempfile
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from examgen.exams.banks.building import load_exam
from examgen.exams.exam import Exam
from examgen.exams.paper_shapes import PaperShape, paper_shape
from examgen.exams.policy import Direction, Grade, Policy, Rounding
from examgen.marking.judging.outcomes import BY_CODE, OUTCOMES
from examgen.marking.results.totals import entry_marks, entry_units, gradebook, mark_unit, question_marks
from tests.laws import tried
from tests.small_banks import DRAWN, written

MARKS = ("marks = 1\n", "marks = 0.1\n", "marks_per_task = 10\n", "marks_per_task = 0.7\n", "marks = 0\n")
SHARES = ("correct", "follow_through", "imprecise", "wrong", "misconception")
DIRECTIONS: tuple[Direction, ...] = ("nearest", "up", "down")
FIELDS = 5


@functools.cache
def exam_with(first: str, second: str, bonus: bool) -> tuple[Exam, PaperShape]:
    """An exam of a task of three entries and one of two, with these marks."""
    text = f'{DRAWN}{first}[[tasks]]\ntext = "b"\nask = ["dL_db", "dL_dW"]\n{second}bonus = {str(bonus).lower()}\n'
    with tempfile.TemporaryDirectory() as folder:
        exam = load_exam(written(Path(folder), text), 7).exam
    return exam, paper_shape(exam.questions[0], "A", exam.notation)


@dataclass(frozen=True)
class Case:
    """A marked class: outcome codes and what misconceptions explain, both (students, 5)."""

    exam: Exam
    paper: PaperShape
    policy: Policy
    outcome: NDArray[np.int8]
    is_explained: NDArray[np.bool_]
    has_bonus: bool

    def book(self, order: list[int] | None = None) -> dict[str, list[Any]]:
        """The gradebook of the students in this order."""
        order = list(range(len(self.outcome))) if order is None else order
        outcome, is_explained = self.outcome[order], self.is_explained[order]
        unit = mark_unit(self.policy, [self.paper])
        units = entry_units(unit, self.policy, self.paper, outcome, is_explained)
        part = question_marks(unit, self.paper, range(len(order)), units, outcome)
        heads = {"student": [str(place) for place in order]}
        columns = gradebook(replace(self.exam, policy=self.policy), unit, heads, [part])
        return {name: np.asarray(column).tolist() for name, column in columns.items()}


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Any shares and switches, with rounding or without."""
    shares: dict[str, Any] = {name: draw(st.decimals(0, 1, places=draw(st.sampled_from([0, 1, 3])))) for name in SHARES}
    if draw(st.booleans()):
        shares["follow_through"] = "off"
    step = draw(st.sampled_from([None, "0.5", "0.25", "1", "0.3"]))
    return Policy(
        **shares,
        precision=draw(st.sampled_from(["strict", "lenient"])),
        rounding=None if step is None else Rounding(step=Decimal(step), direction=draw(st.sampled_from(DIRECTIONS))),
        grades=(Grade(name="A", percent=Decimal(80)), Grade(name="B", percent=Decimal(50))),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Up to six students with any outcomes."""
    students, bonus = draw(st.integers(1, 6)), draw(st.booleans())
    exam, paper = exam_with(draw(st.sampled_from(MARKS)), draw(st.sampled_from(MARKS)), bonus)
    cells = st.lists(st.sampled_from(BY_CODE), min_size=FIELDS, max_size=FIELDS)
    outcome = [[found.code for found in draw(cells)] for _ in range(students)]
    flags = [[draw(st.booleans()) for _ in range(FIELDS)] for _ in range(students)]
    return Case(exam, paper, draw(policies()), np.array(outcome, dtype=np.int8), np.array(flags), bonus)


@given(cases())
def test_totals_are_the_exact_sums_of_the_entries(case: Case) -> None:
    """Without rounding, a total is what fractions add up to, entry by entry."""
    policy = case.policy.model_copy(update={"rounding": None})
    marks = entry_marks(policy, case.paper, case.outcome, case.is_explained)
    book = replace(case, policy=policy).book()
    for student, (codes, flags) in enumerate(zip(case.outcome, case.is_explained, strict=True)):
        exact = [
            field.exact_marks * Fraction(policy.share(BY_CODE[code].name, is_explained=bool(flag)))
            for field, code, flag in zip(case.paper.fields, codes, flags, strict=True)
        ]
        assert marks[student].tolist() == [float(value) for value in exact]
        assert book["marks"][student] == book["Q1"][student] == float(sum(exact))


@given(cases())
def test_marks_are_never_above_those_of_the_exam_nor_below_nothing(case: Case) -> None:
    """Only bonus leads beyond them, and by no more than it is worth; rounding adds less than a step to that."""
    book = case.book()
    worth = [float(field.exact_marks) for field in case.paper.fields]
    bonus = sum(worth[3:]) if case.has_bonus else 0.0
    slack = 1.0 if case.policy.rounding and bonus else 0.0
    for marks, most in zip(book["marks"], book["max_marks"], strict=True):
        assert most + bonus <= sum(worth) + 1e-9
        assert 0 <= marks <= most + bonus + slack + 1e-9


@given(cases(), st.sampled_from(SHARES), st.decimals(0, 1, places=2))
def test_a_wider_share_never_lowers_marks(case: Case, name: str, share: Decimal) -> None:
    """Of any outcome, for any student, with rounding and without."""
    before = getattr(case.policy, name)
    wide = before if before == "off" else max(share, before)
    wider = replace(case, policy=case.policy.model_copy(update={name: wide})).book()
    assert all(more >= less for more, less in zip(wider["marks"], case.book()["marks"], strict=True))


@given(cases())
def test_the_order_of_students_changes_nothing(case: Case) -> None:
    """Backwards, every student has the same row."""
    forwards, backwards = case.book(), case.book(list(range(len(case.outcome)))[::-1])
    assert {name: column[::-1] for name, column in backwards.items()} == forwards


@given(cases())
def test_rounding_goes_the_way_that_is_asked(case: Case) -> None:
    """Down never gives, up never takes, and nearest lies between them."""
    exact = replace(case, policy=case.policy.model_copy(update={"rounding": None})).book()["marks"]
    steps = [Rounding(step=Decimal("0.5"), direction=way) for way in ("down", "nearest", "up")]
    ways = [replace(case, policy=case.policy.model_copy(update={"rounding": step})).book()["marks"] for step in steps]
    for down, nearest, up, total in zip(*ways, exact, strict=True):
        assert down <= total <= up
        assert down <= nearest <= up


@tried(30)
@given(cases())
def test_perfect_papers_have_all_marks_and_blank_ones_none(case: Case) -> None:
    """Whatever the policy rounds, if it gives correct answers their marks."""
    policy = case.policy.model_copy(update={"correct": Decimal(1)})
    codes = [[OUTCOMES[name].code] * FIELDS for name in ("correct", "blank")]
    none = np.zeros((2, FIELDS), dtype=bool)
    book = replace(case, policy=policy, outcome=np.array(codes, dtype=np.int8), is_explained=none).book()
    perfect, blank = book["marks"]
    assert perfect >= book["max_marks"][0]
    assert case.has_bonus or perfect == book["max_marks"][0]
    assert blank == 0
