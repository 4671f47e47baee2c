"""Definitions as operations: what stands in the circles of a circuit, and the wires between them.

Numbers of a definition stand in the circle that takes them, as in "1 −" or "× 2"; a sum of several terms is one circle,
and so is a product.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from examgen.core.circuits.circuit_rules import latex_of
from examgen.core.circuits.expressions import Applied, Constant, Expression, Operation, Read, names_in
from examgen.core.circuits.operations.simplest_forms import ADD, MULTIPLY
from examgen.core.rules.losses import LOSSES
from examgen.documents.pages import CircuitNode

ANY_ORDER = (ADD, MULTIPLY)
"""Operations whose arguments may change places, and that take any number of them."""

_PLACE = r"\cdot"


@dataclass(slots=True)
class Operations:
    """Collects the nodes of a circuit, each behind those that it reads.

    Attributes:
        phrase: the language's words for English ones.
        nodes: what has been collected.
        places: of the quantities among them, by name.
    """

    phrase: Callable[[str], str] = str
    nodes: list[CircuitNode] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)

    def define(self, expression: Expression) -> int:
        """Add the operations of a definition; the place of its last one."""
        if not isinstance(expression, Applied):
            return self._added(CircuitNode("=", (self._place(expression, {}),)))
        return self._place(expression, {})

    def _place(self, one: Expression, known: dict[Expression, int]) -> int:
        """An expression that stands twice in a definition has one node."""
        if isinstance(one, Read):
            return self.places[one.name]
        if one not in known:
            known[one] = self._added(self._node(one, known))
        return known[one]

    def _node(self, one: Expression, known: dict[Expression, int]) -> CircuitNode:
        if not isinstance(one, Applied) or not names_in(one):
            return CircuitNode(latex_of(one, ()), outline="none")
        arguments = _terms(one)
        inputs = tuple(self._place(part, known) for part in arguments if not isinstance(part, Constant))
        return CircuitNode(sign_of(one, arguments, self.phrase), inputs, is_ordered=one.operation not in ANY_ORDER)

    def _added(self, node: CircuitNode) -> int:
        self.nodes.append(node)
        return len(self.nodes) - 1


def _terms(one: Applied) -> Sequence[Expression]:
    """The arguments of an operation, and of the same operation among these."""
    found: list[Expression] = []
    for part in one.arguments:
        is_same = one.operation in ANY_ORDER and isinstance(part, Applied) and part.operation is one.operation
        found += _terms(part) if is_same and isinstance(part, Applied) else [part]
    return found


def sign_of(one: Applied, arguments: Sequence[Expression], phrase: Callable[[str], str] = str) -> str:
    """What stands in the circle of an operation, with the numbers that it takes."""
    sign = plain_sign(one.operation, one, phrase)
    if _PLACE in sign and sign != _PLACE:
        for part in arguments:
            sign = sign.replace(_PLACE, _number(part) if isinstance(part, Constant) else "\0", 1)
        return sign.replace("\0", _PLACE)
    first, *others = arguments
    before = _number(first) if isinstance(first, Constant) else ""
    behind = [_number(part) for part in others if isinstance(part, Constant)]
    return f"{before} {{{sign}}} {''.join(behind[:1])}{''.join(f'{{{sign}}} {more}' for more in behind[1:])}".strip()


def plain_sign(operation: Operation, one: Applied, phrase: Callable[[str], str] = str) -> str:
    """The sign of an operation, which is its name where its row says nothing; of a loss, as the language has it."""
    found = operation.sign if isinstance(operation.sign, str) else operation.sign(one)
    loss = LOSSES.get(operation.name)
    return found or rf"\text{{{phrase(loss.title) if loss else operation.name.replace('_', ' ')}}}"


def _number(constant: Constant) -> str:
    """In brackets where it is negative."""
    text = latex_of(constant, ())
    return f"({text})" if text.startswith("-") else text
