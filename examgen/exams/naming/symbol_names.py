"""The names of one question's quantities in one notation: symbols of whole quantities and of their entries.

Made by `paper_shapes`; fields, formulas, diagrams and sentences take their symbols from it.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from examgen.core.exercise import Exercise
from examgen.core.graph import ComputationGraph, Quantity, Role
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.penalties import PenalisedRule
from examgen.exams.naming.notation import AnyIndex, Index, Notation
from examgen.exams.naming.own_symbols import own_symbol
from examgen.exams.naming.symbol import SUBSCRIPTS, SUPERSCRIPTS, Symbol

SAMPLE_LETTER = "s"
"""The index of any sample of a mini-batch; i, j and k are those of units."""


CONSTANTS = MappingProxyType(
    {
        "l2": Symbol(r"\lambda", "λ", "lambda"),
        "penalty": Symbol("R", "R", "R"),
        "momentum": Symbol(r"\mu", "μ", "mu"),
        "beta1": Symbol(r"\beta_{1}", "β₁", "beta1"),
        "beta2": Symbol(r"\beta_{2}", "β₂", "beta2"),
        "epsilon": Symbol(r"\varepsilon", "ε", "epsilon"),
    }
)
"""By kind, the symbols of numbers that belong to no layer; the same in all notations."""

STATES = MappingProxyType(
    {
        "velocity": Symbol("v", "v", "v"),
        "moment1": Symbol("m", "m", "m"),
        "moment2": Symbol("v", "v", "v"),
        "corrected1": Symbol(r"\hat{m}", "m̂", "m_hat"),
        "corrected2": Symbol(r"\hat{v}", "v̂", "v_hat"),
    }
)
"""By kind, the letters of what an optimizer keeps for each weight and bias."""

_CORRECTED = frozenset({"corrected1", "corrected2"})
"""What is not kept from step to step, so that there is no last value to tell it from."""


def bias_name(weights: Quantity) -> str:
    """The name of the biases that belong to a quantity of weights: b1 to W1, dL_db2@2 to dL_dW2@2."""
    return weights.name.replace("W", "b", 1)


@lru_cache(maxsize=512)
def _paired_layers(graph: ComputationGraph) -> frozenset[int]:
    """The layers in which biases go with all that there is of the weights, and weights with all of the biases: not
    where there are none, or where one is learned and the other is not."""
    weights: dict[int, set[str]] = {}
    biases: dict[int, set[str]] = {}
    for one in graph:
        if one.layer is not None and (one.is_of_weights or one.is_of_biases):
            of_kind, name = (weights, bias_name(one)) if one.is_of_weights else (biases, one.name)
            of_kind.setdefault(one.layer, set()).add(name)
    # A penalty is on weights alone, so that the rows of weights and biases follow from different rules.
    apart = {one.layer for one in graph if isinstance(one.rule, PenalisedRule)}
    return frozenset(layer for layer, names in weights.items() if names == biases.get(layer) and layer not in apart)


@dataclass(frozen=True, slots=True)
class Naming:
    """The names of one question's quantities in one notation."""

    notation: Notation
    shape: Exercise
    graph: ComputationGraph

    def whole(self, name: str, *, bias_folded: bool = False) -> str:
        """LaTeX of a whole quantity: `W^{(1)}`, `\\delta^{(2)}`, `\\frac{\\partial L}{\\partial W^{(1)}}`."""
        return self.whole_symbol(name, bias_folded=bias_folded).latex

    def whole_symbol(self, name: str, *, bias_folded: bool = False) -> Symbol:
        """The symbol of a whole quantity in all its spellings."""
        return self._symbol(self.graph[name], None, bias_folded)

    def read_by(self, name: str, reader: Quantity, *, bias_folded: bool = False) -> str:
        """LaTeX of a quantity as a formula of another reads it: what a step starts from is just W, not W new."""
        source = self.graph[name]
        if source.role is Role.STATE and source.step != reader.step:
            parameter = self.graph[name.partition("@")[0].rpartition("_")[2]]
            return _state(STATES[source.kind], self._symbol(parameter, None, bias_folded)).latex
        return self.whole(source.before(reader), bias_folded=bias_folded)

    def entry(self, name: str, index: AnyIndex) -> Symbol:
        """The symbol of one entry, index being its 0-based place in the stored array, or letters for any place."""
        return self._symbol(self.graph[name], index, False)

    def shown_index(self, quantity: Quantity, index: Index) -> Index:
        """From the place in the stored array to the 0-based (row, column) of the shown matrix."""
        if len(index) == 1:
            return (0, index[0]) if self.is_row(quantity) else (index[0], 0)
        return index[::-1] if self.is_transposed(quantity) else index

    def is_row(self, quantity: Quantity) -> bool:
        """Whether a vector is shown as a row."""
        return self.notation.samples_as == "rows" and not quantity.latex

    def folds(self, quantity: Quantity) -> bool:
        """Whether these weights are shown with their biases as a last row."""
        return self.notation.folds_bias and quantity.is_of_weights and quantity.layer in _paired_layers(self.graph)

    def weights_around(self, biases: Quantity) -> str:
        """The weights of which these biases are shown as the last row; empty where they stand alone."""
        is_folded = self.notation.folds_bias and biases.is_of_biases and biases.layer in _paired_layers(self.graph)
        return biases.name.replace("b", "W", 1) if is_folded else ""

    def is_transposed(self, quantity: Quantity) -> bool:
        """Whether the shown matrix is the transpose of the stored one."""
        if quantity.is_per_sample:
            return self.notation.samples_as == "columns"
        return quantity.is_of_weights and self.notation.weights == "from_to"

    def _symbol(self, quantity: Quantity, index: AnyIndex | None, bias_folded: bool) -> Symbol:
        if quantity.axes == ("row", "column"):
            return _numbered_matrix(quantity, index)
        if quantity.latex:
            return own_symbol(self.graph, quantity, index)
        notation, kind = self.notation, quantity.kind
        units = self._units(quantity, index)
        step = f"s{quantity.step}_" if self.shape.steps > 1 and quantity.step else ""
        if quantity.role is Role.LOSS:
            return Symbol(notation.cost, notation.cost, step + notation.cost)
        if quantity.role is Role.RATE:
            return Symbol(notation.learning_rate, _plain(notation.learning_rate), "learning_rate")
        if quantity.role in {Role.CONSTANT, Role.PENALTY}:
            found = CONSTANTS[kind]
            return found if quantity.rule is None else Symbol(found.latex, found.unicode, step + found.ascii)
        parameter = re.sub(r"^dL_d(?=[Wbx])|_(new|change)$", "", kind)
        if quantity.role is Role.STATE:
            parameter = "W" if quantity.is_of_weights else "b"
        base = self._base(quantity, parameter, index is None, units, bias_folded)
        if quantity.role is Role.STATE:
            base = _state(STATES[kind], base)
            base = base if kind in _CORRECTED else _with_new(base)
        elif quantity.role is Role.UPDATE:
            base = _with_new(base)
        elif quantity.role is Role.CHANGE:
            base = Symbol(rf"\Delta {base.latex}", f"Δ{base.unicode}", f"{base.ascii}_change")
        elif quantity.role is Role.SLOPE:
            function = self._activation_of(quantity)
            # Inside the brackets stands z of the same unit.
            latex, text = rf"{function}'\left({base.latex}\right)", f"{_plain(function)}′({base.unicode})"
            base = Symbol(latex, text, f"slope{base.ascii[1:]}")
        elif quantity.role is Role.DERIVATIVE and kind != notation.delta:
            base = _derivative(self.cost_of(quantity, index), base)
            if quantity.derivative is not None and quantity.derivative.is_turned:
                base = Symbol(f"-{base.latex}", f"−{base.unicode}", f"minus_{base.ascii}")
        return Symbol(base.latex, base.unicode, step + base.ascii)

    def _activation_of(self, slope: Quantity) -> str:
        """LaTeX of the function whose slope it is."""
        layer = next(
            one for one in self.graph.derived
            if one.role is Role.ACTIVATION and (one.layer, one.step) == (slope.layer, slope.step)
        )  # fmt: skip
        assert layer.rule is not None
        return ACTIVATIONS[layer.rule.name].symbol

    def cost_of_sample(self, sample: int | str = SAMPLE_LETTER) -> Symbol:
        """The loss of one sample of a mini-batch alone, 0-based; a letter for any sample."""
        mark, cost = sample if isinstance(sample, str) else str(sample + 1), self.notation.cost
        subscript = f"_{mark}" if isinstance(sample, str) else mark.translate(SUBSCRIPTS)
        return Symbol(f"{cost}_{{{mark}}}", f"{cost}{subscript}", f"{cost}{mark}")

    def cost_of(self, quantity: Quantity, index: AnyIndex | None = None) -> Symbol:
        """The loss that a derivative is one of: the mean of a mini-batch, or one sample's own; or an output itself."""
        derivative = quantity.derivative
        if derivative is not None and derivative.of_each_sample:
            return self.cost_of_sample(index[0] if index else SAMPLE_LETTER)
        of = None if derivative is None else self.graph[derivative.of]
        if of is None or of.role is Role.LOSS:
            return Symbol(self.notation.cost, self.notation.cost, self.notation.cost)
        return self._base(of, of.kind, False, self._units(of, (0, 0)), False)

    def _units(self, quantity: Quantity, index: AnyIndex | None) -> AnyIndex:
        """1-based indices as shown behind the letter; empty for a whole quantity and where there is nothing to tell."""
        if index is None or self.notation.hides_units:
            return ()
        if quantity.is_per_sample and quantity.shape[0] == 1:
            index = index[1:]
        elif self.is_transposed(quantity):
            index = index[::-1]
        is_single = (quantity.is_per_sample or quantity.is_of_biases) and len(index) == 1 and quantity.size == 1
        return () if is_single else tuple(place if isinstance(place, str) else place + 1 for place in index)

    def _base(self, quantity: Quantity, kind: str, whole: bool, units: AnyIndex, bias_folded: bool) -> Symbol:
        """The letter with its layer and units, before anything is put around it."""
        notation = self.notation
        letter, layer = self._letter(kind), quantity.layer
        if quantity.is_per_sample and quantity.role is not Role.TARGET:
            layer = (layer or 0) + notation.activation_offset
        if letter in {"x", "y"}:
            layer = None
        if whole and quantity.is_per_sample and quantity.shape[0] > 1:
            letter = letter.upper() if len(letter) == 1 else letter
        elif not whole and kind == "W":
            letter = "w"
        if notation.hides_units:
            letter = letter.replace("W", "w")
        return _spell(letter, layer, units, notation.layer_mark, tilde=bias_folded)

    def _letter(self, kind: str) -> str:
        if kind in {"x", "x_of_step"}:
            return self.notation.inputs or self.notation.activation
        if kind in {"y", "y_of_step"}:
            return "y"
        if kind == "slope":
            return "z"
        if kind in {"dL_da", "dL_dz"}:
            delta = kind == self.notation.delta
            return r"\delta" if delta else (self.notation.activation if kind == "dL_da" else "z")
        return self.notation.activation if kind == "a" else kind


