"""Expressions: what a definition of a free graph says, as a tree of operations over names and numbers.

Made by `definitions` from texts; `circuit_rules` makes a rule of one, and derivatives, which are expressions again. An
operation is a row of one of the modules of `operations`: its computation, its LaTeX and its pullbacks.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from examgen.core.rules.rule import Array

Shape = tuple[int, ...]
Settings = tuple[int, ...]
"""What an operation is told beside its arguments: indices, stride, padding."""

SUM, OPEN, WINDOW, HADAMARD, PRODUCT, POWER, ATOM = range(1, 8)
"""How tightly the outermost sign of a formula binds: a product of matrices more tightly than one entry by entry.

What is `OPEN`, such as a sum over entries, takes in all that stands behind it.
"""


@dataclass(frozen=True, slots=True)
class Constant:
    """A number of the text of a definition."""

    value: Fraction

    @property
    def shape(self) -> Shape:
        """A number has no axes."""
        return ()


@dataclass(frozen=True, slots=True)
class Read:
    """A quantity by its name."""

    name: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class Applied:
    """An operation with its arguments.

    Attributes:
        operation: a row of the table.
        arguments: in order.
        settings: as in `Settings`.
        shape: of the result.
    """

    operation: "Operation"
    arguments: tuple["Expression", ...]
    settings: Settings
    shape: Shape


Expression = Constant | Read | Applied


@dataclass(frozen=True, slots=True)
class Piece:
    """LaTeX of an expression, and how tightly its outermost sign binds."""

    latex: str
    strength: int = ATOM

    def within(self, strength: int) -> str:
        """The LaTeX, in brackets where its outermost sign would come apart."""
        return self.latex if self.strength >= strength else rf"\left({self.latex}\right)"

    @property
    def is_place(self) -> bool:
        """Whether it is nothing but one of the inputs of a rule."""
        return self.latex[:1] == "<" and self.latex[1:-1].isdigit()

    def read_as(self, modifier: str) -> str:
        """An input of a rule in another form, such as its transpose; see `fill_latex`."""
        return f"{self.latex[:-1]}:{modifier}>"

    @property
    def bare(self) -> str:
        """The LaTeX between brackets that stand there already."""
        return self.read_as("bare") if self.is_place else self.latex


Computation = Callable[[Sequence[Array], Applied], Array]
Pull = Callable[[Applied, Expression], Sequence[Expression | None]]
"""From an application and the derivative by its result to those by its arguments; None where there is none."""


@dataclass(frozen=True, eq=False, slots=True)
class Operation:
    """One operation.

    Attributes:
        name: as in definitions; empty for what no definition can name.
        fits: the shape of the result from the shapes of the arguments and the settings; raises ValueError with what is
            wrong.
        compute: from arrays (..., *shape of the argument).
        write: LaTeX from that of the arguments.
        pull: see `Pull`; None where nothing can be differentiated through it.
        least, most: how many arguments it takes.
        settings: names of what it may be told, with the values where it is not told.
        kink: distances from where the derivative jumps, (..., n) from the same as `compute`; None where it never does.
        is_rational: whether exact fractions go in and come out.
        rational_when: whether they do in an application, where it depends; None where it does not.
        products: how many products of two numbers the result takes; None where there are none.
        sums_entries: whether it adds up all entries, so that its argument is written as an entry with an index.
        is_linear: whether the result is a straight line in each argument while the others stay.
        wrong: the usual wrong derivatives, by the name of the misconception.
        doubt: what a student may take instead of its value, by the name of the misconception.
        sign: LaTeX that a picture shows for it, or how that comes of an application; empty where it is its name.
            Dots stand for arguments where those have a place of their own.
    """

    name: str
    fits: Callable[[Sequence[Shape], Settings], Shape]
    compute: Computation
    write: Callable[[Sequence[Piece], Applied], Piece]
    pull: Pull | None = None
    least: int = 1
    most: int = 1
    settings: Mapping[str, int] = field(default_factory=dict)
    kink: Computation | None = None
    is_rational: bool = False
    rational_when: Callable[[Applied], bool] | None = None
    products: Callable[[Applied], int] | None = None
    sums_entries: bool = False
    is_linear: bool = False
    wrong: Mapping[str, Pull] = field(default_factory=dict)
    doubt: Mapping[str, Callable[[Applied], Expression]] = field(default_factory=dict)
    sign: str | Callable[[Applied], str] = ""

    def is_exact(self, one: Applied) -> bool:
        """Whether fractions stay fractions in an application."""
        return self.is_rational if self.rational_when is None else self.rational_when(one)


def applied(operation: Operation, *arguments: Expression, settings: Settings = ()) -> Applied:
    """An operation on arguments.

    Raises: ValueError: their shapes do not fit; the message says which.
    """
    shape = operation.fits([one.shape for one in arguments], settings)
    return Applied(operation, arguments, settings, shape)


def parts(expression: Expression) -> Iterator[Expression]:
    """An expression and all that it is made of, the innermost first."""
    if isinstance(expression, Applied):
        for argument in expression.arguments:
            yield from parts(argument)
    yield expression


def applications_in(expression: Expression) -> Iterator[Applied]:
    """The operations of an expression, the innermost first."""
    return (one for one in parts(expression) if isinstance(one, Applied))


def shapes_in(expression: Expression) -> dict[str, Shape]:
    """The quantities that an expression reads with their shapes, each once, in the order in which they are written."""
    return {one.name: one.shape for one in parts(expression) if isinstance(one, Read)}


def names_in(expression: Expression) -> tuple[str, ...]:
    """Their names."""
    return tuple(shapes_in(expression))


def compiled(expression: Expression, names: Sequence[str]) -> Callable[..., Array]:
    """The computation of an expression: from arrays (..., *shape) of the quantities of these names to its value.

    float64, or objects such as fractions, with which the numbers of the expression are exact. What stands in it several
    times is computed once.
    """
    order = tuple(dict.fromkeys(parts(expression)))
    places = {one: place for place, one in enumerate(order)}
    steps = tuple(
        (one.operation.compute, tuple(places[part] for part in one.arguments), one) if isinstance(one, Applied) else one
        for one in order
    )
    inputs = {name: place for place, name in enumerate(names)}
    rounded = {one: np.asarray(float(one.value)) for one in order if isinstance(one, Constant)}
    exact = {one: np.array(one.value, dtype=object) for one in rounded}

    def compute(*arrays: Array) -> Array:
        constants = exact if any(map(is_object, arrays)) else rounded
        found: list[Array] = []
        for step in steps:
            if isinstance(step, tuple):
                function, arguments, one = step
                found.append(np.asarray(function([found[place] for place in arguments], one)))
            else:
                found.append(np.asarray(arrays[inputs[step.name]]) if isinstance(step, Read) else constants[step])
        return found[-1]

    return compute


def aligned(arrays: Sequence[Array], arguments: Sequence[Expression], rank: int) -> list[Array]:
    """Arguments with as many inner axes as the result, so that numbers go with every entry of an array."""
    if not rank:
        return list(arrays)
    return [
        array if len(argument.shape) == rank or not array.ndim else array[inner(*[None] * (rank - len(argument.shape)))]
        for array, argument in zip(arrays, arguments, strict=True)
    ]


def flat(array: Array, shape: Shape) -> Array:
    """(..., *shape) -> (..., entries)."""
    return array.reshape(*array.shape[: array.ndim - len(shape)], -1)


def axes_of(shape: Shape) -> tuple[int, ...]:
    """The inner axes of an array of this shape, whatever the leading ones."""
    return tuple(range(-len(shape), 0))


def inner(*places: Any) -> tuple[Any, ...]:
    """The index of these places of the inner axes, whatever the leading ones."""
    return (..., *places)


def is_object(array: Any) -> bool:
    """Whether an array holds fractions or texts, and no floating-point numbers."""
    return bool(np.asarray(array).dtype.hasobject)
