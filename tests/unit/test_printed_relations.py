"""The readers of pages refuse what is not true: a wrong sign, index or bracket in any formula is found.

Each mistake is put into a page that is right, and one of its readings must tell of it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from examgen.exams.banks.building import draw_variants, load_exam
from tests.classroom.hand_circuits import all_quantities
from tests.latex_values import Meanings, value_of, value_with
from tests.printed_keys import Solved, all_readings, differences, of_line, problems, solved_paper, solved_questions
from tests.printed_numbers import LatexValueError, exactly
from tests.printed_pages import ReadLine
from tests.small_banks import class_of, has_only_circuits, shipped_names

GRAPHS = [name for name in shipped_names("families") if has_only_circuits(name) and "warmups" not in name]
SHAPES_OF_THE_CIRCUIT = 12
MISTAKES = (
    (" + ", " - "),
    (" - ", " + "),
    (r"\left(", "", r"\right)", ""),
    (r"^{\top}", ""),
    (r"^{2}", ""),
    (r" \odot ", " + "),
    (r" \star ", " + "),
    (r" > ", " < "),
    (r"_{i}", "_{j}"),
    (r"_{i}", ""),
    (r"_{ij}", "_{ji}"),
    (r"\sum_{i} ", ""),
    ("h_{1}", "h_{2}"),
    ("h_{2}", "h_{1}"),
    ("h_{3}", "h_{2}"),
    ("x_{1}", "x_{2}"),
    ("w_{1}", "w_{2}"),
    (r"\partial r", r"\partial q"),
    (r"\partial q", r"\partial r"),
    (r"\partial o", r"\partial a"),
    (r"\tanh", r"\sigma"),
    (r"\sigma", r"\tanh"),
    (r"\min", r"\max"),
    (r"\max", r"\min"),
    (r"\ln ", ""),
    (r"\sqrt{v}", "v"),
    (r"\frac{1}{2} ", ""),
    (r"\eta ", ""),
    (r"\lambda ", ""),
    ("-", ""),
)
"""What is written in the place of what, once in a formula; a pair of brackets is four texts."""
BRACKETS = [mistake for mistake in MISTAKES if mistake[0] == r"\left("]


@cache
def solved(name: str) -> Solved:
    """The last question of a key."""
    *_, last = solved_questions(name, "from-to", (7,), all_quantities)
    return last


@cache
def circuits() -> tuple[Solved, ...]:
    """A key of each shape of the family of circuits."""
    loaded = load_exam("circuit", 7)
    keys = {variant.questions["Q1"].label: variant for variant in draw_variants(loaded, class_of(60))}
    return tuple(
        question
        for variant in keys.values()
        for question in solved_paper(loaded.exam, variant, "from-to", all_quantities)
    )


def mistaken(formula: str) -> Iterator[str]:
    """The formula with one mistake."""
    for mistake in MISTAKES:
        found = formula
        for right, wrong in zip(mistake[::2], mistake[1::2], strict=True):
            found = found.replace(right, wrong, 1)
        # Many a pair of brackets around a number is there for the eye alone.
        if found != formula and not (mistake in BRACKETS and has_no_symbols(formula)):
            yield found


def has_no_symbols(formula: str) -> bool:
    """Whether there are only numbers in it."""
    try:
        value_of(formula.removeprefix("= "))
    except LatexValueError:
        return False
    return True


def taken_for_right(question: Solved, places: Callable[[ReadLine], Iterable[int]]) -> tuple[int, list[str]]:
    """How many mistakes were made in the relations at these places of all lines, and those that nobody found."""
    tried, taken = 0, []
    for read in (read for read in question.lines if not read.is_chain):
        for place in places(read):
            for wrong in mistaken(read.line.relations[place]):
                tried += 1
                relations = (*read.line.relations[:place], wrong, *read.line.relations[place + 1 :])
                changed = replace(read, line=replace(read.line, relations=relations))
                taken += [] if problems(of_line(question, changed)) else [f"{wrong} for {read.line.relations[place]}"]
    return tried, taken


def test_all_shapes_of_the_circuit_are_read() -> None:
    """Its twelve shapes are true in symbols and numbers, and nothing on their pages is left out."""
    assert len(circuits()) == SHAPES_OF_THE_CIRCUIT
    for question in circuits():
        assert problems(all_readings(question)) == []
        assert differences(question) == ([], [])


@pytest.mark.parametrize("name", GRAPHS)
def test_mistakes_in_formulas_of_graphs_are_found(name: str) -> None:
    """Whatever sign, index, bracket or operation is another one, in symbols or numbers: it is not taken for right."""
    for question in circuits()[::3] if name == "circuit" else (solved(name),):
        tried, taken = taken_for_right(question, lambda read: range(1, len(read.worked)))
        assert taken == []
        assert tried > 15


@pytest.mark.parametrize("name", ["adam", "momentum", "one-weight", "descent-sign", "minibatch"])
def test_mistakes_in_formulas_of_networks_are_found(name: str) -> None:
    """The same in symbols, in steps of optimizers, too; a student's own numbers may hide a sign before a 0."""
    tried, taken = taken_for_right(solved(name), lambda read: range(1, min(2, len(read.worked))))
    assert taken == []
    assert tried > 15


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("circuit", "q = ", "q = 2 "),
        ("recurrence", r"w h_{1}\right)", r"w h_{2}\right)"),
        ("recurrence", "0.9399", "0.9398"),
        ("recurrence", r"u = 0.6", r"u = 0.5"),
        ("adam", r"\beta_1^t", r"\beta_1"),
        ("adam", r"(1 - \beta_2) g^2", r"(1 - \beta_2) g"),
        ("adam", r"\eta = 0.2", r"\eta = 0.3"),
        ("adam", "0.4431", "0.4432"),
        ("momentum", r"\mu v - \eta", r"\mu v + \eta"),
        ("momentum", r"w \leftarrow w + v", r"w \leftarrow w - v"),
        ("one-weight", r"1 - \tanh^2(z)", r"1 + \tanh^2(z)"),
        ("one-weight", r"\frac{e^{z} - e^{-z}}{", r"\frac{e^{z} + e^{-z}}{"),
        ("one-weight", r"a^{(2)} = 0.6102", r"a^{(2)} = 0.6103"),
        ("one-weight", r"\left(a^{(2)} - y\right)^2$", r"\left(a^{(2)} + y\right)^2$"),
        ("midterm", r"\frac{\partial z}{\partial w} = a", r"\frac{\partial z}{\partial w} = w"),
        ("midterm", r"a (1 - a) = a - y", r"a (1 - a) = y - a"),
        ("formulas", r"\, a^{(1)}_{1}", r"\, a^{(1)}_{2}"),
        ("formulas", r"\left(a^{(2)} - y\right) \, \sigma'", r"\left(y - a^{(2)}\right) \, \sigma'"),
        ("descent-sign", r"\frac{\partial L}{\partial w^{(1)}_{12}}", r"\frac{\partial L}{\partial w^{(1)}_{21}}"),
        ("matrix-warmups", r"$P_1 = A_1 B_1$", r"$P_1 = B_1 A_1$"),
    ],
)
def test_mistakes_anywhere_on_a_page_are_found(name: str, right: str, wrong: str) -> None:
    """In given numbers, definitions, results, rules of optimizers, chains, answers and the appendix."""
    question = solved(name)
    part, count = replaced(question.part, right, wrong)
    assert count
    assert not problems(all_readings(question))
    assert problems(all_readings(replace(question, part=part)))


