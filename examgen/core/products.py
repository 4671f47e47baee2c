"""The graphs of the matrix warm-ups: products, elementwise products, affine maps and shapes.

Each exercise is a row of `OPERATIONS`. Product number k has the givens A<k>, B<k> (and C<k> for what is added) and the
quantity product<k>; the number stands where networks have the layer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod
from types import MappingProxyType

from examgen.core.graph import Axis, ComputationGraph, Quantity
from examgen.core.rules.linear import PRODUCTS
from examgen.core.rules.rule import Rule

Shape = tuple[int, ...]

_AXES: tuple[Axis, ...] = ("row", "column")


@dataclass(frozen=True, slots=True)
class Operation:
    """One kind of warm-up.

    Attributes:
        name: as in banks.
        rule: how the product follows from the givens.
        givens: shapes of the givens A, B, C from the shapes of left and right.
        product: shape of the product.
        problem: what keeps two shapes from being combined, in words; empty where nothing does.
    """

    name: str
    rule: Rule
    givens: Callable[[Shape, Shape], tuple[Shape, ...]]
    product: Callable[[Shape, Shape], Shape]
    problem: Callable[[Shape, Shape], str]


def _inner_differs(left: Shape, right: Shape) -> str:
    return "" if left[1] == right[0] else f"columns of left {list(left)} must be as many as rows of right {list(right)}"


def _shape_differs(left: Shape, right: Shape) -> str:
    return "" if left == right else f"left {list(left)} and right {list(right)} must have the same shape"


_ROWS = (
    Operation(
        "matrix_product",
        PRODUCTS["matrix_product"],
        lambda left, right: (left, right),
        lambda left, right: (left[0], right[1]),
        _inner_differs,
    ),
    Operation(
        "hadamard_product",
        PRODUCTS["hadamard_product"],
        lambda left, right: (left, right),
        lambda left, _: left,
        _shape_differs,
    ),
    Operation(
        "affine_map",
        PRODUCTS["affine_map"],
        lambda left, right: (left, right, (left[0], right[1])),
        lambda left, right: (left[0], right[1]),
        _inner_differs,
    ),
    Operation(
        "shape_of_product",
        PRODUCTS["shape_of_product"],
        lambda _left, _right: ((1, 2), (1, 1)),
        lambda _left, _right: (1, 2),
        lambda _left, _right: "",
    ),
)

OPERATIONS: Mapping[str, Operation] = MappingProxyType({row.name: row for row in _ROWS})
"""All kinds of warm-ups by name."""


@dataclass(frozen=True, slots=True)
class ProductSpec:
    """One product: an operation on a left and a right matrix of these shapes.

    For `shape_of_product` the givens are numbers of rows and columns themselves: A the shape of a left matrix, B the
    columns of a right matrix that fits it. There `left` and `right` do not matter.
    """

    operation: str
    left: tuple[int, int] = (1, 2)
    right: tuple[int, int] = (1, 2)

    def __post_init__(self) -> None:
        if self.operation not in OPERATIONS:
            raise ValueError(f"operation {self.operation!r} is unknown; allowed: {', '.join(OPERATIONS)}")
        if min(*self.left, *self.right) < 1:
            raise ValueError("left and right need at least one row and one column")
        if problem := OPERATIONS[self.operation].problem(self.left, self.right):
            raise ValueError(problem)


@dataclass(frozen=True, slots=True)
class ProductsShape:
    """What fixes a page of matrix warm-ups but for its numbers.

    Attributes:
        products: in order.
        turn: by how many places the options of shuffled tasks have moved on; None where none are shuffled.
    """

    products: tuple[ProductSpec, ...]
    turn: int | None = None

    @property
    def graph(self) -> ComputationGraph:
        """As `products_graph`; the same one wherever options stand."""
        return products_graph(self if self.turn is None else replace(self, turn=None))

    @property
    def steps(self) -> int:
        """Products do not go on from one another."""
        return 1

    @property
    def is_rational(self) -> bool:
        """Products of exact numbers are exact."""
        return True

    @property
    def numbers(self) -> int:
        """About how many a solution has."""
        return sum(prod(one.left) + prod(one.right) + one.left[0] * one.right[1] for one in self.products)

    @property
    def conventions(self) -> tuple[str, ...]:
        """There are none."""
        return ()

    @property
    def choices(self) -> None:
        """There are none that follow from the numbers."""
        return None

    @property
    def text(self) -> str:
        """In words: "matrix product, affine map"."""
        return ", ".join(one.operation.replace("_", " ") for one in self.products)


@lru_cache(maxsize=256)
def products_graph(shape: ProductsShape) -> ComputationGraph:
    """The graph of all products of one question; products do not read one another."""
    quantities: list[Quantity] = []
    for number, spec in enumerate(shape.products, start=1):
        operation = OPERATIONS[spec.operation]
        givens = [
            Quantity(f"{letter}{number}", letter, size, layer=number, axes=_AXES)
            for letter, size in zip("ABC", operation.givens(spec.left, spec.right), strict=False)
        ]
        names = tuple(quantity.name for quantity in givens)
        product = operation.product(spec.left, spec.right)
        quantities += [
            *givens,
            Quantity(f"product{number}", "product", product, operation.rule, names, number, axes=_AXES),
        ]
    return ComputationGraph(tuple(quantities))
