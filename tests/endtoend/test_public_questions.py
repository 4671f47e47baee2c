"""Public questions about backpropagation by hand: made by the command line with the values of their sources, marked.

A question is a bank with its values beside it; names are those of the key, `@step` from the second step on, and a place
in brackets for a single entry.
"""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from examgen.batch.bench.sitting import entries_of, sit, written_numbers
from examgen.core.evaluation import evaluate
from examgen.core.rules.rule import Array
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.keys.solved_papers import papers, solve
from examgen.exams.paper_shapes import PaperShape
from tests.command_line import run

FOLDER = Path(__file__).parents[1] / "cases" / "questions"
QUESTIONS = sorted(path.stem for path in FOLDER.glob("*.toml"))
ROUNDED = 0.51

Place = tuple[int, ...]
Row = dict[str, str]


def _name(row: Row) -> str:
    """`dL_dW1`, `W1_new@2` of a row of the key."""
    step = f"@{row['step']}" if row["step"] and int(row["step"]) > 1 else ""
    kind, layer = row["quantity"], row["layer"]
    return f"{kind[0]}{layer}{kind[1:]}{step}" if kind[1:2] == "_" else f"{kind}{layer}{step}"


def _leaves(value: Any, place: Place = ()) -> Iterator[tuple[Place, float]]:
    if not isinstance(value, list):
        yield place, float(value)
        return
    for number, part in enumerate(value, start=1):
        yield from _leaves(part, (*place, number))


def _expected(name: str) -> Iterator[tuple[str, Place, float]]:
    document = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    for quantity, value in document["expected"].items():
        base, _, inside = quantity.partition("[")
        step = f"@{inside.partition('@')[2]}" if "@" in inside else ""
        first = tuple(int(place) for place in inside.partition("]")[0].split(",")) if inside else ()
        for place, number in _leaves(value):
            yield base + step, (*first, *place), number


def _key_row(rows: list[Row], name: str, place: Place) -> Row:
    """The row of an entry; a single unit needs no number."""
    [found] = [
        row
        for row in rows
        if _name(row) == name
        and tuple(int(row[axis]) for axis in ("row", "col") if row[axis])
        in (place, place or (1,), (*place, 1), place[1:])
    ]
    return found


@pytest.mark.usefixtures("untypeset")
@pytest.mark.parametrize("name", QUESTIONS)
def test_the_key_has_the_values_of_the_source(tmp_path: Path, name: str) -> None:
    """Every published value is in the key, to half a unit of the asked digits."""
    run("make", FOLDER / f"{name}.toml", "--seed", "1", "--out", tmp_path / "out")
    with (tmp_path / "out" / "key" / "answers.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for quantity, place, number in _expected(name):
        row = _key_row(rows, quantity, place)
        assert abs(float(row["answer"]) - number) <= ROUNDED * 10.0 ** -int(row["decimals"]), (quantity, place)


def _rounding(paper: PaperShape, givens: dict[str, Array], decimals: int) -> dict[str, Array]:
    """All that somebody writes who goes on from what is rounded, and from what the paper prints."""
    done = {name: np.round(value, decimals) for name, value in paper.printed(solve(paper, givens).values).items()}
    for quantity in paper.graph.derived:
        if quantity.name not in done and not quantity.is_copied:
            done[quantity.name] = np.round(evaluate(paper.graph, givens, substitute=done)[quantity.name], decimals)
    return done


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_key_and_honest_rounding_lose_nothing(name: str) -> None:
    """Who writes the right values gets full marks, and so does who has rounded every number on the way."""
    loaded = load_exam(str(FOLDER / f"{name}.toml"), 1)
    [variant] = draw_variants(loaded, [Student("s1")])
    [(paper, numbers)] = papers(loaded.exam, variant)
    decimals = int(np.min([field.digits.decimals_for(np.array(0.5)) for field in paper.fields]))
    rounded = written_numbers(paper, _rounding(paper, dict(numbers.givens), decimals))
    for sheet in ({}, rounded):
        graded = sit(loaded.exam, [variant], {"s1": sheet})
        assert not [entry for entry in entries_of(graded) if entry.has_lost]
