"""Laws of explanations, over all shipped exams that ask for numbers and every notation that fits.

An explanation says what results.csv says, and its formulas give its values when another program works them out.
"""

import math
import random
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examgen.exams.banks.building import load_exam
from examgen.marking.grading import grade
from examgen.marking.results.appeals.explaining import explain
from examgen.marking.results.appeals.explanation import Calculation, Explanation
from examgen.marking.results.appeals.explanation_text import explanation_lines
from tests.laws import tried
from tests.marking_sheets import Row, make_key, read_rows, rounded, write_sheet
from tests.small_banks import in_two_notations, shipped_names

STUDENTS = ("s1", "s2")
FUNCTIONS: Mapping[str, Any] = MappingProxyType(
    {
        "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
        "tanh": math.tanh,
        "relu": lambda z: max(z, 0.0),
        "relu_slope": lambda z: 1.0 if z > 0 else 0.0,
        "step": lambda z: 1.0 if z >= 0 else 0.0,
        "identity_slope": lambda _: 1.0,
        "ln": lambda z: math.log(z) if z > 0 else -math.inf if z == 0 else math.nan,
        "exp": math.exp,
        "sqrt": lambda z: math.sqrt(z) if z >= 0 else math.nan,
        "abs": abs,
        "min": min,
        "max": max,
    }
)


@pytest.fixture(scope="module")
def exams() -> list[tuple[str, str]]:
    """Every shipped exam of numbers in two of the notations that fit it."""
    return in_two_notations([name for name in shipped_names() if asks_for_numbers(name)])


def asks_for_numbers(name: str) -> bool:
    """Whether it asks for nothing else."""
    return all(task.as_ == "number" for question in load_exam(name, 0).exam.questions for task in question.tasks)


def careless(row: Row, chooses: random.Random) -> str:
    """The right answer with slips: gaps, signs, digits, zeros, wild numbers and texts."""
    text = rounded(row)
    value = float(text)
    slips = [
        "",
        "0",
        "n/a",
        "=1+1",
        "5e7",
        f"{-value:.4f}",
        f"{value + chooses.choice([0.001, 0.01, 0.1, 1]):.4f}",
        f"{value:.{chooses.randrange(4)}f}",
        f"{value * chooses.choice([2, 0.5]):.4f}",
        f"{row['answer']}",
    ]
    return chooses.choice(slips) if chooses.random() < 0.3 else text


@tried(10)
@given(pick=st.integers(0, 2**20), seed=st.integers(0, 10**5), whim=st.integers(0, 2**32))
def test_an_explanation_says_what_the_marking_says(
    exams: list[tuple[str, str]], pick: int, seed: int, whim: int
) -> None:
    """Outcome, own value, tolerance, misconception and marks are those of results.csv, and the parts make the whole."""
    check(*exams[pick % len(exams)], seed, whim)


@pytest.mark.parametrize(
    ("name", "notation", "seed", "whim"),
    [
        ("momentum", "row", 56225, 3420061943),
        ("momentum", "row", 27143, 809603534),
        ("relu-sigmoid-3-2-2-1", "to-from-da", 72858, 1167347545),
        ("batch-norm", "from-to", 42173, 1390920738),
        ("tanh-sigmoid-2-1-2", "nielsen", 98840, 1336358150),
        ("circuit", "nielsen", 16631, 1541814243),
    ],
    ids=[
        "no trials",
        "only a gap",
        "blank beside a 0",
        "blank beside a wild value",
        "logarithm of a negative number",
        "fraction that follows",
    ],
)
def test_rare_entries_are_explained_as_they_are_marked(name: str, notation: str, seed: int, whim: int) -> None:
    """What follows from a cause in what was not written down, from steps past a 0, and what has no value."""
    check(name, notation, seed, whim)


