"""From one question family to a `Question` and the source of its numbers; `building` calls it for each question."""

import itertools
import math
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from examgen.core.circuits.circuit import CircuitShape
from examgen.core.circuits.circuit_names import derivative_of, usual_latex
from examgen.core.circuits.definitions import names_of
from examgen.core.evaluation import evaluate
from examgen.core.exercise import Exercise
from examgen.core.graph import Quantity, Role
from examgen.core.network import NetworkShape
from examgen.core.products import ProductSpec, ProductsShape
from examgen.core.rules.rule import Array
from examgen.errors import BankError, did_you_mean
from examgen.exams.asking import asked_of
from examgen.exams.banks.bank_models import Family, NetworkModel
from examgen.exams.banks.given_numbers import given_decimals, given_denominators, most_decimals
from examgen.exams.banks.right_options import check_count, of_right_option, with_options, without_options
from examgen.exams.banks.targets import check_targets, floats
from examgen.exams.draws.drawing import Drawer, Source
from examgen.exams.draws.kinks import at_kinks
from examgen.exams.draws.screens import Limits
from examgen.exams.exam import Question
from examgen.exams.naming.notation import notation_named

KIND_VALUES = {
    "W": "weights",
    "b": "biases",
    "x": "x",
    "y": "y",
    "learning_rate": "learning_rate",
    "A": "entries",
    "B": "entries",
    "C": "entries",
}
"""By kind of given quantity, the key of `[values]` that serves it where its own name is not there."""


def family_question(number: str, path: Path, family: Family, title: str, draws: int) -> tuple[Question, Source]:
    """The question of a family under this id, and where its numbers come from.

    Args:
        number: id of the question.
        path: the family's file, for messages.
        family: its content.
        title: heading; empty for the family's own.
        draws: the version of the draws of the exam.

    Raises:
        BankError: the numbers do not fit the network, or the network cannot be.
    """
    shapes = _shapes(path, family)
    if family.is_fixed and len({without_options(shape) for shape in shapes.values()}) > 1:
        raise BankError(f"{path}: [fixed] numbers need one activation for each layer and one loss, not lists")
    # Shapes of one family have the same sizes, so the same given quantities.
    some_shape = next(iter(shapes.values()))
    _check_fixed_names(path, family, some_shape)
    drawers = {} if family.is_fixed else dict.fromkeys(shapes, _drawers(path, family, some_shape))
    fixed = _fixed(path, family, some_shape) if family.is_fixed else {}
    for shape in shapes.values():
        check_targets(path, family, shape)
    if family.is_fixed:
        shapes = of_right_option(path, shapes, fixed)
    limits = _limits(family, draws)
    question = Question(
        id=number,
        title=title or family.title,
        text=family.text,
        tasks=tuple(task.of_question(family.digits) for task in family.tasks),
        digits=family.digits,
        shapes=shapes,
        given_decimals=given_decimals(family, drawers),
        given_denominators=given_denominators(family, drawers),
        shown=family.shown,
        at_kinks=at_kinks(shapes.values(), fixed, limits),
    )
    return question, Source(str(path), drawers, fixed, limits)


def _shapes(path: Path, family: Family) -> dict[str, Exercise]:
    """All shapes of a family by label, in the order of the lists in the file."""
    where, make = next((name, make) for name, make in _SHAPES.items() if getattr(family, name))
    try:
        found = [*make(family)]
    except ValueError as error:
        raise BankError(f"{path}: {where}: {error}") from None
    return {_label(number): shape for number, shape in enumerate(with_options(path, family, found))}


def _products(family: Family) -> Iterator[Exercise]:
    yield ProductsShape(tuple(ProductSpec(one.operation, one.left, one.right) for one in family.products))


