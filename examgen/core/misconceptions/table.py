"""The table of misconceptions: what students believe that is not so, each as a rewiring of the computation graph.

A misconception is one row of `MISCONCEPTIONS`. It says which rules or inputs a student who has it takes instead, in one
or several versions. Read by `patches`, and by all who tell of misconceptions by name.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import numpy as np

from examgen.core.graph import Change, ComputationGraph, Quantity, Role
from examgen.core.misconceptions.paths import no_slope, single_path
from examgen.core.misconceptions.rewiring import Inputs, mistaken, replaced, scaled, then
from examgen.core.misconceptions.versions import Misconception, Network, Version, above, layer_of
from examgen.core.rules.activations import ACTIVATIONS, sigmoid
from examgen.core.rules.losses import LOSSES
from examgen.core.rules.optimizers import OPTIMIZERS, RATE
from examgen.core.rules.penalties import PenalisedRule
from examgen.core.rules.rule import Array, Rule


def _output_gradient(net: Network) -> list[Quantity]:
    """Where the error enters the backward pass: dL_da of the output layer, and dL_dz where it is a - y at once."""
    return [q for q in net.of_kind("dL_da", "dL_dz") if any(net.graph[name].role is Role.TARGET for name in q.inputs)]


def _error_sign(net: Network) -> Iterator[Version]:
    gradient = _output_gradient(net)
    yield Version(scaled(gradient, -1))
    yield Version(scaled([q for q in gradient if q.kind == "dL_dz"], -1))


def _loss_factor(net: Network) -> Iterator[Version]:
    loss, outputs = LOSSES[net.shape.loss], net.shape.sizes[-1]
    gradient, value = [q for q in net.of_kind("dL_da") if q.layer == net.depth], list(net.of_kind("loss"))
    of_gradient = {2.0, 0.5} if loss.is_squared else set()
    of_value = {2.0, 0.5} if loss.scale == 0.5 else set()
    if outputs > 1 and not loss.outputs:
        factor = float(outputs) if loss.is_mean else 1 / outputs
        of_gradient |= {factor}
        of_value |= {factor}
    # A square without its 2 in the derivative, or with a half that is not there.
    yield from (Version(scaled(gradient, factor)) for factor in sorted(of_gradient))
    yield from (Version(scaled(value, factor)) for factor in sorted(of_value))
    if loss.is_squared and loss.scale != 0.5:
        # A half that belongs to another squared error, in the value only.
        yield Version(scaled(value, 0.5), must_show=False)
    if loss.is_mean and outputs > 1:
        for factor in (2.0, 0.5):
            yield Version(scaled(gradient, factor * outputs), must_show=False)


def _slope_of_activation(net: Network) -> Iterator[Version]:
    changes: dict[str, Change] = {}
    for quantity in net.of_kind("slope"):
        row = ACTIVATIONS[net.activation(quantity)]
        rule = row.slope_rule()
        again = row.apply if row.slope_of == "a" else _same
        slope = rule.compute
        changes[quantity.name] = (
            mistaken(f"{rule.name} at a", lambda a, slope=slope, again=again: slope(again(a)), f"{row.name}'(<0>)"),
            (net.beside(quantity, f"a{quantity.layer}"),),
        )
    yield Version(changes)


def _same(value: Array) -> Array:
    return value


def _wrong_slope(net: Network) -> Iterator[Version]:
    sites = list(net.of_kind("slope"))
    known = [(row.name, row.by_heart) for row in ACTIVATIONS.values() if row.by_heart is not None]
    for other, by_heart in known:
        rule = mistaken(f"slope of {other}", by_heart.slope, by_heart.spelling)
        groups = {name: [q for q in sites if net.activation(q) == name] for name in net.shape.activations}
        groups.pop(other, None)
        everywhere = [q for group in groups.values() for q in group]
        since = by_heart.since
        yield Version(replaced(everywhere, rule, _activation_of(net)), by_heart.must_show, since=since)
        for group in groups.values():
            yield Version(replaced(group, rule, _activation_of(net)), must_show=False, since=since)
    softmax = [q for q in net.of_kind("dL_dz") if net.has_slope(q) and ACTIVATIONS[net.activation(q)].slope is None]
    yield Version(replaced(softmax, mistaken("softmax by entries", lambda a, dL_da: dL_da * a * (1 - a))))


def _activation_of(net: Network) -> Inputs:
    return lambda quantity: (net.beside(quantity, f"a{quantity.layer}"),)


def _relu_slope_z(net: Network) -> Iterator[Version]:
    sites = [q for q in net.of_kind("slope") if net.activation(q) == "relu"]
    yield Version(replaced(sites, mistaken("z as slope", lambda z: z * 1), lambda q: (net.beside(q, f"z{q.layer}"),)))
    live = mistaken("a as slope", lambda z: z * (z > 0), "relu(<0>)")
    yield Version(replaced(sites, live, lambda q: (net.beside(q, f"z{q.layer}"),)), must_show=False)


def _extra_slope(net: Network) -> Iterator[Version]:
    sites = [q for q in net.of_kind("dL_dz") if net.shape.has_shortcut and not net.has_slope(q)]
    samples = net.shape.averaged_in_delta
    rule = mistaken("a - y times slope", lambda a, y: (a - y) / samples * a * (1 - a))
    yield Version(replaced(sites, rule))


def _not_transposed(net: Network) -> Iterator[Version]:
    back = [q for q in net.handed_back() if _is_square(net, above(q))]
    forth = [q for q in net.of_kind("z") if _is_square(net, layer_of(q))]
    yield Version(replaced(back, mistaken("W dL_dz", lambda w, dz: np.einsum("...op,...np->...no", w, dz))))
    there = mistaken(
        "W^T a",
        lambda w, a, *b: np.einsum("...io,...ni->...no", w, a) + sum((one[..., None, :] for one in b), 0),
    )
    yield Version(replaced(forth, there))


def _is_square(net: Network, layer: int) -> bool:
    return net.width(layer) == net.width(layer - 1) > 1


def _updated_weights(net: Network) -> Iterator[Version]:
    if net.shape.updates:
        sites = [q for q in net.handed_back() if net.beside(q, f"W{above(q)}_new") in net.graph]
        yield Version(replaced(sites, inputs=lambda q: (net.beside(q, f"W{above(q)}_new"), q.inputs[1])))


def _layer_skipped(net: Network) -> Iterator[Version]:
    def value_above(kind: str) -> Inputs:
        return lambda q: (net.beside(q, f"{kind}{layer_of(q) + 1}"), net.beside(q, f"a{q.layer}"))

    def fits(quantity: Quantity, *, to_many: bool) -> bool:
        layer = layer_of(quantity)
        widths = {net.width(layer), 1} if to_many else {net.width(layer)}
        return layer < net.depth and net.width(layer + 1) in widths

    def partly(kind: str, *, to_many: bool) -> list[Quantity]:
        # Of a single unit, one number that stands on the line above says nothing: any slip of the eye copies it.
        return [q for q in net.of_kind(kind) if fits(q, to_many=to_many) and net.width(layer_of(q)) > 1]

    rule = mistaken("value of the layer above", _as_wide)
    samples = net.shape.averaged_in_gradient
    bias = mistaken(
        "bias gradient of the layer above", lambda value, like: _as_wide(value, like).sum(axis=-2) / samples
    )
    errors = [q for q in net.of_kind("dL_dz") if fits(q, to_many=False)]
    yield Version(replaced(errors, rule, value_above("dL_dz")))
    for to_many in (False, True):
        for kind, source in (("dL_dz", "dL_dz"), ("dL_da", "dL_dz"), ("dL_da", "dL_da")):
            yield Version(replaced(partly(kind, to_many=to_many), rule, value_above(source)), must_show=False)
        yield Version(replaced(partly("dL_db", to_many=to_many), bias, value_above("dL_dz")), must_show=False)


def _as_wide(value: Array, like: Array) -> Array:
    """A value for as many units as another one has."""
    return np.broadcast_to(value, np.broadcast_shapes(value.shape, like.shape))


def _wrong_layer_input(net: Network) -> Iterator[Version]:
    def compute(dL_dz: Array, own: Array, weights: Array, *factor: Array) -> Array:
        read = np.broadcast_to(own, (*own.shape[:-1], weights.shape[-1])) if own.shape[-1] == 1 else own
        of_data = np.asarray(np.einsum("...no,...ni->...oi", dL_dz, read) / net.shape.averaged_in_gradient)
        # A penalty is added whatever the derivative of the loss is.
        return sum((np.asarray(one)[..., None, None] * weights for one in factor), of_data)

    rule = mistaken("own activation", compute)
    for to_many in (False, True):
        sites = [q for q in net.of_kind("dL_dW") if q.shape[0] in ({q.shape[1], 1} if to_many else {q.shape[1]})]
        changes = replaced(sites, rule, lambda q: _own_input(net, q))
        yield Version(changes, must_show=not to_many)


def _own_input(net: Network, quantity: Quantity) -> tuple[str, ...]:
    """What a derivative by weights reads, with the activation of its own layer; then weights, a penalty's factor."""
    factor, weights = quantity.inputs[2:3], quantity.inputs[3:4] or (f"W{quantity.layer}",)
    return (quantity.inputs[0], net.beside(quantity, f"a{quantity.layer}"), *weights, *factor)


