"""Losses in the definitions of free graphs: of a number or of a vector, as the table of losses has them."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from examgen.core.circuits.expressions import (
    ATOM,
    PRODUCT,
    SUM,
    Applied,
    Constant,
    Expression,
    Operation,
    Piece,
    Pull,
    Settings,
    Shape,
    applied,
    is_object,
)
from examgen.core.circuits.operations.simplest_forms import times
from examgen.core.circuits.operations.uniform import same_shapes
from examgen.core.rules.losses import LOSSES, Loss
from examgen.core.rules.rule import Array, fill_latex, times_latex


def _loss_shape(shapes: Sequence[Shape], _settings: Settings) -> Shape:
    if shapes[0] != shapes[1]:
        raise ValueError(f"outputs have shape {list(shapes[0])} and targets {list(shapes[1])}; give both the same")
    if len(shapes[0]) > 1:
        raise ValueError(f"outputs have shape {list(shapes[0])}; a loss is of a number or of a vector")
    return ()


def _as_sample(array: Array, one: Expression) -> Array:
    """(..., [outputs]) -> (..., 1, outputs): as rows of losses have it."""
    return array[..., None, :] if one.shape else array[..., None, None]


def _loss(row: Loss) -> Operation:
    def compute(arrays: Sequence[Array], one: Applied) -> Array:
        a, y = (_as_sample(array, part) for array, part in zip(arrays, one.arguments, strict=True))
        with np.errstate(all="ignore"):
            return np.asarray(row.of_sample(a, y)[..., 0])

    def write(texts: Sequence[Piece], one: Applied) -> Piece:
        outputs = one.arguments[0].shape
        a, y = (_entry_of(text) if outputs else text.within(ATOM) for text in texts)
        symbols = {"a": a, "y": y, "times": "<dot>"}
        term = fill_latex(row.term, lambda name, _: symbols[name])
        factor = row.factor(outputs[0] if outputs else 1, 1)
        return Piece(times_latex(factor, rf"\sum_i {term}" if outputs else term), SUM)

    slope = _loss_slope(row)

    def pull(one: Applied, gradient: Expression) -> list[Expression | None]:
        by_outputs = applied(slope, *one.arguments)
        scale = row.slope_factor(one.arguments[0].shape[0] if one.arguments[0].shape else 1, 1)
        return [times(gradient, times(Constant(scale), by_outputs)), None]

    def scaled_by(factor: Fraction) -> Pull:
        return lambda one, gradient: pull(one, times(Constant(factor), gradient))

    wrong = {"error-sign": scaled_by(Fraction(-1))}
    if row.is_squared:
        wrong |= {"loss-factor": scaled_by(Fraction(2)), "loss-factor 2": scaled_by(Fraction(1, 2))}

    def gaps(arrays: Sequence[Array], one: Applied) -> Array:
        error = arrays[0] - arrays[1]
        flat = error if one.arguments[0].shape else error[..., None]
        return np.concatenate([flat - kink for kink in row.kinks], axis=-1)

    def write_to_ten(texts: Sequence[Piece], one: Applied) -> Piece:
        return Piece(write(texts, one).latex.replace(r"\ln", r"\log_{10}"), SUM)

    to_ten = Operation(
        "", _loss_shape, lambda arrays, one: _to_ten(compute(arrays, one)), write_to_ten, least=2, most=2
    )
    return Operation(
        row.name,
        _loss_shape,
        compute,
        write,
        pull,
        2,
        2,
        kink=gaps if row.kinks else None,
        is_rational=row.is_rational,
        wrong=wrong,
        doubt={"log10": lambda one: applied(to_ten, *one.arguments)} if row.logarithms else {},
    )


def _to_ten(loss: Array) -> Array:
    """A loss that is made of natural logarithms, as it comes out with those to the base of ten."""
    if is_object(loss):
        return np.asarray(np.frompyfunc(lambda text: text.respelled("ln", "log10"), 1, 1)(loss), dtype=object)
    return np.asarray(loss / np.log(10))


def _entry_of(text: Piece) -> str:
    return text.read_as("index") if text.is_place else f"{text.within(ATOM)}_i"


def _loss_slope(row: Loss) -> Operation:
    """The derivative of a loss by its outputs without the constant in front."""

    def compute(arrays: Sequence[Array], one: Applied) -> Array:
        outputs = one.shape[0] if one.shape else 1
        a, y = (_as_sample(array, part) for array, part in zip(arrays, one.arguments, strict=True))
        with np.errstate(all="ignore"):
            slope = np.asarray(row.slope_of_sample(a, y))[..., 0, :]
        scale = row.slope_factor(outputs, 1)
        found = slope / (scale if is_object(slope) else float(scale))
        return np.asarray(found if one.shape else found[..., 0])

    def write(texts: Sequence[Piece], one: Applied) -> Piece:
        def symbol(name: str, _: str) -> str:
            if name == "hadamard":
                return r"\odot" if one.shape else "<dot>"
            return texts[int(name)].within(PRODUCT)

        return Piece(fill_latex(row.slope_term, symbol), SUM)

    return Operation("", same_shapes, compute, write, least=2, most=2, is_rational=row.is_rational)


GRAPH_LOSSES = tuple(_loss(row) for row in LOSSES.values() if row.reads == ("activation", "target"))
"""Those that read outputs and targets and nothing else."""
