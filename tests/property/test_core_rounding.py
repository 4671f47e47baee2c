"""Laws of the rounding band: no honest rounding is outside, and nothing is wider than what is rounded makes it."""

from dataclasses import dataclass
from itertools import count
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examgen.core.evaluation import evaluate
from examgen.core.graph import ComputationGraph, Quantity
from examgen.core.network import NetworkShape, network_graph
from examgen.core.rounding import half_unit, rounding_bands, rounding_effects
from examgen.core.rules.linear import PRODUCTS
from examgen.core.rules.rule import Rule
from tests.laws import tried
from tests.oracles import KINKED, Array, Numbers, random_givens

SHAPES = (
    NetworkShape((3, 4, 4, 2), ("sigmoid", "sigmoid", "sigmoid"), "half_mean_squared_error"),
    NetworkShape((3, 2, 2, 1), ("relu", "sigmoid", "sigmoid"), "half_squared_error", steps=2),
    NetworkShape((2, 1, 2), ("tanh", "sigmoid"), "binary_cross_entropy", steps=2),
    NetworkShape((2, 3, 3), ("softplus", "softmax"), "cross_entropy", samples_per_step=3),
    NetworkShape((2, 2, 2), ("sigmoid", "softmax"), "squared_error", samples_per_step=2),
    NetworkShape((2, 3, 2), ("identity", "identity"), "squared_error", steps=2, samples_per_step=2),
    NetworkShape((1, 1, 3, 1), ("relu", "relu", "relu"), "squared_error"),
    NetworkShape((2, 2, 2, 2), ("elu", "leaky_relu", "tanh"), "huber", samples_per_step=2),
)
LINEAR = NetworkShape((2, 3, 2), ("identity", "identity"), "squared_error", samples_per_step=2)
STUDENTS = 25
SQUASHING = {"sigmoid": (0.05, 0.95), "softmax": (0.05, 0.95), "tanh": (-0.95, 0.95)}

seeds = st.integers(0, 10**6)


@dataclass(frozen=True, slots=True)
class Class:
    """Students who rounded on the way: what they wrote down, NaN where they were not asked."""

    written: Numbers
    graph: ComputationGraph
    givens: Numbers


@tried(60)
@given(st.sampled_from(SHAPES), st.sampled_from((2, 3, 4)), st.sampled_from((1.0, 0.5, 0.1)), seeds)
def test_honest_rounding_stays_within_the_band(shape: NetworkShape, decimals: int, asked: float, seed: int) -> None:
    """Whoever rounds or carries on exactly, entry by entry as they like, is within half a unit and the band."""
    students = _honest_class(shape, decimals, asked, seed)
    graph, written = students.graph, students.written
    own = evaluate(graph, students.givens, substitute=written)
    bands = rounding_bands(graph, own, _half_units(graph, decimals), written)
    for name, answers in written.items():
        off = np.abs(answers - own.computed[name])
        allowed = half_unit(np.array(decimals)) + bands[name]
        assert not (off > allowed + 1e-12).any(), (name, np.nanmax(off - allowed) * 10**decimals)


@tried(60)
@given(st.sampled_from(SHAPES), st.sampled_from((2, 4)), st.sampled_from((1.0, 0.5)), st.booleans(), seeds)
def test_a_band_is_all_effects_added_up(
    shape: NetworkShape, decimals: int, asked: float, is_large: bool, seed: int
) -> None:
    """Whether few students' bands are worked out at once or each entry of many follows its own way."""
    students = _honest_class(shape, decimals, asked, seed)
    graph, written = students.graph, students.written
    own, halves = evaluate(graph, students.givens, substitute=written), _half_units(graph, decimals)
    added = {one.name: np.zeros(one.shape) for one in graph.derived}
    for effects in rounding_effects(graph, own, halves, written):
        for name, moved in effects.on.items():
            added[name] = added[name] + moved.sum(axis=-len(graph[name].shape) - 1)
    with patch("examgen.core.rounding.MOST_AT_ONCE", 0 if is_large else 10**9):
        bands = rounding_bands(graph, own, halves, written)
    for name, band in bands.items():
        np.testing.assert_allclose(band, np.broadcast_to(added[name], band.shape), rtol=1e-9, atol=1e-13)


