"""Students at exercises that are any graph: one definition at a time forward, and one at a time back.

Definitions are read by Python's own parser and worked out by `hand_operations`; nothing of examgen's reading, rules or
derivatives is used. What was written down, rounded or not, is what is carried on. The counterpart of `Learner.train`.
"""

import ast
import keyword
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial

import numpy as np

from examgen.core.circuits.circuit import CircuitShape
from tests.classroom.figures import Array
from tests.classroom.hand_beliefs import NONE, Beliefs, Site
from tests.classroom.hand_operations import OPERATIONS
from tests.classroom.notebook import REAL, Terms

Note = Callable[[str, Array, tuple[float, float], Terms], Array]
"""Writes a quantity down: its name, (students, *shape), where a slip must stay, and the terms of the sums that it is;
returns what is carried on."""


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a definition that was worked out: its operation, or the name that it reads; neither for a number."""

    value: Array
    operation: str = ""
    name: str = ""
    parts: tuple["Node", ...] = ()
    settings: Mapping[str, int] = field(default_factory=dict)
    places: tuple[int, ...] = ()

    def site(self, value: Array) -> Site:
        """The operation at its place, with the value as it was written down."""
        return Site([part.value for part in self.parts], value, self.settings, self.places)


# Reading.

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_KEPT = "_is_no_keyword"
_BINARY: Mapping[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "^",
    ast.MatMult: "@",
}
_OF_ARRAYS = {"max": "largest", "min": "smallest"}


@cache
def read(text: str) -> ast.expr:
    """A definition as Python reads it; names such as lambda are names."""
    python = _WORD.sub(lambda word: word[0] + _KEPT * keyword.iskeyword(word[0]), text.replace("^", "**"))
    return ast.parse(python.strip(), mode="eval").body


def name_of(tree: ast.Name) -> str:
    """A name as the definition has it."""
    return tree.id.removesuffix(_KEPT)


def names_in(tree: ast.AST) -> list[str]:
    """All quantities that a definition reads, each once."""
    called = {id(one.func) for one in ast.walk(tree) if isinstance(one, ast.Call)}
    found = (one for one in ast.walk(tree) if isinstance(one, ast.Name) and id(one) not in called)
    return list(dict.fromkeys(map(name_of, found)))


def operations_in(tree: ast.AST) -> set[str]:
    """The operations of a definition."""
    found: set[str] = set()
    for one in ast.walk(tree):
        match one:
            case ast.BinOp():
                found.add(_BINARY[type(one.op)])
            case ast.Call(func=ast.Name(id=name), args=args):
                found.add(_called(name, len(args)))
    return found


def _called(name: str, count: int) -> str:
    return _OF_ARRAYS.get(name, name) if count == 1 else name


# What a shape asks.


@dataclass(frozen=True)
class Circuit:
    """An exercise as a student sees it.

    Attributes:
        shape: names, shapes and texts.
        trees: definitions by name, in order.
    """

    shape: CircuitShape
    trees: Mapping[str, ast.expr]

    @property
    def given(self) -> frozenset[str]:
        """Names of the given quantities."""
        return frozenset(name for name, _ in self.shape.given)

    @property
    def order(self) -> list[str]:
        """All names, the given ones first."""
        return [*(name for name, _ in self.shape.given), *self.trees]

    def derivative(self, word: str) -> tuple[str, str] | None:
        """What a word such as dL_dw is the derivative of and by; None for other words."""
        cuts = [place for place in range(2, len(word)) if word.startswith("_d", place)] if word[0] == "d" else []
        pairs = [(word[1:cut], word[cut + 2 :]) for cut in cuts]
        known = set(self.order)
        return next((pair for pair in pairs if word not in known and known.issuperset(pair)), None)

    @property
    def derivatives(self) -> dict[str, set[str]]:
        """By what is differentiated, by which quantities, anywhere."""
        words = [*self.shape.wanted, *(word for tree in self.trees.values() for word in names_in(tree))]
        found: dict[str, set[str]] = {}
        for pair in filter(None, map(self.derivative, words)):
            found.setdefault(pair[0], set()).add(pair[1])
        return found

    def reached(self, names: set[str]) -> set[str]:
        """These quantities and all that is computed from them."""
        found = set(names)
        for name, tree in self.trees.items():
            if found.intersection(names_in(tree)):
                found.add(name)
        return found

    def way_back(self, of: str) -> list[str]:
        """What has a derivative on the way back from a number to those by which it is asked, the last first."""
        behind = {of}
        for name in reversed(list(self.trees)):
            if name in behind:
                behind |= set(names_in(self.trees[name]))
        on_the_way = self.reached(self.derivatives[of]) & behind
        return [name for name in reversed(self.order) if name in on_the_way and name != of]

    def uses(self, name: str, of: str) -> list[str]:
        """The definitions on the way to a number that read a quantity, in order."""
        on_the_way = {of, *self.way_back(of)}
        return [one for one, tree in self.trees.items() if one in on_the_way and name in names_in(tree)]

    def reads_derivative(self, tree: ast.AST) -> bool:
        """Whether it reads a derivative, or what is computed from one."""
        words = names_in(tree)
        return any(
            self.derivative(word) or (word in self.trees and self.reads_derivative(self.trees[word])) for word in words
        )


@cache
def circuit(shape: CircuitShape) -> Circuit:
    """The exercise of a shape."""
    return Circuit(shape, {name: read(text) for name, text in shape.define})


# Working.


def work_out(shape: CircuitShape, givens: Mapping[str, Array], note: Note, beliefs: Beliefs = NONE) -> None:
    """Work all quantities of a question out, each as soon as it is needed.

    Args:
        shape: of the question.
        givens: (students, *shape) by given quantity.
        note: writes them down.
        beliefs: of these students.
    """
    _Student(circuit(shape), beliefs, note, dict(givens)).work()


@dataclass(frozen=True, slots=True)
class _Student:
    circuit: Circuit
    beliefs: Beliefs
    note: Note
    known: dict[str, Array]
    done: dict[str, Node] = field(default_factory=dict)
    """The definitions as they were worked out."""

    def work(self) -> None:
        limits = _limits(self.circuit)
        for name, tree in self.circuit.trees.items():
            for word in names_in(tree):
                self.need(word)
            node = self.worked(self.beliefs.rewrite(tree, self.circuit.shape))
            self.done[name] = node
            self.known[name] = self.note(name, node.value, limits.get(name, REAL), partial(_terms, node))
        for word in self.circuit.shape.wanted:
            self.need(word)

    def need(self, word: str) -> None:
        """Differentiate, if a word is a derivative that is not there yet."""
        pair = None if word in self.known else self.circuit.derivative(word)
        if pair is not None:
            self.differentiate(pair[0])

    def worked(self, tree: ast.expr) -> Node:
        match tree:
            case ast.Constant():
                return Node(np.array([float(ast.literal_eval(tree))]))
            case ast.Name():
                return Node(self.known[name_of(tree)], name=name_of(tree))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.applied("minus", operand)
            case ast.BinOp(left=left, op=op, right=right):
                return self.applied(_BINARY[type(op)], left, right)
            case ast.Attribute(value=value, attr="T"):
                return self.applied(".T", value)
            case ast.Subscript(value=value, slice=places):
                each = places.elts if isinstance(places, ast.Tuple) else [places]
                return self.applied("[]", value, places=tuple(ast.literal_eval(one) - 1 for one in each))
            case ast.Call(func=ast.Name(id=name), args=args, keywords=told):
                settings = {str(one.arg): int(ast.literal_eval(one.value)) for one in told}
                return self.call(_called(name, len(args)), args, settings)
        raise ValueError(ast.dump(tree))

    def call(self, operation: str, args: Sequence[ast.expr], settings: Mapping[str, int]) -> Node:
        if operation in {"max", "min"} and len(args) > 2:
            behind = self.call(operation, args[1:], settings)
            return self.node(operation, (self.worked(args[0]), behind))
        return self.applied(operation, *args, settings=settings)

    def applied(
        self,
        operation: str,
        *args: ast.expr,
        settings: Mapping[str, int] | None = None,
        places: tuple[int, ...] = (),
    ) -> Node:
        return self.node(operation, tuple(map(self.worked, args)), settings or {}, places)

    def node(
        self,
        operation: str,
        parts: tuple[Node, ...],
        settings: Mapping[str, int] | None = None,
        places: tuple[int, ...] = (),
    ) -> Node:
        site = Site([part.value for part in parts], np.array([np.nan]), settings or {}, places)
        value = self.beliefs.value.get(operation, OPERATIONS[operation].value)(site)
        return Node(value, operation, "", parts, settings or {}, places)

    def differentiate(self, of: str) -> None:
        """All derivatives of a number that are asked or needed, the last definition first."""
        students = max(len(value) for value in self.known.values())
        gradients = {of: np.ones(students)}
        for name in self.circuit.way_back(of):
            shape = (students, *self.known[name].shape[1:])
            shares = [
                np.broadcast_to(share, shape)
                for use in self.uses(name, of)
                for share in self.shares(self.done[use], gradients[use], name, self.known[use])
            ] or [np.zeros(shape)]
            word = f"d{of}_d{name}"
            gradients[name] = self.known[word] = self.note(
                word, np.asarray(sum(shares)), REAL, partial(np.stack, shares, axis=-1)
            )

    def uses(self, name: str, of: str) -> list[str]:
        """Those through which this student goes back."""
        found = self.circuit.uses(name, of)
        if self.beliefs.use is None or (name in self.circuit.given) != self.beliefs.of_given:
            return found
        return [found[self.beliefs.use]]

    def shares(self, node: Node, gradient: Array, name: str, value: Array) -> Iterator[Array]:
        """The derivatives by each place where a part of a definition reads a name.

        `value`: of the part; of a whole definition what was written down for it, which a(1 - a) is worked out from.
        """
        if node.name == name:
            yield gradient
        if not any(_reads(part, name) for part in node.parts):
            return
        back = self.beliefs.back.get(node.operation, OPERATIONS[node.operation].back)
        if back is None:
            return
        for part, share in zip(node.parts, back(node.site(value), gradient), strict=True):
            if _reads(part, name):
                yield from self.shares(part, share, name, part.value)


def _reads(node: Node, name: str) -> bool:
    return node.name == name or any(_reads(part, name) for part in node.parts)


def _terms(node: Node) -> Array:
    """(students, *shape, terms): what is summed up in each entry; of all that is no sum, the whole."""
    size = node.value.shape
    match node.operation:
        case "+" | "-":
            left, right = node.parts
            sign = 1 if node.operation == "+" else -1
            added = (_terms(left), sign * _spread(right.value, size)[..., None])
            return np.concatenate([np.broadcast_to(one, (*size, one.shape[-1])) for one in added], axis=-1)
        case "@" if node.parts[0].value.ndim == 3 and node.parts[1].value.ndim == 2:
            return node.parts[0].value * node.parts[1].value[:, None, :]
        case "dot":
            return np.asarray((node.parts[0].value * node.parts[1].value).reshape(len(node.value), -1))
    return node.value[..., None]


def _spread(value: Array, size: tuple[int, ...]) -> Array:
    return np.broadcast_to(value.reshape(*value.shape, *[1] * (len(size) - value.ndim)), size)


# Where work can go on.

_LOGARITHMS = {"binary_cross_entropy": (0.0, 1.0), "cross_entropy": (0.0, 1.0)}
_POSITIVE = {"log": (0.0, np.inf), "ln": (0.0, np.inf), "sqrt": (0.0, np.inf)}


def _limits(exercise: Circuit) -> dict[str, tuple[float, float]]:
    """By name, where a slip in a quantity must stay: nobody takes the root of -3."""
    found: dict[str, tuple[float, float]] = {}
    for name in reversed(list(exercise.trees)):
        tree = exercise.trees[name]
        for call in (one for one in ast.walk(tree) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)):
            limit = (_LOGARITHMS | _POSITIVE).get(call.func.id)  # type: ignore[attr-defined]
            if limit:
                found.update(dict.fromkeys(_factors(call.args[0]), limit))
        if name in found:
            found.update(dict.fromkeys(_factors(tree), (0.0, np.inf)))
    return found


def _factors(tree: ast.expr) -> Iterator[str]:
    """The names that sums, products and quotients of positive numbers are made of."""
    match tree:
        case ast.Name():
            yield name_of(tree)
        case ast.BinOp(left=left, op=ast.Add() | ast.Mult() | ast.Div(), right=right):
            yield from _factors(left)
            yield from _factors(right)


def in_book(note: Callable[..., Array]) -> Note:
    """Notes in a notebook, where a quantity of a circuit has neither layer nor step."""
    return partial(_noted, note)


def _noted(note: Callable[..., Array], name: str, values: Array, within: tuple[float, float], terms: Terms) -> Array:
    return note((name, None, None), values, within=within, terms=terms)


def all_quantities(shape: CircuitShape, givens: Mapping[str, Array]) -> dict[str, Array]:
    """Every quantity of an exercise in full, (students, *shape) by name, from given ones of the same leading axis."""
    found: dict[str, Array] = {}

    def note(name: str, values: Array, *_: object) -> Array:
        found[name] = values
        return values

    with np.errstate(all="ignore"):
        work_out(shape, {name: np.asarray(value, dtype=float) for name, value in givens.items()}, note)
    return found
