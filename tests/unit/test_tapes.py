"""Rules as tapes: run step by step they give what the rules give, whatever rule it is."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from examgen.core.evaluation import evaluate
from examgen.core.graph import ComputationGraph
from examgen.core.probes.trials import live_trials
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.losses import LOSSES
from examgen.core.rules.rule import Array, Rule
from examgen.core.tapes.nodes import FUNCTIONS
from examgen.core.tapes.tape import taped
from examgen.core.tapes.traced import Traced, leaves, tracing
from examgen.exams.banks.bank_files import shipped_banks
from examgen.exams.banks.building import load_exam
from examgen.exams.draws.separation import paper_patches
from examgen.exams.paper_shapes import PaperShape, paper_shape
from examgen.resources import shipped
from tests.classroom.exams import BESIDE_SHIPPED

POINTS = np.array([-40.0, -5.0, -1.0, -0.3, 0.0, 0.2, 1.0, 3.0, 6.5, 40.0])


def entrywise(name: str, compute: Callable[..., Array]) -> Rule:
    return Rule(name, "(n)->(n)", compute, "")


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation_is_the_same_as_a_tape(name: str) -> None:
    """Also far out, at kinks and on both sides of them, and its slope too."""
    row = ACTIVATIONS[name]
    for compute in filter(None, (row.apply, row.slope)):
        tape = taped(entrywise(name, compute), [POINTS.shape], POINTS.shape)
        with np.errstate(all="ignore"):
            wanted = np.asarray(compute(POINTS))
        np.testing.assert_allclose(tape.run([POINTS.tolist()]), wanted, rtol=1e-13, atol=1e-300)


@pytest.mark.parametrize("name", LOSSES)
def test_loss_is_the_same_as_a_tape(name: str) -> None:
    """Value and derivative, of a mini-batch of two samples with two outputs each."""
    row, shape = LOSSES[name], (2, 2)
    values = [
        np.array([[0.2, 0.7], [0.6, 0.9]]),
        np.array([[0.0, 1.0], [1.0, 0.0]]),
        np.array([[1.5, -2.0], [0.3, 4.0]]),
    ]
    read = values[: len(row.reads)]
    for rule, inputs, result in (
        (row.rule(2, 2), read, ()),
        (row.slope_rule(2, 2), values[:2], shape),
    ):
        tape = taped(rule, [shape] * len(inputs), result)
        wanted = np.asarray(rule.compute(*inputs)).ravel()
        np.testing.assert_allclose(tape.run([one.ravel().tolist() for one in inputs]), wanted, rtol=1e-13)


def graphs(paper: PaperShape) -> Iterator[tuple[ComputationGraph, frozenset[str]]]:
    """The graph of a paper and those of its misconceptions, with what each computes in its own way."""
    yield paper.graph, frozenset(one.name for one in paper.graph.derived)
    yield from ((patch.graph, patch.changed) for patch in paper_patches(paper.only_numbers))


@pytest.mark.parametrize("name", [path.stem for path in shipped_banks()] + [Path(one).stem for one in BESIDE_SHIPPED])
def test_every_rule_of_a_bank_is_the_same_as_a_tape(name: str) -> None:
    """Those of the misconceptions, too, at random numbers: nothing is written down twice, and nothing left out."""
    beside = {Path(one).stem: one for one in BESIDE_SHIPPED}
    exam = load_exam(beside.get(name, name), 3).exam
    for question in exam.questions:
        paper = paper_shape(question, next(iter(question.shapes)), exam.notation)
        values = evaluate(paper.graph, live_trials(paper.graph)).values
        for graph, names in graphs(paper):
            for quantity in (graph[one] for one in names):
                assert quantity.rule is not None
                tape = taped(quantity.rule, [graph[one].shape for one in quantity.inputs], quantity.shape)
                inputs = [values[one][:1] for one in quantity.inputs]
                with np.errstate(all="ignore"):
                    wanted = np.asarray(quantity.rule.compute(*inputs)).ravel()
                found = tape.run([one.ravel().tolist() for one in inputs])
                np.testing.assert_allclose(found, wanted, rtol=1e-11, atol=1e-13, err_msg=quantity.name)


def test_what_cannot_be_traced_is_named() -> None:
    """A rule that decides by a number, or calls what is not known, is an error and not a wrong tape."""
    with pytest.raises(TypeError, match=r"np\.where"):
        taped(entrywise("decides", lambda z: z if z[0] > 0 else -z), [(2,)], (2,))
    with pytest.raises(TypeError, match=r"np\.sin cannot be traced"):
        taped(entrywise("unknown", np.sin), [(2,)], (2,))
    with pytest.raises(ValueError, match="gives"):
        taped(entrywise("shortens", lambda z: z[:1]), [(2,)], (2,))


def test_numpy_is_as_ever_afterwards() -> None:
    """Tracing leaves NumPy's functions as they were, also where a rule fails on the way."""
    before = (np.asarray, np.zeros, np.eye)
    with tracing():
        assert isinstance(np.asarray(leaves((2,), 0)), Traced)
    with pytest.raises(TypeError):
        taped(entrywise("unknown", np.sin), [(2,)], (2,))
    assert (np.asarray, np.zeros, np.eye) == before


def test_script_knows_every_elementary_function() -> None:
    """The page's table has the names of Python's, no fewer and no more."""
    script = (shipped("templates") / "practice" / "tape.js").read_text(encoding="utf-8")
    table = script[script.index("const ELEMENTARY") : script.index("};")]
    names = [line.split(":")[0].strip() for line in table.splitlines()[1:] if ": (" in line]
    assert sorted(names) == sorted(FUNCTIONS)
