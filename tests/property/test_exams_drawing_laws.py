"""A student's paper is that student's, whoever else is in the class and however the paper is written."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.exam import Variant
from tests.laws import some_of, tried
from tests.small_banks import fitting_notations, has_only_circuits, shipped_names

ROSTER = ["", "maria", "s1", "s2", "s3", "s10", "ß", "a b"]
EXAMS = shipped_names("exams", "families")


def numbers(variant: Variant) -> dict[str, tuple[str, dict[str, object]]]:
    """Shape and given numbers by question."""
    return {
        question: (drawn.label, {name: values.tolist() for name, values in drawn.givens.items()})
        for question, drawn in variant.questions.items()
    }


@cache
def alone(exam: str, student: str) -> str:
    """The paper of a student who is the whole class."""
    [variant] = draw_variants(load_exam(exam, 7), [Student(student)])
    return f"{variant.code} {numbers(variant)}"


@tried(40)
@given(st.sampled_from(EXAMS), st.lists(st.sampled_from(ROSTER), min_size=1, max_size=10))
def test_a_paper_does_not_depend_on_the_class(exam: str, roster: list[str]) -> None:
    """In any order, subset or repetition of the class, each student gets the paper that they get alone."""
    variants = draw_variants(load_exam(exam, 7), [Student(student) for student in roster])
    assert [variant.student for variant in variants] == roster
    assert [f"{variant.code} {numbers(variant)}" for variant in variants] == [alone(exam, id_) for id_ in roster]


@pytest.mark.parametrize("exam", some_of(shipped_names("families"), 8))
def test_a_paper_does_not_depend_on_the_notation(exam: str) -> None:
    """Every notation writes the same numbers."""
    students = [Student(student) for student in ROSTER[:2]]
    papers = [
        [(variant.code, numbers(variant)) for variant in draw_variants(load_exam(exam, 7, notation), students)]
        for notation in fitting_notations(exam)
    ]
    assert len(papers) >= (1 if has_only_circuits(exam) else 4)
    assert all(paper == papers[0] for paper in papers)


@pytest.mark.parametrize("exam", some_of(shipped_names("families"), 8, 1))
def test_students_and_seeds_have_papers_of_their_own(exam: str) -> None:
    """No two students of a class and no two seeds share a paper."""
    students = [Student(student) for student in ROSTER]
    papers = {
        f"{variant.code} {numbers(variant)}"
        for seed in (7, 8)
        for variant in draw_variants(load_exam(exam, seed), students)
    }
    assert len(papers) == 2 * len(ROSTER)


@tried(20)
@given(st.integers(0, 2**64), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_any_seed_and_student_id_draws(seed: int, student: str) -> None:
    """Any id that is text and any seed from 0 on gives a paper, and the same again."""
    first, second = (draw_variants(load_exam("scalar-chain", seed), [Student(student)])[0] for _ in range(2))
    assert (first.code, numbers(first)) == (second.code, numbers(second))
    assert all(np.isfinite(value).all() for value in first.questions["Q1"].givens.values())