def _pre_activation_input(net: Network) -> Iterator[Version]:
    sites = [q for q in net.of_kind("dL_dW") if layer_of(q) > 1]
    yield Version(replaced(sites, inputs=lambda q: (q.inputs[0], net.beside(q, f"z{layer_of(q) - 1}"), *q.inputs[2:])))


def _no_bias(net: Network) -> Iterator[Version]:
    rule = mistaken("W a", lambda w, a, _b: np.einsum("...oi,...ni->...no", w, a))
    yield Version(replaced([q for q in net.of_kind("z") if len(q.inputs) > 2], rule))


def _sigmoid_sign(net: Network) -> Iterator[Version]:
    sites = [q for q in net.of_kind("a") if net.activation(q) == "sigmoid"]
    yield Version(replaced(sites, mistaken("1 / (1 + e^z)", lambda z: sigmoid(-z), "1/(1 + exp(<0>))")))


def _ascent(net: Network) -> Iterator[Version]:
    if net.shape.optimizer is not None:
        yield Version(_with_rate(net, np.negative))
        return
    yield Version(_updates(net, lambda value, step: value + step))


def _with_rate(net: Network, change: Callable[[Array], Array]) -> dict[str, Change]:
    """What an optimizer works out with another learning rate."""
    found: dict[str, Change] = {}
    for quantity in net.graph.derived:
        if (
            quantity.role in {Role.STATE, Role.CHANGE, Role.UPDATE}
            and RATE in quantity.inputs
            and quantity.rule is not None
        ):
            found[quantity.name] = mistaken("other rate", _at_rate(quantity, change)), None
    return found


