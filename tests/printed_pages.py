"""Reads the values of a worked page back from its LaTeX, with conventions of its own; for the tests of papers.

What the page prints for each symbol is bound to that symbol, step by step, so that every formula can be evaluated with
the very numbers that the page shows; and what each symbol should stand for is written down here once more.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from examgen.core.circuits.circuit import CircuitShape
from examgen.core.network import NetworkShape
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.turned import plain_of
from examgen.documents.pages import CircuitPicture, Line, QuestionPart
from examgen.exams.paper_shapes import PaperShape
from tests.latex_values import value_of
from tests.oracles import JUMPS, Numbers
from tests.printed_numbers import Floats, Printed, exactly

STEP = re.compile(r"Step (\d+): ")
LABEL = re.compile(r"(?:Sample|Mini-batch) (\d+)")
RATE = re.compile(r"Learning rate: \$(.*?) = (.*?)\$")
CHAIN_TITLE = "chain rule"
APPROXIMATELY = r"\approx "
CELLS = re.compile(r"-?\d+(?:/\d+)?|\\begin\{bmatrix\} (?:-?\d+(?:/\d+)?(?: & | \\\\ | ))+\\end\{bmatrix\}")
"""A number or matrix of whole numbers and fractions."""
FUNCTIONS = {name: row.symbol for name, row in ACTIVATIONS.items()}
"""As papers define them: `test_core_rows` compares each with its definition."""


Reading = tuple[str, list[str]]
"""LaTeX that was read, and what is wrong with it."""

WorkOut = Callable[[CircuitShape, Numbers], Numbers]
"""An oracle: all quantities of a free graph, (students, *shape) by name, from given ones like this."""


@dataclass(frozen=True, slots=True)
class Convention:
    """How one notation writes: see the table of conventions of the design."""

    cost: str
    delta: str
    weights_from_to: bool = False
    samples_in_rows: bool = False
    mark: str = "^{(#)}"
    activation: str = "a"
    offset: int = 0
    inputs_are_activation: bool = False
    is_scalar: bool = False
    delta_sign: int = 1

    def marked(self, letter: str, layer: int) -> str:
        """A letter with its layer as shown."""
        return letter + self.mark.replace("#", str(layer))


CONVENTIONS = {
    "from-to": Convention("L", "dL_dz", weights_from_to=True),
    "to-from-da": Convention("C", "dL_da", offset=1, inputs_are_activation=True),
    "nielsen": Convention("C", "dL_dz", mark="^{#}", inputs_are_activation=True),
    "scalar": Convention("C", "", mark="_{#}", activation="A", is_scalar=True),
    "row": Convention("C", "dL_dz", weights_from_to=True, samples_in_rows=True),
    "descent": Convention("E", "dL_dz", weights_from_to=True, delta_sign=-1),
}


@dataclass(frozen=True, eq=False)
class ReadLine:
    """A line of a worked page with the values of all symbols that stood on the page before it."""

    line: Line
    section: str
    step: int
    symbols: Mapping[str, Printed]

    @property
    def is_chain(self) -> bool:
        """Whether it is one of the single entries by the chain rule."""
        return CHAIN_TITLE in self.section

    @property
    def exact(self) -> str:
        """The LaTeX of the exact result where there is one before the decimals, else empty."""
        *_, before, last = ("", *self.line.relations)
        is_there = before.startswith("= ") and CELLS.fullmatch(before[2:]) and last.startswith(("= ", APPROXIMATELY))
        return before[2:] if is_there else ""

    @property
    def worked(self) -> tuple[str, ...]:
        """The symbol and its relations before the result."""
        return self.line.relations[: -2 if self.exact else -1]

    @property
    def decimals(self) -> str:
        """The LaTeX of the result in decimals."""
        return self.line.relations[-1].removeprefix("= ").removeprefix(APPROXIMATELY)

    @property
    def result(self) -> Printed:
        """What the line prints: exactly where it does so, else in decimals."""
        return value_of(self.exact or self.decimals)


@dataclass(eq=False)
class _Values:
    """The symbols that a reader of the page knows so far."""

    convention: Convention
    symbols: dict[str, Printed] = field(default_factory=dict)

    def bind(self, symbol: str, value: Printed) -> None:
        self.symbols[symbol] = value
        if symbol.startswith("-"):
            # What a line tells with the other sign is read by others as it is.
            self.symbols[symbol[1:]] = value.each(lambda cells: -cells)
            return
        if not self.convention.samples_in_rows:
            if symbol[0] in "xX":
                self.symbols[r"\mathbf{1}"] = value.each(lambda columns: np.ones((columns.shape[1], 1)))
            return
        if symbol.startswith(r"\tilde{"):
            self.symbols[symbol.replace(r"\tilde{W}", "W")] = value.each(lambda rows: rows[:-1])
        elif symbol[0] in "xXaA":
            with_ones = value.each(lambda rows: np.hstack([rows, np.ones((len(rows), 1))]))
            self.symbols[rf"\tilde{{{symbol[0]}}}{symbol[1:]}"] = with_ones


STATES: dict[str | None, tuple[str, ...]] = {
    None: (),
    "momentum": ("velocity_{}",),
    "adam": ("moment1_{}", "moment2_{}", "corrected1_{}", "corrected2_{}"),
}
"""What an optimizer works out for each weight and bias before its new value."""
SYMBOLS = {
    "{}_change": r"\Delta #",
    "velocity_{}": r"v_{#,\text{new}}",
    "moment1_{}": r"m_{#,\text{new}}",
    "moment2_{}": r"v_{#,\text{new}}",
    "corrected1_{}": r"\hat{m}_{#}",
    "corrected2_{}": r"\hat{v}_{#}",
}
"""Of a parameter, whose symbol stands for #."""

