"""Whether marks differ between the shapes of a question: the test itself, and what instructors are told."""

from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest

from examgen.exams.keys.key_folder import Key, read_key
from examgen.marking.grading import GradeOptions, grade
from examgen.marking.results.graded_class import GradedClass
from examgen.marking.results.notes import Note
from examgen.marking.results.shape_groups import (
    CHANCE,
    LEAST_STUDENTS,
    MOST_GROUPS,
    Compared,
    chi_squared_beyond,
    compared_shapes,
    holm,
    kruskal_wallis,
)
from tests.marking_sheets import MadeKey, Row, blank, make_key, rounded, write_sheet

Marks = np.ndarray[Any, Any]
STUDENTS = [f"s{number}" for number in range(60)]


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 7, 11, 40, 499])
@pytest.mark.parametrize("value", [0.001, 0.5, 3.84, 20.0, 400.0])
def test_chi_squared_is_that_of_the_incomplete_gamma_function(value: float, freedom: int) -> None:
    """For even and odd degrees of freedom, in both tails."""
    expected = mpmath.gammainc(mpmath.mpf(freedom) / 2, mpmath.mpf(value) / 2, mpmath.inf, regularized=True)
    assert chi_squared_beyond(value, freedom) == pytest.approx(float(expected), rel=1e-10)


def test_the_example_of_kruskal_and_wallis() -> None:
    """Bottle caps of three machines: their H is 5.656."""
    caps = ([340, 345, 330, 342, 338], [339, 333, 344], [347, 343, 349, 355])
    found = kruskal_wallis([np.array(machine, dtype=float) for machine in caps])
    assert found == pytest.approx(float(mpmath.exp(-5.656 / 2)), abs=1e-4)


@pytest.mark.parametrize("seed", range(20))
def test_ties_share_their_ranks(seed: int) -> None:
    """H is N - 1 times the share of the variance of the ranks that is between the groups, whatever the ties."""
    draw = np.random.default_rng(seed)
    groups = [draw.integers(0, 5, draw.integers(5, 20)).astype(float) for _ in range(draw.integers(2, 6))]
    values = np.concatenate(groups)
    ranks = [[(values < one).sum() + ((values == one).sum() + 1) / 2 for one in group] for group in groups]
    every = np.concatenate(ranks)
    between = sum(len(part) * (np.mean(part) - every.mean()) ** 2 for part in ranks)
    spread = (len(every) - 1) * between / ((every - every.mean()) ** 2).sum()
    expected = mpmath.gammainc(mpmath.mpf(len(groups) - 1) / 2, spread / 2, mpmath.inf, regularized=True)
    assert kruskal_wallis(groups) == pytest.approx(float(expected), rel=1e-8)


def test_groups_of_the_same_marks_do_not_differ() -> None:
    """Where everybody has the same there is nothing to rank."""
    assert kruskal_wallis([np.full(5, 3.0), np.full(7, 3.0)]) == 1


def test_several_tests_are_held_to_the_rate_of_one() -> None:
    """The least of three is tripled, the next doubled, and none becomes less than one before it."""
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.9, 0.8]) == [1, 1]


def class_book(key: Key, marks: dict[str, Marks]) -> dict[str, Any]:
    """The columns of a gradebook that are read, by question."""
    return {"variant": [variant.code for variant in key.variants], **{name: list(one) for name, one in marks.items()}}


def made(folder: Path, name: str = "scalar-chain", students: list[str] = STUDENTS) -> tuple[MadeKey, Key]:
    made_key = make_key(folder / "exam", name, students)
    return made_key, read_key(made_key.key)


def labels(key: Key, question: str = "Q1") -> Marks:
    """The shape of each student."""
    return np.array([variant.questions[question].label for variant in key.variants])


def test_equal_shapes_are_told_to_differ_at_the_rate_of_chance_at_most(tmp_path: Path) -> None:
    """Of 400 classes whose marks do not depend on the shape, some 5 in 100 are told that they do."""
    _, key = made(tmp_path)
    draw = np.random.default_rng(1)
    found = [compared_shapes(key, class_book(key, {"Q1": draw.integers(0, 12, 60)})) for _ in range(400)]
    assert all(len(one.notes) + bool(one.alike) == 1 for one in found)
    assert sum(len(one.notes) for one in found) / 400 <= CHANCE + 3 * (CHANCE * (1 - CHANCE) / 400) ** 0.5


