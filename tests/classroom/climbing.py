"""The search for the best sheet without knowledge; called by benchmark and tests."""

import random
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from tests.classroom.farming import Hall
from tests.classroom.strategies import NEW, Group, layered

GRID = (
    "", "0", "0.0001", "-0.0001", "0.001", "-0.001", "0.01", "-0.01", "0.1", "-0.1", "0.3", "0.5", "0.9", "0.9999",
    "1", "-1", "2", "-2", "5", "-5", "10", "-10", "100", "-100", "old", "x",
)  # fmt: skip
"""What the search tries for each kind of quantity and layer."""

NOTHING: Mapping[Group, str] = MappingProxyType({})


def search(
    tuned_on: Hall,
    rounds: int,
    *,
    grid: Sequence[str] = GRID,
    climbs: int = 2,
    patient: bool = False,
    kept: Mapping[Group, str] = NOTHING,
    seed: int = 1,
) -> dict[Group, str]:
    """The best sheet without knowledge: one text for each kind of quantity and layer, found by climbing.

    In each round, every other text is tried for every group, and the best ones of as many groups are taken as earn most
    together beside what is right, until none is better. Climbing begins with the best of some simple sheets, and then
    with the best of random ones.

    Args:
        tuned_on: whose marks the climber sees.
        rounds: so many at most.
        grid: texts to choose from.
        climbs: so many, in turn from simple and from random sheets.
        patient: whether each group in turn is settled before the next is tried, too, which takes longer.
        kept: what is in some groups all the time, such as "right".
        seed: of the random sheets.

    Returns: the text by group, for `layered`.
    """
    # A single climb begins with a simple sheet: nobody needs to know what random ones earn.
    kinds = (_simple_starts(tuned_on), _random_starts(tuned_on, grid, seed))[:climbs]
    starts = [[{**start, **kept} for start in each] for each in kinds]
    earned = iter(tuned_on.earned([layered(start) for each in starts for start in each]))
    ranked = [sorted(((next(earned).beside, start) for start in each), key=lambda pair: -pair[0]) for each in starts]
    free = [group for group in tuned_on.groups() if group not in kept]
    first = [ranked[number % len(ranked)][number // len(ranked)] for number in range(climbs)]
    ways = (_climbed, _climbed_in_turn) if patient else (_climbed,)
    climbed = [way(tuned_on, start, best, rounds, grid, free) for best, start in first for way in ways]
    return max(climbed, key=lambda pair: pair[0])[1]


def _climbed(
    tuned_on: Hall,
    start: Mapping[Group, str],
    best: float,
    rounds: int,
    grid: Sequence[str],
    groups: Sequence[Group],
) -> tuple[float, dict[Group, str]]:
    """What climbing from a start earns, and with which texts."""
    texts = dict(start)
    for _ in range(rounds):
        moves = [(group, text) for group in groups for text in grid if text != texts[group]]
        single = tuned_on.earned([layered({**texts, group: text}) for group, text in moves])
        ranked = sorted(zip((one.beside for one in single), moves, strict=True), key=lambda pair: -pair[0])
        steps: dict[Group, str] = {}
        tried = []
        for earned, (group, text) in ranked:
            if earned > best + 1e-9 and group not in steps:
                steps[group] = text
                tried.append({**texts, **steps})
        if not tried:
            break
        # All at once need not be better than the best alone: the steps of some groups undo those of others.
        together = [one.beside for one in tuned_on.earned([layered(each) for each in tried])]
        best = max(together)
        texts = tried[together.index(best)]
    return best, texts


def _climbed_in_turn(
    tuned_on: Hall,
    start: Mapping[Group, str],
    best: float,
    rounds: int,
    grid: Sequence[str],
    groups: Sequence[Group],
) -> tuple[float, dict[Group, str]]:
    """The same where the best text for a group is taken before the next group is tried."""
    texts = dict(start)
    for _ in range(rounds):
        before = best
        for group in groups:
            tried = [{**texts, group: text} for text in grid if text != texts[group]]
            earned = [one.beside for one in tuned_on.earned([layered(each) for each in tried])]
            if max(earned) > best + 1e-9:
                best = max(earned)
                texts = tried[earned.index(best)]
        if best == before:
            break
    return best, texts


def _simple_starts(seated: Hall) -> list[dict[Group, str]]:
    """One text everywhere; new weights as they were, or not."""
    groups = seated.groups()
    return [
        {group: "old" if is_kept and group[0] in NEW else text for group in groups}
        for text in ("", "0.0001", "0.1", "0.5", "1", "10")
        for is_kept in (False, True)
    ]


def _random_starts(seated: Hall, grid: Sequence[str], seed: int, count: int = 24) -> list[dict[Group, str]]:
    """One text for each kind, whatever the layer: entries of a kind go together."""
    chooses = random.Random(seed)
    starts = []
    for _ in range(count):
        kinds = {kind: chooses.choice(grid) for kind, _ in seated.groups()}
        starts.append({group: kinds[group[0]] for group in seated.groups()})
    return starts
