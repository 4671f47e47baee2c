"""A question in one shape and notation: its graph, its names and its fields, and what stands for what among them.

Built once for all papers of the shape, by `paper_shape`; pages, screens and marking read it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from examgen.core.circuits.choices import read_by
from examgen.core.exercise import Exercise
from examgen.core.graph import ComputationGraph, Quantity, Values
from examgen.core.probes.dependence import links
from examgen.core.probes.equality import copies
from examgen.core.rules.rule import Array
from examgen.core.turned import Turned
from examgen.exams.asking import asked_of
from examgen.exams.exam import Question
from examgen.exams.fields import Field, task_fields
from examgen.exams.naming.notation import Index, Notation
from examgen.exams.naming.symbol_names import Naming


@dataclass(frozen=True, slots=True)
class Route:
    """Another way to go on where quantities are always equal.

    Attributes:
        source: of the quantity from whose answers a student may have gone on; None where that is what leads to the
            first of them.
        equal: of each of the equal quantities, the first before the others; places of entries among `number_fields`.
        settled: those of them that are judged by what leads to them; what leads to the first leads to all.
        behind: places of what is computed from these.
        next: those of them that are computed from these without an answer in between.
    """

    source: Sequence[int] | None
    equal: tuple[Sequence[int], ...]
    settled: tuple[Sequence[int], ...]
    behind: Sequence[int]
    next: Sequence[int]


@dataclass(frozen=True, eq=False)
class PaperShape:
    """One question in one shape and notation: all that a page and its marking need but the numbers.

    Attributes:
        shown: names of derived quantities that stand on the paper with the given numbers.
        stood_for: quantities that nobody asks for and that the answers for equal ones stand for, see `standing`.
    """

    question: Question
    label: str
    shape: Exercise
    graph: ComputationGraph
    naming: Naming
    fields: tuple[Field, ...]
    shown: frozenset[str] = frozenset()
    stood_for: frozenset[str] = frozenset()

    @cached_property
    def is_turned(self) -> bool:
        """Whether some derivatives are told with the other sign."""
        return any(one.derivative is not None and one.derivative.is_turned for one in self.graph)

    @cached_property
    def number_fields(self) -> tuple[Field, ...]:
        """Those fields that ask for numbers; marking by tolerances and the screens know no others."""
        return tuple(field for field in self.fields if field.as_ == "number")

    @cached_property
    def number_places(self) -> tuple[int, ...]:
        """Their places among all fields."""
        return tuple(place for place, field in enumerate(self.fields) if field.as_ == "number")

    @cached_property
    def entry_places(self) -> Mapping[str, Sequence[int]]:
        """By asked quantity, where its entries are among `number_fields`, in the order in which they are stored."""
        places: dict[str, dict[Index, int]] = {}
        for place, field in enumerate(self.number_fields):
            places.setdefault(field.quantity, {})[field.index] = place
        return {name: [place for _, place in sorted(of_one.items())] for name, of_one in places.items()}

    @cached_property
    def entries_asked(self) -> Mapping[str, Sequence[int]]:
        """By asked quantity of which single entries are asked, their places among its stored entries; without the
        quantities that are asked whole."""
        return {
            name: [
                int(np.ravel_multi_index(self.number_fields[place].index, self.graph[name].shape)) for place in places
            ]
            for name, places in self.entry_places.items()
            if len(places) < self.graph[name].size
        }

    @cached_property
    def asked_whole(self) -> frozenset[str]:
        """The asked quantities of which every entry is asked: later work starts from nothing but what was written."""
        return frozenset(self.entry_places.keys() - self.entries_asked.keys())

    @cached_property
    def entries_needed(self) -> Mapping[str, NDArray[np.bool_]]:
        """By derived quantity, (entries,) those that are asked for or on the way to one that is."""
        found = {one.name: np.zeros(one.size, dtype=bool) for one in self.graph}
        for field in self.fields:
            if field.quantity:
                shape = self.graph[field.quantity].shape
                found[field.quantity][np.ravel_multi_index(field.index, shape) if field.index else slice(None)] = True
        for quantity in reversed(self.graph.derived):
            if quantity.name in self.shown:
                continue
            assert quantity.rule is not None
            shapes = tuple(self.graph[name].shape for name in quantity.inputs)
            for place, name in enumerate(quantity.inputs):
                found[name] |= links(quantity.rule, shapes, place) @ found[quantity.name]
        return found

    @cached_property
    def only_others(self) -> "PaperShape":
        """The same paper as if it asked for nothing but formulas, shapes and choices."""
        return replace(self, fields=self.other_fields)

    def needed(self) -> tuple[Quantity, ...]:
        """The derived quantities that are asked for, tell which option is right, stand in an option, or are on the way
        to one that does, in the order of the graph; nothing that is printed, or only leads to that."""
        texts = [text for task in self.question.tasks for text in task.expressions]
        asked = {field.quantity for field in self.fields} | read_by(self.graph, texts)
        wanted = (asked | self.graph.sources(asked, self.shown)) - self.shown
        return tuple(quantity for quantity in self.graph.derived if quantity.name in wanted)

    @cached_property
    def other_places(self) -> tuple[int, ...]:
        """The places of all others among the fields."""
        return tuple(place for place, field in enumerate(self.fields) if field.as_ != "number")

    @cached_property
    def other_fields(self) -> tuple[Field, ...]:
        """Those fields that ask for formulas, shapes and choices."""
        return tuple(self.fields[place] for place in self.other_places)

    @cached_property
    def only_numbers(self) -> "PaperShape":
        """The same paper as if it asked for nothing but its numbers; itself where it does."""
        return replace(self, fields=self.number_fields) if self.other_places else self

    @cached_property
    def entry_columns(self) -> Mapping[str, Sequence[int] | slice]:
        """The same; where they follow one another as a slice, by which NumPy copies nothing."""
        return {
            name: slice(places[0], places[-1] + 1) if list(places) == list(range(places[0], places[-1] + 1)) else places
            for name, places in self.entry_places.items()
        }

    @cached_property
    def entry_order(self) -> NDArray[np.intp] | None:
        """Of each number's field its place among the entries of one asked quantity after another; None where they have
        the same order."""
        order = np.argsort([place for places in self.entry_places.values() for place in places])
        return None if (order == np.arange(len(order))).all() else order

    @cached_property
    def standing(self) -> "PaperShape":
        """The same paper as marking sees it: an answer stands for the first quantity that always equals the asked one.

        Where the gradient of the biases is asked and that of the pre-activations is not, all that follows starts from
        the answers for the former. Fields keep their names, order and all else.
        """
        asked = {field.quantity for field in self.fields}
        moved: dict[str, str] = {}
        for earlier, later in copies(self.graph):
            if later in asked and earlier not in asked:
                moved[later] = earlier
                asked.add(earlier)
        if not moved:
            return self
        fields = [replace(one, **self._moved_to(one, moved.get(one.quantity, ""))) for one in self.fields]
        return replace(self, fields=tuple(fields), stood_for=frozenset(moved.values()))

    def _moved_to(self, field: Field, name: str) -> dict[str, Any]:
        """Quantity and index of a field that stands for another quantity."""
        if not name or field.as_ != "number":
            return {}
        old, new = self.graph[field.quantity].shape, self.graph[name].shape
        place = int(np.ravel_multi_index(field.index, old)) if old else 0
        index = tuple(int(axis) for axis in np.unravel_index(place, new)) if new else ()
        return {"quantity": name, "index": index}

    @cached_property
    def routes(self) -> tuple["Route", ...]:
        """The other ways in which later work may go on, in the order of the solution; of the paper as `standing`."""
        places, first = self.entry_places, dict[str, str]()
        groups: dict[str, list[Sequence[int]]] = {name: [places[name]] for name in self.stood_for}
        for earlier, later in copies(self.graph):
            asked = first.setdefault(earlier, earlier if earlier in places else later)
            is_like = self.entries_asked.get(asked) == self.entries_asked.get(later)
            if later in places and asked in places and asked != later and is_like:
                groups.setdefault(asked, [places[asked]]).append(places[later])
        return tuple(
            self._route(source, tuple(groups[one.name]))
            for one in self.graph.derived
            if one.name in groups
            for source in (None, *(groups[one.name] if len(groups[one.name]) > 1 else []))
        )

    def _route(self, source: Sequence[int] | None, equal: tuple[Sequence[int], ...]) -> "Route":
        settled = equal if source is not None else equal[:1]
        done = {self.number_fields[places[0]].quantity for places in settled}
        behind, following = (
            self.graph.reached(done, self.shown),
            self.graph.reached(done, self.asked_whole | self.shown),
        )

        def places_of(names: set[str]) -> list[int]:
            return [place for name in names - done for place in self.entry_places.get(name, ())]

        return Route(source, equal, settled, places_of(behind), places_of(following))

    def order(self, task: int) -> tuple[int, ...]:
        """The places of the options of a task, 0-based, in the bank, in the order in which they stand on the paper."""
        asked = self.question.tasks[task]
        count, turn = len(asked.options), self.shape.turn if asked.shuffle else None
        return tuple((place + (turn or 0)) % count for place in range(count))

    def options(self, task: int) -> tuple[str, ...]:
        """The options of a task, 0-based, in the order in which they stand on the paper."""
        return tuple(self.question.tasks[task].options[place] for place in self.order(task))

    def printed(self, values: Values) -> dict[str, Array]:
        """Of these values those that stand on the paper although they are no given numbers: later work starts there."""
        return {name: values[name] for name in self.shown}

    def asked(self, task: int | None = None) -> tuple[Quantity, ...]:
        """The asked quantities in the order of the solution, of one task or of all."""
        names = {field.quantity for field in self.fields if task in (None, field.task)}
        return tuple(quantity for quantity in self.graph if quantity.name in names)


@lru_cache(maxsize=512)
def paper_shape(question: Question, label: str, notation: Notation) -> PaperShape:
    """The shape of this label with its graph, names and fields; built once."""
    shape = _signed(question, question.shapes[label], notation)
    graph = shape.graph
    naming = Naming(notation, shape, graph)
    fields = tuple(field for number in range(len(question.tasks)) for field in task_fields(question, number, naming))
    named = [asked_of(text) for text in question.shown]
    shown = frozenset(one.name for one in graph if any(text.means(one) for text in named))
    return PaperShape(question, label, shape, graph, naming, fields, shown)


def _signed(question: Question, shape: Exercise, notation: Notation) -> Exercise:
    """An exercise with the signs of a notation: what a paper names is told as it is, but for δ.

    What has a symbol of its own, as all of a free graph has, is no δ of a notation, whatever its name is.
    """
    kinds = {one.kind for one in shape.graph if one.derivative and not one.latex}
    if not kinds.intersection(notation.turned):
        return shape
    texts = [*question.shown, *(text for task in question.tasks for text in (*task.ask, *(task.symbols or ())))]
    named = [asked_of(text) for text in texts]
    told = {one.kind for one in shape.graph if any(text.means(one) for text in named)}
    return Turned(shape, frozenset(kind for kind in notation.turned if kind == notation.delta or kind not in told))
