"""Notations: what a paper calls each quantity, how it orders indices and matrices, and which gradient is its delta.

A notation only renames and reorders; the numbers behind it are the same. Each is one row of `NOTATIONS`. Read by the
answer fields (names), the worked solution (formulas) and the diagram (symbols).

The shown matrix of a per-sample quantity has a column per sample (`samples_as="columns"`) or a row; the shown weights
are stored order (to, from) or its transpose; an entry's indices are its place in the shown matrix.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from examgen.core.exercise import Exercise
from examgen.core.network_layout import MOST_STEPS
from examgen.core.rules.optimizers import NUMBERS, OPTIMIZERS
from examgen.errors import BankError, did_you_mean

Index = tuple[int, ...]
AnyIndex = tuple[int | str, ...]
"""Places in a stored array, 0-based; a letter stands for any place."""

"""Kinds of quantities with a row per sample."""


@dataclass(frozen=True, eq=False)
class Notation:
    """One row of the table of notations.

    Attributes:
        name: as in banks and on the command line.
        cost: the letter of the loss.
        delta: which gradient is called delta, if any.
        weights: order of the shown weight indices and of the shown weight matrix.
        samples_as: whether activations are columns or rows.
        folds_bias: whether weights are shown with the bias as a last row, for a constant input 1.
        layer_mark: LaTeX of the layer behind a letter, `#` standing for its number.
        activation: the letter of activations.
        activation_offset: added to the number of a layer's z, a and delta; 1 where the inputs are layer 1.
        inputs: the letter of the inputs in formulas; empty where they are activation 0.
        hides_units: whether unit indices are left out because each layer has one unit.
        learning_rate: LaTeX of the learning rate.
        letters: of the unit that a weight leads to, and of the unit that it comes from.
        formulas: LaTeX by rule name where it differs from the rule's own; for a mini-batch, by rule name and
            `_of_batch` first; for weights without folded biases, by rule name and `_alone` first.
        turned: kinds of derivatives that have the other sign, where nobody asks for them as they are; δ always.
    """

    name: str
    cost: str
    delta: Literal["dL_da", "dL_dz", ""]
    weights: Literal["to_from", "from_to"]
    samples_as: Literal["columns", "rows"] = "columns"
    folds_bias: bool = False
    layer_mark: str = "^{(#)}"
    activation: str = "a"
    activation_offset: int = 0
    inputs: str = "x"
    hides_units: bool = False
    learning_rate: str = r"\eta"
    letters: tuple[str, str] = ("j", "i")
    formulas: Mapping[str, str] = field(default_factory=dict)
    turned: tuple[str, ...] = ()

    def problem_with(self, shape: Exercise) -> str:
        """What keeps a question from being written in this notation; empty where nothing does."""
        layers = [one for one in shape.graph if one.is_per_sample]
        # The samples of all steps stand in the given data; a step has those that it works with.
        samples = max((one.shape[0] for one in layers if one.rule is not None), default=1)
        if self.hides_units and (samples > 1 or any(one.shape[1] > 1 for one in layers)):
            found = f"this is a {shape.text}, {samples} samples per step"
            return f"notation {self.name!r} is for layers of one unit and single samples; {found}"
        return ""


_FROM_TO = MappingProxyType(
    {
        "affine": "<0:T> <times> <1> + <2>",
        "weighted_sum": "<0:T> <times> <1>",
        "pull_back": "<0> <times> <1>",
        "outer": "<1> <times> <0:T>",
        "affine_of_batch": "<0:T> <times> <1> + <2> <ones_samples:T>",
        "bias_gradient_of_batch": "<0> <times> <ones_samples>",
    }
)
_TO_FROM = MappingProxyType(
    {
        "affine_of_batch": "<0> <times> <1> + <2> <ones_samples:T>",
        "bias_gradient_of_batch": "<0> <times> <ones_samples>",
    }
)


def _folded_steps() -> dict[str, str]:
    """The rules of optimizers for weights with the biases as a last row, and as they are for weights alone."""
    found: dict[str, str] = {}
    for part in (part for row in OPTIMIZERS.values() for part in (*row.parts, row.change)):
        for step in range(1, MOST_STEPS + 1):
            rule, reads = part.rule("W", step), part.inputs(step)
            places = "".join(str(place) for place, name in enumerate(reads) if name not in NUMBERS)
            found[rule.name] = re.sub(rf"<([{places}])>", r"<\1:bias>", rule.latex)
            found[f"{rule.name}_alone"] = rule.latex
    return found


_ROWS_FORMULAS = MappingProxyType(
    {
        "affine": "<1:ones> <times> <0:bias>",
        "affine_alone": "<1> <times> <0> + <2>",
        "affine_alone_of_batch": "<1> <times> <0> + <ones_samples> <2>",
        "weighted_sum": "<1> <times> <0>",
        "pull_back": "<1> <times> <0:T>",
        "outer": "<1:onesT> <times> <0>",
        "bias_gradient_of_batch": "<ones_samples:T> <times> <0>",
        "outer_alone": "<1:T> <times> <0>",
        "descend_W": "<0:bias> - <1> <times> <2:bias>",
        "descend_W_alone": "<0> - <1> <times> <2>",
        **_folded_steps(),
        "change_W": "-<0> <times> <1:bias>",
        "change_W_alone": "-<0> <times> <1>",
        "changed_W": "<0:bias> + <1:bias>",
        "changed_W_alone": "<0> + <1>",
        "softmax_pull_back": (
            r"<0> <hadamard> \left(<1> - \left(<0> <hadamard> <1>\right) <ones_units> <ones_units:T>\right)"
        ),
    }
)

_ROWS = (
    Notation("from-to", "L", "dL_dz", "from_to", formulas=_FROM_TO),
    Notation(
        "to-from-da",
        "C",
        "dL_da",
        "to_from",
        activation_offset=1,
        inputs="",
        letters=("k", "j"),
        formulas=_TO_FROM,
    ),
    Notation("nielsen", "C", "dL_dz", "to_from", layer_mark="^{#}", inputs="", letters=("j", "k"), formulas=_TO_FROM),
    Notation(
        "scalar", "C", "", "to_from", layer_mark="_{#}", activation="A", hides_units=True, learning_rate=r"\alpha"
    ),
    Notation(
        "row",
        "C",
        "dL_dz",
        "from_to",
        samples_as="rows",
        folds_bias=True,
        learning_rate=r"\alpha",
        formulas=_ROWS_FORMULAS,
    ),
    Notation(
        "descent",
        "E",
        "dL_dz",
        "from_to",
        formulas=_FROM_TO,
        turned=("dL_da", "dL_dz", "dL_dW", "dL_db"),
    ),
)

NOTATIONS: Mapping[str, Notation] = MappingProxyType({row.name: row for row in _ROWS})
"""All notations by name."""


def notation_named(name: str) -> Notation:
    """The notation of this name.

    Raises:
        BankError: there is none; the message lists the names.
    """
    if name not in NOTATIONS:
        raise BankError(
            f"notation {name!r} is unknown; allowed: {', '.join(NOTATIONS)}.{did_you_mean(name, NOTATIONS)}"
        )
    return NOTATIONS[name]
