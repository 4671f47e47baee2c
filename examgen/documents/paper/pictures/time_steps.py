"""Finds recurrences among definitions: the same few formulas again and again, each time from what was before.

Two steps are of one form where their expressions are the same but for names. What a step reads is its own, of the step
before, the same at every step (shared weights), or an input of this step alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from examgen.core.circuits.expressions import Applied, Constant, Expression, Read, names_in

LEAST_STEPS = 2


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A chain of time steps.

    Attributes:
        steps: the names that each step defines, in order.
        shared: names that every step reads.
        behind: definitions after the last step.
    """

    steps: tuple[tuple[str, ...], ...]
    shared: tuple[str, ...]
    behind: tuple[str, ...]


def recurrence_in(definitions: Mapping[str, Expression]) -> Recurrence | None:
    """The recurrence with which definitions begin, with as many steps as there are; None where they are none.

    Args:
        definitions: expression by name, in order.
    """
    names = list(definitions)
    for period in range(1, len(names) // LEAST_STEPS + 1):
        count = 1
        while _follows(names, period, count, definitions):
            count += 1
        steps = tuple(tuple(names[n * period : (n + 1) * period]) for n in range(count))
        if count >= LEAST_STEPS and (shared := _shared(steps, definitions)):
            return Recurrence(steps, shared, tuple(names[count * period :]))
    return None


def _follows(names: Sequence[str], period: int, step: int, definitions: Mapping[str, Expression]) -> bool:
    """Whether this step is there, of the form of the one before, and reads something of it."""
    ours, before = names[step * period : (step + 1) * period], names[(step - 1) * period : step * period]
    if len(ours) < period:
        return False
    pairs: list[tuple[str, str]] = []
    for name, earlier in zip(ours, before, strict=True):
        found = list(_pairs(definitions[earlier], definitions[name]))
        if None in found:
            return False
        pairs += [pair for pair in found if pair is not None]
    renamed: dict[str, str] = {}
    for one, other in pairs:
        if renamed.setdefault(one, other) != other:
            return False
    is_level = all(renamed.get(one, other) == other for one, other in zip(before, ours, strict=True))
    passed_on = [other for one, other in renamed.items() if other in before and one not in names[step * period :]]
    return is_level and bool(passed_on)


def _pairs(one: Expression, other: Expression) -> Iterator[tuple[str, str] | None]:
    """The names that stand in the same places of two expressions; None where these differ in more than names."""
    if isinstance(one, Read) and isinstance(other, Read) and one.shape == other.shape:
        yield one.name, other.name
    elif isinstance(one, Applied) and isinstance(other, Applied) and _is_same_operation(one, other):
        for part, like in zip(one.arguments, other.arguments, strict=True):
            yield from _pairs(part, like)
    elif not (isinstance(one, Constant) and one == other):
        yield None


def _is_same_operation(one: Applied, other: Applied) -> bool:
    return (one.operation, one.settings, one.shape, len(one.arguments)) == (
        other.operation,
        other.settings,
        other.shape,
        len(other.arguments),
    )


def _shared(steps: Sequence[Sequence[str]], definitions: Mapping[str, Expression]) -> tuple[str, ...]:
    """What is read at every step, in the order in which the first reads it."""
    read = [[name for one in step for name in names_in(definitions[one])] for step in steps]
    return tuple(dict.fromkeys(name for name in read[0] if all(name in others for others in read[1:])))