def _at_rate(quantity: Quantity, change: Callable[[Array], Array]) -> Callable[..., Array]:
    rule, place = quantity.rule, quantity.inputs.index(RATE)
    assert rule is not None
    return lambda *inputs: rule.compute(*inputs[:place], change(inputs[place]), *inputs[place + 1 :])


def _no_learning_rate(net: Network) -> Iterator[Version]:
    if net.shape.optimizer is not None:
        yield Version(_with_rate(net, lambda rate: rate * 0 + 1))
        return
    rule = mistaken("step of 1", lambda *read: (read[0] if len(read) > 2 else 0) - read[-1])
    yield Version(replaced(net.stepping(), rule))


def _no_update(net: Network) -> Iterator[Version]:
    for kinds in (("W_new", "b_new"), ("b_new",), ("W_new",)):
        rule = mistaken("no step", lambda value, *_: value * 1)
        yield Version(replaced(net.of_kind(*kinds), rule), must_show=len(kinds) > 1)


def _updates(net: Network, combine: Callable[[Array | int, Array], Array]) -> dict[str, Change]:
    """Every update as some combination of the old value and the learning rate times the gradient; the same of 0, where
    the change is a step of its own."""

    def rule(axes: int) -> Rule:
        where = (..., *[None] * axes)
        return mistaken(
            "update", lambda *read: combine(read[0] if len(read) > 2 else 0, read[-2][where] * read[-1])
        )  # fmt: skip

    return {q.name: (rule(len(q.shape)), None) for q in net.stepping()}


def _stale_weights(net: Network) -> Iterator[Version]:
    def stale(*kinds: str) -> dict[str, Change]:
        sites = net.of_kind(*kinds, from_step=2)
        return replaced(sites, inputs=lambda q: (*(net.graph[name].updated or name for name in q.inputs),))

    yield Version(stale("z", "dL_da", "W_new", "b_new"))
    yield from (Version(stale(*kinds), must_show=False) for kinds in (("z",), ("dL_da",), ("W_new", "b_new")))


def _same_sample(net: Network) -> Iterator[Version]:
    count = net.shape.samples_per_step
    rule = mistaken("first samples", lambda rows: rows[..., :count, :])
    for kinds in (("x_of_step", "y_of_step"), ("x_of_step",), ("y_of_step",)):
        yield Version(replaced(net.of_kind(*kinds, from_step=2), rule), must_show=len(kinds) > 1)