NUMBERS = re.compile(r"(?:\\begin\{bmatrix\}|\\end\{bmatrix\}|\\\\|\\cdot|\\left\(|\\right\)|\\,|[-+&\d./ ])+")
"""Nothing but numbers, matrices of them, and signs of arithmetic."""


def read_lines(question: QuestionPart, notation: str) -> Iterator[ReadLine]:
    """Every worked line of a question, in order, with what it may refer to."""
    convention = CONVENTIONS[notation]
    givens = list(_givens(question))
    values, step = _values(convention, givens, 1), 1
    fresh: dict[str, Printed] = {}
    for section in question.sections:
        titled = STEP.match(section.title)
        if titled and int(titled[1]) != step:
            step = int(titled[1])
            values = _values(convention, givens, step)
            for name, value in fresh.items():
                values.bind(name, value)
        for line in (line for line in section.lines if line.relations):
            read = ReadLine(line, section.title, step, dict(values.symbols))
            yield read
            if not read.is_chain:
                name = line.relations[0]
                values.bind(name, read.result)
                old = old_name(name)
                fresh |= {old: read.result} if old != name else {}


def old_name(symbol: str) -> str:
    """What a new value is called in the next step."""
    return symbol.replace(r"_{\text{new}}", "").replace(r",\text{new}", "")


def bound(convention: Convention, values: Mapping[str, Floats]) -> Mapping[str, Printed]:
    """Exact values by all symbols that they have, as on a page."""
    found = _Values(convention)
    for name, value in values.items():
        found.bind(name, exactly(value))
    return found.symbols


def plain_shape(paper: PaperShape) -> Any:
    """The exercise of a paper, whatever the signs of its derivatives."""
    return plain_of(paper.shape)


def _givens(question: QuestionPart) -> Iterator[tuple[int, str, Printed]]:
    """Step (0 for all), symbol and value of what is given."""
    for given in question.givens:
        label = LABEL.fullmatch(given.label)
        for equation in given.latex.split(r",\quad "):
            *names, number = equation.split(" = ")
            if isinstance(question.picture, CircuitPicture) and not NUMBERS.fullmatch(number):
                # A definition.
                continue
            for name in names:
                yield int(label[1]) if label else 0, name, value_of(number)
    for paragraph in question.text:
        if rate := RATE.search(paragraph):
            yield 0, rate[1], value_of(rate[2])


def _values(convention: Convention, givens: list[tuple[int, str, Printed]], step: int) -> _Values:
    values = _Values(convention)
    for of_step, name, value in givens:
        if of_step in {0, step}:
            values.bind(name, value)
    return values


