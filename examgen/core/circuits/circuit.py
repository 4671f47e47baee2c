"""Exercises that are any graph: quantities that a bank defines one by one, and the derivatives that it names.

A definition is one quantity, whatever operations its text has; d<number>_d<name> is a quantity wherever a definition
reads it or a task asks for it, and its formula is what the chain rule and the pullbacks of the definitions give.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import prod
from types import MappingProxyType

from examgen.core.backward import Label, derivatives
from examgen.core.circuits.choices import Choices, check_choices, has_options
from examgen.core.circuits.circuit_names import NAME, Readable, derivative_of, usual_latex
from examgen.core.circuits.circuit_rules import (
    DEFINITION,
    ExpressionRule,
    Wrong,
    definition_rule,
    expression_rule,
)
from examgen.core.circuits.definitions import definition, names_of
from examgen.core.circuits.expressions import Applied, Expression, Read, applications_in, names_in
from examgen.core.circuits.operations.simplest_forms import added
from examgen.core.circuits.operations.uniform import as_often, spread
from examgen.core.graph import ComputationGraph, Quantity, Role
from examgen.errors import did_you_mean

MOST_DEFINITIONS = 200
MOST_OPERATIONS = 2000
MOST_NUMBERS = 10_000
"""Larger exercises are not done by hand, and would take long to lay out."""


@dataclass(frozen=True, slots=True)
class CircuitShape:
    """What fixes an exercise that is any graph, but for its numbers.

    Attributes:
        given: name and shape of each given quantity; [] is a number.
        define: name and text of each definition, in order.
        output: name of the number that derivatives are of; empty where none is said.
        symbols: name and LaTeX of those quantities that are not written as their names.
        wanted: names of derivatives that are asked for.
        choices: which options are right, where that follows from the numbers.
        turn: by how many places the options of shuffled tasks have moved on; None where none are shuffled.
    """

    given: tuple[tuple[str, tuple[int, ...]], ...]
    define: tuple[tuple[str, str], ...]
    output: str = ""
    symbols: tuple[tuple[str, str], ...] = ()
    wanted: tuple[str, ...] = ()
    choices: Choices | None = None
    turn: int | None = None

    def __post_init__(self) -> None:
        check_choices(self.graph, self.choices)

    @property
    def graph(self) -> ComputationGraph:
        """As `circuit_graph`; the same one whichever options are right, and wherever they stand."""
        return circuit_graph(replace(self, choices=None, turn=None) if has_options(self) else self)

    @property
    def steps(self) -> int:
        """All is one step."""
        return 1

    @property
    def is_rational(self) -> bool:
        """Whether exact fractions go in and come out, and stay multiples of one fraction."""
        rules = [one.rule for one in self.graph.derived]
        return all(_is_rational(rule.expression) for rule in rules if isinstance(rule, ExpressionRule))

    @property
    def numbers(self) -> int:
        """About how many a solution has."""
        return sum(one.size for one in self.graph)

    @property
    def conventions(self) -> tuple[str, ...]:
        """There are none."""
        return ()

    @property
    def text(self) -> str:
        """In words: "graph of q, f"."""
        return f"graph of {', '.join(name for name, _ in self.define)}"


def _is_rational(expression: Expression) -> bool:
    return all(one.operation.is_exact(one) for one in applications_in(expression))


@lru_cache(maxsize=256)
def circuit_graph(shape: CircuitShape) -> ComputationGraph:
    """The graph of all quantities of an exercise.

    Raises: ValueError: a definition cannot be; the message names it and says what is wrong.
    """
    return ComputationGraph(tuple(_Builder(shape, MappingProxyType({}), None).quantities()))


def mistaken_graph(shape: CircuitShape, wrong: Wrong, only_use: int | None = None) -> ComputationGraph:
    """The same graph as of a student who takes other pullbacks, or only one of several uses of a quantity.

    Args:
        shape: of the exercise.
        wrong: pullbacks by the operation that they are taken for.
        only_use: of the uses of a quantity, 0-based, the only one through which derivatives go back.
    """
    return ComputationGraph(tuple(_Builder(shape, wrong, only_use).quantities()))


@dataclass(frozen=True, slots=True)
class _Builder:
    """Puts the quantities of an exercise together."""

    shape: CircuitShape
    wrong: Wrong
    only_use: int | None
    known: dict[str, Quantity] = field(default_factory=dict)

    def quantities(self) -> Iterable[Quantity]:
        """All of them, each behind those that it reads."""
        shape = self.shape
        _check_sizes(shape)
        for name, size in shape.given:
            self.add(Quantity(name, name, size, latex=self.latex(name)))
        if shape.output and shape.output not in dict(shape.define):
            raise ValueError(f"output: {shape.output} is not defined.{did_you_mean(shape.output, dict(shape.define))}")
        for name, text in shape.define:
            self.define(name, text)
        for name in shape.wanted:
            self.derive(name, f"{name} is asked")
        return self.known.values()

    def add(self, quantity: Quantity) -> None:
        if not NAME.fullmatch(quantity.name):
            raise ValueError(f"{quantity.name!r} is no name; use letters, digits and _, such as w1")
        if quantity.name in self.known:
            raise ValueError(f"{quantity.name} is there twice; give each quantity a name of its own")
        self.known[quantity.name] = quantity

    def define(self, name: str, text: str) -> None:
        """Add the quantity of a definition, and the derivatives that it reads."""
        self.check_order(name, text)
        try:
            expression = definition(text, Readable(self.known))
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
        if not names_in(expression):
            raise ValueError(f"{name}: {text} reads no quantity; give it as a number of the paper")
        if prod(expression.shape) > MOST_NUMBERS:
            raise ValueError(f"{name}: has {prod(expression.shape):,} entries; use at most {MOST_NUMBERS:,}")
        for source in names_in(expression):
            if source not in self.known:
                self.derive(source, f"{name}: {source}")
        rule = definition_rule(text, expression, self.wrong, is_end=False)
        reads = (self.known[source] for source in rule.names)
        role = Role.UPDATE if any(one.role in (Role.DERIVATIVE, Role.UPDATE) for one in reads) else Role.DEFINED
        self.add(Quantity(name, name, expression.shape, rule, rule.names, role=role, latex=self.latex(name)))

    def check_order(self, name: str, text: str) -> None:
        """That a definition reads nothing that is defined by it or behind it."""
        places = {one: place for place, (one, _) in enumerate(self.shape.define)}
        for word in names_of(text):
            if word == name:
                raise ValueError(f"{name}: reads itself; a definition reads what stands before it")
            if word in places and places[word] > places[name]:
                circle = name in self.behind(word)
                why = f"and that reads {name}: a circle" if circle else f"define {word} before {name}"
                raise ValueError(f"{name}: reads {word}, which is defined later; {why}")

    def behind(self, name: str) -> set[str]:
        """All names that a definition reads, by way of others too."""
        texts = dict(self.shape.define)
        found: set[str] = set()
        waiting = [name]
        while waiting:
            for word in names_of(texts.get(waiting.pop(), "")):
                if word in texts and word not in found:
                    found.add(word)
                    waiting.append(word)
        return found

    def derive(self, name: str, where: str) -> None:
        """Add all derivatives of the number that a name is one of, if they are not there yet."""
        if name in self.known:
            return
        pair = derivative_of(name, self.known)
        if pair is None:
            near = did_you_mean(name, [*self.known, *(f"d{self.shape.output}_d{one}" for one in self.known)])
            raise ValueError(f"{where}: there is no such quantity; known are {', '.join(self.known)}.{near}")
        of, _ = pair
        if self.known[of].rule is None:
            raise ValueError(f"{where}: {of} is given; derivatives are of what is defined")
        if self.known[of].shape:
            raise ValueError(
                f"{where}: {of} has shape {list(self.known[of].shape)}; derivatives are of single numbers, shape []"
            )
        by = [self.known[one] for one in self.wanted_by(of)]
        try:
            for quantity in self.backward(of, by):
                self.add(quantity)
        except ValueError as error:
            raise ValueError(f"{where}: {str(error).replace(DEFINITION, '')}") from None

    def wanted_by(self, of: str) -> list[str]:
        """The quantities by which a number is differentiated anywhere, in the order of the graph."""
        words = {word for _, text in self.shape.define for word in names_of(text)} | set(self.shape.wanted)
        pairs = (derivative_of(word, self.known) for word in words if word not in self.known)
        wanted = {pair[1] for pair in pairs if pair is not None and pair[0] == of}
        return [name for name in self.known if name in wanted]

    def backward(self, of: str, by: Sequence[Quantity]) -> Iterator[Quantity]:
        """The derivatives of a number, each with one formula, however many uses it adds up."""
        if of in {one.name for one in by}:
            raise ValueError(f"the derivative of {of} by itself is 1; leave it out")
        forward = [self.towards(one, of) for one in self.known.values() if isinstance(one.rule, ExpressionRule)]
        found = {one.name: one for one in derivatives(forward, of, by, lambda quantity, _: _label(of, quantity))}
        for name, quantity in found.items():
            if not name.endswith(_WHOLE):
                continue
            assert quantity.derivative is not None
            terms = [_expression(found.get(use, quantity)) for use in self.uses(quantity, found)]
            expression = added(terms)
            if not names_in(expression):
                # The same for everybody, as the derivative of a sum.
                expression = as_often(spread(expression, quantity.shape), Read(quantity.derivative.by, quantity.shape))
            rule = expression_rule(f"{_plain(name)} by {names_in(expression)}", expression)
            plain, by_latex = _plain(name), self.known[quantity.derivative.by].latex
            latex = rf"\frac{{\partial {self.known[of].latex}}}{{\partial {by_latex}}}"
            yield replace(quantity, name=plain, kind=plain, rule=rule, inputs=rule.names, latex=latex)

    def uses(self, quantity: Quantity, found: Mapping[str, Quantity]) -> Sequence[str]:
        """Names of the quantities that a derivative adds up; itself where it has one use."""
        several = [name for name in quantity.inputs if name in found and not name.endswith(_WHOLE)]
        if not several:
            return [quantity.name]
        return several if self.only_use is None else [several[min(self.only_use, len(several) - 1)]]

    def towards(self, quantity: Quantity, of: str) -> Quantity:
        """A quantity with the way back through its definition, for derivatives of this number."""
        rule, is_end = quantity.rule, quantity.name == of
        if not isinstance(rule, ExpressionRule) or (rule.pullbacks and not is_end):
            return quantity
        # A derivative that a definition reads is differentiated as well.
        text = rule.name.removeprefix(DEFINITION)
        return replace(quantity, rule=definition_rule(text, rule.expression, self.wrong, is_end=is_end))

    def latex(self, name: str) -> str:
        return dict(self.shape.symbols).get(name, "") or usual_latex(name)


_WHOLE = "#"
"""Marks the name of a derivative while its uses, which have a number behind it, are apart."""


def _label(of: str, quantity: Quantity) -> Label:
    return Label(f"d{of}_d{quantity.name}{_WHOLE}", "derivative")


def _plain(name: str) -> str:
    return name.removesuffix(_WHOLE)


def _expression(quantity: Quantity) -> Expression:
    """The expression of a quantity over the names of what it reads."""
    assert isinstance(quantity.rule, ExpressionRule)
    names = dict(zip(quantity.rule.names, map(_plain, quantity.inputs), strict=True))
    return _renamed(quantity.rule.expression, names)


def _renamed(expression: Expression, names: Mapping[str, str]) -> Expression:
    if isinstance(expression, Read):
        return Read(names[expression.name], expression.shape)
    if isinstance(expression, Applied):
        return replace(expression, arguments=tuple(_renamed(one, names) for one in expression.arguments))
    return expression


def _check_sizes(shape: CircuitShape) -> None:
    if not shape.define:
        raise ValueError("define is empty; define at least one quantity")
    if len(shape.define) > MOST_DEFINITIONS:
        raise ValueError(f"{len(shape.define):,} definitions; use at most {MOST_DEFINITIONS}")
    if (numbers := sum(prod(size) for _, size in shape.given)) > MOST_NUMBERS:
        raise ValueError(f"{numbers:,} given numbers; use at most {MOST_NUMBERS:,}")
    if (words := sum(1 for _, text in shape.define for _ in names_of(text))) > MOST_OPERATIONS:
        raise ValueError(f"{words:,} names in all definitions; use at most {MOST_OPERATIONS:,}")
    for name, size in shape.given:
        if any(one < 1 for one in size) or len(size) > 2:
            raise ValueError(f"given {name}: found shape {list(size)}; use [], [n] or [rows, columns]")
    known = {*dict(shape.given), *dict(shape.define)}
    for name, _ in shape.symbols:
        if name not in known:
            raise ValueError(f"symbols: {name} is not defined.{did_you_mean(name, known)}")
