"""Which answers carry credit forward of themselves: not a wrong 0, and no wild value.

Called by `entries` before it recomputes later work from what a student wrote; `own_work` lets those carry on after all
to which the own work leads.
"""

import numpy as np
from numpy.typing import NDArray

from examgen.core.rules.rule import Array
from examgen.exams.policy import Policy


def carries_forward(policy: Policy, submitted: Array, reference: Array, is_right: NDArray[np.bool_]) -> Array:
    """Whether later work is recomputed from what was submitted; where it is not, the entry counts as blank there.

    Args:
        policy: with `ignore_above` and `zeros_carry`.
        submitted: (students, fields) values, NaN where blank or unreadable, which carry nothing.
        reference: (students, fields) the right values.
        is_right: (students, fields) whether an answer is right to the asked digits, such as 0.00 for 0.001.

    Returns: (students, fields) of bool.
    """
    # The largest right value of the paper: beside thousands, a thousand where 0 belongs is a slip like any other.
    limit = float(policy.ignore_above) * np.maximum(1.0, np.abs(reference).max(axis=-1, keepdims=True))
    is_tame = np.isfinite(submitted) & (np.abs(submitted) <= limit)
    is_empty_zero = (submitted == 0) & ~is_right
    return np.asarray(is_tame if policy.zeros_carry else is_tame & ~is_empty_zero)
