"""Sheets of people who know nothing and write something all the same; called by `farming`.

A strategy says for each field what is written: a number, or one of the words of `cribs`, such as "old" for the weight
as it was.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from examgen.exams.fields import Field
from tests.classroom.cribs import Strategy

GRADIENTS = frozenset({"dL_da", "dL_dz", "dL_dW", "dL_db"})
NEW = frozenset({"W_new", "b_new"})
FORWARD = frozenset({"z", "a", "loss"})


DERIVATIVE = re.compile(r"d[A-Za-z]\w*_d[A-Za-z]\w*")


def same(text: str, *, new: str | None = None, only: frozenset[str] | None = None) -> Strategy:
    """The same in every box or in those of some kinds, with another one for new weights."""
    return lambda one: (
        (text if new is None or like(one) not in NEW else new) if only is None or like(one) in only else ""
    )


def by_kind(texts: Mapping[str, str], rest: str) -> Strategy:
    """One for each kind of quantity."""
    return lambda one: texts.get(like(one), rest)


def like(one: Field) -> str:
    """The kind of a network's quantity; of a circuit's, the one that stands in its place in a network."""
    if one.layer is not None or one.kind in GRADIENTS | NEW | FORWARD:
        return one.kind
    if DERIVATIVE.fullmatch(one.kind):
        return "dL_dW"
    return "W_new" if one.kind.endswith("_new") else "loss" if one.kind in {"L", "f", "s"} else "a"


Group = tuple[str, int | None]
"""A kind of quantity and a layer."""


def layered(texts: Mapping[Group, str]) -> Strategy:
    """One for each kind of quantity and layer; nothing elsewhere."""
    return lambda one: texts.get((one.kind, one.layer), "")


def right_in(kinds: frozenset[str], text: str) -> Strategy:
    """Some kinds right, something else elsewhere."""
    return lambda one: "right" if like(one) in kinds else text


def first_step_right(text: str) -> Strategy:
    """The first step right, something else in the later ones, and in later layers where there is no step."""
    return lambda one: "right" if (one.step or one.layer or 1) == 1 else text


def _saturated(layer: int, z: str, a: str) -> Strategy:
    """One layer far out, and what follows from it for its weights; the rest as if it were done."""

    def strategy(one: Field) -> str:
        if like(one) in NEW:
            return "old"
        if one.layer == layer and one.kind in {"z", "a"}:
            return z if one.kind == "z" else a
        return "0.5" if like(one) in FORWARD else "0.0001" if one.layer == layer else "0.1"

    return strategy


def _forward_of_another(one: Field) -> str:
    return "neighbour" if like(one) in FORWARD else "right"


def _first_layer_then_neighbour(one: Field) -> str:
    return "right" if one.layer == 1 and like(one) in FORWARD else "neighbour"


def _half_of_each(one: Field) -> str:
    return "neighbour" if like(one) in FORWARD else "second neighbour"


_FAR = {"z": "10", "a": "1.0000", "W_new": "old", "b_new": "old"}
_FAR_BELOW = {"z": "-10", "a": "0.0000", "W_new": "old", "b_new": "old"}
_ZA = frozenset({"z", "a"})

STRATEGIES: Mapping[str, Strategy] = MappingProxyType(
    {
        "0.0001 in every box": same("0.0001"),
        "0.5 in every box": same("0.5"),
        "0.3, new weights old": same("0.3", new="old"),
        "only gradients 0.0001, new weights old": same("0.0001", new="old", only=GRADIENTS | NEW),
        "1 in every box": same("1"),
        "z 10, a 1, gradients 0.0001, new weights old": by_kind(_FAR, "0.0001"),
        "z and a right, 0.0001 elsewhere": right_in(_ZA, "0.0001"),
        "another variant's right answers": same("neighbour"),
        "neighbour's mean of each kind and layer": same("mean of kind"),
        "z blank, a 10, derivatives 10, those of weights -100": by_kind(
            {"z": "", "a": "10", "dL_dW": "-100", "W_new": "", "b_new": "", "loss": ""}, "10"
        ),
        "z blank, a 10, derivatives 0.001, those of weights 0.01": by_kind(
            {"z": "", "a": "10", "dL_dW": "0.01", "W_new": "", "b_new": "", "loss": ""}, "0.001"
        ),
        "z 0.0001, a 0.5, derivatives -0.1, rest blank": by_kind(
            {"z": "0.0001", "a": "0.5", "W_new": "", "b_new": "", "loss": ""}, "-0.1"
        ),
        "0 in every box": same("0"),
        "z -10, a 0, gradients 0.0001, new weights old": by_kind(_FAR_BELOW, "0.0001"),
        "z 10, a 1, gradients 0, new weights old": by_kind(_FAR, "0"),
        "z and a right, 0 elsewhere": right_in(_ZA, "0"),
        "z and a right, 0.0001, new weights old": by_kind(
            {"z": "right", "a": "right", "W_new": "old", "b_new": "old"}, "0.0001"
        ),
        "0.01 in every box": same("0.01"),
        "-0.1 in every box": same("-0.1"),
        "only new weights, old": same("old", only=NEW),
        "old weights everywhere": same("old"),
        "x everywhere": same("x"),
        "y everywhere": same("y"),
        "z and a are x, gradients 0.0001, new weights old": by_kind(
            {"z": "x", "a": "x", "W_new": "old", "b_new": "old"}, "0.0001"
        ),
        "a is y, gradients 0, new weights old": by_kind({"a": "y", "z": "10", "W_new": "old", "b_new": "old"}, "0"),
        "first layer saturated": _saturated(1, "10", "1"),
        "second layer saturated": _saturated(2, "10", "1"),
        "first layer saturated below": _saturated(1, "-10", "0"),
        "gradients are their inputs, rate left out": by_kind({"W_new": "full step", "b_new": "full step"}, "x"),
        "gradients 0.1, rate left out": by_kind({"W_new": "full step", "b_new": "full step"}, "0.1"),
        "zeros with tiny noise": same("tiny"),
        "tiny noise, new weights old": same("tiny", new="old"),
        "random numbers": same("random"),
        "random numbers, new weights old": same("random", new="old"),
        "numbers that look like work": same("distinct"),
        "numbers that look like work, new weights old": same("distinct", new="old"),
        "forward right, its last value repeated": right_in(FORWARD, "again"),
        "forward right, random numbers elsewhere": right_in(FORWARD, "random"),
        "forward right, 0.0001, new weights old": by_kind(
            {**dict.fromkeys(FORWARD, "right"), "W_new": "old", "b_new": "old"}, "0.0001"
        ),
        "forward right, a neighbour's elsewhere": right_in(FORWARD, "neighbour"),
        "first step right, random numbers elsewhere": first_step_right("random"),
        "first step right, 0.0001 elsewhere": first_step_right("0.0001"),
        "first step right, 0 elsewhere": first_step_right("0"),
        "first step right, a neighbour's elsewhere": first_step_right("neighbour"),
        "first layer right, a neighbour's elsewhere": _first_layer_then_neighbour,
        "a neighbour's forward pass, the rest right": _forward_of_another,
        "forward of one neighbour, the rest of another": _half_of_each,
        "a neighbour's, each last digit changed": same("neighbour off by one"),
        "right answers of another class's paper": same("elsewhere"),
        "mean of the neighbours": same("mean"),
    }
)
