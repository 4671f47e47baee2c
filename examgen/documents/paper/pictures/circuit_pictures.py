"""From a free graph with a student's numbers, or marks for them, to what its picture shows; `papers` calls it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from examgen.core.circuits.circuit_rules import ExpressionRule
from examgen.core.circuits.expressions import Expression
from examgen.core.graph import Quantity, Role
from examgen.documents.math import to_mathml
from examgen.documents.pages import CircuitNode, CircuitPicture, TimeLine
from examgen.documents.paper.pictures.operation_signs import Operations
from examgen.documents.paper.pictures.time_steps import Recurrence, recurrence_in
from examgen.documents.paper.pictures.window_grids import fits_grids, window_grids
from examgen.documents.style import PaperStyle
from examgen.documents.typesetting import math_font
from examgen.documents.worked.rule_formulas import symbol_of
from examgen.documents.worked.solved_paper import SolvedPaper
from examgen.typeset import spoken

MOST_CIRCLES = 14
MOST_BOXES = 24
MOST_QUANTITIES = 48
MOST_ENTRIES = 4
"""An array with more of them is not written at a wire."""


def circuit_picture(solved: SolvedPaper, style: PaperStyle, with_solution: bool) -> CircuitPicture | None:
    """The circuit of a free graph; None where it is too large to be one picture.

    Args:
        solved: with a student's numbers or marks for them; only those of a key are shown.
        style: of the paper.
        with_solution: whether values and derivatives stand at the wires.
    """
    circuit = _Circuit(solved, style, with_solution)
    if not circuit.defined or len(circuit.defined) > MOST_BOXES or len(circuit.named()) > MOST_QUANTITIES:
        return None
    recurrence = recurrence_in(circuit.defined)
    captions = circuit.captions() if with_solution else ()
    boxes = tuple(circuit.boxes())
    if recurrence is not None:
        return CircuitPicture((boxes,), circuit.told(recurrence), captions, _line(boxes, recurrence))
    grids = tuple(window_grids(solved, circuit.defined, with_solution=with_solution))
    if fits_grids(grids):
        forms = (boxes,) if len(circuit.defined) > 1 else ()
        return CircuitPicture(forms, circuit.told(None), captions if forms else (), grids=grids)
    circles = tuple(circuit.circles())
    count = sum(node.outline == "circle" for node in circles)
    return CircuitPicture((circles, boxes) if count <= MOST_CIRCLES else (boxes,), circuit.told(None), captions)


def _line(nodes: tuple[CircuitNode, ...], recurrence: Recurrence) -> TimeLine | None:
    """Where the boxes stand in a row; None where one reads more than the box before it, and wires would pass others."""
    places = {node.quantity: place for place, node in enumerate(nodes)}
    steps = tuple(tuple(places[name] for name in step) for step in recurrence.steps)
    line = TimeLine(steps, tuple(places[name] for name in recurrence.behind))
    row = [*(place for step in steps for place in step), *line.behind]
    before = dict(zip(row[1:], row, strict=False))
    is_row = all(
        before.get(place) == source for place in row for source in nodes[place].inputs if nodes[source].outline == "box"
    )
    return line if is_row else None


@dataclass(frozen=True, slots=True)
class _Circuit:
    """Makes the parts of a picture."""

    solved: SolvedPaper
    style: PaperStyle
    with_solution: bool

    @property
    def defined(self) -> Mapping[str, Expression]:
        """The expression of each definition on the way forward, by name."""
        return {
            one.name: one.rule.expression
            for one in self.solved.paper.graph.derived
            if one.role is Role.DEFINED and isinstance(one.rule, ExpressionRule)
        }

    @property
    def given(self) -> list[Quantity]:
        """What these read and nobody computes."""
        graph = self.solved.paper.graph
        read = {name for one in self.defined for name in graph[one].inputs}
        return [one for one in graph if one.name in read and one.name not in self.defined]

    def circles(self) -> Iterator[CircuitNode]:
        """A node for each operation; the last one of a definition has the quantity at its wire."""
        found = Operations(self.phrase)
        for one in self.given:
            found.places[one.name] = len(found.nodes)
            found.nodes.append(self.of_given(one))
        for name, expression in self.defined.items():
            place = found.define(expression)
            found.nodes[place] = replace(
                found.nodes[place], quantity=name, above=self.above(name), below=self.below(name)
            )
            found.places[name] = place
        yield from found.nodes

    def boxes(self) -> Iterator[CircuitNode]:
        """A node for each quantity."""
        graph = self.solved.paper.graph
        given = self.given
        places = {name: place for place, name in enumerate([*(one.name for one in given), *self.defined])}
        yield from map(self.of_given, given)
        for name in self.defined:
            inputs = tuple(places[source] for source in graph[name].inputs)
            above = self.values(name) or self.shape(name)
            yield CircuitNode(self.symbol(name), inputs, "box", above, self.below(name), quantity=name)

    def of_given(self, one: Quantity) -> CircuitNode:
        above = self.values(one.name) or self.shape(one.name)
        return CircuitNode(self.symbol(one.name), (), "none", above, self.below(one.name), quantity=one.name)

    def phrase(self, text: str) -> str:
        """English words in the language, where the font of formulas has its script."""
        told = self.style.phrase(text)
        return told if all(ord(letter) in math_font().characters for letter in told) else text

    def symbol(self, name: str) -> str:
        return symbol_of(self.solved.paper, name)

    def above(self, name: str) -> tuple[str, ...]:
        """The name of a quantity, and in a key its value."""
        symbol, shape = self.symbol(name), self._shape(name)
        named = rf"{symbol} \; {shape}" if shape else symbol
        values = self.values(name)
        return tuple(named if value in ("", shape) else f"{symbol} = {value}" for value in values) or (named,)

    def values(self, name: str) -> tuple[str, ...]:
        """What a key writes at the wire of a quantity, in the order of `DETAILS`: its value where it has few entries,
        and else its shape; its shape where it is an array; and nothing."""
        if not self.with_solution:
            return ()
        quantity, shape = self.solved.paper.graph[name], self._shape(name)
        value = self.number(name) if quantity.size <= MOST_ENTRIES else shape
        return value, shape or value, ""

    def number(self, name: str) -> str:
        """A value in LaTeX; what is computed has decimals, exact or not, so that it stays short."""
        solved = self.solved
        if solved.paper.graph[name].rule is None:
            return solved.number(name)
        return solved.matrix(solved.shown(name), solved.decimals[name])

    def shape(self, name: str) -> tuple[str, ...]:
        """Rows and columns of an array as it is printed, small; nothing for a number."""
        found = self._shape(name)
        return (found,) if found else ()

    def _shape(self, name: str) -> str:
        paper = self.solved.paper
        shape = paper.graph[name].shape
        if not shape:
            return ""
        rows, columns = shape if len(shape) == 2 else (*shape, 1)
        if paper.naming.is_transposed(paper.graph[name]) or (
            len(shape) == 1 and paper.naming.is_row(paper.graph[name])
        ):
            rows, columns = columns, rows
        return rf"{{\scriptstyle {rows} \times {columns}}}"

    def below(self, name: str) -> tuple[str, ...]:
        """In a key, the derivative of the output by a quantity, where there is one."""
        derivative = f"d{self.output}_d{name}"
        if not self.with_solution or derivative not in {one.name for one in self.solved.paper.graph}:
            return ()
        # The shape of an array stands above already.
        values = tuple("" if value == self._shape(derivative) else value for value in self.values(derivative))
        return values if any(values) else ()

    @property
    def output(self) -> str:
        """The number whose derivatives are asked; empty where there is none."""
        return getattr(self.solved.paper.shape, "output", "")

    def captions(self) -> tuple[str, ...]:
        """What stands at the wires, with derivatives and without."""
        text = self.style.words["worked"]
        output = f"${self.symbol(self.output)}$" if self.output else ""
        return text["picture_values"].format(output=output), text["picture_values_only"]

    def named(self) -> list[str]:
        return [*(one.name for one in self.given), *self.defined]

    def told(self, recurrence: Recurrence | None) -> str:
        """The alternative text: what is given, and what follows from what."""
        text, graph = self.style.words["worked"], self.solved.paper.graph
        joint = text["picture_joint"]
        lines = [text["picture_given"].format(names=joint.join(self.said(one.name) for one in self.given))]
        for name in self.defined:
            names = joint.join(map(self.said, graph[name].inputs))
            lines.append(text["picture_follows"].format(name=self.said(name), names=names))
        key = "picture_circuit" if recurrence is None else "picture_unrolled"
        steps = 0 if recurrence is None else len(recurrence.steps)
        found: str = text[key].format(count=steps, lines=text["picture_next"].join(lines))
        return found

    def said(self, name: str) -> str:
        """A symbol as it is read aloud."""
        # Only what an author has set for it may fail.
        return spoken(to_mathml(self.symbol(name), f"graph.symbols.{name}"), self.style.speech)
