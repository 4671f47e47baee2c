"""How the symbols of a paper are spelled in formulas: what each spelling stands for, and the table that is printed.

Called by marking (to read formulas) and by the documents (to print the table). The printed spelling of a number is the
field id of the paper's notation, `a2_1`; near spellings that can only mean one number are read too.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from examgen.core.equivalence.formula_trials import Entry
from examgen.core.graph import Quantity, Role
from examgen.exams.naming.symbol_names import Naming
from examgen.exams.paper_shapes import PaperShape

MAX_NEAR = 20_000
"""Numbers of a graph beyond which only printed spellings are read; by hand nobody works so many."""
_RATE_SPELLINGS = ("eta", "alpha", "lr")
_LETTERS_AND_LAYER = re.compile(r"([A-Za-z]+)([0-9]+)((?:_[0-9]+)*)")


@dataclass(frozen=True, slots=True)
class SpellingRow:
    """One line of the printed table.

    Attributes:
        quantity: name in the graph; the rows of one quantity stand together.
        step: which step it belongs to; None for what is given and where there is one step only.
        latex: the symbol as printed on the paper.
        spelling: how it is written in a formula.
    """

    quantity: str
    step: int | None
    latex: str
    spelling: str


@lru_cache(maxsize=64)
def spellings(naming: Naming) -> Mapping[str, Entry]:
    """What each spelling stands for, the printed one of every number of the graph first.

    Also read are other upper and lower case, fewer underscores (`w1_12`, `dLdw112`), one more (`a_2_1`), the 1 of a
    layer of one unit (`a3_1`), and `eta` or `alpha` for the learning rate; but none that could mean two numbers.
    """
    printed = {
        naming.entry(quantity.name, index).ascii: (quantity.name, index)
        for quantity in naming.graph
        for index in np.ndindex(*quantity.shape)
    }
    if len(printed) > MAX_NEAR:
        return MappingProxyType(printed)
    meant: dict[str, set[Entry]] = {}
    for spelling, entry in printed.items():
        for other in _near(naming, spelling, naming.graph[entry[0]]):
            meant.setdefault(other, set()).add(entry)
    near = {other: next(iter(entries)) for other, entries in meant.items() if len(entries) == 1}
    return MappingProxyType(printed | {other: entry for other, entry in near.items() if other not in printed})


def spelling_table(paper: PaperShape, task: int | None = None) -> tuple[SpellingRow, ...]:
    """The symbols that a formula for one task, or for any, is written in: of all that the asked quantities follow from,
    what the task allows.

    In the order of the solution. The samples of all steps together are left out where each step has its own.
    """
    asked = {quantity.name for quantity in paper.asked(task)}
    sources = paper.graph.sources(asked)
    kinds = {quantity.kind for quantity in paper.graph}
    allowing = paper.question.tasks if task is None else (paper.question.tasks[task],)
    several_steps = paper.shape.steps > 1
    return tuple(
        SpellingRow(quantity.name, quantity.step if several_steps else None, symbol.latex, symbol.ascii)
        for quantity in paper.graph
        if quantity.name in sources and f"{quantity.kind}_of_step" not in kinds
        if any(asking.allows(quantity) for asking in allowing)
        for index in np.ndindex(*quantity.shape)
        for symbol in [paper.naming.entry(quantity.name, index)]
    )


def _near(naming: Naming, spelling: str, quantity: Quantity) -> Iterator[str]:
    """Other spellings that come to mind for one."""
    names = [spelling]
    if quantity.role is Role.RATE:
        names += _RATE_SPELLINGS
    if quantity.size == 1 and quantity.shape and not naming.notation.hides_units and spelling[-1].isdigit():
        names.append(f"{spelling}_1")
    if match := _LETTERS_AND_LAYER.fullmatch(spelling):
        names.append("_".join(match.group(1, 2)) + match[3])
    for name in names:
        for fewer in _with_fewer_underscores(name):
            yield from (fewer, fewer.lower(), fewer[0].upper() + fewer[1:], fewer[0].lower() + fewer[1:])


def _with_fewer_underscores(name: str) -> Iterator[str]:
    """Without those between digits, or all of them but the one behind the layer, and without those around letters."""
    for first in (name, re.sub(r"(?<=[0-9]_)([0-9_]+)", lambda units: _squeezed(units[1]), name), _joined(name)):
        yield first
        yield re.sub(r"_(?![0-9])|(?<![0-9])_", "", first)


def _squeezed(units: str) -> str:
    """1_2 as 12; an underscore at the end belongs to what follows."""
    return units.rstrip("_").replace("_", "") + "_" * (len(units) - len(units.rstrip("_")))


def _joined(name: str) -> str:
    return re.sub(r"(?<=[0-9])_(?=[0-9])", "", name)