def test_a_shape_whose_marks_are_lower_is_told(tmp_path: Path) -> None:
    """Of classes in which one shape loses a third of the marks, nearly all are told, with marks and numbers."""
    _, key = made(tmp_path)
    draw, is_hard = np.random.default_rng(2), labels(key) == "B"
    notes: list[Note] = []
    for _ in range(50):
        marks = draw.integers(4, 13, 60).astype(float)
        notes += compared_shapes(key, class_book(key, {"Q1": marks - 4 * is_hard})).notes
    assert len(notes) >= 45
    for note in notes:
        assert note.place == "Q1"
        assert f"(n = {is_hard.sum()}); papers of different shapes may not have been equally hard" in note.text


def test_of_several_questions_the_one_that_differs_is_named(tmp_path: Path) -> None:
    """Each question is tested by its own shapes; those of one shape are not tested."""
    _, key = made(tmp_path, "midterm", [f"s{number}" for number in range(120)])
    draw = np.random.default_rng(3)
    marks = {name: draw.integers(0, 30, 120).astype(float) for name in ("Q1", "Q2", "Q3")}
    assert compared_shapes(key, class_book(key, marks)).alike
    marks["Q3"][np.isin(labels(key, "Q3"), ["A", "C", "E"])] -= 25
    [note] = compared_shapes(key, class_book(key, marks)).notes
    assert note.text.startswith("Q3: marks differ between its shapes by more than chance (Kruskal-Wallis, p < 0.001): ")
    assert note.text.count("(n = ") == MOST_GROUPS
    assert "more …" in note.text


@pytest.mark.parametrize("name", ["scalar-chain", "sigmoid-chain"])
def test_small_classes_and_single_shapes_are_passed_over_in_silence(tmp_path: Path, name: str) -> None:
    """No group has two of five students, or there is one shape only."""
    _, key = made(tmp_path, name, STUDENTS[: 8 if name == "scalar-chain" else 60])
    marks = np.arange(len(key.variants), dtype=float)
    assert compared_shapes(key, class_book(key, {"Q1": marks})) == Compared()


def test_absent_students_and_small_groups_are_left_out(tmp_path: Path) -> None:
    """With four students of a shape there is one group left, and nothing to compare."""
    _, key = made(tmp_path)
    marks: list[float | None] = [float(number) for number in range(60)]
    here = np.flatnonzero(labels(key) == "B")
    for number in here[LEAST_STUDENTS - 1 :]:
        marks[number] = None
    book = class_book(key, {}) | {"Q1": marks}
    assert compared_shapes(key, book) == Compared()


def graded(tmp_path: Path, answer_of: dict[str, Any]) -> GradedClass:
    """A class that was marked; by label, how its students answer."""
    made_key, key = made(tmp_path)
    label = dict(zip(STUDENTS, labels(key).tolist(), strict=True))
    sheet = tmp_path / "sheet.csv"
    write_sheet(sheet, made_key.rows, lambda row: str(answer_of[label[row["student"]]](row)))
    return grade(sheet, made_key.key, tmp_path / "marks", GradeOptions(tables=True))


def half(row: Row) -> str:
    """Every other student leaves what is not z1 empty."""
    return rounded(row) if int(row["student"][1:]) % 2 or row["field"].startswith("z") else ""


def test_a_marked_class_says_that_one_shape_had_lower_marks(tmp_path: Path) -> None:
    """The note has the average marks of each shape and how many have it."""
    done = graded(tmp_path, {"A": rounded, "B": blank})
    [note] = [note for note in done.notes if note.kind == "unequal_shapes"]
    assert not done.shapes
    assert "(Kruskal-Wallis, p < 0.001): on average A " in note.text
    assert ", B 0.0 of " in note.text


@pytest.mark.parametrize("answer", [rounded, blank, half])
def test_a_marked_class_whose_shapes_are_alike_says_so_in_a_line(tmp_path: Path, answer: Any) -> None:
    """Also where everybody has all marks, or none."""
    done = graded(tmp_path, {"A": answer, "B": answer})
    assert done.shapes.startswith("no difference beyond chance, p = ")
    assert "unequal_shapes" not in {note.kind for note in done.notes}


def test_students_who_were_marked_before_count_as_well(tmp_path: Path) -> None:
    """A class that comes in two parts is tested as a whole."""
    made_key, key = made(tmp_path)
    label, marks = labels(key), tmp_path / "marks"
    for number, chosen in enumerate(("A", "B")):
        students = {STUDENTS[place] for place in np.flatnonzero(label == chosen)}
        rows = [row for row in made_key.rows if row["student"] in students]
        sheet = write_sheet(tmp_path / f"{number}.csv", rows, rounded if chosen == "A" else blank)
        done = grade(sheet, made_key.key, marks, GradeOptions(tables=True))
    assert "unequal_shapes" in {note.kind for note in done.notes}