@tried(60)
@given(st.sampled_from(SHAPES), seeds)
def test_an_effect_is_what_moving_one_entry_up_or_down_does(shape: NetworkShape, seed: int) -> None:
    """Entry by entry, the larger change of the computed values; what is not named does not move."""
    rng = np.random.default_rng(seed)
    graph, givens = network_graph(shape), random_givens(rng, shape)
    written = {}
    for quantity in graph.derived:
        answers = rng.normal(size=quantity.shape)
        answers[rng.random(quantity.shape) < rng.choice([0, 0.5])] = np.nan
        if rng.random() < 0.2:
            written[quantity.name] = answers
    source = graph.derived[seed % len(graph.derived)]
    half = rng.uniform(0.01, 0.3, source.shape)
    half.flat[1:] *= rng.random(half.size - 1) < 0.7
    base = evaluate(graph, givens, substitute=written)
    [effects] = rounding_effects(graph, base, {source.name: half}, written)
    for number, place in enumerate(np.ndindex(*source.shape)):
        step = np.zeros(source.shape)
        step[place] = half[place]
        moves = (step, -step)
        up, down = (evaluate(graph, givens, substitute=written, perturb={source.name: move}) for move in moves)
        for quantity in graph.derived:
            own = base.computed[quantity.name]
            with np.errstate(invalid="ignore"):
                moved = [np.abs(one.computed[quantity.name] - own) for one in (up, down)]
            # What cannot be computed, such as the logarithm of an activation below 0, moves nothing.
            moved = [np.where(np.isfinite(change), change, 0) for change in moved]
            found = effects.on[quantity.name][number] if quantity.name in effects.on else np.zeros(quantity.shape)
            np.testing.assert_allclose(found, np.maximum(*moved), rtol=1e-9, atol=1e-12, err_msg=quantity.name)


@tried(30)
@given(st.sampled_from(SHAPES), seeds)
def test_a_band_is_zero_where_nothing_was_rounded(shape: NetworkShape, seed: int) -> None:
    """Rounding one quantity widens what rests on it and nothing else, not the quantity itself."""
    graph, givens = network_graph(shape), random_givens(np.random.default_rng(seed), shape)
    rounded = graph.derived[seed % len(graph.derived)]
    bands = rounding_bands(graph, evaluate(graph, givens), {rounded.name: np.full(rounded.shape, 0.01)})
    reached = {rounded.name}
    for quantity in graph.derived:
        rests_on_it = any(name in reached for name in quantity.inputs)
        if rests_on_it:
            reached.add(quantity.name)
        else:
            assert not bands[quantity.name].any(), quantity.name
    assert set(bands) == {quantity.name for quantity in graph.derived}


@tried(20)
@given(st.sampled_from(SHAPES), seeds)
def test_rounding_more_quantities_never_narrows_a_band(shape: NetworkShape, seed: int) -> None:
    """Bands of two sets of rounded quantities add up to the band of both sets."""
    rng = np.random.default_rng(seed)
    graph, givens = network_graph(shape), random_givens(rng, shape)
    base, half_units = evaluate(graph, givens), _half_units(graph, 2)
    first = {name: half for name, half in half_units.items() if rng.random() < 0.5}
    second = {name: half for name, half in half_units.items() if name not in first}
    some, others, all_ = (rounding_bands(graph, base, halves) for halves in (first, second, half_units))
    for name, band in all_.items():
        np.testing.assert_allclose(some[name] + others[name], band, rtol=1e-12)


