"""What is counted for integrity.csv grows with the answers, whatever a class writes."""

import time

import numpy as np
import pytest

from examgen.core.rules.rule import Array
from examgen.exams.keys.solved_papers import papers
from examgen.exams.paper_shapes import PaperShape
from examgen.marking.integrity.missing_work import WithoutWork, bare_sheets
from examgen.marking.integrity.same_answers import same_answers
from examgen.marking.integrity.sheet_answers import RIGHT, WRONG, SheetAnswers
from examgen.marking.integrity.wrong_values import NEXT_TO, WrongValues
from examgen.marking.reading.entry_places import PaperAnswers
from tests.classroom.exams import load, variants_of


@pytest.fixture(scope="module")
def paper() -> PaperShape:
    """A paper with 87 fields."""
    loaded = load("sigmoid-chain", 5)
    [(paper, _)] = papers(loaded.exam, variants_of(loaded, 1)[0])
    return paper


def sheets_of(paper: PaperShape, wrong: Array) -> SheetAnswers:
    """Students with these wrong answers, (students, fields), NaN where theirs is right."""
    count, width = wrong.shape
    places = np.arange(wrong.size).reshape(count, width)
    part = PaperAnswers(paper, np.arange(count), places, places)
    is_wrong = np.isfinite(wrong)
    student, field = np.nonzero(is_wrong)
    state = np.where(is_wrong, np.int8(WRONG), np.int8(RIGHT))
    habit = np.zeros(len(student), dtype=np.int8)
    return SheetAnswers(part, state, student, field, wrong[is_wrong].view(np.int64), habit)


def mistaken(paper: PaperShape, students: int, share: float, values: int) -> Array:
    """Wrong answers here and there, of so many values."""
    random = np.random.default_rng(1)
    found = random.integers(values, size=(students, len(paper.fields))).astype(float)
    return np.where(random.random(found.shape) < share, found, np.nan)


@pytest.mark.parametrize("values", [1, 30, 10**9])
def test_pairs_to_look_at_are_few(paper: PaperShape, values: int) -> None:
    """Of thousands with one wrong value, nobody is compared with all others."""
    for students in (500, 4000):
        wrong = mistaken(paper, students, 0.2, values)
        first, second = WrongValues.of([sheets_of(paper, wrong)], students).pairs(students)
        assert (first < second).all()
        assert len(first) <= NEXT_TO * np.isfinite(wrong).sum() / 2


def test_chance_alone_names_nobody(paper: PaperShape) -> None:
    """Neither where values are few and nearly all share them, nor where a third of all answers is wrong."""
    for students, share, values in ((400, 0.05, 3), (400, 0.35, 20), (60, 0.35, 5), (3000, 0.1, 50)):
        wrong = mistaken(paper, students, share, values)
        assert same_answers([sheets_of(paper, wrong)], np.zeros(wrong.size), students) == []


def test_one_sheet_among_thousands_is_found(paper: PaperShape) -> None:
    """A copy of a sheet with wrong answers of which each is given by dozens of others, too."""
    wrong = mistaken(paper, 3000, 0.1, 30)
    wrong[2900] = wrong[70] = mistaken(paper, 1, 0.5, 30)[0]
    [pair] = same_answers([sheets_of(paper, wrong)], np.zeros(wrong.size), 3000)
    assert (pair.first, pair.second) == (70, 2900)
    assert {field for _, field in pair.entries} == set(np.flatnonzero(np.isfinite(wrong[70])).tolist())
    assert pair.chance * 3000 * 2999 / 2 <= 0.01


def test_a_sheet_that_many_have_is_found(paper: PaperShape) -> None:
    """Each of them is named with some of the others, and nobody else is."""
    wrong = mistaken(paper, 3000, 0.05, 10**9)
    ring = np.arange(0, 3000, 150)
    wrong[ring] = mistaken(paper, 1, 0.25, 30)[0]
    pairs = same_answers([sheets_of(paper, wrong)], np.zeros(wrong.size), 3000)
    assert {end for pair in pairs for end in (pair.first, pair.second)} == set(ring.tolist())
    assert len(pairs) <= NEXT_TO * len(ring)


@pytest.mark.parametrize("students", [3, 40, 10_000])
def test_a_class_with_one_sheet_is_named(paper: PaperShape, students: int) -> None:
    """Each with the first: as many rows as students, not as pairs of them."""
    wrong = np.repeat(mistaken(paper, 1, 0.5, 30), students, axis=0)
    begin = time.process_time()
    pairs = same_answers([sheets_of(paper, wrong)], np.zeros(wrong.size), students)
    assert time.process_time() - begin < 5
    assert [(pair.first, pair.second, pair.alike) for pair in pairs] == [
        (0, other, students) for other in range(1, students)
    ]
    assert {pair.entries for pair in pairs} == {tuple((0, int(at)) for at in np.flatnonzero(np.isfinite(wrong[0])))}
    # One in ten, as nobody is there to tell otherwise: ten wrong answers are as rare as 1e-9 at most.
    assert all(10.0**-pair.separate <= pair.chance <= 10.0 ** (2 - pair.separate) for pair in pairs)


def test_two_sheets_of_which_each_half_of_a_class_has_one_are_named_apart(paper: PaperShape) -> None:
    """The other half counts as few sheets and not as many students, whose common sheet would hide the first."""
    halves = mistaken(paper, 2, 0.4, 10**9)
    wrong = halves[np.arange(200) % 2]
    pairs = same_answers([sheets_of(paper, wrong)], np.zeros(wrong.size), 200)
    assert {(pair.first, pair.second) for pair in pairs} == {(number % 2, number) for number in range(2, 200)}


def test_few_wrong_answers_of_a_whole_class_are_no_evidence(paper: PaperShape) -> None:
    """Five that have nothing in common may be what everybody was taught, or mistakes of the paper."""
    wrong = np.full((200, len(paper.fields)), np.nan)
    wrong[:, [0, 20, 40, 60, 80]] = 7.0
    assert same_answers([sheets_of(paper, wrong)], np.zeros(wrong.size), 200) == []


def test_missing_work_is_beyond_what_the_class_leaves_out(paper: PaperShape) -> None:
    """One student with nine quantities missing among those with none or one; not where many have as many."""
    part = PaperAnswers(paper, np.arange(100), np.zeros((100, 87), dtype=np.int64), np.zeros((100, 87), dtype=np.int64))
    rows = np.arange(100)
    few = (rows % 10 == 0).astype(np.int64)
    few[55] = 9
    [bare] = bare_sheets([WithoutWork(part, rows, rows % 87, few)], 100)
    assert (bare.student, bare.entries) == (55, ((0, 55),))
    many = np.where(rows % 10 == 0, 8, 0)
    many[55] = 9
    assert not list(bare_sheets([WithoutWork(part, rows, rows % 87, many)], 100))
