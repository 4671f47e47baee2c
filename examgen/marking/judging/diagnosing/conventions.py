"""Conventions that are not the paper's and come out right in the end: what is done otherwise in one step is made up for
in the next, as by who takes δ of each sample's own loss and the mean in the gradients.

Who holds one loses what looks otherwise, once; what makes up for it follows. Called by `gaps`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from examgen.core.evaluation import Evaluation, evaluate, reevaluate
from examgen.core.misconceptions.versions import Patch
from examgen.core.probes.equality import are_equal
from examgen.core.probes.trials import live_trials
from examgen.exams.draws.separation import paper_patches
from examgen.exams.paper_shapes import PaperShape
from examgen.marking.judging.diagnosing.diagnosis import Diagnosis
from examgen.marking.judging.outcomes import OUTCOMES

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Convention:
    """One of them.

    Attributes:
        name: of the misconception that it is told as.
        differs: names of the quantities that look otherwise.
        factors: by name of the quantities that make up for it, what they multiply the right rule's result by.
    """

    name: str
    differs: frozenset[str]
    factors: Mapping[str, float]

    def restored(self, paper: PaperShape, diagnosis: Diagnosis, outcome: NDArray[np.int8]) -> Flags:
        """(students, fields) wrong entries that make up for what the same student lost by the same name before."""
        labels = [place for place, label in enumerate(diagnosis.labels) if self.name in label.split("|")]
        if not labels:
            return np.zeros(outcome.shape, dtype=bool)
        is_named = np.isin(diagnosis.codes, labels) & (outcome == OUTCOMES["wrong"].code)
        before, after = (
            np.array([field.quantity in names for field in paper.fields]) for names in (self.differs, self.factors)
        )
        return np.asarray(is_named & after & (is_named & before).any(axis=1, keepdims=True))


@lru_cache(maxsize=512)
def conventions(paper: PaperShape) -> tuple[Convention, ...]:
    """Those among the versions of misconceptions that can show on a paper."""
    graph = paper.shape.graph
    base = evaluate(graph, live_trials(graph))  # the same numbers by which versions are told apart
    return tuple(_convention(version, base) for version in paper_patches(paper) if version.makes_up)


def _convention(version: Patch, base: Evaluation) -> Convention:
    """What the version gets right by another factor, in spite of what differs."""
    right = base.values
    whole = reevaluate(version.graph, base, version.changed, {})
    differs = frozenset(name for name, values in whole.items() if not are_equal(values, right[name]))
    made_up = version.changed - differs
    alone = reevaluate(version.graph, base, made_up, right)
    with np.errstate(all="ignore"):
        factors = {name: float(np.nanmedian(alone[name] / right[name])) for name in made_up}
    return Convention(version.misconception, differs, factors)
