"""What the table of rules says about a rule, against what the rule does."""

import re

import numpy as np
import pytest

from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.linear import LINEAR, PRODUCTS, averaged, output_error_rule, sample_rows
from examgen.core.rules.losses import LOSSES
from examgen.core.rules.rule import Rule
from tests.oracles import Array

SIZES = {"n": 2, "m": 3, "i": 3, "o": 2, "p": 4, "r": 2, "k": 3, "c": 4}
RULES = (
    *LINEAR.values(),
    *PRODUCTS.values(),
    output_error_rule(2),
    averaged(LINEAR["outer"], 2),
    averaged(LINEAR["bias_gradient"], 2),
    sample_rows(1, 3),
    *(activation.rule() for activation in ACTIVATIONS.values()),
    *(activation.slope_rule() for activation in ACTIVATIONS.values() if activation.slope is not None),
    *(loss.rule(2, 2) for loss in LOSSES.values()),
    *(loss.slope_rule(2, 2) for loss in LOSSES.values()),
)
BENT = {"softmax_pull_back"}
"""Of the rules that every network shares, the one that multiplies an input by itself."""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_straight_rules_do_as_much_downwards_as_upwards(rule: Rule) -> None:
    """Each entry alone, moved up and down by as much, moves every result up and down by as much."""
    if rule.is_straight:
        assert _largest_bend(rule) < 1e-12
    assert rule.is_straight or rule.name not in {*LINEAR, "output_error", "samples_1_3"} - BENT


@pytest.mark.parametrize("name", ["tanh", "relu", "squared_error", "huber_slope", "softmax_pull_back"])
def test_what_bends_is_seen_to_bend(name: str) -> None:
    """The measure of the test above tells a curve and a kink from a straight line."""
    assert _largest_bend(next(rule for rule in RULES if rule.name == name)) > 0.1


def _largest_bend(rule: Rule) -> float:
    """By how much a result differs from the middle between those of moving one entry up and down."""
    rng = np.random.default_rng(6)
    inputs = [_drawn(rng, axes) for axes in re.findall(r"\(([^)]*)\)", rule.signature.split("->")[0])]
    middle, bends = rule.compute(*inputs), [0.0]
    for number, value in enumerate(inputs):
        for place in np.ndindex(*value.shape):
            step = np.zeros(value.shape)
            step[place] = 2.5
            with np.errstate(all="ignore"):
                up, down = (rule.compute(*inputs[:number], value + by, *inputs[number + 1 :]) for by in (step, -step))
            # Where one of them is not defined, there is no straight line.
            bends.append(float(np.nan_to_num(np.abs((up + down) / 2 - middle), nan=1).max()))
    return max(bends)


def _drawn(rng: np.random.Generator, axes: str) -> Array:
    """Numbers from 1 to 2, so that a step of 2.5 downwards leads across 0."""
    shape = [SIZES.get(axis) or int(axis) for axis in axes.split(",") if axis]
    return np.asarray(rng.uniform(1, 2, shape))