def _networks(family: Family) -> Iterator[Exercise]:
    """One for each choice of activations and loss."""
    network = family.network
    assert network is not None
    count = math.prod(len(names) for names in (*network.activations, network.loss))
    check_count(count)
    updates = "learning_rate" in family.values or "learning_rate" in family.fixed
    read = [name for task in family.tasks for text in task.expressions for name in names_of(text)]
    asked = [*(asked_of(text).name for text in family.named), *read]
    changes = any(re.fullmatch(r"[Wb]\d*_change", name) for name in asked)
    for *activations, loss in itertools.product(*network.activations, network.loss):
        yield NetworkShape(
            network.sizes,
            tuple(activations),
            loss,
            network.steps,
            network.samples_per_step,
            updates,
            batch_delta=network.batch_delta,
            bias=network.biases,
            frozen=network.frozen or None,
            given_samples=_given_samples(family, network),
            batch="sum" if network.batch == "sum" else None,
            penalty=None if network.penalty is None else "l2",
            optimizer=None if network.optimizer is None else network.optimizer.name,
            # What few papers ask for is worked out on these alone.
            changes=changes or None,
            by_inputs="dL_dx" in asked or None,
        )


def _graphs(family: Family) -> Iterator[Exercise]:
    graph = family.graph
    assert graph is not None
    names = {*graph.given, *graph.define}
    asked = [name.partition("[")[0] for task in family.tasks for name in (*task.ask, *(task.symbols or ()))]
    words = (name for task in family.tasks for text in task.expressions for name in names_of(text))
    read = (name for name in words if derivative_of(name, names))
    wanted = tuple(dict.fromkeys(name for name in (*asked, *read) if name not in names))
    check_count(math.prod(map(len, graph.define.values())))
    _check_symbols({name: graph.symbols.get(name, "") or usual_latex(name) for name in (*graph.given, *graph.define)})
    for texts in itertools.product(*graph.define.values()):
        define = tuple(zip(graph.define, texts, strict=True))
        yield CircuitShape(tuple(graph.given.items()), define, graph.output, tuple(graph.symbols.items()), wanted)


def _check_symbols(latex: Mapping[str, str]) -> None:
    """Raise ValueError where a paper would write two quantities alike."""
    first: dict[str, str] = {}
    for name, symbol in latex.items():
        if (other := first.setdefault(symbol, name)) != name:
            raise ValueError(f"{other} and {name} are both written ${symbol}$; give one of them another in symbols")


def _given_samples(family: Family, network: NetworkModel) -> int | None:
    """How many samples the steps use in turn; None where each has samples of its own."""
    if network.samples == "new":
        return None
    if network.samples == "same":
        return network.samples_per_step
    rows = family.fixed.get("x")
    if rows is None and network.sample_count is None:
        raise ValueError('samples = "cycle" needs sample_count, how many samples there are, where x is drawn')
    if rows is None or network.sample_count is not None:
        return network.sample_count
    return len(rows) if isinstance(rows, tuple) and all(isinstance(row, tuple) for row in rows) else 1


_SHAPES: Mapping[str, Callable[[Family], Iterator[Exercise]]] = MappingProxyType(
    {"network": _networks, "products": _products, "graph": _graphs}
)
"""By the table of a bank that describes a kind of exercise, all shapes that it may have."""


