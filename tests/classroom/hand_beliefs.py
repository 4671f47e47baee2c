"""What somebody may do otherwise who works a circuit out; called by `learner` and the modules named `hand_`."""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from examgen.core.circuits.circuit import CircuitShape
from tests.classroom.figures import Array


@dataclass(frozen=True, slots=True)
class Site:
    """One place of a definition where an operation is done.

    Attributes:
        args: (students, *shape) each of what goes in.
        value: (students, *shape) what came out, as it was written down where it was.
        settings: what the operation is told, such as a stride.
        places: 0-based, of an entry that is taken.
    """

    args: Sequence[Array]
    value: Array
    settings: Mapping[str, int]
    places: tuple[int, ...] = ()

    def told(self, name: str, usual: int) -> int:
        """A setting, or what is usual."""
        return self.settings.get(name, usual)


Value = Callable[[Site], Array]
Back = Callable[[Site, Array], Sequence[Array]]
"""From the derivative by the result to those by what went in; what has none is NaN."""

Rewrite = Callable[[ast.expr, CircuitShape], ast.expr]
"""How a definition of an exercise is misread."""


@dataclass(frozen=True, slots=True)
class Beliefs:
    """What is done otherwise.

    Attributes:
        back: other ways back through operations.
        value: other values of operations.
        rewrite: what definitions are taken to say.
        use: of the uses of a quantity, the one by which its derivative goes, 0 for the first and -1 for the last; None
            for all.
        of_given: whether that is so of given quantities, or of the others.
    """

    back: Mapping[str, Back] = field(default_factory=dict)
    value: Mapping[str, Value] = field(default_factory=dict)
    rewrite: Rewrite = lambda tree, _: tree
    use: int | None = None
    of_given: bool = False


NONE = Beliefs()
