"""Drawn numbers and symbols as readable texts: what a seed gave must come again, and what changes must be seen."""

from collections.abc import Callable, Iterator, Sequence

import pytest

from examgen.core.exercise import Exercise
from examgen.core.network import NetworkShape
from examgen.core.products import ProductSpec, ProductsShape
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.exam import Variant
from examgen.exams.naming.notation import NOTATIONS, Notation
from examgen.exams.naming.symbol_names import Naming
from tests.small_banks import all_places, shipped_names

Golden = Callable[[str, str], None]

SHAPES: dict[str, Exercise] = {
    "2-2-1, two steps": NetworkShape((2, 2, 1), ("relu", "sigmoid"), "half_squared_error", steps=2),
    "2-1-2 with softmax": NetworkShape((2, 1, 2), ("tanh", "softmax"), "cross_entropy", updates=False),
    "2-1-1, mini-batch of 2": NetworkShape((2, 1, 1), ("elu", "identity"), "huber", samples_per_step=2),
    "12-1": NetworkShape((12, 1), ("softplus",), "mean_squared_error", updates=False),
    "1-1-1": NetworkShape((1, 1, 1), ("leaky_relu", "sigmoid"), "squared_error"),
    "products": ProductsShape(
        (
            ProductSpec("matrix_product", (1, 2), (2, 1)),
            ProductSpec("affine_map", (2, 1), (1, 2)),
            ProductSpec("shape_of_product"),
        )
    ),
}


@pytest.mark.parametrize("name", shipped_names("exams", "families"))
def test_seed_7_draws_the_same_papers_for_ever(name: str, golden: Golden) -> None:
    """The complete numbers of two papers, one for nobody and one for a named student."""
    loaded = load_exam(name, 7)
    golden(
        f"draws/{name}.txt",
        "".join(
            f"{line}\n"
            for line in _papers_of(loaded.exam.id, draw_variants(loaded, [Student(), Student("maria", "Maria")]))
        ),
    )


@pytest.mark.parametrize("name", ["question2", "relu-integers", "scalar-chain"])
def test_papers_of_about_equal_work_stay_the_same(name: str, golden: Golden) -> None:
    """Seed 7 with a tolerance of 0.05: who counts work in another way makes other papers, and must see it here."""
    loaded = load_exam(name, 7, None, 0.05)
    lines = _papers_of(loaded.exam.id, draw_variants(loaded, [Student(), Student("maria", "Maria")]))
    limits = loaded.fair_sources["Q1"].source.limits
    head = f"work from {limits.least_work:.4f} to {limits.most_work:.4f}"
    golden(f"draws/equal/{name}.txt", "".join(f"{line}\n" for line in [head, *lines]))


@pytest.mark.parametrize("name", NOTATIONS)
def test_symbols_of_a_notation_stay_the_same(name: str, golden: Golden) -> None:
    """Every quantity and entry of some shapes in LaTeX, in plain text and as a field id."""
    notation = NOTATIONS[name]
    parts = [(title, shape) for title, shape in SHAPES.items() if not notation.problem_with(shape)]
    golden(f"symbols/{name}.txt", "\n".join(_symbols_of(title, shape, notation) for title, shape in parts))


def _papers_of(exam_id: str, variants: Sequence[Variant]) -> Iterator[str]:
    for variant in variants:
        yield f"exam {exam_id}, student {variant.student!r}, variant {variant.code}"
        for question, numbers in variant.questions.items():
            yield f"  {question}, shape {numbers.label}"
            for name, values in numbers.givens.items():
                yield f"    {name} = {values.tolist()}"


def _symbols_of(title: str, shape: Exercise, notation: Notation) -> str:
    graph = shape.graph
    naming = Naming(notation, shape, graph)
    lines = [title]
    for quantity in graph:
        folded = f"   {naming.whole(quantity.name, bias_folded=True)}" if quantity.kind in ("W", "W_new") else ""
        lines.append(f"  {quantity.name}   {naming.whole(quantity.name)}{folded}")
        for place in all_places(quantity):
            symbol = naming.entry(quantity.name, place)
            shown = [number + 1 for number in naming.shown_index(quantity, place)] if place else []
            lines.append(f"    {list(place)} shown {shown}   {symbol.latex}   {symbol.unicode}   {symbol.ascii}")
    return "\n".join(lines) + "\n"
