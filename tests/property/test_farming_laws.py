"""Laws against farming: who shows no knowledge earns next to nothing.

Sheets are marked as those of a class are, from answers.csv to results.csv. What follows from an absurd value is
computed here entry by entry from the rules of the graph, rounded as asked, and not by the marker.
"""

from functools import cache

import numpy as np
import pytest

from examgen.exams.fields import Field
from examgen.exams.keys.solved_papers import solve
from tests.classroom.climbing import search
from tests.classroom.cribs import Page
from tests.classroom.exams import COMPOSED, with_numbers
from tests.classroom.farming import BESIDE, RIGHT_COUNTS, Hall, hall
from tests.classroom.figures import Array
from tests.classroom.handing_in import Result
from tests.classroom.judging import OURS
from tests.classroom.strategies import STRATEGIES, layered
from tests.laws import some_of

FAMILIES = some_of([name for name in with_numbers() if name not in COMPOSED], 9)

SEARCHED = ("scalar-chain", "softmax-classifier", "adam", "circuit")
"""Families of each kind on which the small search is let loose; the long one of the benchmark has them all."""

STUDENTS, SHAPES = 6, 1
TUNED_ON = 3
ROUNDS = 1
"""Of the small search; `benchmarks/farming.py` has the long one, with all texts and for many more papers."""

FEW = ("", "0", "0.0001", "0.1", "1", "-0.01", "10", "old")
"""What the small search tries."""

ABSURD = (-60.0, -8.0, 8.0, 60.0)
AT_MOST = 0.5
"""Of a sheet's entries, those that may earn marks though nothing was worked out for them."""

SMALL = frozenset({"scalar-chain"})
"""The smallest networks, where who slips and who knows nothing may hand in the same sheet."""

MORE_IN_SMALL = 0.02
"""What the best search that begins with right work may find there beyond the law."""


@cache
def seated(name: str) -> Hall:
    """Students who know nothing, drawn once for all laws; where a question has many shapes, of two of them."""
    return hall(name, STUDENTS, most_shapes=SHAPES, is_screened=False)


@pytest.mark.parametrize("name", FAMILIES)
def test_no_strategy_without_knowledge_pays(name: str) -> None:
    """No strategy earns more than 5 % of the marks beside one and a half times what is right of itself."""
    found = dict(zip(STRATEGIES, seated(name).earned(list(STRATEGIES.values())), strict=True))
    over = {
        strategy: f"{earned.marks[OURS].mean():.3f} > {RIGHT_COUNTS} x {earned.right.mean():.3f} + {BESIDE}"
        for strategy, earned in found.items()
        if not earned.is_lawful
    }
    assert not over


@pytest.mark.parametrize("name", SEARCHED)
def test_constants_that_a_search_has_tuned_do_not_pay(name: str) -> None:
    """The best constants that a small search finds on some papers earn no more on others."""
    class_ = seated(name)
    texts = search(class_.only(range(TUNED_ON)), rounds=ROUNDS, grid=FEW, climbs=1)
    [earned] = class_.only(range(TUNED_ON, STUDENTS)).earned([layered(texts)])
    assert earned.is_lawful, f"{earned.marks[OURS].mean():.3f} with {texts}"


@pytest.mark.parametrize("name", SEARCHED)
def test_a_search_may_begin_with_what_is_right(name: str) -> None:
    """Who has a part of the paper right earns no more than one and a half times its marks with constants beside it."""
    class_ = seated(name)
    groups = class_.groups()
    right = dict.fromkeys(groups[: max(1, len(groups) // 4)], "right")
    texts = {**search(class_.only(range(TUNED_ON)), rounds=ROUNDS, grid=FEW, climbs=1, kept=right), **right}
    [earned] = class_.only(range(TUNED_ON, STUDENTS)).earned([layered(texts)])
    most = BESIDE + (MORE_IN_SMALL if name in SMALL else 0)
    assert earned.beside <= most, f"{earned.marks[OURS].mean():.3f}, right {earned.right.mean():.3f}, with {texts}"


@pytest.mark.parametrize("name", ["question2", "scalar-chain", "tanh-two-outputs"])
def test_one_absurd_answer_does_not_make_the_rest_of_the_paper_free(name: str) -> None:
    """Whichever entry a farmer chooses, answers that took no work earn at most half of the paper."""
    class_ = seated(name).only(range(3))
    fields = len(class_.desks[0][0].page.paper.fields)
    sheets = [
        [following(desks[0].page, place, value) for desks in class_.desks]
        for place in range(0, fields, 3)
        for value in ABSURD
    ]
    for results, texts in zip(class_.marked(sheets), sheets, strict=True):
        for result, sheet, desks in zip(results, texts, class_.desks, strict=True):
            free = is_free(desks[0].page, sheet, result)
            assert result.marks[free].sum() <= AT_MOST * len(free)


@pytest.mark.parametrize("name", ["question2", "scalar-chain", "tanh-two-outputs"])
def test_a_paper_of_zeros_is_right_where_zero_is(name: str) -> None:
    """0 in every box earns at most what is 0 to the asked digits, and nothing for what follows."""
    class_ = seated(name).only(range(3))
    zeros = [("0",) * len(desks[0].page.paper.fields) for desks in class_.desks]
    for result, desks in zip(class_.marked([zeros])[0], class_.desks, strict=True):
        paper, givens = desks[0].page.paper, desks[0].page.givens
        solution = solve(paper, givens).values
        for field, marks in zip(paper.fields, result.marks, strict=True):
            right = float(solution[field.quantity][field.index])
            assert marks == 0 or abs(right) <= 0.51 * 10.0**-field.digits.count


def following(page: Page, root: int, value: float) -> tuple[str, ...]:
    """What somebody writes who puts a value into one field and goes on from there, rounding every step as asked."""
    values: dict[str, Array] = {name: np.asarray(number, dtype=float) for name, number in page.givens.items()}
    at = page.paper.fields[root]
    for quantity in page.paper.graph.derived:
        assert quantity.rule is not None
        with np.errstate(all="ignore"):
            own = np.array(quantity.rule.compute(*(values[name] for name in quantity.inputs)), dtype=float)
        own = np.array(np.round(own, at.digits.count))
        if quantity.name == at.quantity:
            own[at.index] = value
        values[quantity.name] = own
    return tuple(written(values, field) for field in page.paper.fields)


def written(values: dict[str, Array], field: Field) -> str:
    """An entry as it stands in its box; nothing where a calculator gives an error."""
    number = float(values[field.quantity][field.index])
    return f"{number:.{field.digits.count}f}" if np.isfinite(number) else ""


def is_free(page: Page, sheet: tuple[str, ...], result: Result) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """(fields,) whether an answer took no work and is not right: a 0, or a weight that the step left as it was."""
    return np.array(
        [
            is_trivial(page, field, text, right)
            for field, text, right in zip(page.paper.fields, sheet, result.references.tolist(), strict=True)
        ]
    )


def is_trivial(page: Page, field: Field, text: str, right: float) -> bool:
    """Whether this answer did."""
    if not text or abs(float(text) - right) <= 0.51 * 10.0**-field.digits.count:
        return False
    before = page.givens.get(field.quantity.split("_")[0])
    return float(text) == 0 or (
        field.kind in {"W_new", "b_new"} and before is not None and float(text) == before[field.index]
    )
