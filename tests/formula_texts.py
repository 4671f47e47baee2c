"""Formulas for the tests, written without examgen: random expressions with their values, and textbook gradients.

`expressions` draws a text together with a function that computes it in plain Python. `gradient_text` writes
the loss gradient of a weight as a sum over all paths from it to the outputs, in the spellings of the notation from-to.
"""

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hypothesis import strategies as st

Numbers = Mapping[str, float]

SYMBOLS = ("a3", "y", "a2_1", "w1_1_3", "eta", "dL_da2", "e1")


@dataclass(frozen=True, slots=True)
class Expression:
    """A text, how tightly its outermost operator binds (4 an atom, 3 a power, 2 a product, 1 a sum), its value."""

    text: str
    strength: int
    value: Callable[[Numbers], float]

    def within(self, strength: int) -> str:
        return self.text if self.strength >= strength else f"({self.text})"


def _guarded(compute: Callable[[Numbers], float]) -> Callable[[Numbers], float]:
    """NaN where Python refuses, or gives a complex number."""

    def value(numbers: Numbers) -> float:
        try:
            found = compute(numbers)
        except (ArithmeticError, ValueError):
            return math.nan
        return found if isinstance(found, float) else math.nan

    return value


def _atoms() -> st.SearchStrategy[Expression]:
    numbers = st.decimals(0, 20, places=2).map(lambda n: Expression(format(n, "f"), 4, lambda _: float(n)))
    small = st.integers(1, 99).map(lambda n: Expression(f"{n}e-1", 4, lambda _: n / 10))
    symbols = st.sampled_from(SYMBOLS).map(lambda name: Expression(name, 4, lambda numbers: numbers[name]))
    return numbers | small | symbols


_SPACES = st.sampled_from(["", "", " "])


def _binary(children: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    def build(left: Expression, sign: str, right: Expression, space: str) -> Expression:
        strength = 1 if sign in "+-−" else 2
        text = f"{left.within(strength)}{space}{sign}{space}{right.within(strength + 1)}"
        compute: Mapping[str, Callable[[float, float], float]] = {
            "+": lambda a, b: a + b,
            "-": lambda a, b: a - b,
            "−": lambda a, b: a - b,
            "*": lambda a, b: a * b,
            "·": lambda a, b: a * b,
            "/": lambda a, b: a / b,
            "÷": lambda a, b: a / b,
        }
        return Expression(text, strength, _guarded(lambda n: compute[sign](left.value(n), right.value(n))))

    return st.builds(build, children, st.sampled_from("+-−*·/÷"), children, _SPACES)


def _unary(children: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    def negated(inner: Expression) -> Expression:
        return Expression(f"-{inner.within(3)}", 2, lambda n: -inner.value(n))

    def raised(base: Expression, exponent: int, sign: str) -> Expression:
        return Expression(
            f"{base.within(4)}{sign}{exponent}", 3, _guarded(lambda n: math.pow(base.value(n), float(exponent)))
        )

    def squared(base: Expression) -> Expression:
        return Expression(f"{base.within(4)}²", 3, _guarded(lambda n: math.pow(base.value(n), 2.0)))

    def called(name: str, inner: Expression) -> Expression:
        compute: Mapping[str, Callable[[float], float]] = {
            "exp": math.exp,
            "ln": math.log,
            "log": math.log,
            "log10": math.log10,
            "sqrt": math.sqrt,
            "sigmoid": lambda z: 1 / (1 + math.exp(-z)) if z > -700 else 0.0,
            "σ": lambda z: 1 / (1 + math.exp(-z)) if z > -700 else 0.0,
            "tanh": math.tanh,
            "relu": lambda z: z if math.isnan(z) else max(0.0, z),
            "abs": abs,
            "sign": lambda z: z if math.isnan(z) or z == 0 else math.copysign(1.0, z),
        }
        return Expression(f"{name}({inner.text})", 4, _guarded(lambda n: compute[name](inner.value(n))))

    names = ["exp", "ln", "log", "log10", "sqrt", "sigmoid", "σ", "tanh", "relu", "abs", "sign"]
    return st.one_of(
        st.builds(negated, children),
        st.builds(raised, children, st.integers(0, 5), st.sampled_from(["^", "**"])),
        st.builds(squared, children),
        st.builds(called, st.sampled_from(names), children),
    )


def expressions() -> st.SearchStrategy[Expression]:
    """Random expressions over `SYMBOLS`, written with as few brackets as they need."""
    return st.recursive(_atoms(), lambda children: _binary(children) | _unary(children), max_leaves=12)


def _unit(letter: str, layer: int, unit: int, sizes: tuple[int, ...]) -> str:
    return f"{letter}{layer}" + (f"_{unit}" if sizes[layer] > 1 else "")


def _activation(layer: int, unit: int, sizes: tuple[int, ...]) -> str:
    if layer > 0:
        return _unit("a", layer, unit, sizes)
    return f"x_{unit}" if sizes[0] > 1 else "x"


def slope_text(activation: str, layer: int, unit: int, sizes: tuple[int, ...]) -> str:
    """The slope of one unit, written out."""
    a, z = (_unit(letter, layer, unit, sizes) for letter in "az")
    return {"sigmoid": f"{a}*(1 - {a})", "tanh": f"(1 - {a}^2)", "relu": f"relu'({z})", "identity": "1"}[activation]


def gradient_text(
    sizes: tuple[int, ...],
    activations: tuple[str, ...],
    weight: tuple[int, int, int],
    keep: Callable[[tuple[int, ...]], bool] | None = None,
    without_slope: int = 0,
) -> str:
    """The gradient of half the squared error for one sample, with respect to the weight (layer, to, from), 1-based.

    Args:
        sizes: units per layer, inputs first.
        activations: of the layers after the inputs.
        weight: layer, unit that it leads to, unit that it comes from.
        keep: which paths, by their units from the weight's layer on, are followed; None for all of them.
        without_slope: layer whose slope is left out; 0 for none.
    """
    layer, to, source = weight
    depth = len(sizes) - 1
    terms = []
    for later in itertools.product(*(range(1, size + 1) for size in sizes[layer + 1 :])):
        path = (to, *later)
        if keep is not None and not keep(path):
            continue
        y = "y" if sizes[-1] == 1 else f"y_{path[-1]}"
        factors = [f"({_unit('a', depth, path[-1], sizes)} - {y})"]
        for place, unit in enumerate(path, start=layer):
            if place != without_slope:
                factors.append(slope_text(activations[place - 1], place, unit, sizes))
        factors += [
            f"w{place + 1}_{unit}_{following}"
            for place, (unit, following) in enumerate(itertools.pairwise(path), start=layer)
        ]
        terms.append("*".join([*factors, _activation(layer - 1, source, sizes)]))
    return " + ".join(terms)
