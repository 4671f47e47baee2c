"""The classical statistics of tests: of marks, of entries, and of how far the whole can be relied on.

Sources: Lord and Novick, Statistical Theories of Mental Test Scores (1968); Cronbach, Psychometrika 16 (1951);
Feldt, Woodruff and Salih, Applied Psychological Measurement 11 (1987).
"""

from dataclasses import dataclass

import numpy as np

from examgen.core.rules.rule import Array

CONFIDENCE = 0.95
"""Of the interval around alpha."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How some numbers are spread.

    Attributes:
        count: how many there are.
        mean, median, least, most: of them; NaN where there are none.
        deviation: the standard deviation of a sample, with count - 1 below; NaN below two.
        lower, upper: quartiles.
    """

    count: int
    mean: float
    median: float
    deviation: float
    least: float
    lower: float
    upper: float
    most: float


def spread(numbers: Array) -> Spread:
    """How numbers, (n,), are spread."""
    if not numbers.size:
        return Spread(0, *(np.nan,) * 7)
    least, lower, median, upper, most = (float(each) for each in np.quantile(numbers, (0, 0.25, 0.5, 0.75, 1)))
    deviation = float(numbers.std(ddof=1)) if numbers.size > 1 else np.nan
    return Spread(numbers.size, float(numbers.mean()), median, deviation, least, lower, upper, most)


def short_text(value: float) -> str:
    """Two decimals at most."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def discriminations(marks: Array, most: Array) -> Array:
    """Of each entry, the correlation of its share of marks with the share of all others of the same papers.

    Without the entry itself, which would correlate with itself. NaN where either is the same for everybody.

    Args:
        marks: (papers, entries), NaN where an entry is not on a paper.
        most: what can be had.
    """
    got, can = np.nan_to_num(marks), np.nan_to_num(most)
    with np.errstate(all="ignore"):
        share = np.where(can > 0, got / can, np.nan)
        rest_can = can.sum(axis=1, keepdims=True) - can
        rest = np.where(rest_can > 0, (got.sum(axis=1, keepdims=True) - got) / rest_can, np.nan)
    return np.array([correlation(one, other) for one, other in zip(share.T, rest.T, strict=True)])


def correlation(one: Array, other: Array) -> float:
    """Pearson's correlation of two columns where both are known; NaN where one does not vary, or below three."""
    is_known = np.isfinite(one) & np.isfinite(other)
    one, other = one[is_known], other[is_known]
    if one.size < 3:
        return float("nan")
    one, other = one - one.mean(), other - other.mean()
    length = float(np.sqrt((one @ one) * (other @ other)))
    # What varies by the last digit of a double only does not vary.
    return float(one @ other) / length if length > 1e-12 * one.size else float("nan")


@dataclass(frozen=True, slots=True)
class Reliability:
    """Cronbach's alpha with the interval in which it lies with 95% confidence, over so many papers and parts."""

    alpha: float
    low: float
    high: float
    papers: int
    parts: int


def reliability(marks: Array) -> Reliability | None:
    """Cronbach's alpha of parts of a test; None below two papers or two parts, or where all papers have the same marks.

    Args:
        marks: (papers, parts), all known.
    """
    papers, parts = marks.shape
    if papers < 2 or parts < 2:
        return None
    total = float(marks.sum(axis=1).var(ddof=1))
    if total <= 0:
        return None
    alpha = parts / (parts - 1) * (1 - float(marks.var(axis=0, ddof=1).sum()) / total)
    low, high = _interval(alpha, papers, parts)
    return Reliability(alpha, low, high, papers, parts)


def _interval(alpha: float, papers: int, parts: int) -> tuple[float, float]:
    """Feldt's interval: (1 - true alpha) / (1 - alpha) follows the F distribution."""
    from scipy.special import fdtri  # takes as long to load as all else of marking; few ask for a report

    free = papers - 1, (papers - 1) * (parts - 1)
    beside = (1 - CONFIDENCE) / 2
    low, high = (1 - (1 - alpha) * float(fdtri(*free, share)) for share in (1 - beside, beside))
    return low, high