def _log10(net: Network) -> Iterator[Version]:
    if LOSSES[net.shape.loss].logarithms:
        yield Version(scaled(net.of_kind("loss"), float(1 / np.log(10)), ("ln", "log10")))


def _bce_sign(net: Network) -> Iterator[Version]:
    row = LOSSES[net.shape.loss]
    if row.scale >= 0:
        return
    value, gradient = list(net.of_kind("loss")), [q for q in net.of_kind("dL_da") if q.layer == net.depth]
    yield Version(scaled(value, -1))
    yield Version(scaled(gradient, -1), must_show=False)
    if row.logarithms == 2:
        samples = net.shape.averaged_in_delta
        rule = mistaken("both terms with a minus", lambda a, y: -(y / a + (1 - y) / (1 - a)) / samples)
        yield Version(replaced(gradient, rule), must_show=False)
        for sign in (1, -1):
            yield Version(replaced(value, _one_sign(sign, net.shape.averaged_in_loss)), must_show=False)


def _one_sign(sign: int, averaged: int) -> Rule:
    """The binary cross-entropy with a wrong sign before one of its two terms: the second, or the first for -1."""

    def compute(a: Array, y: Array) -> Array:
        terms = ((1 - y) * np.log(1 - a) - y * np.log(a)).sum(axis=-1)
        return np.asarray(sign * (terms.mean(axis=-1) if averaged > 1 else terms.sum(axis=-1)))

    return mistaken(f"one term times {sign}", compute)


def _swapped(matrix: Array) -> Array:
    """(..., r, c): entries i, j and j, i exchanged, where there are both."""
    size = min(matrix.shape[-2:])
    result = matrix.copy()
    result[..., :size, :size] = np.swapaxes(matrix[..., :size, :size], -1, -2)
    return result


def _swapped_index(net: Network) -> Iterator[Version]:
    changes: dict[str, Change] = {q.name: then(q, "swapped", _swapped) for q in net.of_kind("dL_dW")}
    # The gradient that was written down is swapped already; what is subtracted from it must be, too.
    rule = mistaken("swapped update", lambda w, rate, gradient: _swapped(w) - rate[..., None, None] * gradient)
    if net.shape.changes:
        rule = mistaken("swapped update", lambda w, change: _swapped(w) + change)
    if net.shape.optimizer is None:
        changes |= replaced(net.of_kind("W_new"), rule)
    yield Version(changes)
    yield Version({q.name: then(q, "swapped", _swapped) for q in net.of_kind("W_new")}, must_show=False)


def _swapped_product(graph: ComputationGraph) -> Iterator[Version]:
    matrices = [q for q in graph.derived if min(q.shape) > 1]
    yield Version({q.name: then(q, "swapped", _swapped) for q in matrices})


def _without_added(graph: ComputationGraph) -> Iterator[Version]:
    sites = [q for q in graph.derived if q.rule is not None and q.rule.name == "affine_map"]
    rule = mistaken("W x", lambda weights, x, _bias: np.einsum("...rk,...kc->...rc", weights, x))
    yield Version(replaced(sites, rule))


def _sum_for_mean(net: Network) -> Iterator[Version]:
    error, value = _output_gradient(net), list(net.of_kind("loss"))
    outputs = net.shape.sizes[-1] if LOSSES[net.shape.loss].is_mean else 1
    yield from _mean_for_sum(net)
    for count in {net.shape.averaged_in_loss, outputs} - {1}:
        for gradient in _where_averaged(net, count, outputs):
            yield Version(scaled([*gradient, *value], count))
            yield Version(scaled(gradient, count))
        yield Version(scaled(value, count), must_show=False)
    if net.shape.averaged_in_loss > 1:
        # The other convention of δ in a mini-batch: the gradients come out right.
        of_delta = net.shape.averaged_in_delta / net.shape.averaged_in_gradient
        changes = {**scaled(error, of_delta), **scaled(net.of_kind("dL_dW", "dL_db"), 1 / of_delta)}
        yield Version(changes, must_show=False, makes_up=True)


