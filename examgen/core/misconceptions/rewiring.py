"""How versions of misconceptions are written: other rules and other inputs for some quantities."""

from collections.abc import Callable, Iterable
from functools import partial

import numpy as np

from examgen.core.graph import Change, Quantity
from examgen.core.misconceptions.versions import MistakenRule
from examgen.core.rules.rule import Array, Rule


def mistaken(name: str, compute: Callable[..., Array], spelling: str = "") -> Rule:
    return MistakenRule(f"mistaken {name}", "", compute, "", spelling=spelling)


def then(
    quantity: Quantity, name: str, change: Callable[[Array], Array], respelled: tuple[str, str] | None = None
) -> Change:
    """The quantity's own rule, and something done to its result."""
    right = quantity.rule
    assert right is not None
    rule = MistakenRule(
        f"mistaken {right.name} {name}",
        "",
        lambda *inputs: change(right.compute(*inputs)),
        "",
        changes=right,
        change=change,
        respelled=respelled,
    )
    return rule, None


def scaled(
    quantities: Iterable[Quantity], factor: float, respelled: tuple[str, str] | None = None
) -> dict[str, Change]:
    return {q.name: then(q, f"times {factor}", partial(_times, factor), respelled) for q in quantities}


def _times(factor: float, value: Array) -> Array:
    """Divided by a whole number where that is what the factor does: it is written so."""
    parts = round(1 / factor)
    return np.asarray(value / parts if 0 < factor < 1 and parts * factor == 1 else factor * value)


Inputs = Callable[[Quantity], tuple[str, ...]]


def replaced(
    quantities: Iterable[Quantity], rule: Rule | None = None, inputs: Inputs | None = None
) -> dict[str, Change]:
    return {q.name: (rule, None if inputs is None else inputs(q)) for q in quantities}