@tried(20)
@given(st.floats(1, 50), seeds)
def test_wider_units_widen_the_bands_of_linear_networks(factor: float, seed: int) -> None:
    """Forward values and errors of a linear network are as many times wider as the units; the rest at least as many."""
    graph, givens = network_graph(LINEAR), random_givens(np.random.default_rng(seed), LINEAR)
    base, half_units = evaluate(graph, givens), _half_units(graph, 3)
    del half_units["slope1"], half_units["slope2"]
    narrow = rounding_bands(graph, base, half_units)
    wide = rounding_bands(graph, base, {name: factor * half for name, half in half_units.items()})
    for name, band in narrow.items():
        if graph[name].kind in ("z", "a", "dL_da", "dL_dz"):
            np.testing.assert_allclose(wide[name], factor * band, rtol=1e-9, atol=1e-12)
        else:
            assert (wide[name] >= factor * band - 1e-10).all(), name


@tried(20)
@given(st.sampled_from(SHAPES), seeds)
def test_bands_of_a_batch_equal_those_of_one_at_a_time(shape: NetworkShape, seed: int) -> None:
    """Each student's band is the same in a class, with own numbers, own answers, own blanks and own units."""
    rng = np.random.default_rng(seed)
    graph, givens = network_graph(shape), random_givens(rng, shape, 4)
    units = {name: rng.uniform(0.001, 0.01, (4, *half.shape)) for name, half in _half_units(graph, 2).items()}
    written = {}
    for name, value in evaluate(graph, givens).values.items():
        is_blank = rng.random(value.shape) < rng.choice([0, 0.5, 1])
        written[name] = np.where(is_blank, np.nan, np.round(value, 2))
    together = rounding_bands(graph, evaluate(graph, givens, substitute=written), units, written)
    for student in range(4):
        own, answers, halves = ({name: part[name][student] for name in part} for part in (givens, written, units))
        alone = rounding_bands(graph, evaluate(graph, own, substitute=answers), halves, answers)
        for name, band in alone.items():
            found = np.broadcast_to(together[name], (4, *graph[name].shape))[student]
            np.testing.assert_allclose(found, band, rtol=1e-9, atol=1e-13, err_msg=name)


def test_shared_givens_have_the_bands_of_own_ones() -> None:
    """A paper that a class shares, with answers of their own, has the bands of papers that say the same."""
    shape = SHAPES[1]
    graph, shared = network_graph(shape), random_givens(np.random.default_rng(8), shape)
    copies = {name: np.stack([value] * 3) for name, value in shared.items()}
    written = {"a1": np.array([[[0.5, 1.5]], [[1.0, np.nan]], [[np.nan, np.nan]]])}
    bands = [
        rounding_bands(graph, evaluate(graph, givens, substitute=written), _half_units(graph, 2), written)
        for givens in (shared, copies)
    ]
    for name, band in bands[0].items():
        np.testing.assert_allclose(np.broadcast_to(band, bands[1][name].shape), bands[1][name], atol=1e-13)


def test_bands_worked_out_by_hand() -> None:
    """One linear unit with a = 3, y = 1, x = 2: the effects of z, a, dL_da and the slope, one by one."""
    graph = network_graph(NetworkShape((1, 1), ("identity",), "squared_error"))
    givens = {"x": [[2]], "y": [[1]], "W1": [[1]], "b1": [1], "learning_rate": 0.5}
    numbers = {name: np.asarray(value, dtype=float) for name, value in givens.items()}
    half_units = {name: np.full(graph[name].shape, 0.1) for name in ("z1", "a1", "dL_da1", "slope1", "dL_dz1")}
    expected = {
        "z1": 0.0,
        "a1": 0.1,
        "loss": 2 * (2 * 2 * 0.1 + 0.1**2),
        "dL_da1": 2 * 0.2,
        "slope1": 0.0,
        "dL_dz1": 2 * 0.2 + 0.1 + 4 * 0.1,
        "dL_dW1": 2 * (2 * 0.2 + 0.1 + 4 * 0.1 + 0.1),
        "b1_new": 0.5 * (2 * 0.2 + 0.1 + 4 * 0.1 + 0.1),
    }
    bands = rounding_bands(graph, evaluate(graph, numbers), half_units)
    assert {name: bands[name].item() for name in expected} == pytest.approx(expected, abs=1e-12)