def _label(number: int) -> str:
    """A, B, …, Z, AA, AB, … as spreadsheets count columns."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _drawers(path: Path, family: Family, shape: Exercise) -> dict[str, Drawer]:
    givens = shape.graph.givens
    drawn = [given for given in givens if given.role is not Role.CONSTANT]
    allowed = dict.fromkeys([*(_shared_key(given) for given in drawn), *(given.name for given in drawn)])
    for name in family.values:
        if name not in allowed:
            raise BankError(
                f"{path}: values.{name}: unknown quantity; allowed here: {', '.join(allowed)}."
                f"{did_you_mean(name, allowed)}"
            )
    if all(given.name in family.numbers for given in givens):
        raise BankError(f"{path}: values: all numbers are in [fixed]; leave [values] out")
    return {given.name: _drawer(path, family, given) for given in givens}


def _shared_key(given: Quantity) -> str:
    """The key of `[values]` that serves a given quantity beside its own name."""
    return "entries" if given.latex else KIND_VALUES.get(given.kind, "entries")


def _drawer(path: Path, family: Family, given: Quantity) -> Drawer:
    if given.name in family.numbers:
        numbers = _fixed_array(path, family, given)
        return Drawer(np.zeros(0), most_decimals(family.numbers[given.name]), same=numbers)
    shared = _shared_key(given)
    allowed = family.values.get(given.name) or family.values.get(shared)
    if allowed is None:
        raise BankError(f"{path}: values.{shared} is missing; say what {given.name} may be")
    if allowed.one_hot:
        if not given.shape:
            raise BankError(f"{path}: values.{given.name}: one_hot is for rows; give choices, or min, max and step")
        return Drawer(np.zeros(0), 0, is_one_hot=True)
    choices, scale = allowed.grid()
    return Drawer(np.array(choices, dtype=np.int64), allowed.decimals, scale=scale)


def _check_fixed_names(path: Path, family: Family, shape: Exercise) -> None:
    givens = [given.name for given in shape.graph.givens if given.role is not Role.CONSTANT]
    for name in family.fixed:
        if name not in givens:
            raise BankError(
                f"{path}: fixed.{name}: unknown quantity; allowed here: {', '.join(givens)}."
                f"{did_you_mean(name, givens)}"
            )


def _fixed(path: Path, family: Family, shape: Exercise) -> dict[str, Array]:
    found = {given.name: _fixed_array(path, family, given) for given in shape.graph.givens}
    for name, value in evaluate(shape.graph, found).values.items():
        if not np.isfinite(value).all():
            raise BankError(f"{path}: fixed: {name} is not finite with these numbers; use smaller ones")
    return found


def _fixed_array(path: Path, family: Family, given: Quantity) -> Array:
    """The numbers of `[fixed]` as they are stored."""
    if given.is_of_weights and is_typed_from_to(family):
        return _typed_array(path, family, given, given.shape[::-1]).T
    return _typed_array(path, family, given, given.shape)


def is_typed_from_to(family: Family) -> bool:
    """Whether weights are typed with a row for each unit that they come from, as the family's own notation has them."""
    is_printed = family.network is not None and family.network.weights_as == "printed"
    return is_printed and notation_named(family.notation).weights == "from_to"


def _typed_array(path: Path, family: Family, given: Quantity, needed: tuple[int, ...]) -> Array:
    rows = ", a row for each sample" if given.is_data else ""
    if needed != given.shape:
        rows = ", a row for each unit that it comes from, as it is printed"
    shape = f"{list(needed)}{rows}"
    if given.name not in family.numbers:
        raise BankError(f"{path}: fixed.{given.name} is missing; give numbers of shape {shape}")
    try:
        value = np.array(floats(family.numbers[given.name]), dtype=float)
    except ValueError:
        needs = f"; this network needs {shape}" if given.is_data else ""
        raise BankError(f"{path}: fixed.{given.name}: found rows of different lengths{needs}") from None
    if value.ndim == 1 and (1, *value.shape) == needed:
        # A plain list stands for a matrix of one row, such as the only sample.
        return value[None]
    if not value.shape and math.prod(given.shape) == 1:
        return value.reshape(given.shape)
    if value.shape != needed:
        raise BankError(f"{path}: fixed.{given.name}: found shape {list(value.shape)}; this network needs {shape}")
    return value


def _limits(family: Family, draws: int) -> Limits:
    screens = family.screens
    return Limits(
        kink_margin=float(screens.kink_margin),
        min_slope=float(screens.min_slope),
        significant_digits=screens.significant_digits,
        tie_margin=float(screens.tie_margin),
        max_abs=float(screens.max_abs),
        # Where the file says nothing, papers are those of before there was a limit to products.
        max_product=float(screens.max_abs) if "max_abs" in screens.model_fields_set else math.inf,
        misconception_margin=float(screens.misconception_margin),
        max_draws=screens.max_draws,
        draws=draws,
    )