def _spell(letter: str, layer: int | None, units: AnyIndex, mark: str, *, tilde: bool) -> Symbol:
    shown = ("," if any(len(str(unit)) > 1 for unit in units) else "").join(map(str, units))
    subscript = f"_{{{shown}}}" if units else ""
    plain = "δ" if letter == r"\delta" else letter
    word = "delta" if letter == r"\delta" else letter
    latex = rf"\tilde{{{letter}}}" if tilde else letter
    ascii_units = "".join(f"_{unit}" for unit in units)
    if layer is None:
        return Symbol(latex + subscript, plain + shown.translate(SUBSCRIPTS), word + ascii_units)
    inner = mark.replace("#", str(layer))
    layer_text = inner.strip("_^{}").translate(SUBSCRIPTS if mark.startswith("_") else SUPERSCRIPTS)
    return Symbol(
        f"{latex}{inner}{subscript}",
        f"{plain}{layer_text}{shown.translate(SUBSCRIPTS)}",
        f"{word}{layer}{ascii_units}",
    )


def _with_new(base: Symbol) -> Symbol:
    """The symbol after an update: `w^{(1)}_{12,\\text{new}}`."""
    if base.latex.endswith("}") and ("_{" in base.latex):
        latex = rf"{base.latex[:-1]},\text{{new}}}}"
    else:
        latex = rf"{base.latex}_{{\text{{new}}}}"
    return Symbol(latex, f"{base.unicode} new", f"{base.ascii}_new")


