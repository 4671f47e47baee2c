"""From the shape of a network exercise to its computation graph: forward, loss, backward, update, for each step.

Conventions: weights are stored (to, from); layer l has z_l = W_l a_(l-1) + b_l with a_0 = x, and per-sample quantities
have a row per sample.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

from examgen.core.circuits.choices import check_choices, has_options
from examgen.core.graph import ComputationGraph
from examgen.core.network_layout import NetworkLayout, problems_of
from examgen.core.network_steps import given_quantities, step_quantities
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.losses import LOSSES
from examgen.core.rules.optimizers import OPTIMIZERS


@dataclass(frozen=True, slots=True)
class NetworkShape(NetworkLayout):
    """What fixes a network exercise but for its numbers.

    Raises: ValueError: it cannot be; the message has all that is wrong.
    """

    def __post_init__(self) -> None:
        problems = tuple(problems_of(self))
        if problems:
            raise ValueError("; ".join(problems))
        if self.choices is not None:
            check_choices(self.graph, self.choices)

    @property
    def graph(self) -> ComputationGraph:
        """As `network_graph`; the same one whichever options are right, and wherever they stand."""
        return network_graph(replace(self, choices=None, turn=None) if has_options(self) else self)

    @property
    def is_rational(self) -> bool:
        """Whether exact fractions go in and come out."""
        steps = self.optimizer is None or OPTIMIZERS[self.optimizer].is_rational
        functions = all(ACTIVATIONS[name].is_rational for name in self.activations)
        return LOSSES[self.loss].is_rational and functions and steps

    @property
    def numbers(self) -> int:
        """About how many a solution has."""
        weights = sum(to * of for of, to in zip(self.sizes, self.sizes[1:], strict=False))
        return self.steps * (3 * weights + 6 * self.samples_per_step * sum(self.sizes))

    @property
    def conventions(self) -> tuple[str, ...]:
        """What δ of a mini-batch is, where the bank says it."""
        of_biases = any(letter == "b" and self.learns(letter, layer) for letter, layer in self.parameters())
        known = f"batch_delta_{self.batch_delta}{'' if of_biases else '_weights'}"
        return (known,) if self.batch_delta is not None else ()

    @property
    def text(self) -> str:
        """In words: "1-3-1 network, ReLU, identity, squared error"."""
        titles = [*(ACTIVATIONS[name].title for name in self.activations), LOSSES[self.loss].title]
        return f"{'-'.join(map(str, self.sizes))} network, {', '.join(titles)}"


@lru_cache(maxsize=256)
def network_graph(shape: NetworkShape) -> ComputationGraph:
    """The graph of all quantities of a network exercise, in the order in which a solution works them out.

    Givens: W1, b1, …; x and y with a row per sample in the order in which the steps use them; learning_rate where the
    weights are updated or there are several steps.
    """
    quantities = list(given_quantities(shape))
    for step in range(1, shape.steps + 1):
        quantities += step_quantities(shape, step)
    return ComputationGraph(tuple(quantities))
