"""Runs rules on arrays of numbers that are not known yet; called by `tape`.

An array of nodes answers NumPy's functions as an array of numbers would: rules need not know of it. What it does not
know is an error that names it, so that no rule is traced wrongly.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import reduce
from threading import Lock, local
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import NDArray

from examgen.core.tapes.nodes import FUNCTIONS, Node, Number, apply


class Traced(NDArrayOperatorsMixin):
    """An array of nodes, with what rules take of arrays.

    Attributes:
        data: the nodes, an array of objects.
    """

    dtype = np.dtype(float)

    def __init__(self, data: NDArray[np.object_]) -> None:
        self.data = data

    @property
    def shape(self) -> tuple[int, ...]:
        return self.data.shape

    @property
    def ndim(self) -> int:
        return self.data.ndim

    @property
    def size(self) -> int:
        return self.data.size

    def __len__(self) -> int:
        return len(self.data)

    def __bool__(self) -> bool:
        raise TypeError("a rule decides by numbers that are not known yet; write it with np.where")

    def __getitem__(self, place: Any) -> "Traced":
        return _row_of(self, place) if isinstance(place, Traced) else Traced(_objects(self.data[place]))

    def __setitem__(self, place: Any, value: Any) -> None:
        self.data[place] = plain(value)

    def __array__(self, *_: Any, **__: Any) -> NDArray[np.object_]:
        return self.data

    def __array_ufunc__(self, function: Any, method: str, *inputs: Any, **options: Any) -> "Traced":
        into: Traced | None = options.pop("out", (None,))[0]
        if method != "__call__" or options:
            raise TypeError(f"np.{function.__name__}.{method} cannot be traced")
        name, turned = _SPELLINGS.get(function.__name__, (function.__name__, False))
        if name == "float_power":
            name = "power"
        if name not in FUNCTIONS:
            raise TypeError(f"np.{function.__name__} cannot be traced")
        arrays = [_objects(plain(one)) for one in inputs]
        found = entrywise(name, *(reversed(arrays) if turned else arrays))
        if into is None:
            return found
        into[...] = found
        return into

    def __array_function__(self, function: Any, _types: Any, inputs: Any, options: Any) -> Any:
        traced = _FUNCTIONS.get(function.__name__)
        if traced is not None:
            return traced(*inputs, **options)
        if function.__name__ in _STRUCTURAL:
            return _traced(function(*_plain_all(inputs), **options))
        raise TypeError(f"np.{function.__name__} cannot be traced")

    def sum(self, axis: Any = None, keepdims: bool = False) -> "Traced":
        return Traced(_objects(self.data.sum(axis=axis, keepdims=keepdims)))

    def mean(self, axis: int) -> "Traced":
        return Traced(_objects(self.data.sum(axis=axis) / self.data.shape[axis]))

    def max(self, axis: int, keepdims: bool = False) -> "Traced":
        return self._reduced("maximum", axis, keepdims=keepdims)

    def min(self, axis: int, keepdims: bool = False) -> "Traced":
        return self._reduced("minimum", axis, keepdims=keepdims)

    def argmax(self, axis: int) -> "Traced":
        rows = np.moveaxis(self.data, axis, -1)
        found = np.empty(rows.shape[:-1], dtype=object)
        for place in np.ndindex(found.shape):
            found[place] = _largest(rows[place].tolist())
        return Traced(found)

    def prod(self, axis: int) -> "Traced":
        return self._reduced("multiply", axis)

    def reshape(self, *shape: Any) -> "Traced":
        return Traced(self.data.reshape(*shape))

    def copy(self) -> "Traced":
        return Traced(self.data.copy())

    def _reduced(self, name: str, axis: int, *, keepdims: bool = False) -> "Traced":
        rows = np.moveaxis(self.data, axis, 0)
        found = reduce(lambda one, other: entrywise(name, one, other).data, rows)
        return Traced(_objects(np.expand_dims(found, axis) if keepdims else found))


def entrywise(name: str, *arrays: NDArray[np.object_]) -> Traced:
    """An elementary function of arrays, entry by entry."""
    return Traced(_objects(np.frompyfunc(lambda *ones: apply(name, *ones), len(arrays), 1)(*arrays)))


def leaves(shape: tuple[int, ...], first: int) -> Traced:
    """An array of numbers that are read, from this place on."""
    size = int(np.prod(shape, dtype=int))
    found = np.empty(size, dtype=object)
    found[:] = [Node("", (), first + place) for place in range(size)]
    return Traced(found.reshape(shape))


def plain(value: Any) -> Any:
    """The array of objects of a traced one; all else as it is."""
    return value.data if isinstance(value, Traced) else value


@contextmanager
def tracing() -> Iterator[None]:
    """While it lasts, arrays that rules make in this thread are traced ones, and `np.asarray` lets these pass: NumPy
    asks no array whether it is one, and rules call it for the sake of types."""
    global _tracers
    _ME.is_tracing = True
    with _PATCHING:
        _tracers += 1
        if _tracers == 1:
            _put(_TRACING)
    try:
        yield
    finally:
        _ME.is_tracing = False
        with _PATCHING:
            _tracers -= 1
            if not _tracers:
                _put(_USUAL)


_ME = local()
_PATCHING = Lock()
_USUAL: Mapping[str, Callable[..., Any]] = MappingProxyType({"asarray": np.asarray, "zeros": np.zeros, "eye": np.eye})
_tracers = 0


def _put(functions: Mapping[str, Callable[..., Any]]) -> None:
    for name, function in functions.items():
        setattr(np, name, function)


def _asarray(value: Any, *args: Any, **options: Any) -> Any:
    return value if isinstance(value, Traced) else _USUAL["asarray"](value, *args, **options)


def _made(make: Callable[..., Any]) -> Callable[..., Any]:
    """A function that makes arrays: traced ones in a thread that traces, and in all others as ever."""

    def making(*args: Any, **options: Any) -> Any:
        found = make(*args, **options)
        return Traced(_objects(found)) if getattr(_ME, "is_tracing", False) else found

    return making


_TRACING: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {"asarray": _asarray, "zeros": _made(np.zeros), "eye": _made(np.eye)}
)


def _row_of(table: Traced, place: Traced) -> Traced:
    """The rows of a table at places that are not known yet."""
    places = place.data[(..., *[None] * (table.ndim - 1))]
    rows = (table.data[number] for number in range(1, len(table)))
    found = np.broadcast_to(table.data[0], (*place.shape, *table.shape[1:]))
    for number, row in enumerate(rows, start=1):
        is_here = entrywise("equal", places, _objects(float(number))).data
        found = entrywise("where", is_here, row, found).data
    return Traced(_objects(found))


def _objects(value: Any) -> NDArray[np.object_]:
    if isinstance(value, np.ndarray):
        return value.astype(object) if value.dtype != object else value
    found = np.empty((), dtype=object)
    found[()] = value
    return found


def _traced(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_traced(one) for one in value]
    return Traced(_objects(value))


def _plain_all(inputs: Sequence[Any]) -> list[Any]:
    return [type(one)(map(plain, one)) if isinstance(one, list | tuple) else plain(one) for one in inputs]


def _largest(numbers: Sequence[Number]) -> Number:
    """The place of the first that is largest."""
    most: Number = numbers[0]
    at: Number = 0.0
    for place, number in enumerate(numbers[1:], start=1):
        is_more = apply("greater", number, most)
        most, at = apply("where", is_more, number, most), apply("where", is_more, float(place), at)
    return at


def _where(chosen: Any, one: Any, other: Any) -> Traced:
    return entrywise("where", *(_objects(plain(part)) for part in (chosen, one, other)))


def _clip(value: Any, low: float, high: float) -> Traced:
    return entrywise("minimum", entrywise("maximum", _objects(plain(value)), _objects(low)).data, _objects(high))


def _polyval(factors: Sequence[float], x: Traced) -> Any:
    return reduce(lambda found, factor: found * x + factor, factors[1:], x * 0 + factors[0])


def _einsum(subscripts: str, *arrays: Any) -> Traced:
    return Traced(_objects(np.einsum(subscripts, *map(plain, arrays))))


def _ones_like(value: Traced) -> Traced:
    return Traced(np.ones(value.shape).astype(object))


_SPELLINGS: Mapping[str, tuple[str, bool]] = MappingProxyType(
    {"less": ("greater", True), "less_equal": ("greater_equal", True), "true_divide": ("divide", False)}
)
"""Functions of NumPy under other names, and whether their inputs change places."""

_FUNCTIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {"where": _where, "clip": _clip, "polyval": _polyval, "einsum": _einsum, "ones_like": _ones_like}
)

_STRUCTURAL = frozenset(
    {"broadcast_to", "broadcast_arrays", "concatenate", "stack", "swapaxes", "moveaxis", "ravel", "repeat", "reshape"}
)
"""Functions that only move entries."""