def _state(letter: Symbol, base: Symbol) -> Symbol:
    """What an optimizer keeps for a weight: its letter with the weight as an index."""
    return Symbol(
        rf"{letter.latex}_{{{base.latex}}}", f"{letter.unicode}({base.unicode})", f"{letter.ascii}_{base.ascii}"
    )


def _derivative(cost: Symbol, base: Symbol) -> Symbol:
    return Symbol(
        rf"\frac{{\partial {cost.latex}}}{{\partial {base.latex}}}",
        f"∂{cost.unicode}/∂{base.unicode}",
        f"d{cost.ascii}_d{base.ascii}",
    )


def _numbered_matrix(quantity: Quantity, index: AnyIndex | None) -> Symbol:
    letter = quantity.kind if quantity.rule is None else "P"
    number = str(quantity.layer)
    if index is None:
        return Symbol(f"{letter}_{{{number}}}", letter + number.translate(SUBSCRIPTS), f"{letter}{number}")
    row, column = (int(place) + 1 for place in index)
    place = f"{row},{column}" if max(row, column) > 9 else f"{row}{column}"
    return Symbol(
        rf"\left({letter}_{{{number}}}\right)_{{{place}}}",
        f"({letter}{number.translate(SUBSCRIPTS)}){place.translate(SUBSCRIPTS)}",
        f"{letter}{number}_{row}_{column}",
    )


_GREEK = {r"\sigma": "σ", r"\eta": "η", r"\alpha": "α"}


def _plain(command: str) -> str:
    """The text of a short piece of LaTeX: `\\sigma`, `\\tanh`, `\\operatorname{ReLU}`."""
    return _GREEK.get(command) or command.removeprefix("\\operatorname{").strip("\\}")
