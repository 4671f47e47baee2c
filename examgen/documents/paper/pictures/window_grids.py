"""Convolution and pooling as grids: the array with the window at its first place, the filter, and the entry that it
makes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from examgen.core.circuits.circuit_rules import latex_of
from examgen.core.circuits.expressions import Applied, Expression, Operation, Read, applications_in, names_in
from examgen.core.circuits.operations.pooling import POOLINGS
from examgen.core.circuits.operations.windows import CONVOLUTIONS
from examgen.core.rules.rule import fill_latex
from examgen.documents.pages import GridPicture
from examgen.documents.worked.rule_formulas import symbol_of
from examgen.documents.worked.solved_paper import SolvedPaper

MOST_ROWS = 3
"""Of grids; a question with more windows has none."""

MOST_SQUARES = 16
"""Along an axis of a grid."""

_POOLS: frozenset[Operation] = frozenset(POOLINGS)


def window_grids(
    solved: SolvedPaper, defined: Mapping[str, Expression], *, with_solution: bool
) -> Iterator[tuple[GridPicture, ...]]:
    """A row of grids for each operation with a window.

    Args:
        solved: with the numbers, or marks for them.
        defined: expression of each definition by name.
        with_solution: whether computed numbers are shown.
    """
    maker = _Grids(solved, with_solution)
    for name, expression in defined.items():
        for one in dict.fromkeys(applications_in(expression)):
            if one.operation in (*CONVOLUTIONS, *POOLINGS):
                yield maker.row(one, Read(name, one.shape) if one == expression else one)


def fits_grids(rows: tuple[tuple[GridPicture, ...], ...]) -> bool:
    """Whether the squares can be told apart."""
    sizes = (size + 2 * one.ring for row in rows for one in row for size in one.size)
    return 0 < len(rows) <= MOST_ROWS and all(size <= MOST_SQUARES for size in sizes)


@dataclass(frozen=True, slots=True)
class _Grids:
    solved: SolvedPaper
    with_solution: bool

    def row(self, one: Applied, result: Expression) -> tuple[GridPicture, ...]:
        array = one.arguments[0]
        if one.operation in _POOLS:
            width, _ = one.settings
            window = self.size((width,) * len(array.shape))
            return (
                self.grid(array, (0, 0, *window)),
                self.grid(result, (0, 0, 1, 1), sign=r"\rightarrow"),
            )
        (_, ring), window = one.settings, self.size(one.arguments[1].shape)
        high = -ring if len(array.shape) == 2 else 0
        return (
            self.grid(array, (high, -ring, *window), ring=ring),
            self.grid(one.arguments[1], (0, 0, 0, 0), sign=r"\star"),
            self.grid(result, (0, 0, 1, 1), sign="="),
        )

    def size(self, shape: tuple[int, ...]) -> tuple[int, int]:
        """Rows and columns; a vector lies on its side, so that windows go to the right."""
        return (shape[0], shape[1]) if len(shape) == 2 else (1, shape[0])

    def grid(self, one: Expression, shaded: tuple[int, int, int, int], ring: int = 0, sign: str = "") -> GridPicture:
        rows, columns = self.size(one.shape)
        cells = tuple(self.cells(one.name, columns)) if isinstance(one, Read) else ()
        widest = self.solved.widest(one.name) if isinstance(one, Read) and cells and not self.with_solution else ""
        return GridPicture(self.latex(one), (rows, columns), cells, ring, shaded, sign, widest)

    def cells(self, name: str, columns: int) -> Iterator[tuple[str, ...]]:
        """The numbers of a quantity that the reader of the page may see."""
        solved, is_given = self.solved, self.solved.paper.graph[name].rule is None
        if not is_given and not self.with_solution:
            return
        decimals, denominator = solved.put_in(name) if is_given else (solved.decimals[name], 0)
        values = [solved.numbers.text(value, decimals, denominator) for value in solved.values[name].flat]
        for start in range(0, len(values), columns):
            yield tuple(values[start : start + columns])

    def latex(self, one: Expression) -> str:
        """The name of what a grid shows."""
        names = names_in(one)

        def symbol(place: str, _modifier: str) -> str:
            return symbol_of(self.solved.paper, names[int(place)]) if place.isdigit() else ""

        return fill_latex(latex_of(one, names), symbol)
