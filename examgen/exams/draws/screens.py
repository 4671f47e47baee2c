"""Screens: which draws make a fair paper. Each screen is one row of `SCREENS`, judged for many draws at once.

A draw is rejected where a unit sits near a kink, a layer is dead or saturated, an asked answer loses its significant
digits, an answer lies on a rounding tie, a value is undefined or overflows, or wrong work would look right.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from examgen.core.circuits.choices import is_clearly
from examgen.core.draw_versions import FIRST_DRAWS, screens_in
from examgen.core.evaluation import Evaluation
from examgen.core.graph import Quantity, Role
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.losses import LOSSES
from examgen.core.rules.rule import Array
from examgen.exams.digits import NOISE, Digits
from examgen.exams.draws.alike_options import has_alike_options
from examgen.exams.draws.difficulty import workload
from examgen.exams.draws.on_the_way import largest_products
from examgen.exams.draws.separation import separations
from examgen.exams.paper_shapes import PaperShape

Verdict = NDArray[np.bool_]
"""(draws,): True where the draw is rejected."""

SLACK = 1e-9
"""Values within this share of a limit are at the limit. Exact decimals often lie right on one, and which side their
doubles fall on differs between machines; a paper must not."""

WHOLE = Digits(decimals=0)
"""The digits of answers that are to be found without a calculator."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the screens compare with.

    Attributes:
        kink_margin: smallest distance of a pre-activation from a kink of its activation, in units of z.
        min_slope: smallest slope of a bounded activation, in units of a per unit of z.
        significant_digits: that an asked answer other than 0 keeps at its asked decimals.
        tie_margin: smallest distance from a rounding tie, in units of the last asked digit.
        max_abs: largest absolute value anywhere.
        max_product: largest absolute product on the way to an answer, where only whole numbers are asked.
        misconception_margin: so many tolerances at least each misconception is off in some asked answer.
        max_draws: after so many draws a family counts as impossible to satisfy.
        draws: the version of the draws; what is newer does not screen.
        least_work, most_work: of a paper, see `Workload`.
    """

    kink_margin: float
    min_slope: float
    significant_digits: int
    tie_margin: float
    max_abs: float
    max_product: float
    misconception_margin: float
    max_draws: int
    draws: int = FIRST_DRAWS
    least_work: float = -np.inf
    most_work: float = np.inf


@dataclass(frozen=True, slots=True)
class Screen:
    """One reason to reject a draw, and the judge: (paper shape, evaluation, limits) -> (draws,).

    A screen that `is_slow` judges only draws that all others let pass. `since` is the version of the draws since which
    there is this screen, None for never.
    """

    name: str
    reason: str
    rejects: Callable[[PaperShape, Evaluation, Limits], Verdict]
    is_slow: bool = False
    since: int | None = None


def screen(paper: PaperShape, evaluation: Evaluation, limits: Limits, *, slow: bool = False) -> dict[str, Verdict]:
    """The verdicts of the quick or of the slow screens on every draw; values of the evaluation have the draws as their
    leading axis. A screen that is newer than the draws rejects nothing."""
    # What has overflowed is inf or nan: one screen rejects it, and the others must not warn about it.
    with np.errstate(all="ignore"):
        rows = [row for row in SCREENS.values() if row.is_slow == slow]
        return {
            row.name: row.rejects(paper, evaluation, limits)
            if screens_in(row.since, limits.draws)
            else _none(evaluation)
            for row in rows
        }


def mistakes_hidden(paper: PaperShape, givens: Mapping[str, Array], limits: Limits) -> dict[str, Verdict]:
    """By misconception, the draws on which some version of it looks right; givens are (draws, *shape) by name."""
    found: dict[str, Verdict] = {}
    for patch, tolerances in separations(paper, dict(givens), all_versions=False, draws=limits.draws):
        hides = np.asarray(tolerances < limits.misconception_margin * (1 + SLACK))
        found[patch.misconception] = hides | found.get(patch.misconception, False)
    return found


def _any(mask: Array, quantity: Quantity) -> Verdict:
    """Whether any entry is True, for each draw."""
    return np.asarray(mask.any(axis=tuple(range(-len(quantity.shape), 0))) if quantity.shape else mask)


def _none(evaluation: Evaluation) -> Verdict:
    draws = max((values.shape[0] for values in evaluation.values.values() if values.ndim), default=1)
    return np.zeros(draws, dtype=bool)


def _kinks(paper: PaperShape, evaluation: Evaluation, limits: Limits) -> Verdict:
    rejected = _none(evaluation)
    for quantity in paper.graph.derived:
        assert quantity.rule is not None
        inputs = [paper.graph[name] for name in quantity.inputs]
        kinks: tuple[float, ...] = ()
        if quantity.role is Role.ACTIVATION:
            values, kinks = evaluation[inputs[0].name], ACTIVATIONS[quantity.rule.name].kinks
        elif quantity.role is Role.LOSS and LOSSES[quantity.rule.name].kinks:
            outputs, targets = (evaluation[one.name] for one in inputs[:2])
            values, kinks = outputs - targets, LOSSES[quantity.rule.name].kinks
        elif quantity.rule.kinks is not None:
            distances = quantity.rule.kinks(*(evaluation[one.name] for one in inputs))
            rejected = rejected | (np.abs(distances) < limits.kink_margin * (1 - SLACK)).any(axis=-1)
        for kink in kinks:
            rejected = rejected | _any(np.abs(values - kink) < limits.kink_margin * (1 - SLACK), inputs[0])
    return rejected


def _dead(paper: PaperShape, evaluation: Evaluation, _limits: Limits) -> Verdict:
    rejected = _none(evaluation)
    for quantity in paper.graph:
        if quantity.role is Role.SLOPE and quantity.is_per_sample:
            # A layer is dead for a sample when nothing flows back through any of its units.
            rejected = rejected | (evaluation[quantity.name] == 0).all(axis=-1).any(axis=-1)
    return rejected


def _saturated(paper: PaperShape, evaluation: Evaluation, limits: Limits) -> Verdict:
    rejected = _none(evaluation)
    for quantity in paper.graph:
        if quantity.role is not Role.ACTIVATION or quantity.rule is None:
            continue
        low, high = quantity.rule.bounds
        if np.isfinite(low) and np.isfinite(high):
            a = evaluation[quantity.name]
            # a (1 - a) of a sigmoid or softmax and 1 - a^2 of tanh are both (a - low)(high - a).
            rejected = rejected | _any((a - low) * (high - a) < limits.min_slope * (1 - SLACK), quantity)
    return rejected


def _asked(paper: PaperShape, evaluation: Evaluation) -> list[tuple[Array, Array]]:
    """Values (draws,) and their asked decimals (draws,) for each asked entry."""
    found = []
    for field in paper.number_fields:
        place: tuple[Any, ...] = (..., *field.index)
        values = np.abs(evaluation[field.quantity][place])
        found.append((values, field.digits.decimals_for(values)))
    return found


def _faint(paper: PaperShape, evaluation: Evaluation, limits: Limits) -> Verdict:
    rejected = _none(evaluation)
    for values, decimals in _asked(paper, evaluation):
        smallest = 10.0 ** (limits.significant_digits - 1 - decimals) * (1 - SLACK)
        # Whole numbers to no decimals are exact, however small.
        is_exact = (values < NOISE) | ((decimals == 0) & (np.abs(values - np.round(values)) < NOISE))
        rejected = rejected | ((values < smallest) & ~is_exact)
    return rejected


def _tied(paper: PaperShape, evaluation: Evaluation, limits: Limits) -> Verdict:
    rejected = _none(evaluation)
    for values, decimals in _asked(paper, evaluation):
        units = values * 10.0**decimals
        margin = limits.tie_margin * (1 - SLACK) - NOISE * (1 + units)
        rejected = rejected | (np.abs(units - np.floor(units) - 0.5) < margin)
    return rejected


def _undefined(paper: PaperShape, evaluation: Evaluation, _limits: Limits) -> Verdict:
    rejected = _none(evaluation)
    for quantity in paper.graph.derived:
        if quantity.latex:
            rejected = rejected | _any(~np.isfinite(evaluation[quantity.name]), quantity)
    return rejected


def _overflowing(paper: PaperShape, evaluation: Evaluation, limits: Limits) -> Verdict:
    rejected = _none(evaluation)
    for quantity in paper.graph.derived:
        values = evaluation[quantity.name]
        rejected = rejected | _any(~(np.abs(values) <= limits.max_abs * (1 + SLACK)), quantity)
    if np.isfinite(limits.max_product) and all(field.digits == WHOLE for field in paper.number_fields):
        for quantity, sizes in largest_products(paper.graph, evaluation):
            rejected = rejected | _any(~(sizes <= limits.max_product * (1 + SLACK)), quantity)
    return rejected


def _unequal(paper: PaperShape, evaluation: Evaluation, limits: Limits) -> Verdict:
    if np.isinf(limits.least_work) and np.isinf(limits.most_work):
        return _none(evaluation)
    work = workload(paper, evaluation).work
    return np.asarray((work < limits.least_work * (1 - SLACK)) | (work > limits.most_work * (1 + SLACK)))


def _other_option(paper: PaperShape, evaluation: Evaluation, limits: Limits) -> Verdict:
    rejected, margin = _none(evaluation), limits.kink_margin * (1 - SLACK)
    for text, option in paper.shape.choices or ():
        rejected = rejected | ~is_clearly(paper.graph, text, option, evaluation.values, margin)
    return rejected


def _alike(paper: PaperShape, evaluation: Evaluation, _limits: Limits) -> Verdict:
    found = has_alike_options(paper, evaluation)
    return _none(evaluation) if found is None else found


def _looks_right(paper: PaperShape, evaluation: Evaluation, limits: Limits) -> Verdict:
    rejected = _none(evaluation)
    givens = {given.name: evaluation[given.name] for given in paper.graph.givens}
    for hides in mistakes_hidden(paper, givens, limits).values():
        rejected = rejected | hides
    return rejected


_ROWS = (
    Screen("kink", "an input lies near the kink of its activation or loss", _kinks, since=1),
    Screen("dead", "no unit of a layer is live", _dead, since=1),
    Screen("saturated", "a unit is saturated, so its slope is nearly 0", _saturated, since=1),
    Screen("digits", "an asked answer keeps too few significant digits", _faint, since=1),
    Screen("tie", "an asked answer lies on a rounding tie", _tied, since=1),
    Screen(
        "undefined",
        "something is divided by 0, or a root or logarithm is one of a negative number",
        _undefined,
        since=1,
    ),
    Screen("overflow", "a value is larger than max_abs allows", _overflowing, since=1),
    Screen("work", "a paper is more or less work than the tolerance (fairness) allows", _unequal, since=1),
    Screen("option", "another option is right, or nearly so, than this shape's turn is", _other_option, since=1),
    Screen("alike", "two options of a choice come to the same number", _alike, since=1),
    Screen("misconception", "work with a misconception would look right", _looks_right, is_slow=True, since=1),
)

SCREENS: Mapping[str, Screen] = MappingProxyType({row.name: row for row in sorted(_ROWS, key=lambda row: row.is_slow)})
"""All screens by name, the slow ones last."""
