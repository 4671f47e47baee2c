"""Formulas that come about by calculating: texts that add, multiply and divide themselves into longer ones.

Called by `reference_formulas`, which runs rules on arrays of such texts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

LONGEST = 10_000
"""Characters beyond which no piece of a formula is written: each layer that is written out multiplies them."""

_DIFFERENCE = re.compile(r"(\w+) - (\w+)")

SUM, PRODUCT, ATOM = 1, 2, 3
"""How tightly the outermost sign of a text binds."""


@dataclass(frozen=True, slots=True)
class Written:
    """A piece of a formula that adds and multiplies itself into longer ones.

    Attributes:
        text: as written.
        strength: how tightly its outermost sign binds: `SUM`, `PRODUCT` or `ATOM`.
    """

    text: str
    strength: int = ATOM

    def __post_init__(self) -> None:
        """Raises ValueError if the text is far too long to be typed."""
        if len(self.text) > LONGEST:
            raise ValueError(f"a formula would have more than {LONGEST} characters")

    def __add__(self, other: Any) -> "Written":
        right = as_written(other)
        if _is_zero(right) or _is_zero(self):
            return self if _is_zero(right) else right
        return Written(f"{self.text} + {right.text}", SUM)

    def __radd__(self, other: Any) -> "Written":
        return as_written(other) + self

    def __sub__(self, other: Any) -> "Written":
        return Written(f"{self.text} - {as_written(other).within(PRODUCT)}", SUM)

    def __rsub__(self, other: Any) -> "Written":
        return as_written(other) - self

    def __mul__(self, other: Any) -> "Written":
        right = as_written(other)
        for factor, rest in ((self, right), (right, self)):
            if factor.text == "0":
                return factor
            if factor.text in {"1", "-1"}:
                return rest if factor.text == "1" else -rest
        return Written(f"{self.within(PRODUCT)}*{right.within(PRODUCT)}", PRODUCT)

    def __rmul__(self, other: Any) -> "Written":
        return as_written(other) * self

    def __truediv__(self, other: Any) -> "Written":
        right = as_written(other)
        return self if right.text == "1" else Written(f"{self.within(PRODUCT)}/{right.within(ATOM)}", PRODUCT)

    def __rtruediv__(self, other: Any) -> "Written":
        return as_written(other) / self

    def __pow__(self, other: Any) -> "Written":
        return Written(f"{self.within(ATOM)}^{as_written(other).within(ATOM)}", PRODUCT)

    def __neg__(self) -> "Written":
        if difference := _DIFFERENCE.fullmatch(self.text):
            return Written(f"{difference[2]} - {difference[1]}", SUM)
        if _is_negated(self.text):
            return Written(self.text[2:-1], SUM)
        return Written(f"-{self.within(PRODUCT)}", SUM)

    def exp(self) -> "Written":
        """What `np.exp` calls on an array of texts, as it does the functions below."""
        return Written(f"exp({self.text})")

    def log(self) -> "Written":
        return Written(f"ln({self.text})")

    def log10(self) -> "Written":
        return Written(f"log10({self.text})")

    def sqrt(self) -> "Written":
        return Written(f"sqrt({self.text})")

    def tanh(self) -> "Written":
        return Written(f"tanh({self.text})")

    def called(self, name: str, arguments: Sequence[Any]) -> "Written":
        """A function of some arguments, of which this is one."""
        return Written(f"{name}({', '.join(as_written(one).text for one in arguments)})")

    def respelled(self, old: str, new: str) -> "Written":
        """With another function for one."""
        return replace(self, text=re.sub(rf"\b{old}\(", f"{new}(", self.text))

    def within(self, strength: int) -> str:
        """The text, in brackets where its outermost sign would come apart."""
        return self.text if self.strength >= strength else f"({self.text})"


def as_written(value: Any) -> Written:
    """A number as a text, in as many digits as it has; what is a text already stays."""
    if isinstance(value, Written):
        return value
    number = float(value) if isinstance(value, Fraction) else value
    return Written(np.format_float_positional(number, trim="-"), ATOM if number >= 0 else SUM)


def _is_negated(text: str) -> bool:
    """Whether a text is a minus before one pair of brackets."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and place > 0:
            return text.startswith("-(") and place == len(text) - 1
    return False


def _is_zero(written: Written) -> bool:
    """Sums of einsum begin with 0."""
    return written.text == "0"
