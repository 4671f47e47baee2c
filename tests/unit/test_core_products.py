"""Matrix warm-ups against plain nested loops, and what is refused."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from examgen.core.evaluation import evaluate
from examgen.core.exact import as_fractions
from examgen.core.graph import Values
from examgen.core.products import ProductSpec, ProductsShape, products_graph
from tests.oracles import Array, Numbers

Matrix = list[list[float]]


def row_by_column(A: Matrix, B: Matrix) -> Matrix:
    """The product of two matrices, one sum for each row and column."""
    product = [[0 * A[0][0] for _ in B[0]] for _ in A]
    for r, row in enumerate(A):
        for c in range(len(B[0])):
            for k, left in enumerate(row):
                product[r][c] += left * B[k][c]
    return product


def entry_by_entry(A: Matrix, B: Matrix) -> Matrix:
    """The elementwise product."""
    return [[left * right for left, right in zip(*rows, strict=True)] for rows in zip(A, B, strict=True)]


def affine(A: Matrix, B: Matrix, C: Matrix) -> Matrix:
    """The product of two matrices plus a third."""
    return [
        [left + right for left, right in zip(*rows, strict=True)] for rows in zip(row_by_column(A, B), C, strict=True)
    ]


def outer_sizes(A: Matrix, B: Matrix) -> Matrix:
    """As many rows as the left matrix has, as many columns as the right one."""
    return [[A[0][0], B[0][0]]]


CASES: list[tuple[ProductSpec, Callable[..., Matrix]]] = [
    (ProductSpec("matrix_product", (1, 4), (4, 1)), row_by_column),
    (ProductSpec("matrix_product", (4, 1), (1, 4)), row_by_column),
    (ProductSpec("matrix_product", (2, 3), (3, 5)), row_by_column),
    (ProductSpec("hadamard_product", (1, 2), (1, 2)), entry_by_entry),
    (ProductSpec("hadamard_product", (3, 4), (3, 4)), entry_by_entry),
    (ProductSpec("affine_map", (3, 3), (3, 1)), affine),
    (ProductSpec("affine_map", (2, 4), (4, 3)), affine),
    (ProductSpec("shape_of_product"), outer_sizes),
]
GRAPH = products_graph(ProductsShape(tuple(spec for spec, _ in CASES)))


def test_products_equal_nested_loops() -> None:
    """Each product of one page, alone and in a batch, equals the sums written out."""
    givens = _givens(5)
    found = evaluate(GRAPH, givens).values
    for student in range(5):
        alone = evaluate(GRAPH, {name: value[student] for name, value in givens.items()}).values
        for number, (_, by_hand) in enumerate(CASES, start=1):
            expected = by_hand(*(matrix[student].tolist() for matrix in _operands(givens, number)))
            np.testing.assert_allclose(found[f"product{number}"][student], expected, rtol=1e-14, atol=1e-14)
            np.testing.assert_array_equal(alone[f"product{number}"], found[f"product{number}"][student])
            assert GRAPH[f"product{number}"].shape == np.shape(expected)


@pytest.mark.parametrize("letter", ["A", "B", "C"])
def test_operands_without_leading_axes_are_shared(letter: str) -> None:
    """An operand that each student has of their own meets those that the class shares."""
    givens = _givens(4)
    mixed = {name: value if name[0] == letter else value[0] for name, value in givens.items()}
    full = {name: np.broadcast_to(value, givens[name].shape) for name, value in mixed.items()}
    expected = evaluate(GRAPH, full).values
    for name, value in evaluate(GRAPH, mixed).values.items():
        np.testing.assert_allclose(np.broadcast_to(value, expected[name].shape), expected[name], rtol=1e-14, atol=1e-14)


def test_products_of_fractions_are_exact() -> None:
    """Drawn decimals multiply to the very fractions."""
    givens = {name: np.round(value[0], 1) for name, value in _givens(1).items()}
    exact = as_fractions(givens)
    found = evaluate(GRAPH, exact).values
    for number, (_, by_hand) in enumerate(CASES, start=1):
        expected = by_hand(*(matrix.tolist() for matrix in _operands(exact, number)))
        assert found[f"product{number}"].tolist() == expected
        assert all(isinstance(entry, Fraction) for row in expected for entry in row)
    assert ProductsShape((CASES[0][0],)).is_rational


def test_quantities_of_a_page() -> None:
    """Product k reads A<k>, B<k> and, where something is added, C<k>; k stands where networks have the layer."""
    specs = (
        ProductSpec("affine_map", (2, 3), (3, 1)),
        ProductSpec("hadamard_product"),
        ProductSpec("shape_of_product"),
    )
    graph = products_graph(ProductsShape(specs))
    assert [(q.name, q.kind, q.shape, q.layer) for q in graph] == [
        ("A1", "A", (2, 3), 1),
        ("B1", "B", (3, 1), 1),
        ("C1", "C", (2, 1), 1),
        ("product1", "product", (2, 1), 1),
        ("A2", "A", (1, 2), 2),
        ("B2", "B", (1, 2), 2),
        ("product2", "product", (1, 2), 2),
        ("A3", "A", (1, 2), 3),
        ("B3", "B", (1, 1), 3),
        ("product3", "product", (1, 2), 3),
    ]
    assert graph["product1"].inputs == ("A1", "B1", "C1")


@pytest.mark.parametrize(
    ("operation", "left", "right", "message"),
    [
        ("dot", (1, 2), (2, 1), "operation 'dot' is unknown; allowed: matrix_product, hadamard_product, affine_map"),
        ("matrix_product", (1, 2), (3, 1), r"columns of left \[1, 2\] must be as many as rows of right \[3, 1\]"),
        ("affine_map", (2, 2), (1, 2), r"columns of left \[2, 2\] must be as many as rows of right \[1, 2\]"),
        ("hadamard_product", (1, 2), (2, 1), r"left \[1, 2\] and right \[2, 1\] must have the same shape"),
        ("matrix_product", (0, 2), (2, 1), "at least one row and one column"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(
    operation: str, left: tuple[int, int], right: tuple[int, int], message: str
) -> None:
    """The message names the shapes and what would fit."""
    with pytest.raises(ValueError, match=message):
        ProductSpec(operation, left, right)


def _givens(students: int) -> Numbers:
    rng = np.random.default_rng(2)
    return {quantity.name: rng.normal(size=(students, *quantity.shape)) for quantity in GRAPH.givens}


def _operands(givens: Values, number: int) -> list[Array]:
    return [givens[name] for name in (f"{letter}{number}" for letter in "ABC") if name in givens]