def test_what_was_written_down_stops_an_effect() -> None:
    """Work that starts from a written activation does not feel how z was rounded; blanks still do."""
    shape = NetworkShape((2, 2, 1), ("sigmoid", "sigmoid"), "squared_error")
    graph, givens = network_graph(shape), random_givens(np.random.default_rng(4), shape)
    written = {"a1": np.array([[0.4, np.nan]])}
    base = evaluate(graph, givens, substitute=written)
    [effects] = rounding_effects(graph, base, {"z1": np.full((1, 2), 0.01)}, written)
    assert effects.source == "z1"
    assert effects.on["z2"].shape == (2, 1, 1)
    assert effects.on["z2"][0] == 0
    assert effects.on["z2"][1] > 0
    # The written entry itself is still compared with what z gives.
    assert (effects.on["a1"][[0, 1], 0, [0, 1]] > 0).all()
    assert (effects.on["a1"][[0, 1], 0, [1, 0]] == 0).all()


def test_an_effect_reaches_what_is_behind_until_all_of_it_was_written() -> None:
    """Behind a1 with a blank come z2 and what follows; behind a full a1 nothing comes that reads z1 by way of it."""
    graph = network_graph(NetworkShape((2, 2, 1), ("identity", "sigmoid"), "squared_error", updates=False))
    givens = random_givens(np.random.default_rng(4), NetworkShape((2, 2, 1), ("identity", "sigmoid"), "squared_error"))
    reached = {}
    for missing in (np.nan, 0.7):
        written = {"a1": np.array([[0.4, missing]])}
        base = evaluate(graph, givens, substitute=written)
        [effects] = rounding_effects(graph, base, {"z1": np.full((1, 2), 0.01)}, written)
        reached[missing] = set(effects.on)
    assert reached[0.7] == {"a1", "slope1", "dL_dz1", "dL_dW1", "dL_db1"}
    assert reached[np.nan] == {quantity.name for quantity in graph.derived} - {"z1"}


def test_an_effect_is_the_larger_of_up_and_down() -> None:
    """softplus bends upwards, so that half a unit up moves it farther than half a unit down."""
    graph = network_graph(NetworkShape((1, 1), ("softplus",), "squared_error"))
    numbers = {"x": [[1.0]], "y": [[0.0]], "W1": [[0.3]], "b1": [0.2], "learning_rate": 0.1}
    base = evaluate(graph, {name: np.asarray(value) for name, value in numbers.items()})
    [effects] = rounding_effects(graph, base, {"z1": np.array([[0.5]])})
    up, down = np.log1p(np.exp(1.0)) - np.log1p(np.exp(0.5)), np.log1p(np.exp(0.5)) - np.log1p(np.exp(0.0))
    assert up > down
    assert effects.on["a1"].item() == pytest.approx(up, rel=1e-12)


@pytest.mark.parametrize("factors", [("s", "s"), ("s", "twice"), ("twice", "thrice")])
def test_straight_lines_that_meet_in_a_product_bend(factors: tuple[str, str]) -> None:
    """Of a product of two multiples of s = -1, moved by 0.1, moving down changes more: by 0.21 of it, not by 0.19."""
    x, s = Quantity("x", "x", (1, 1)), Quantity("s", "z", (1, 1), _times(1), ("x",))
    multiples = (Quantity(name, "z", (1, 1), _times(by), ("s",)) for name, by in (("twice", 2), ("thrice", 3)))
    product = Quantity("product", "z", (1, 1), PRODUCTS["hadamard_product"], factors)
    graph = ComputationGraph((x, s, *(one for one in multiples if one.name in factors), product))
    base = evaluate(graph, {"x": np.array([[-1.0]])})
    [effects] = rounding_effects(graph, base, {"s": np.array([[0.1]])})
    assert effects.on["product"].item() == pytest.approx(0.21 * base["product"].item(), rel=1e-12)


