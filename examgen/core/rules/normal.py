"""The standard normal distribution, for activations that are made of it: NumPy has no error function.

Source: W. J. Cody, Rational Chebyshev approximations for the error function, Math. Comp. 23 (1969); the coefficients
are those of his program CALERF, good to a few units of the last place of a double.
"""

import numpy as np

from examgen.core.rules.rule import Array

_NEAR, _MIDDLE = 0.46875, 4.0
"""Where one approximation ends and the next begins."""

_NEAR_ABOVE = (1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2, 3.77485237685302021e2,
               3.20937758913846947e3)  # fmt: skip
_NEAR_BELOW = (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3)
_MIDDLE_ABOVE = (2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1,
                 2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3,
                 1.23033935479799725e3)  # fmt: skip
_MIDDLE_BELOW = (1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
                 3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3,
                 1.23033935480374942e3)  # fmt: skip
_FAR_ABOVE = (1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
              1.60837851487422766e-2, 6.58749161529837803e-4)  # fmt: skip
_FAR_BELOW = (1.0, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1, 6.05183413124413191e-2,
              2.33520497626869185e-3)  # fmt: skip


def density(z: Array) -> Array:
    """e^(-z^2/2) / sqrt(2 pi), elementwise."""
    return np.asarray(np.exp(-z * z / 2) / np.sqrt(2 * np.pi))


def distribution(z: Array) -> Array:
    """The share of the distribution that lies below z, elementwise; accurate on both tails."""
    return np.asarray(_complement(-z / np.sqrt(2)) / 2)


def _complement(x: Array) -> Array:
    """1 - erf(x), elementwise."""
    size = np.abs(np.asarray(x, dtype=float))
    near = np.minimum(size, _NEAR)
    above_half = 1 - near * _ratio(_NEAR_ABOVE, _NEAR_BELOW, near * near)
    middle = np.clip(size, _NEAR, _MIDDLE)
    tail = _ratio(_MIDDLE_ABOVE, _MIDDLE_BELOW, middle)
    far = 1 / np.maximum(size, _MIDDLE)
    square = far * far
    beyond = far * (1 / np.sqrt(np.pi) - square * _ratio(_FAR_ABOVE, _FAR_BELOW, square))
    found = np.where(size <= _NEAR, above_half, _gauss(size) * np.where(size <= _MIDDLE, tail, beyond))
    return np.asarray(np.where(np.asarray(x) < 0, 2 - found, found))


def _gauss(size: Array) -> Array:
    """e^(-size^2), the square in two parts so that its rounding does not count."""
    whole = np.trunc(size * 16) / 16
    return np.asarray(np.exp(-whole * whole) * np.exp(-(size - whole) * (size + whole)))


def _ratio(above: tuple[float, ...], below: tuple[float, ...], x: Array) -> Array:
    """One polynomial over another, highest powers first."""
    return np.asarray(np.polyval(above, x) / np.polyval(below, x))
