"""How far wrong work stands out on a paper: for each misconception, the distance of its answers from what is right.

Called by the screens of variants, which keep a draw only if every misconception stands out, and by `examgen check`.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from examgen.core.evaluation import Evaluation, evaluate, reevaluate
from examgen.core.misconceptions.patches import patches
from examgen.core.misconceptions.versions import Patch
from examgen.core.probes.equality import are_equal
from examgen.core.probes.trials import live_trials
from examgen.core.rules.rule import Array
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.tolerance import by_field, perfect_tolerances, written_values


def paper_patches(paper: PaperShape, draws: int | None = None) -> tuple[Patch, ...]:
    """The misconceptions that can show on a paper; of a version of the draws, those that screen in it."""
    asked = frozenset(field.quantity for field in paper.number_fields)
    # As all others ask for them, so that they are made and kept once.
    found = patches(paper.shape, asked) if draws is None else patches(paper.shape, asked, draws)
    return _shown_in_entries(paper, found) if paper.entries_asked or paper.shown else found


@lru_cache(maxsize=512)
def _shown_in_entries(paper: PaperShape, found: tuple[Patch, ...]) -> tuple[Patch, ...]:
    """Of these, what can show in the entries that alone are asked, and from what is printed on."""
    base = evaluate(paper.graph, live_trials(paper.graph))
    asked = {name: base[name] for name in paper.entry_places}
    right = by_field(paper, asked)

    def shows(patch: Patch) -> bool:
        moved = reevaluate(patch.graph, base, patch.changed, paper.printed(base.values))
        return not are_equal(right, by_field(paper, {name: moved.get(name, asked[name]) for name in asked}))

    return tuple(filter(shows, found))


def separations(
    paper: PaperShape, givens: dict[str, Array], *, all_versions: bool, draws: int | None = None
) -> Iterator[tuple[Patch, Array]]:
    """By how many tolerances the worst answer of a student with each misconception is off, (draws,).

    An answer is off as marking sees it: from what follows from the same student's earlier answers, and from the
    reference. 1 is the edge of the tolerance.

    Args:
        paper: the question in its shape.
        givens: (draws, *shape) by given quantity.
        all_versions: also of versions that may be right by chance.
        draws: a version of the draws, for those misconceptions that screen in it.
    """
    if not paper.number_fields:
        return
    with np.errstate(all="ignore"):
        solution = evaluate(paper.graph, givens)
        right, tolerance = by_field(paper, solution.values), perfect_tolerances(paper, solution)
        for patch in paper_patches(paper, draws):
            if patch.must_show or all_versions:
                work = evaluate(patch.graph, givens, substitute=paper.printed(solution.values))
                off = np.minimum(_off_own(paper, work, patch), np.abs(by_field(paper, work.values) - right))
                # What has overflowed is far off.
                yield patch, np.where(np.isfinite(off), off / tolerance, np.inf).max(axis=1)


def _off_own(paper: PaperShape, work: Evaluation, patch: Patch) -> Array:
    """How far each answer is from what the right rules make of the same student's earlier answers, (draws, fields)."""
    written = written_values(paper, work.values)
    # Entries that nobody asks for are in none of the fields.
    stops = written | paper.printed(work.values)
    own = {**written, **reevaluate(paper.graph, work, patch.changed, stops)}
    return np.asarray(np.abs(by_field(paper, written) - by_field(paper, own)))