def replaced(page: Any, right: str, wrong: str) -> tuple[Any, int]:
    """A part of a page with another text wherever the first stands, and how often that is."""
    if isinstance(page, str):
        return page.replace(right, wrong), page.count(right)
    if isinstance(page, tuple):
        found = [replaced(one, right, wrong) for one in page]
        return tuple(one for one, _ in found), sum(count for _, count in found)
    if is_dataclass(page) and not isinstance(page, type):
        parts = {field.name: replaced(getattr(page, field.name), right, wrong) for field in fields(page)}
        changed = {name: one for name, (one, count) in parts.items() if count}
        return replace(page, **changed), sum(count for _, count in parts.values())
    return page, 0


def test_what_nobody_reads_is_named() -> None:
    """A formula of a new kind anywhere on a page is told by itself, as is one that is read but does not stand there."""
    question = solved("one-weight")
    for part in (
        replace(question.part, text=(*question.part.text, "Here $E = m c^2$.")),
        replace(question.part, appendix=(*question.part.appendix, "E = m c^2")),
    ):
        assert differences(replace(question, part=part)) == (["E = m c^2"], [])


@pytest.mark.parametrize(
    "latex",
    [
        r"\sum_{i} x",
        r"\sum_{i} x_{j}",
        r"\sum_{i} 2",
        r"\sum_{i,j} K_{ji}",
        r"\sum_{i} K_{i}",
        r"\sigma x",
        r"K^{(1)}^{\top}",
        r"\frac{\partial f}{\partial x}",
        r"x \star K",
        r"\operatorname{maxpool}_{2 \times 2} K",
        r"\begin{cases} 1 & 2 > 3 \end{cases}",
    ],
)
def test_what_has_no_meaning_is_refused(latex: str) -> None:
    """Indices that are not counted, functions without brackets, unknown derivatives and cases of which none holds."""
    matrix = exactly(np.array([[1.0, 2], [3, 4]]))
    symbols = {"x": exactly(np.array([1.0, 2])), "K": matrix, "K^{(1)}": matrix}
    with pytest.raises(LatexValueError):
        value_with(latex, Meanings(symbols))