def check(name: str, notation: str, seed: int, whim: int) -> None:
    """The explanations of two students who have slips, some of their entries chosen at random."""
    chooses = random.Random(whim)
    with tempfile.TemporaryDirectory() as folder:
        made = make_key(Path(folder), name, STUDENTS, seed, notation)
        write_sheet(made.folder / "answers.csv", made.rows, lambda row: careless(row, chooses))
        grade(made.folder / "answers.csv", key=made.key)
        rows = read_rows(made.folder / "marks" / "results.csv")
        odd = [row for row in rows if row["outcome"] != "correct"]
        for row in [*chooses.sample(rows, 2), *chooses.sample(odd, min(4, len(odd)))]:
            found = explain(made.folder, row["student"], f"{row['question']}:{row['field']}")
            agrees_with(found, row)
            holds_together(found)
            assert max(map(len, explanation_lines(found))) <= 80


def agrees_with(found: Explanation, row: Row) -> None:
    """The explanation is of this row of results.csv."""
    assert (found.student, found.question, found.field) == (row["student"], row["question"], row["field"])
    assert (found.outcome, found.misconception) == (row["outcome"], row["misconception"])
    assert (found.marks, found.max_marks) == (float(row["marks"]), float(row["max_marks"]))
    assert found.reference.value == pytest.approx(float(row["reference"]), rel=1e-12)
    # What has no value, such as the logarithm of 0, is left out of tables.
    assert (row["follow_through"] != "") == math.isfinite(found.own.value)
    assert row["follow_through"] == "" or found.own.value == pytest.approx(float(row["follow_through"]))
    assert found.tolerance == pytest.approx(float(row["tolerance"]), rel=1e-5)
    assert (found.value is None) == (row["value"] == "")
    assert found.value is None or found.value == float(row["value"])
    assert found.differences == ()


def holds_together(found: Explanation) -> None:
    """The verdicts follow from the numbers, and the formulas give the values."""
    assert found.own_half_unit >= found.half_unit
    assert found.own_half_unit + sum(part.effect for part in found.band) == pytest.approx(found.tolerance)
    assert all(part.effect > 0 for part in found.band)
    if found.value is not None:
        assert found.matches_reference == (abs(found.value - found.reference.value) <= found.half_unit)
        assert found.follows == (abs(found.value - found.own.value) <= found.tolerance)
    by_rule = {
        1: {"blank", "unreadable"},
        2: {"correct"},
        3: {"correct", "follow_through", "wrong"},
        4: {"imprecise", "wrong"},
        5: {"wrong"},
    }
    assert found.outcome in by_rule[found.rule]
    if found.rule == 3 and found.outcome == "wrong":
        assert found.follows_ignored
    if found.rule == 3 and found.outcome != "wrong":
        assert found.follows
        # What was not written down may be all that it goes back to.
        assert bool(found.rests_on or found.assumed) == (found.outcome == "follow_through")
    fitting = {trial.misconception for trial in found.trials if trial.fits} | {*found.assumed.split("|")}
    assert set(filter(None, found.misconception.split("|"))) <= fitting
    recomputed = [source.calculation for source in found.sources if source.calculation is not None]
    for calculation in (found.reference, found.own, *recomputed):
        gives_its_value(calculation)


def gives_its_value(calculation: Calculation) -> None:
    """The line of numbers, worked out by Python, is the value but for the rounding of the printed numbers."""
    text = calculation.numbers
    sizes = [abs(float(number)) for number in re.findall(r"\d[\d.]*(?:e[+-]?\d+)?", text)]
    if max(sizes, default=0) > 1e4:
        return  # what a wild answer leads to has lost its digits
    for sign, other in (("·", "*"), ("²", "**2"), ("^", "**"), ("′", "_slope"), ("√", "sqrt")):
        text = text.replace(sign, other)
    assert re.fullmatch(r"[\w\s.+\-*/(),]+", text), text
    value = eval(text, {"__builtins__": {}}, dict(FUNCTIONS))
    assert value == pytest.approx(
        calculation.value, rel=1e-4, abs=2e-5 * max(1, *sizes, max(sizes) ** 2), nan_ok=True
    ), text
