"""Random free graphs over all operations, and HIPS autograd on their texts; for the tests of circuits.

Texts are read by Python and not by examgen: `^` is `**`, places count from 1, and names of operations are functions
below, written with autograd's NumPy.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from types import MappingProxyType
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import grad

from examgen.core.circuits.circuit import CircuitShape
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.losses import LOSSES
from tests.oracles import AUTOGRAD_ACTIVATIONS, AUTOGRAD_LOSSES, JUMPS, Array

Shape = tuple[int, ...]

GIVEN: Mapping[str, Shape] = MappingProxyType(
    {"a": (), "b": (), "c": (), "v": (3,), "u": (2,), "W": (2, 3), "V": (3, 2), "X": (4, 4), "y0": (), "y1": (3,)}
)
"""What every random graph may read; y0 and y1 are targets, between 0 and 1."""

SMOOTH_LOSSES = tuple(name for name in LOSSES if name in AUTOGRAD_LOSSES and name not in {"output", "perceptron"})
ENTRYWISE = tuple(name for name in ACTIVATIONS if name not in {"softmax", *JUMPS})
_OF_PROBABILITIES = frozenset({"binary_cross_entropy", "cross_entropy"})


# What operations are.


def _windows(size: int, width: int, stride: int) -> range:
    return range(0, size - width + 1, stride)


def _conv1d(array: Any, window: Any, stride: int = 1, padding: int = 0) -> Any:
    wide, width = anp.pad(array, padding, "constant"), window.shape[0]
    return anp.array([anp.sum(wide[at : at + width] * window) for at in _windows(wide.shape[0], width, stride)])


def _conv2d(array: Any, window: Any, stride: int = 1, padding: int = 0) -> Any:
    wide, (height, width) = anp.pad(array, padding, "constant"), window.shape
    return anp.array(
        [
            [anp.sum(wide[i : i + height, j : j + width] * window) for j in _windows(wide.shape[1], width, stride)]
            for i in _windows(wide.shape[0], height, stride)
        ]
    )


def _pool(take: Callable[[Any], Any]) -> Callable[..., Any]:
    def pool(array: Any, size: int = 2, stride: int = 0) -> Any:
        step = stride or size
        if array.ndim == 1:
            return anp.array([take(array[i : i + size]) for i in _windows(array.shape[0], size, step)])
        return anp.array(
            [
                [take(array[i : i + size, j : j + size]) for j in _windows(array.shape[1], size, step)]
                for i in _windows(array.shape[0], size, step)
            ]
        )

    return pool


def _extreme(of_array: Callable[[Any], Any], of_two: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    return lambda *arrays: of_array(arrays[0]) if len(arrays) == 1 else reduce(of_two, arrays)


def _loss(name: str) -> Callable[[Any, Any], Any]:
    def loss(a: Any, y: Any) -> Any:
        return AUTOGRAD_LOSSES[name](anp.reshape(a, (-1,)), anp.reshape(y, (-1,)))

    return loss


FUNCTIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        **AUTOGRAD_ACTIVATIONS,
        "sigma": AUTOGRAD_ACTIVATIONS["sigmoid"],
        "swish": AUTOGRAD_ACTIVATIONS["silu"],
        **{name: _loss(name) for name in AUTOGRAD_LOSSES},
        "exp": anp.exp,
        "log": anp.log,
        "ln": anp.log,
        "sqrt": anp.sqrt,
        "abs": anp.abs,
        "sum": anp.sum,
        "mean": anp.mean,
        "max": _extreme(anp.max, anp.maximum),
        "min": _extreme(anp.min, anp.minimum),
        "argmax": lambda array: anp.argmax(array) + 1.0,
        "dot": lambda a, b: anp.sum(a * b),
        "outer": anp.outer,
        "conv1d": _conv1d,
        "conv2d": _conv2d,
        "max_pool": _pool(anp.max),
        "avg_pool": _pool(anp.mean),
    }
)
"""Each function that a definition can call, by its name."""

_PLACES = re.compile(r"\[([\d,]+)\]")


def worked_out(text: str, values: Mapping[str, Any]) -> Any:
    """What a definition comes to."""
    python = _PLACES.sub(lambda found: f"[{','.join(str(int(one) - 1) for one in found[1].split(','))}]", text)
    return eval(python.replace("^", "**"), {"__builtins__": {}}, {**FUNCTIONS, **values})


def by_autograd(shape: CircuitShape, givens: Mapping[str, Array], names: Sequence[str]) -> dict[str, Array]:
    """The derivatives of the output by these quantities, for one student, by name.

    A defined quantity is moved by itself: all that reads it reads the moved one.
    """

    def output(name: str) -> Callable[[Any], Any]:
        def moved(value: Any) -> Any:
            values: dict[str, Any] = {**givens, name: value}
            for one, text in shape.define:
                if one != name:
                    values[one] = worked_out(text, values)
            return values[shape.output]

        return moved

    at: dict[str, Any] = dict(givens)
    for one, text in shape.define:
        at[one] = worked_out(text, at)
    return {name: grad(output(name))(np.asarray(at[name], dtype=float)) for name in names}


# Random graphs.


@dataclass(frozen=True, slots=True)
class _Maker:
    """Writes random texts of given shapes over what is known."""

    chooses: random.Random
    known: dict[str, Shape] = field(default_factory=lambda: {n: s for n, s in GIVEN.items() if not n.startswith("y")})
    is_rational: bool = False

    def text(self, shape: Shape, depth: int) -> str:
        """An expression of this shape."""
        rows = [row for row in _ROWS if row.makes(shape) and (row.is_rational or not self.is_rational)]
        if depth <= 0 or self.chooses.random() < 0.15 or not rows:
            return self.name(shape)
        return self.chooses.choice(rows).write(self, shape, depth - 1)

    def name(self, shape: Shape) -> str:
        """A known quantity of this shape, or something made of one."""
        found = [name for name, size in self.known.items() if size == shape]
        if found:
            return self.chooses.choice(found)
        return f"outer({self.name(shape[:1])}, {self.name(shape[1:])})"

    def two(self, shape: Shape, depth: int) -> tuple[str, str]:
        """Two texts that differ, so that neither is in the lead of itself."""
        first, second = self.text(shape, depth), self.text(shape, depth)
        return (first, second) if first != second else (first, f"(0.3 + {second})")


@dataclass(frozen=True, slots=True)
class _Row:
    """A kind of expression: for which shapes, and how it is written."""

    makes: Callable[[Shape], bool]
    write: Callable[[_Maker, Shape, int], str]
    is_rational: bool = True


def _any(_: Shape) -> bool:
    return True


def _number(shape: Shape) -> bool:
    return not shape


def _vector(shape: Shape) -> bool:
    return len(shape) == 1


def _matrix(shape: Shape) -> bool:
    return len(shape) == 2


def _arrays(maker: _Maker) -> Shape:
    return maker.chooses.choice([(3,), (2,), (2, 3)])


def _of(name: str, **told: int) -> Callable[[_Maker, Shape, int], str]:
    settings = "".join(f", {key}={value}" for key, value in told.items())
    return lambda maker, shape, depth: f"{name}({maker.text(shape, depth)}{settings})"


def _of_array(name: str) -> Callable[[_Maker, Shape, int], str]:
    return lambda maker, _, depth: f"{name}({maker.text(_arrays(maker), depth)})"


def _of_two(name: str) -> Callable[[_Maker, Shape, int], str]:
    return lambda maker, shape, depth: f"{name}({', '.join(maker.two(shape, depth))})"


def _sign(sign: str) -> Callable[[_Maker, Shape, int], str]:
    def write(maker: _Maker, shape: Shape, depth: int) -> str:
        other = shape if maker.chooses.random() < 0.7 else ()
        first, second = maker.text(shape, depth), maker.text(other, depth)
        return f"({first} {sign} {second})"

    return write


def _quotient(maker: _Maker, shape: Shape, depth: int) -> str:
    other = maker.chooses.choice([shape, ()])
    return f"({maker.text(shape, depth)} / (2 + {maker.text(other, depth)}^2))"


def _product(maker: _Maker, shape: Shape, depth: int) -> str:
    size = maker.chooses.choice([2, 3])
    left, right = (
        ((shape[0], size), (size, *shape[1:]))
        if maker.chooses.random() < 0.6 or len(shape) > 1
        else (
            (size,),
            (size, shape[0]),
        )
    )
    return f"({maker.text(left, depth)} @ {maker.text(right, depth)})"


def _loss_of(name: str) -> Callable[[_Maker, Shape, int], str]:
    def write(maker: _Maker, _: Shape, depth: int) -> str:
        shape = maker.chooses.choice([(), (3,)])
        a = maker.text(shape, depth)
        return f"{name}({f'sigmoid(tanh({a}))' if name in _OF_PROBABILITIES else a}, y{len(shape)})"

    return write


def _entry(maker: _Maker, shape: Shape, _: int) -> str:
    if shape:
        names = [name for name, size in maker.known.items() if len(size) == 2 and size[1:] == shape]
        return f"{maker.chooses.choice(names)}[1]" if names else maker.name(shape)
    name = maker.chooses.choice([name for name, size in maker.known.items() if size])
    return f"{name}[{','.join(str(maker.chooses.randint(1, size)) for size in maker.known[name])}]"


def _transposed(maker: _Maker, shape: Shape, depth: int) -> str:
    return f"({maker.text(shape[::-1], depth)}).T"


def _outer(maker: _Maker, shape: Shape, depth: int) -> str:
    return f"outer({maker.text(shape[:1], depth)}, {maker.text(shape[1:], depth)})"


def _dot(maker: _Maker, _: Shape, depth: int) -> str:
    shape = _arrays(maker)
    return f"dot({maker.text(shape, depth)}, {maker.text(shape, depth)})"


def _scaled(maker: _Maker, shape: Shape, depth: int) -> str:
    return f"({maker.text((), depth)} * {maker.text(shape, depth)})"


def _squared_sum(maker: _Maker, _: Shape, depth: int) -> str:
    return f"sum({maker.text(_arrays(maker), depth)}^2)"


def _general_power(maker: _Maker, shape: Shape, depth: int) -> str:
    return f"((1.5 + tanh({maker.text(shape, depth)})) ^ tanh({maker.text((), depth)}))"


def _ahead(maker: _Maker, shape: Shape, depth: int) -> str:
    """argmax hands nothing back."""
    return f"(argmax({maker.name((3,))}) * {maker.text(shape, depth)})"


_ROWS: tuple[_Row, ...] = (
    *(_Row(_any, _sign(sign)) for sign in "+-*"),
    _Row(_any, lambda maker, shape, depth: f"(-{maker.text(shape, depth)})"),
    _Row(_any, lambda maker, shape, depth: f"({maker.text(shape, depth)})^{maker.chooses.choice([2, 3])}"),
    _Row(_any, _general_power, is_rational=False),
    _Row(_any, _quotient, is_rational=False),
    _Row(_any, _of_two("max")),
    _Row(_any, _of_two("min")),
    *(_Row(_any, _of(name), ACTIVATIONS[name].is_rational) for name in ENTRYWISE),
    _Row(_any, _of("sigma"), is_rational=False),
    _Row(_any, _of("swish"), is_rational=False),
    _Row(_any, _of("abs")),
    _Row(_any, lambda m, s, d: f"(sign({m.text(s, d)}) * {m.text(s, d)})", is_rational=False),
    _Row(_any, lambda m, s, d: f"(step({m.text(s, d)}) * {m.text(s, d)})", is_rational=False),
    _Row(_any, lambda m, s, d: f"exp(tanh({m.text(s, d)}))", is_rational=False),
    _Row(_any, lambda m, s, d: f"log(1.2 + {m.text(s, d)}^2)", is_rational=False),
    _Row(_any, lambda m, s, d: f"ln(2 + sigmoid({m.text(s, d)}))", is_rational=False),
    _Row(_any, lambda m, s, d: f"sqrt(1 + {m.text(s, d)}^2)", is_rational=False),
    *(_Row(_number, _of_array(name)) for name in ("sum", "mean", "max", "min")),
    _Row(_number, _squared_sum),
    _Row(_number, _dot),
    *(_Row(_number, _loss_of(name), LOSSES[name].is_rational) for name in SMOOTH_LOSSES),
    _Row(_any, _ahead, is_rational=False),
    _Row(lambda shape: len(shape) < 2, _entry),
    _Row(_vector, _of("softmax"), is_rational=False),
    _Row(lambda shape: len(shape) > 0, _product),
    _Row(lambda shape: len(shape) > 0, _scaled),
    _Row(lambda shape: shape == (2,), lambda m, _, d: f"conv1d({m.text((3,), d)}, {m.text((2,), d)})"),
    _Row(
        lambda shape: shape == (2,),
        lambda m, _, d: f"conv1d({m.text((3,), d)}, {m.text((3,), d)}, stride=2, padding=1)",
    ),
    _Row(lambda shape: shape == (2,), lambda m, _, d: f"max_pool({m.text((3,), d)}, size=2, stride=1)"),
    _Row(lambda shape: shape == (2,), lambda m, _, d: f"avg_pool({m.text((3,), d)}, size=2, stride=1)"),
    _Row(_matrix, _transposed),
    _Row(_matrix, _outer),
    _Row(lambda shape: shape == (2, 3), lambda m, _, d: f"conv2d(X, {m.text((3, 2), d)})"),
    _Row(lambda shape: shape == (3, 2), lambda m, _, d: f"conv2d(X, {m.text((2, 3), d)})"),
    _Row(
        lambda shape: shape == (2, 2),
        lambda *_: "max_pool(X)",
    ),
    _Row(lambda shape: shape == (2, 2), lambda *_: "avg_pool(X)"),
    _Row(lambda shape: shape == (2,), lambda m, _, d: f"(max_pool(X) @ {m.text((2,), d)})"),
    _Row(lambda shape: shape == (2,), lambda m, _, d: f"(avg_pool(X, size=3, stride=1) @ {m.text((2,), d)})"),
)


def random_circuit(chooses: random.Random, *, is_rational: bool = False) -> CircuitShape:
    """A graph of one to five definitions, the last of which is a number that reads all others, and its derivatives by
    all that has one.

    Args:
        chooses: what decides.
        is_rational: whether only operations that fractions go through are taken.
    """
    maker = _Maker(chooses, is_rational=is_rational)
    defined: list[tuple[str, str]] = []
    for number in range(chooses.randint(0, 4)):
        shape = chooses.choice([(), (3,), (2,), (2, 3)])
        text = maker.text(shape, chooses.randint(1, 3))
        if text not in maker.known:
            defined.append((f"q{number}", text))
            maker.known[f"q{number}"] = shape
    parts = [f"sum({name}^2)" if maker.known[name] else name for name, _ in defined]
    defined.append(("L", " + ".join([*parts, f"1 * {maker.text((), 3)}"])))
    return differentiated(CircuitShape(tuple(GIVEN.items()), tuple(defined)))


def differentiated(shape: CircuitShape) -> CircuitShape:
    """The same with the derivatives of L by all that it has one by."""
    names = [*GIVEN, *(name for name, _ in shape.define[:-1])]
    behind = [name for name in names if name in shape.graph.sources({"L"}) and not name.startswith("y")]
    wanted = tuple(f"dL_d{name}" for name in behind)
    return _asked(shape, wanted) or _asked(shape, tuple(name for name in wanted if _asked(shape, (name,)))) or shape


def _asked(shape: CircuitShape, wanted: tuple[str, ...]) -> CircuitShape | None:
    """The same with these derivatives; None where one is not there: nothing goes back through sign, step and argmax."""
    try:
        return replace(shape, output="L", wanted=wanted)
    except ValueError as error:
        if "no derivative" in str(error):
            return None
        raise


def random_givens(chooses: np.random.Generator, *leading: int) -> dict[str, Array]:
    """Numbers for these graphs."""
    return {
        name: chooses.uniform(0.1, 0.9, (*leading, *size)) if name[0] == "y" else chooses.normal(size=(*leading, *size))
        for name, size in GIVEN.items()
    }