def _times(factor: int) -> Rule:
    return Rule(f"times {factor}", "(n,o)->(n,o)", lambda value: factor * value, "", is_straight=True)


@pytest.mark.parametrize("wild", [1e308, -1e308, 1e200])
def test_wild_answers_leave_bands_finite(wild: float) -> None:
    """An answer that overflows what rests on it neither warns nor makes a band infinite; nor does it widen one."""
    shape = SHAPES[1]
    graph, givens = network_graph(shape), random_givens(np.random.default_rng(4), shape)
    written = {name: np.full(graph[name].shape, wild) for name in ("z1", "dL_dz2", "W1_new")}
    own = evaluate(graph, givens, substitute=written)
    bands = rounding_bands(graph, own, _half_units(graph, 2), written)
    assert all(np.isfinite(band).all() for band in bands.values())
    overflown = {name: ~np.isfinite(own.computed[name]) for name in bands}
    assert any(flags.any() for flags in overflown.values()) == (wild > 0)
    assert not any(bands[name][flags].any() for name, flags in overflown.items())


@pytest.mark.parametrize(("decimals", "half"), [(2, 0.0051), (0, 0.51), (-2, 51.0)])
def test_half_units(decimals: int, half: float) -> None:
    """Half a unit is a little more than half, so that a tie may go either way; negative decimals are tens."""
    assert half_unit(np.array(decimals)).item() == pytest.approx(half, rel=1e-12)
    np.testing.assert_allclose(half_unit(np.array([[decimals, 1]])), [[half, 0.051]], rtol=1e-12)


def _honest_class(shape: NetworkShape, decimals: int, asked: float, seed: int) -> Class:
    """Students who each round or keep every entry as they like, on a paper with some of the entries asked."""
    rng = np.random.default_rng(seed)
    graph = network_graph(shape)
    givens = _screened_givens(shape, graph, seed)
    written, carried = {}, {name: np.broadcast_to(value, (STUDENTS, *value.shape)) for name, value in givens.items()}
    for quantity in graph.derived:
        assert quantity.rule is not None
        own = quantity.rule.compute(*(carried[name] for name in quantity.inputs))
        carried[quantity.name] = own
        if quantity.kind not in ("x_of_step", "y_of_step"):
            rounded = np.round(own, decimals)
            written[quantity.name] = np.where(rng.random(quantity.shape) < asked, rounded, np.nan)
            carries_on_rounded = rng.random(own.shape) < rng.choice([0, 0.5, 1])
            carried[quantity.name] = np.where(carries_on_rounded, rounded, own)
    return Class(written, graph, givens)


def _screened_givens(shape: NetworkShape, graph: ComputationGraph, seed: int) -> Numbers:
    """The first numbers with no ReLU near its kink and no squashed unit near its limits, as papers have them."""
    for number in count():
        givens = random_givens(np.random.default_rng([seed, number]), shape, decimals=2)
        values = evaluate(graph, givens).values
        if all(
            _is_screened(shape.activations[quantity.layer - 1], quantity.kind, values[quantity.name])
            for quantity in graph.derived
            if quantity.kind in ("z", "a") and quantity.layer
        ):
            return givens
    raise AssertionError


def _is_screened(activation: str, kind: str, value: Array) -> bool:
    if kind == "z":
        return activation not in KINKED or bool((np.abs(value) > 0.1).all())
    low, high = SQUASHING.get(activation, (-np.inf, np.inf))
    return bool(((value > low) & (value < high)).all())


def _half_units(graph: ComputationGraph, decimals: int) -> Numbers:
    """Half a unit for everything that a student works out, the samples of a step aside."""
    kept = (quantity for quantity in graph.derived if quantity.kind not in ("x_of_step", "y_of_step"))
    return {quantity.name: half_unit(np.full(quantity.shape, decimals)) for quantity in kept}
