"""Small bank files for tests, as texts in which single lines are replaced."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from examgen.core.circuits.circuit import CircuitShape
from examgen.core.exercise import Exercise
from examgen.core.graph import Quantity
from examgen.exams.banks.bank_files import shipped_banks
from examgen.exams.banks.building import LoadedExam, Student, load_exam
from examgen.exams.naming.notation import NOTATIONS
from examgen.exams.paper_shapes import PaperShape, paper_shape

DRAWN = """\
title = "T"
[network]
sizes = [1, 1]
activations = ["sigmoid"]
loss = "squared_error"
[values]
weights = { min = "-1", max = "1", step = "0.1", exclude = ["0"] }
biases = { choices = ["0.1", 0.2] }
x = { min = 1, max = 2, step = 0.5 }
y = { choices = ["0", "1"] }
[digits]
decimals = 4
[[tasks]]
text = "Go."
ask = ["z", "a", "loss"]
"""

FIXED = """\
title = "T"
[network]
sizes = [1, 1]
activations = ["sigmoid"]
loss = "squared_error"
[fixed]
W1 = [[0.5]]
b1 = [0.1]
x = [[1]]
y = [[1]]
[digits]
decimals = 4
[[tasks]]
text = "Go."
ask = ["z", "a", "loss"]
"""

PRODUCT = """\
title = "T"
[[products]]
operation = "matrix_product"
left = [1, 2]
right = [2, 1]
[values]
entries = { choices = [1, 2] }
[digits]
decimals = 1
[[tasks]]
text = "Go."
ask = "product"
"""

EXAM = """\
title = "T"
[[questions]]
family = "scalar-chain"
"""


def with_tasks(tasks: str, title: str = "T") -> str:
    """`DRAWN` with other tasks, and another title, as TOML has it between quotes."""
    return DRAWN.partition("[[tasks]]")[0].replace('"T"', f'"{title}"') + tasks


def changed(text: str, *changes: tuple[str, str]) -> str:
    """The text with each first part, which must be there, replaced by the second."""
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def written(folder: Path, text: str) -> str:
    """The path of a bank file with this text."""
    path = folder / "bank.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def class_of(count: int) -> list[Student]:
    """So many students with plain ids."""
    return [Student(f"s{number}") for number in range(count)]


@cache
def fitting_notations(name: str) -> list[str]:
    """The notations in which a shipped exam can be written; one of them for circuits, which are the same in all."""
    shapes = _shapes_of(name)
    found = [row.name for row in NOTATIONS.values() if not any(row.problem_with(shape) for shape in shapes)]
    return found[:1] if has_only_circuits(name) else found


def in_two_notations(names: Sequence[str]) -> list[tuple[str, str]]:
    """Each of these exams in two of the notations that fit it, in turn, so that each notation meets exams of all kinds:
    how numbers come about is the same in all, and how they are written is the same for all numbers."""
    found: dict[tuple[str, str], None] = {}
    for place, name in enumerate(names):
        notations = fitting_notations(name)
        found |= dict.fromkeys((name, notations[(place + turn) % len(notations)]) for turn in (0, 2))
    return list(found)


def has_only_circuits(name: str) -> bool:
    """Whether a shipped exam sets nothing but free graphs, which are the same in all notations."""
    return all(isinstance(shape, CircuitShape) for shape in _shapes_of(name))


@cache
def _shapes_of(name: str) -> tuple[Exercise, ...]:
    """The shapes of all questions of a shipped exam."""
    return tuple(shape for question in load_exam(name, 7).exam.questions for shape in question.shapes.values())


def shipped_names(*folders: str) -> list[str]:
    """Names of the shipped files in these folders, or of all."""
    return [path.stem for path in shipped_banks() if not folders or path.parent.name in folders]


def all_papers(loaded: LoadedExam) -> list[PaperShape]:
    """Every shape of every question of an exam."""
    return [
        paper_shape(question, label, loaded.exam.notation)
        for question in loaded.exam.questions
        for label in question.shapes
    ]


def all_places(quantity: Quantity) -> list[tuple[int, ...]]:
    """Every index of a quantity's array, counted up without NumPy."""
    places: list[tuple[int, ...]] = [()]
    for size in quantity.shape:
        places = [(*place, number) for place in places for number in range(size)]
    return places
