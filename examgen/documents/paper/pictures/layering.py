"""Where the nodes of a circuit stand, however large they are: columns from left to right, and the order in each column,
chosen so that few wires cross.

Source: Sugiyama, Tagawa and Toda, Methods for visual understanding of hierarchical system structures (1981): layers by
the longest path, dummies where a wire passes a layer, and barycentres swept forth and back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from examgen.documents.pages import CircuitNode

SWEEPS = 12


@dataclass(frozen=True, slots=True)
class Item:
    """A node in its column, or the wire of a node that passes this column."""

    node: int
    column: int
    is_passing: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A piece of a wire from one column to the next; `port` is the place among the inputs of a node where it ends."""

    start: Item
    end: Item
    port: int = 0


@dataclass(frozen=True, slots=True)
class Layering:
    """Columns of items from top to bottom, the wires between them, and how many of these cross."""

    columns: tuple[tuple[Item, ...], ...]
    links: tuple[Link, ...]
    crossings: int

    @property
    def tallest(self) -> int:
        """Most items of a column."""
        return max(map(len, self.columns))


@lru_cache(maxsize=64)
def layered(nodes: tuple[CircuitNode, ...], *, is_late: bool) -> Layering:
    """The columns of a circuit.

    Args:
        nodes: each behind those that it reads.
        is_late: whether what is given stands just before where it is first read, and not at the left.
    """
    depths = _depths(nodes, is_late=is_late)
    links = list(_links(nodes, depths))
    items = dict.fromkeys([Item(number, depth) for number, depth in enumerate(depths)])
    items |= dict.fromkeys(item for link in links for item in (link.start, link.end))
    columns = [_first_order([item for item in items if item.column == n], links) for n in range(max(depths) + 1)]
    return _untangled(columns, links, nodes)


def _depths(nodes: Sequence[CircuitNode], *, is_late: bool) -> list[int]:
    depths: list[int] = []
    for node in nodes:
        depths.append(max((depths[source] + 1 for source in node.inputs), default=0))
    if is_late:
        for number, node in enumerate(nodes):
            if not node.inputs:
                uses = [depths[place] for place, other in enumerate(nodes) if number in other.inputs]
                depths[number] = min(uses, default=1) - 1
    return depths


def _links(nodes: Sequence[CircuitNode], depths: Sequence[int]) -> Iterator[Link]:
    """All pieces of wires; a wire that is read in several places passes each column once."""
    passed: set[Item] = set()
    for number, node in enumerate(nodes):
        for port, source in enumerate(node.inputs):
            before = Item(source, depths[source])
            for column in range(depths[source] + 1, depths[number]):
                item = Item(source, column, is_passing=True)
                if item not in passed:
                    passed.add(item)
                    yield Link(before, item)
                before = item
            yield Link(before, Item(number, depths[number]), port)


def _first_order(items: Sequence[Item], links: Sequence[Link]) -> list[Item]:
    """By what reads them first, as formulas are written."""
    firsts = {
        item: min([(one.end.node, one.port) for one in links if one.start == item], default=(0, 0)) for item in items
    }
    return sorted(items, key=lambda item: (firsts[item], item.node))


def _untangled(columns: list[list[Item]], links: Sequence[Link], nodes: Sequence[CircuitNode]) -> Layering:
    best, least = [list(column) for column in columns], _crossings(columns, links, nodes)
    for sweep in range(SWEEPS):
        is_forth = sweep % 2 == 0
        order = range(1, len(columns)) if is_forth else range(len(columns) - 2, -1, -1)
        for number in order:
            _sort_by_neighbours(columns, number, links, nodes, is_forth=is_forth)
        if (found := _crossings(columns, links, nodes)) < least:
            best, least = [list(column) for column in columns], found
    best, least = _swapped(best, least, links, nodes)
    return Layering(tuple(map(tuple, best)), tuple(links), least)


def _swapped(
    columns: list[list[Item]], least: int, links: Sequence[Link], nodes: Sequence[CircuitNode]
) -> tuple[list[list[Item]], int]:
    """Neighbours change places where that saves a crossing."""
    for _ in range(3):
        before = least
        for column in columns:
            for place in range(len(column) - 1):
                column[place : place + 2] = column[place + 1], column[place]
                if (found := _crossings(columns, links, nodes)) < least:
                    least = found
                else:
                    column[place : place + 2] = column[place + 1], column[place]
        if least == before:
            break
    return columns, least


def _sort_by_neighbours(
    columns: list[list[Item]], number: int, links: Sequence[Link], nodes: Sequence[CircuitNode], *, is_forth: bool
) -> None:
    places = _places(columns)

    def middle(item: Item) -> float:
        if is_forth:
            found = [float(places[link.start]) for link in links if link.end == item]
        else:
            found = [_height(link, places, nodes) for link in links if link.start == item]
        return sum(found) / len(found) if found else places[item]

    columns[number].sort(key=middle)


def _places(columns: Sequence[Sequence[Item]]) -> dict[Item, int]:
    return {item: place for column in columns for place, item in enumerate(column)}


def _height(link: Link, places: dict[Item, int], nodes: Sequence[CircuitNode]) -> float:
    """Where a wire ends: inputs whose order matters have places of their own."""
    if link.end.is_passing:
        return places[link.end]
    node = nodes[link.end.node]
    return places[link.end] + (link.port / len(node.inputs) if node.is_ordered else 0)


def _crossings(columns: Sequence[Sequence[Item]], links: Sequence[Link], nodes: Sequence[CircuitNode]) -> int:
    places = _places(columns)
    ends = [(link.start.column, places[link.start], _height(link, places, nodes)) for link in links]
    return sum(
        one[0] == other[0] and (one[1] - other[1]) * (one[2] - other[2]) < 0
        for number, one in enumerate(ends)
        for other in ends[:number]
    )
