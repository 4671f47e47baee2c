"""Misconceptions about operations of free graphs: the usual wrong derivatives and values, as operations have them.

A row of `operations` says what students take instead of its derivative (`wrong`) or of its value (`doubt`), each by the
name of the misconception. Here these become versions, whatever the graph is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from examgen.core.circuits.circuit import CircuitShape, mistaken_graph
from examgen.core.circuits.circuit_rules import ExpressionRule, expression_rule
from examgen.core.circuits.expressions import Applied, Expression, Operation, Read, applications_in, names_in
from examgen.core.circuits.operations.simplest_forms import ADD, MULTIPLY, SUBTRACT
from examgen.core.graph import Change, ComputationGraph, Quantity, Role
from examgen.core.misconceptions.versions import Version


@dataclass(frozen=True, slots=True)
class Circuit:
    """A free graph and the quantities that compute it."""

    shape: CircuitShape
    graph: ComputationGraph

    @property
    def expressions(self) -> Iterator[tuple[Quantity, Expression]]:
        """The derived quantities with their expressions."""
        for quantity in self.graph.derived:
            if isinstance(quantity.rule, ExpressionRule):
                yield quantity, quantity.rule.expression

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Those of the definitions, each once."""
        found = (
            one.operation
            for quantity, expression in self.expressions
            if quantity.derivative is None
            for one in applications_in(expression)
        )
        return tuple(dict.fromkeys(found))

    def named(self, name: str) -> Iterator[Version]:
        """The versions of a misconception that operations know by this name; a number behind it tells them apart."""
        keys = {key for row in self.operations for key in (*row.wrong, *row.doubt) if key.split()[0] == name}
        for key in sorted(keys):
            wrong = {row: row.wrong[key] for row in self.operations if key in row.wrong}
            if wrong:
                yield Version(self.changes(mistaken_graph(self.shape, wrong)))
            yield Version(self.respelled(partial(_doubted, key)))

    def one_use(self, *, of_given: bool) -> Iterator[Version]:
        """Of a quantity that is used several times, the derivative by way of one use."""
        uses = max((self.graph_uses(name) for name in (one.name for one in self.graph)), default=0)
        for use in range(uses if uses > 1 else 0):
            changes = self.changes(mistaken_graph(self.shape, {}, use))
            kept = {name: change for name, change in changes.items() if self.is_by_given(name) == of_given}
            yield Version(kept, must_show=use == 0)

    def graph_uses(self, name: str) -> int:
        """How many definitions read a quantity."""
        readers = (self.graph.derived[place] for place in self.graph.readers(name))
        return sum(one.derivative is None for one in readers)

    def is_by_given(self, name: str) -> bool:
        """Whether a derivative is one by a given quantity."""
        derivative = self.graph[name].derivative
        return derivative is not None and self.graph[derivative.by].rule is None

    def ascent(self) -> Iterator[Version]:
        """What is subtracted in an update is added."""
        yield Version(self.respelled(self._added, of=Role.UPDATE))

    def no_rate(self) -> Iterator[Version]:
        """A given number in front of what is subtracted in an update is left out."""
        yield Version(self.respelled(self._without_rate, of=Role.UPDATE))

    def _added(self, one: Applied) -> Expression | None:
        is_step = one.operation is SUBTRACT and self.reads_derivative(one.arguments[1])
        return replace(one, operation=ADD) if is_step else None

    def _without_rate(self, one: Applied) -> Expression | None:
        if one.operation is not MULTIPLY or not self.reads_derivative(one):
            return None
        rate, *rest = sorted(one.arguments, key=lambda part: not self.is_number(part))
        return rest[0] if self.is_number(rate) and not self.is_number(rest[0]) else None

    def is_number(self, expression: Expression) -> bool:
        """Whether it is a given number."""
        return isinstance(expression, Read) and not expression.shape and self.graph[expression.name].rule is None

    def reads_derivative(self, expression: Expression) -> bool:
        """Whether it reads a derivative, or what is computed from one."""
        reads = (self.graph[name] for name in names_in(expression))
        return any(one.role in {Role.DERIVATIVE, Role.UPDATE} for one in reads)

    def respelled(self, change: Callable[[Applied], Expression | None], of: Role | None = None) -> dict[str, Change]:
        """Definitions with something else for some of their operations."""
        found: dict[str, Change] = {}
        for quantity, expression in self.expressions:
            if quantity.derivative is not None or of not in (None, quantity.role):
                continue
            changed = _changed(expression, change)
            if changed != expression:
                rule = expression_rule(f"mistaken {quantity.name}", changed)
                found[quantity.name] = (rule, rule.names)
        return found

    def changes(self, mistaken: ComputationGraph) -> dict[str, Change]:
        """What is computed otherwise in the graph of a student."""
        found: dict[str, Change] = {}
        for quantity, expression in self.expressions:
            other = mistaken[quantity.name]
            if isinstance(other.rule, ExpressionRule) and other.rule.expression != expression:
                found[quantity.name] = (other.rule, other.inputs)
        return found


def _changed(expression: Expression, change: Callable[[Applied], Expression | None]) -> Expression:
    """An expression with something else for some operations, the innermost first."""
    if not isinstance(expression, Applied):
        return expression
    arguments = tuple(_changed(one, change) for one in expression.arguments)
    one = replace(expression, arguments=arguments)
    found = change(one)
    return one if found is None else found


def _doubted(key: str, one: Applied) -> Expression | None:
    doubt = one.operation.doubt.get(key)
    return None if doubt is None else doubt(one)
