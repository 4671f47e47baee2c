"""Laws of substitution, perturbation and patching, on random networks."""

from collections.abc import Collection
from functools import cache

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from examgen.core.evaluation import evaluate, reevaluate
from examgen.core.graph import ComputationGraph, Values
from examgen.core.network import network_graph
from examgen.core.rules.rule import Rule
from tests.laws import tried
from tests.oracles import OUTPUTS, Array, random_givens, random_shape

STUDENTS = 3


class Exercise:
    """A random network, three students' numbers, and one of its derived quantities."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        output, loss = OUTPUTS[seed % len(OUTPUTS)]
        shape = random_shape(self.rng, output, loss, layers=3, width=3)
        self.graph = network_graph(shape)
        self.givens = random_givens(self.rng, shape, STUDENTS)
        self.plain = evaluate(self.graph, self.givens)
        self.picked = self.graph.derived[int(self.rng.integers(len(self.graph.derived)))].name

    def random(self, name: str) -> Array:
        return self.rng.normal(size=(STUDENTS, *self.graph[name].shape))


exercises = st.integers(0, 10**6).map(Exercise)


@given(exercises)
def test_substitution_reaches_later_quantities_only(exercise: Exercise) -> None:
    """Submitted entries replace the computed ones for what reads them; NaN keeps them; `computed` keeps them all."""
    name, submitted = exercise.picked, exercise.random(exercise.picked)
    is_blank = exercise.rng.random(submitted.shape) < 0.5
    submitted[is_blank] = np.nan
    found = evaluate(exercise.graph, exercise.givens, substitute={name: submitted})
    _assert_equal(found.computed, exercise.plain.computed, _not_below(exercise.graph, name))
    _assert_equal(found.values, exercise.plain.values, _not_below(exercise.graph, name) - {name})
    np.testing.assert_array_equal(found[name][~is_blank], submitted[~is_blank])
    np.testing.assert_array_equal(found[name][is_blank], exercise.plain[name][is_blank])
    for later in _below(exercise.graph, name):
        quantity = exercise.graph[later]
        assert quantity.rule is not None
        with np.errstate(all="ignore"):  # A submitted activation may have no logarithm; an evaluation does not mind.
            from_values = quantity.rule.compute(*(found[read] for read in quantity.inputs))
        np.testing.assert_array_equal(found.computed[later], from_values)
        assert found[later] is found.computed[later]


@given(exercises)
def test_blanks_substitute_nothing(exercise: Exercise) -> None:
    """All NaN is as good as nothing, for every quantity at once."""
    blanks = {name: np.full_like(value, np.nan) for name, value in exercise.plain.values.items()}
    found = evaluate(exercise.graph, exercise.givens, substitute=blanks)
    _assert_equal(found.values, exercise.plain.values, set(blanks))
    _assert_equal(found.computed, exercise.plain.computed, set(blanks))


@given(exercises)
def test_own_values_substituted_change_nothing(exercise: Exercise) -> None:
    """A student who hands in what the key says moves no later value."""
    found = evaluate(exercise.graph, exercise.givens, substitute=exercise.plain.values)
    _assert_equal(found.values, exercise.plain.values, set(found.values))
    _assert_equal(found.computed, exercise.plain.values, set(found.values))


@given(exercises)
def test_a_perturbation_is_seen_downstream_only(exercise: Exercise) -> None:
    """What is added to a quantity moves what reads it, not its computed value, and is the same as substituting it."""
    name, added = exercise.picked, exercise.random(exercise.picked) / 100
    found = evaluate(exercise.graph, exercise.givens, perturb={name: added})
    _assert_equal(found.computed, exercise.plain.computed, _not_below(exercise.graph, name))
    np.testing.assert_array_equal(found[name], exercise.plain[name] + added)
    moved = evaluate(exercise.graph, exercise.givens, substitute={name: exercise.plain[name] + added})
    _assert_equal(found.values, moved.values, set(found.values))


@given(exercises)
def test_a_perturbation_adds_to_what_was_submitted(exercise: Exercise) -> None:
    """Where a quantity is both submitted and moved, later ones see the sum."""
    name = exercise.picked
    submitted, added = exercise.random(name), exercise.random(name)
    found = evaluate(exercise.graph, exercise.givens, substitute={name: submitted}, perturb={name: added})
    np.testing.assert_array_equal(found[name], submitted + added)
    np.testing.assert_array_equal(found.computed[name], exercise.plain.computed[name])


@given(exercises)
def test_a_patch_changes_the_quantity_and_what_follows_from_it(exercise: Exercise) -> None:
    """Everything that does not rest on the patched quantity keeps its value, bit by bit; the quantity itself moves."""
    name = exercise.picked
    old = exercise.graph[name].rule
    assert old is not None
    patched = exercise.graph.rewired({name: (Rule("patched", "", lambda *inputs: old.compute(*inputs) + 1, ""), None)})
    found = evaluate(patched, exercise.givens)
    _assert_equal(found.values, exercise.plain.values, _not_below(exercise.graph, name) - {name})
    np.testing.assert_array_equal(found[name], exercise.plain[name] + 1)
    shifted = evaluate(exercise.graph, exercise.givens, perturb={name: np.ones(exercise.graph[name].shape)})
    _assert_equal(found.values, shifted.values, set(found.values))


@tried(50)
@given(exercises)
def test_reevaluating_is_evaluating_the_patched_graph(exercise: Exercise) -> None:
    """Only what is behind a changed quantity is computed again, up to what was written down; the rest is as before."""
    graph, name, written = exercise.graph, exercise.picked, _some_written(exercise)
    old = graph[name].rule
    assert old is not None
    patched = graph.rewired({name: (Rule("patched", "", lambda *inputs: old.compute(*inputs) + 1, ""), None)})
    base = evaluate(graph, exercise.givens, substitute=written)
    found = reevaluate(patched, base, {name}, written)
    expected = evaluate(patched, exercise.givens, substitute=written)
    _assert_equal({**base.computed, **found}, expected.computed, {quantity.name for quantity in graph})
    full = {other for other, answers in written.items() if not np.isnan(answers).any()}
    assert set(found) == {name} | (set() if name in full else _below(graph, name, full))


@tried(30)
@given(exercises)
def test_students_do_not_touch_one_another(exercise: Exercise) -> None:
    """One student's submission changes no value of another student."""
    name, submitted = exercise.picked, exercise.random(exercise.picked)
    submitted[1:] = np.nan
    found = evaluate(exercise.graph, exercise.givens, substitute={name: submitted})
    for later, value in found.values.items():
        np.testing.assert_array_equal(value[1:], exercise.plain[later][1:])


def _some_written(exercise: Exercise) -> dict[str, Array]:
    """Answers for some of the derived quantities, a part of them with blanks."""
    written = {}
    for quantity in exercise.graph.derived:
        answers = exercise.random(quantity.name)
        answers[exercise.rng.random(answers.shape) < exercise.rng.choice([0, 0.5])] = np.nan
        if exercise.rng.random() < 0.3:
            written[quantity.name] = answers
    return written


def _below(graph: ComputationGraph, name: str, stopping: Collection[str] = ()) -> set[str]:
    """The quantities that rest on this one, found by going back from each of them, not through those that stop."""

    @cache
    def rests_on_it(other: str) -> bool:
        return any(read == name or (read not in stopping and rests_on_it(read)) for read in graph[other].inputs)

    return {quantity.name for quantity in graph if rests_on_it(quantity.name)}


def _not_below(graph: ComputationGraph, name: str) -> set[str]:
    return {quantity.name for quantity in graph} - _below(graph, name)


def _assert_equal(found: Values, expected: Values, names: set[str]) -> None:
    for name in names:
        np.testing.assert_array_equal(found[name], expected[name], err_msg=name)
