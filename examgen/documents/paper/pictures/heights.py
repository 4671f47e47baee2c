"""How high the items of a circuit's columns stand: as level with their neighbours as the room between them allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from examgen.documents.paper.pictures.layering import Item, Layering

SWEEPS = 16
APART = 12.0
"""Between an item and the one below it, in pixels."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How far an item goes up and down from its wire."""

    up: float
    down: float


def heights(layering: Layering, extents: Mapping[Item, Extent]) -> dict[Item, float]:
    """The height of each item's wire; the highest item ends at 0.

    Args:
        layering: columns and links.
        extents: of all items.
    """
    found: dict[Item, float] = {}
    for column in layering.columns:
        steps = _steps(column, extents)
        found |= {item: step - steps[-1] / 2 for item, step in zip(column, steps, strict=True)}
    before, behind = _neighbours(layering)
    for sweep in range(SWEEPS):
        is_last = sweep >= SWEEPS - 3
        order = layering.columns if sweep % 2 == 0 else layering.columns[::-1]
        for column in order:
            wanted = [_wanted(item, found, before, behind, is_forth=sweep % 2 == 0, is_both=is_last) for item in column]
            found |= zip(column, _apart(wanted, _steps(column, extents)), strict=True)
    top = min(found[item] - extents[item].up for item in found)
    return {item: height - top for item, height in found.items()}


def _neighbours(layering: Layering) -> tuple[dict[Item, list[Item]], dict[Item, list[Item]]]:
    before: dict[Item, list[Item]] = {}
    behind: dict[Item, list[Item]] = {}
    for link in layering.links:
        before.setdefault(link.end, []).append(link.start)
        behind.setdefault(link.start, []).append(link.end)
    return before, behind


def _wanted(
    item: Item,
    found: Mapping[Item, float],
    before: Mapping[Item, Sequence[Item]],
    behind: Mapping[Item, Sequence[Item]],
    *,
    is_forth: bool,
    is_both: bool,
) -> float:
    """The mean height of its neighbours on one side, or on both."""
    sides = [before.get(item, ()), behind.get(item, ())]
    if is_both and item.is_passing:
        # A wire stays level as long as it can, and bends once.
        sides = sides[:1]
    elif not is_both:
        sides = sides[:1] if is_forth else sides[1:]
    means = [sum(found[one] for one in side) / len(side) for side in sides if side]
    return sum(means) / len(means) if means else found[item]


def _steps(column: Sequence[Item], extents: Mapping[Item, Extent]) -> list[float]:
    """How far below the first item each may be at least."""
    steps = [0.0]
    for upper, lower in pairwise(column):
        steps.append(steps[-1] + extents[upper].down + APART + extents[lower].up)
    return steps


def _apart(wanted: Sequence[float], steps: Sequence[float]) -> list[float]:
    """The heights nearest to the wanted ones, in the sense of least squares, that are as far apart as the steps say.

    Source: Barlow et al., Statistical inference under order restrictions (1972), pool adjacent violators.
    """
    groups: list[tuple[float, int]] = []
    for want, step in zip(wanted, steps, strict=True):
        mean, count = want - step, 1
        while groups and groups[-1][0] > mean:
            last, size = groups.pop()
            mean, count = (mean * count + last * size) / (count + size), count + size
        groups.append((mean, count))
    bases = [mean for mean, count in groups for _ in range(count)]
    return [base + step for base, step in zip(bases, steps, strict=True)]