def _mean_for_sum(net: Network) -> Iterator[Version]:
    """The mean over a mini-batch where its sum belongs."""
    if net.shape.batch != "sum":
        return
    share, value = 1 / net.shape.samples_per_step, list(net.of_kind("loss"))
    for gradient in (list(net.of_kind("dL_dW", "dL_db")), _output_gradient(net)):
        yield Version(scaled([*gradient, *value], share))
        yield Version(scaled(gradient, share))
    yield Version(scaled(value, share), must_show=False)


def _penalty_forgotten(net: Network) -> Iterator[Version]:
    if net.shape.penalty is None:
        return
    gradients: dict[str, Change] = {
        q.name: (q.rule.data, q.inputs[:-2]) for q in net.of_kind("dL_dW") if isinstance(q.rule, PenalisedRule)
    }
    loss = LOSSES[net.shape.loss]
    rule = loss.rule(net.shape.sizes[-1], net.shape.averaged_in_delta, net.shape.averaged_in_loss)
    value = replaced(net.of_kind("loss"), rule, lambda q: q.inputs[:-1])
    yield Version(gradients)
    yield Version({**gradients, **value})
    yield Version(value, must_show=False)


def _momentum_forgotten(net: Network) -> Iterator[Version]:
    """A step as if it were the first: nothing of the steps before it is kept."""
    if net.shape.optimizer is None:
        return
    parts = {part.kind: part for part in OPTIMIZERS[net.shape.optimizer].parts if part.first}
    changes: dict[str, Change] = {}
    for quantity in net.of_kind(*parts, from_step=2):
        part = parts[quantity.kind]
        by_name = dict(zip(part.reads, quantity.inputs, strict=True))
        letter = "W" if quantity.is_of_weights else "b"
        changes[quantity.name] = part.rule(letter, 1), tuple(by_name[name] for name in part.first)
    yield Version(changes)


def _bias_correction_forgotten(net: Network) -> Iterator[Version]:
    sites = list(net.of_kind("corrected1", "corrected2"))
    rule = mistaken("mean as it is", lambda _, mean: mean * 1)
    for kinds in (("corrected1", "corrected2"), ("corrected1",), ("corrected2",)):
        yield Version(replaced([q for q in sites if q.kind in kinds], rule), must_show=len(kinds) > 1)


def _where_averaged(net: Network, count: int, outputs: int) -> Iterator[list[Quantity]]:
    """Where a mean over so many samples or outputs enters: in each gradient of its own, or where the error does."""
    if count == net.shape.averaged_in_gradient:
        yield list(net.of_kind("dL_dW", "dL_db"))
    if count in (net.shape.averaged_in_delta, outputs):
        yield _output_gradient(net)


