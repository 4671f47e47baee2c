"""Exact arithmetic: drawn decimals as fractions, for graphs whose rules keep fractions exact."""

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from examgen.core.graph import Values
from examgen.core.rules import Array


def as_fractions(givens: Mapping[str, Array]) -> Values:
    """Arrays of `Fraction` from arrays of numbers, each float taken as the shortest decimal that it prints as.

    0.7 becomes 7/10: exam numbers are decimals, and their nearest doubles stand for them.
    """
    return {name: _fractions(np.asarray(value)) for name, value in givens.items()}


def _fractions(value: Array) -> Array:
    flat = [Fraction(str(number)) for number in value.ravel().tolist()]
    result = np.empty(len(flat), dtype=object)
    result[:] = flat
    return result.reshape(value.shape)
