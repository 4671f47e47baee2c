"""The statistics of a class: beside a hand-worked example, other libraries, and what they must say of the smallest."""

import math
from pathlib import Path

import numpy as np
import pytest

from examgen.errors import AnswersError
from examgen.marking.statistics.class_figures import (
    Cause,
    alpha_of_entries,
    causes,
    entry_figures,
    first_wrong,
    names_in,
    unreadable_reasons,
)
from examgen.marking.statistics.classical import correlation, discriminations, reliability, spread
from examgen.marking.statistics.marks_table import MarksTable, marks_table, read_columns_of

MARKS = np.array([[2, 4, 3], [1, 2, 2], [4, 5, 5], [3, 3, 2], [5, 4, 5]], dtype=float)
"""By hand: the parts vary by 2.5, 1.3 and 2.3, their sum by 15.5, so alpha is 3/2 (1 - 6.1/15.5)."""

HEAD = (
    "student,question,field,answer,value,reference,follow_through,tolerance,outcome,misconception,marks,max_marks,"
    "comment\n"
)
ROWS = (
    HEAD
    + """\
ann,Q1,z,1,1,1,1,0.1,correct,,2,2,
ann,Q1,a,9,9,2,2,0.1,wrong,no-bias,0,2,"why, said"
ann,Q2,p,3,3,3,3,0.1,correct,,1,1,
bob,Q1,z,8,8,1,1,0.1,wrong,no-bias|no-slope,0,2,
bob,Q1,a,7,7,2,7,0.1,follow_through,,2,2,
bob,Q2,p,x,,3,3,0.1,unreadable,,0,1,"No ""number"", but"
,Q1,z,1,1,1,1,0.1,correct,,2,2,
,Q2,p,,,3,3,0.1,blank,,0,1,
,Q1,z,1,1,1,1,0.1,correct,,2,2,
,Q2,p,y,,3,3,0.1,unreadable,,0,1,"No ""number"", but"
"""
)


@pytest.fixture
def table(tmp_path: Path) -> MarksTable:
    """Ann, Bob and two papers without a name, which were not asked for `a`."""
    (tmp_path / "results.csv").write_text(ROWS, encoding="utf-8")
    return marks_table(read_columns_of(tmp_path / "results.csv"))


def test_alpha_is_as_worked_out_by_hand() -> None:
    """And its interval is that of pingouin 0.5.5 for the same table."""
    found = reliability(MARKS)
    assert found is not None
    assert found.alpha == pytest.approx(1.5 * (1 - 6.1 / 15.5), rel=1e-12)
    assert (round(found.low, 3), round(found.high, 3)) == (0.544, 0.990)


@pytest.mark.parametrize(
    ("marks", "why"),
    [
        (MARKS[:1], "one paper"),
        (MARKS[:, :1], "one part"),
        (np.ones((4, 3)), "all have the same"),
        (np.zeros((0, 3)), "no paper"),
    ],
)
def test_alpha_is_not_told_where_there_is_none(marks: np.ndarray, why: str) -> None:
    """There is nothing to rely on, and no number that looks as if there were."""
    assert reliability(marks) is None, why


def pearson(one: np.ndarray, other: np.ndarray) -> float:
    """The same by another library, which takes a second to import."""
    from scipy import stats

    return float(stats.pearsonr(one, other).statistic)


def test_correlation_is_that_of_another_library() -> None:
    """Where something is unknown, of what is known of both; of what does not vary there is none."""
    random = np.random.default_rng(3)
    one, other = random.normal(size=(2, 50))
    assert correlation(one, other) == pytest.approx(pearson(one, other), rel=1e-12)
    one[7], other[9] = np.nan, np.nan
    both = np.isfinite(one) & np.isfinite(other)
    assert correlation(one, other) == pytest.approx(pearson(one[both], other[both]), rel=1e-12)
    assert math.isnan(correlation(np.full(50, 0.1), random.normal(size=50)))
    assert math.isnan(correlation(one[:2], other[:2]))


def test_an_entry_is_compared_with_all_others_and_not_with_itself() -> None:
    """Of each, by another library, with the marks of what else is on the same paper."""
    most = np.full(MARKS.shape, 5.0)
    found = discriminations(MARKS, most)
    for column in range(3):
        rest = np.delete(MARKS, column, axis=1).sum(axis=1)
        assert found[column] == pytest.approx(pearson(MARKS[:, column], rest), rel=1e-12)


def test_spread_is_that_of_a_sample() -> None:
    """Deviation with one below, quartiles between the numbers; of one number there is no deviation."""
    found = spread(np.array([1.0, 2.0, 4.0, 9.0]))
    assert (found.mean, found.median, found.least, found.most) == (4.0, 3.0, 1.0, 9.0)
    assert found.deviation == pytest.approx(math.sqrt(38 / 3))
    assert (found.lower, found.upper) == (1.75, 5.25)
    assert math.isnan(spread(np.array([1.0])).deviation)
    assert spread(np.zeros(0)).count == 0


def test_papers_without_a_name_are_told_apart(table: MarksTable) -> None:
    """Another begins where an entry comes that is not behind the one before."""
    assert table.students == ("ann", "bob", "", "")
    assert table.entries == (("Q1", "z"), ("Q1", "a"), ("Q2", "p"))
    assert table.is_asked.tolist() == [[True] * 3, [True] * 3, [True, False, True], [True, False, True]]


def test_entries_are_counted_on_the_papers_that_have_them(table: MarksTable) -> None:
    """Difficulty, what came out, where a student went wrong first, and the cause of it."""
    z, a, p = entry_figures(table)
    assert (z.asked, a.asked, p.asked) == (4, 2, 4)
    assert (z.difficulty, a.difficulty, p.difficulty) == (0.75, 0.5, 0.25)
    assert (z.first_wrong, a.first_wrong, p.first_wrong) == (1, 1, 0)
    assert (a.cause, p.cause) == ("no-bias", "")
    assert (p.came_out("unreadable"), p.came_out("blank", "unreadable")) == (2, 3)
    assert first_wrong(table)[:, 0].tolist() == [1, 0, -1, -1]


def test_each_of_several_causes_counts(table: MarksTable) -> None:
    """By students first; of a name that stands with another one in a cell, too."""
    assert causes(table) == [Cause("no-bias", 2, 2), Cause("no-slope", 1, 1)]
    assert names_in("no-bias+no-slope|ascent") == ("no-bias", "no-slope", "ascent")


def test_reasons_are_what_students_are_told(table: MarksTable) -> None:
    """One row for all answers that have the same reason."""
    [found] = unreadable_reasons(table)
    assert (found.text, found.students, found.entries) == ('No "number", but', 2, 2)


def test_alpha_is_over_what_all_papers_have(table: MarksTable) -> None:
    """An entry that is not on every paper is no part of it."""
    found = alpha_of_entries(table)
    assert found is not None
    assert (found.papers, found.parts) == (4, 2)


def test_an_empty_table_has_no_papers(tmp_path: Path) -> None:
    """Only its header stands there."""
    (tmp_path / "results.csv").write_text(HEAD, encoding="utf-8")
    found = marks_table(read_columns_of(tmp_path / "results.csv"))
    assert (found.students, found.entries) == ((), ())
    assert (entry_figures(found), causes(found), unreadable_reasons(found)) == ([], [], [])


def test_a_table_without_a_column_is_told(tmp_path: Path) -> None:
    """In one line, with what to do."""
    (tmp_path / "results.csv").write_text("student,question\nann,Q1\n", encoding="utf-8")
    with pytest.raises(AnswersError, match="mark the class again"):
        read_columns_of(tmp_path / "results.csv")