def expected_symbols(shape: NetworkShape, notation: str, values: Mapping[str, Floats], step: int) -> dict[str, Floats]:
    """By LaTeX symbol, the shown matrix (rows, columns) of every derived quantity of one step.

    Args:
        values: one student's values by quantity name, per-sample ones (samples, units), weights (to, from).
    """
    convention = CONVENTIONS[notation]
    at = {name: values[name if step == 1 else f"{name}@{step}"] for name in _names(shape)}
    found = {convention.cost: np.reshape(at["loss"], (1, 1))} if "loss" in at else {}
    if shape.loss == "output":
        convention = replace(convention, cost=convention.marked(convention.activation, shape.depth + convention.offset))
    for layer in range(1, len(shape.sizes)):
        found |= _of_units(shape, convention, at, layer) | _of_weights(shape, convention, at, layer)
    return found


def _names(shape: NetworkShape) -> Iterator[str]:
    yield from ["loss"] if shape.loss != "output" else []
    for layer, activation in enumerate(shape.activations, start=1):
        kinds = ["z{}", "a{}", "dL_dz{}"]
        kinds += ["dL_da{}"] if activation not in JUMPS else []
        kinds += ["slope{}"] if activation not in {"softmax", *JUMPS} else []
        yield from (kind.format(layer) for kind in kinds)
        yield from (kind.format(f"{letter}{layer}") for letter in _letters(shape, layer) for kind in _kinds(shape))


def _letters(shape: NetworkShape, layer: int) -> str:
    """The kinds of parameters that a layer has."""
    return "Wb" if shape.bias is None or shape.bias[layer - 1] else "W"


def _kinds(shape: NetworkShape) -> Iterator[str]:
    """What there is of a weight or bias in each step."""
    yield "dL_d{}"
    if shape.updates:
        yield from ["{}_change"] if shape.changes else []
        yield from STATES[shape.optimizer]
        yield "{}_new"


def _of_units(shape: NetworkShape, convention: Convention, at: Mapping[str, Floats], layer: int) -> dict[str, Floats]:
    def shown(name: str) -> Floats:
        return at[name] if convention.samples_in_rows else at[name].T

    batch = shape.samples_per_step > 1
    z, a = (
        convention.marked(letter.upper() if batch else letter, layer + convention.offset)
        for letter in ("z", convention.activation)
    )
    delta = convention.marked(r"\delta", layer + convention.offset)
    cost = rf"{convention.cost}_{{s}}" if shape.batch_delta == "sample" else convention.cost
    by = {
        kind: delta if kind == convention.delta else rf"\frac{{\partial {cost}}}{{\partial {symbol}}}"
        for kind, symbol in (("dL_dz", z), ("dL_da", a))
    }
    found = {z: shown(f"z{layer}"), a: shown(f"a{layer}")}
    for kind, symbol in by.items():
        if f"{kind}{layer}" in at:
            sign = convention.delta_sign if kind == convention.delta else 1
            found |= {symbol: sign * shown(f"{kind}{layer}"), f"-{symbol}": -sign * shown(f"{kind}{layer}")}
    if f"slope{layer}" in at:
        found[rf"{FUNCTIONS[shape.activations[layer - 1]]}'\left({z}\right)"] = shown(f"slope{layer}")
    return found


def _of_weights(shape: NetworkShape, convention: Convention, at: Mapping[str, Floats], layer: int) -> dict[str, Floats]:
    letters = {"W": convention.marked("w" if convention.is_scalar else "W", layer), "b": convention.marked("b", layer)}
    has_biases = _letters(shape, layer) == "Wb"
    found = {}
    for kind in _kinds(shape):
        W = at[kind.format(f"W{layer}")]
        W = W.T if convention.weights_from_to else W
        b = [at[kind.format(f"b{layer}")].reshape(-1, 1)] if has_biases else []
        if has_biases and convention.samples_in_rows:
            found[_changed(kind, convention, convention.marked(r"\tilde{W}", layer))] = np.vstack(
                [W, *(one.T for one in b)]
            )
        else:
            found |= {
                _changed(kind, convention, letters[letter]): one for letter, one in zip("Wb", [W, *b], strict=False)
            }
    return found | {f"-{symbol}": -value for symbol, value in found.items() if symbol.startswith(r"\frac")}


def _changed(kind: str, convention: Convention, symbol: str) -> str:
    """The symbol of a parameter's derivative, of its change, of what an optimizer keeps of it, or of its new value."""
    if kind.startswith("dL_d"):
        return rf"\frac{{\partial {convention.cost}}}{{\partial {symbol}}}"
    if kind in SYMBOLS:
        return SYMBOLS[kind].replace("#", symbol)
    return rf"{symbol[:-1]},\text{{new}}}}" if convention.is_scalar else rf"{symbol}_{{\text{{new}}}}"
