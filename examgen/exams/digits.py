"""To how many digits an answer is asked, and how numbers are printed to so many digits."""

from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from examgen.core.rounding import half_unit
from examgen.core.rules.rule import Array
from examgen.exams.forms import Form, Whole

NOISE = 1e-12
"""A reference below this is 0: sums of decimals that cancel leave doubles such as 5.6e-17, and not on every machine."""

# Room for the largest double at any number of decimals that may be asked.
_WIDE = Context(prec=400)


class Digits(Form):
    """`{ decimals = 4 }`, or `{ significant_figures = 3 }`.

    Attributes:
        decimals: digits behind the point.
        significant_figures: digits from the first that is not 0.
    """

    decimals: Annotated[Whole, Field(ge=0, le=9)] | None = None
    significant_figures: Annotated[Whole, Field(ge=1, le=9)] | None = None

    @model_validator(mode="after")
    def _one(self) -> "Digits":
        if (self.decimals is None) == (self.significant_figures is None):
            raise ValueError("give either decimals or significant_figures")
        return self

    @property
    def unit(self) -> Literal["decimals", "significant_figures"]:
        """Which of the two is given."""
        return "significant_figures" if self.decimals is None else "decimals"

    @property
    def count(self) -> int:
        """How many."""
        return (self.significant_figures or 0) if self.decimals is None else self.decimals

    @property
    def unsaid(self) -> frozenset[str]:
        """The other one."""
        return frozenset({"decimals", "significant_figures"} - {self.unit})

    def decimals_for(self, reference: Array) -> Array:
        """(...) -> (...) integers: the decimals that the asked digits mean for these references.

        0.01234 asked to 3 significant figures has 4 decimals; 1234 has -1. A reference of 0 has no leading digit, so
        its significant figures count as decimals.
        """
        reference = np.asarray(reference, dtype=float)
        if self.unit == "decimals":
            return np.full(reference.shape, self.count)
        known = np.isfinite(reference) & (np.abs(reference) >= NOISE)
        size = np.where(known, np.abs(reference), 1.0)
        leading = np.floor(np.log10(size)).astype(int)
        # 0.9996 to 3 figures is 1.00, which has one decimal fewer than its own leading digit says.
        # As in `print_decimals`, a double a hair below a tie (9.995) stands for the tie.
        units = size / 10.0 ** (leading - self.count + 1)
        carried = units >= (10.0**self.count - 0.5) * (1 - 5e-16)
        return np.where(known, self.count - 1 - leading - carried, self.count)

    def half_units(self, reference: Array) -> Array:
        """(...) -> (...): half a unit of the last asked digit."""
        if self.unit == "decimals":
            return np.full(np.shape(reference), _half_unit(self.count))
        return half_unit(self.decimals_for(reference))

    def coarser_half_units(self, half: Array, value: Array) -> Array:
        """(...), (...) -> (...): half units of other values, or of these where their last digit stands further left."""
        return half if self.unit == "decimals" else np.maximum(half, self.half_units(value))


@lru_cache(maxsize=64)
def _half_unit(decimals: int) -> float:
    return float(half_unit(np.array(decimals)))


def print_decimals(value: float, decimals: int) -> str:
    """A number at a fixed number of decimals, a tie rounded away from zero, and never `-0.00`.

    A double a hair below a tie stands for the tie: sums of drawn decimals are meant exactly, so the value is first
    taken at 15 significant digits. Negative decimals round to tens, hundreds, …; `inf` and `nan` stay words.
    """
    if not np.isfinite(value):
        return str(float(value))
    exact = Decimal(f"{value:.15g}")
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=_WIDE)
    return f"{rounded if rounded else abs(rounded):f}"


def print_all(values: Array, decimals: Array) -> list[str]:
    """What `print_decimals` prints, for many numbers.

    Args:
        values: (n,).
        decimals: (n,) integers.
    """
    sizes = np.abs(values)
    with np.errstate(over="ignore", invalid="ignore"):
        units = sizes * 10.0**decimals
        from_tie = np.abs(units - np.floor(units) - 0.5)
        # Far from a tie, and with few digits, taking 15 significant digits first changes nothing.
        is_plain = (decimals >= 0) & (units < 1e9) & (from_tie > 1e-12 + 1e-14 * units)
    is_negative = (values < 0) & (units >= 0.5)
    return [
        ("-%.*f" if negative else "%.*f") % (places, size) if plain else print_decimals(value, places)
        for value, size, places, plain, negative in zip(
            values.tolist(), sizes.tolist(), decimals.tolist(), is_plain.tolist(), is_negative.tolist(), strict=True
        )
    ]
