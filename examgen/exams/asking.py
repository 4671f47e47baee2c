"""What a task asks for, as it is spelled in banks and keys: a kind, one quantity, or one entry of a quantity.

`dL_dW` is all quantities of the kind, `dL_dW1` one of them in every step, `dL_dW1@2` that of the second step, and
`dL_dW1[2,1]` one entry of it: canonical, 1-based, to and from. Whether there is such a quantity, the graph tells.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from examgen.core.graph import ComputationGraph, Quantity
from examgen.errors import did_you_mean
from examgen.exams.form_mistakes import shorten
from examgen.exams.naming.notation import Index

_SPELLING = re.compile(
    r"(?P<name>[^\W\d]\w*)(?:@(?P<step>[1-9]\d{0,2}))?"
    r"(?:\[(?P<entry>\s*[1-9]\d{0,4}\s*(?:,\s*[1-9]\d{0,4}\s*){0,3})\])?(?:@(?P<late_step>[1-9]\d{0,2}))?"
)
_SPELLED = "a kind such as dL_dW, one quantity such as dL_dW2, or one entry such as dL_dW2[1,3]"


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a task names.

    Attributes:
        name: a kind, or the name of a quantity without its step.
        step: the only one; None for those of the task.
        entry: the 1-based place of the only entry; empty for all.
    """

    name: str
    step: int | None = None
    entry: Index = ()

    def means(self, quantity: Quantity) -> bool:
        """Whether a quantity, or an entry of it, is asked for."""
        if quantity.rule is None or quantity.is_copied or self.step not in (None, quantity.step):
            return False
        if self.entry:
            return self.name == quantity.plain_name and self.place_in(quantity) is not None
        return self.name in (quantity.kind, quantity.plain_name)

    def place_in(self, quantity: Quantity) -> Index | None:
        """The 0-based place of the only entry, None where the quantity has no such one.

        A first axis of length 1, of the only sample or the only unit, may be left out.
        """
        shape = quantity.shape
        places = (1, *self.entry) if len(self.entry) == len(shape) - 1 and shape[0] == 1 else self.entry
        if len(places) != len(shape) or any(place > size for place, size in zip(places, shape, strict=True)):
            return None
        return tuple(place - 1 for place in places)


@lru_cache(maxsize=4096)
def asked_of(text: str) -> Asked:
    """What a task means by a text.

    Raises: ValueError: it is spelled otherwise; the message says what is allowed.
    """
    found = _SPELLING.fullmatch(text.strip())
    if found is None or (found["step"] and found["late_step"]):
        raise ValueError(f"quantity {shorten(text)} cannot be read; name {_SPELLED}")
    step = found["step"] or found["late_step"]
    entry = tuple(int(place) for place in (found["entry"] or "").split(",") if place)
    return Asked(found["name"], int(step) if step else None, entry)


def allowed_names(graphs: Iterable[ComputationGraph], wanted: str) -> str:
    """What may be asked of some graphs, and which of it an unknown name may have meant."""
    quantities = [one for graph in graphs for one in graph.derived if not one.is_copied]
    asked = asked_of(wanted)
    if asked.entry and (found := next((one for one in quantities if one.plain_name == asked.name), None)):
        return f"{asked.name} has the shape {list(found.shape)}, and entries are counted from 1" if found.shape else (
            f"{asked.name} is a single number"
        )  # fmt: skip
    kinds = dict.fromkeys(one.kind for one in quantities)
    names = dict.fromkeys(one.plain_name for one in quantities)
    examples = dict.fromkeys(_examples(quantities))
    by_name = f"; or by name, such as {', '.join(examples)}" if examples else ""
    return f"allowed: {', '.join(kinds)}{by_name}.{did_you_mean(asked.name, [*kinds, *names])}"


def _examples(quantities: Sequence[Quantity]) -> Iterator[str]:
    """A quantity of which there are others of the kind, and an entry of a matrix."""
    for one in quantities:
        if one.plain_name != one.kind:
            yield one.plain_name
            break
    for one in reversed(quantities):
        if one.size > 1:
            sizes = one.shape[1:] if one.shape[0] == 1 else one.shape
            yield f"{one.plain_name}[{','.join(map(str, sizes))}]"
            break