_ROWS = (
    Misconception(
        name="error-sign",
        mistake="the error was taken as y − a, not a − y",
        mistake_turned="the error was taken as a − y, not y − a",
        of_network=_error_sign,
        since=1,
        is_lost_sign=True,
    ),
    Misconception(
        name="loss-factor",
        mistake="a constant factor of the loss (2, ½ or 1/n) was kept or dropped where it should not be",
        of_network=_loss_factor,
        since=1,
    ),
    Misconception(
        name="no-slope",
        mistake="the derivative of the activation was left out",
        of_graph=no_slope,
        since=1,
    ),
    Misconception(
        name="slope-of-activation",
        mistake="the derivative of the activation was taken at a instead of z",
        of_network=_slope_of_activation,
        since=1,
        is_distinct=True,
    ),
    Misconception(
        name="wrong-slope",
        mistake="the derivative of another activation was used",
        of_network=_wrong_slope,
        since=1,
        is_distinct=True,
    ),
    Misconception(
        name="relu-slope-z",
        mistake="z was taken for the derivative of ReLU, which is 0 or 1",
        of_network=_relu_slope_z,
        since=1,
    ),
    Misconception(
        name="extra-slope",
        mistake="a − y was multiplied by the slope once more, which cross-entropy has cancelled already",
        mistake_turned="y − a was multiplied by the slope once more, which cross-entropy has cancelled already",
        of_network=_extra_slope,
        since=1,
        is_distinct=True,
    ),
    Misconception(
        name="single-path",
        mistake="only one of the paths back was followed",
        of_graph=single_path,
        of_circuit=lambda circuit: circuit.one_use(of_given=False),
        since=1,
    ),
    Misconception(
        name="not-transposed",
        mistake="W was used where its transpose belongs, or the other way round",
        of_network=_not_transposed,
        since=1,
    ),
    Misconception(
        name="updated-weights",
        mistake="the error was sent back through the updated weights",
        of_network=_updated_weights,
        since=1,
        is_distinct=True,
    ),
    Misconception(
        name="layer-skipped",
        mistake="the error of the next layer was used unchanged",
        of_network=_layer_skipped,
        since=1,
    ),
    Misconception(
        name="wrong-layer-input",
        mistake="the layer's own activation was used instead of what the layer reads",
        of_network=_wrong_layer_input,
        since=1,
    ),
    Misconception(
        name="pre-activation-input",
        mistake="z was used instead of a as the input of the layer",
        of_network=_pre_activation_input,
        since=1,
        is_distinct=True,
    ),
    Misconception(
        name="no-bias",
        mistake="the bias was left out",
        of_network=_no_bias,
        of_products=_without_added,
        since=1,
        is_distinct=True,
    ),
    Misconception(
        name="sigmoid-sign",
        mistake="the sigmoid was computed as 1/(1 + e^z), with the wrong sign of z",
        of_network=_sigmoid_sign,
        since=1,
        is_distinct=True,
    ),
    Misconception(
        name="ascent",
        mistake="the gradient was added instead of subtracted",
        mistake_turned="the step was subtracted instead of added",
        of_network=_ascent,
        of_circuit=lambda circuit: circuit.ascent(),
        since=1,
    ),
    Misconception(
        name="no-learning-rate",
        mistake="the learning rate was left out",
        of_network=_no_learning_rate,
        of_circuit=lambda circuit: circuit.no_rate(),
        since=1,
    ),
    Misconception(
        name="no-update",
        mistake="the old value was kept",
        of_network=_no_update,
        since=1,
    ),
    Misconception(
        name="stale-weights",
        mistake="the second step was done with the weights of the first",
        of_network=_stale_weights,
        since=1,
    ),
    Misconception(
        name="same-sample",
        mistake="the second step was done with the first sample",
        of_network=_same_sample,
        since=1,
    ),
    Misconception(
        name="log10",
        mistake="the logarithm was taken to base 10",
        of_network=_log10,
        since=1,
    ),
    Misconception(
        name="bce-sign",
        mistake="a minus sign of the cross-entropy was lost",
        of_network=_bce_sign,
        since=1,
        is_lost_sign=True,
    ),
    Misconception(
        name="swapped-index",
        mistake="entries i,j and j,i were exchanged",
        of_network=_swapped_index,
        of_products=_swapped_product,
        since=1,
    ),
    Misconception(
        name="sum-for-mean",
        mistake="a sum was taken where the mean belongs, or the other way round",
        of_network=_sum_for_mean,
        since=1,
    ),
    Misconception(
        name="penalty-forgotten",
        mistake="the penalty of the weights was left out",
        of_network=_penalty_forgotten,
        since=1,
        is_distinct=True,
    ),
    Misconception(
        name="momentum-forgotten",
        mistake="what the optimizer keeps of the steps before was left out",
        of_network=_momentum_forgotten,
        since=1,
        is_distinct=True,
    ),
    Misconception(
        name="bias-correction-forgotten",
        mistake="the moments were not divided by 1 − β^t",
        of_network=_bias_correction_forgotten,
        since=1,
        is_distinct=True,
    ),
    Misconception(
        name="other-factor",
        mistake="the derivative of a product was taken as the factor itself, not as the other one",
        since=1,
    ),
    Misconception(
        name="max-to-both",
        mistake="the derivative of a maximum was sent back to all, not to the largest only",
        since=1,
    ),
    Misconception(
        name="max-to-loser",
        mistake="the derivative of a maximum was sent back to the smaller one",
        since=1,
    ),
    Misconception(
        name="quotient-sign",
        mistake="the minus sign in the derivative by a denominator was lost",
        since=1,
        is_lost_sign=True,
    ),
    Misconception(
        name="power-kept",
        mistake="the derivative of a power kept the power, or lost the factor that comes down",
        since=1,
    ),
    Misconception(
        name="shared-once",
        mistake="what is used several times was differentiated by way of one use only",
        of_circuit=lambda circuit: circuit.one_use(of_given=True),
        since=1,
    ),
    Misconception(
        name="filter-flipped",
        mistake="the filter was laid over the image upside down",
        since=1,
    ),
    Misconception(
        name="stride-ignored",
        mistake="the window was moved by one place instead of the stride",
        since=1,
    ),
)

MISCONCEPTIONS: Mapping[str, Misconception] = MappingProxyType({row.name: row for row in _ROWS})
"""All misconceptions by name."""
