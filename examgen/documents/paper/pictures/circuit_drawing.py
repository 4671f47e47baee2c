"""A circuit from left to right: circles or boxes, wires with arrow heads, and what is written at the wires.

Each node has a level piece of wire behind it, as long as what stands above and below it; where wires bend there is no
writing, so that nothing can collide.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from examgen.documents.pages import CircuitNode
from examgen.documents.paper.pictures.heights import Extent, heights
from examgen.documents.paper.pictures.layering import Item, Layering, layered
from examgen.documents.paper.pictures.lettering import WIDTH, Drawing, Label, Letters

INK, WIRE = "#1d2733", "#4a5a70"
CIRCLE, BOX, TINT = "#e3eefc", "#e9f5ee", "#ffe3c2"
DISC = 2.5
"""Diameter of a circle in sizes of the letters."""

HEAD = 6.0
LIFT = 3.0
"""Between a wire and what is written above or below it."""

FRAME = 4.0
LEAST_BEND, MOST_BEND = 22.0, 64.0
"""Room for wires between two columns, in pixels."""

END = 20.0
"""Length of the wire behind the last node, where nothing is written at it."""

MANY_ROWS = 7
"""With more of them at the left, what is given stands where it is needed."""


@dataclass(frozen=True, slots=True)
class Sized:
    """A node with its writing in one size: the room that each part takes, in pixels."""

    node: CircuitNode
    sign: tuple[float, float]
    width: float
    height: float
    above: tuple[str, float, float]
    below: tuple[str, float, float]

    @property
    def wire(self) -> float:
        """Length of the level piece of wire behind it."""
        return max(self.above[1], self.below[1]) + (4.0 if self.above[0] or self.below[0] else 0.0)

    @property
    def extent(self) -> Extent:
        """How far it goes up and down from its wire."""
        up, down = (LIFT + part[2] if part[0] else 0.0 for part in (self.above, self.below))
        return Extent(max(self.height / 2, up), max(self.height / 2, down))


def sized(node: CircuitNode, letters: Letters, size: float, detail: int, ports: int = 0) -> Sized:
    """A node with its writing.

    Args:
        node: of a circuit.
        letters: that measure.
        size: of the letters, in points.
        detail: 0 for the fullest writing at its wire, larger numbers for shorter.
        ports: how many wires end at its left side.
    """
    width, height = sign = letters.extent(node.sign, size)
    if node.outline != "none":
        least = DISC * size if node.outline == "circle" else DISC * size * 0.92
        # A round one holds a square that is smaller than it.
        is_short = sqrt(width**2 + height**2) <= least - 5 and node.outline == "circle"
        width = least if is_short else max(width + 14, least)
        height = max(least, height + 8, ports * 9.0 + 6)
    above, below = (_written(part, letters, size, detail) for part in (node.above, node.below))
    return Sized(node, sign, width, height, above, below)


def _written(texts: Sequence[str], letters: Letters, size: float, detail: int) -> tuple[str, float, float]:
    if not texts:
        return "", 0.0, 0.0
    latex = texts[min(detail, len(texts) - 1)]
    return latex, *letters.extent(latex, size)


def circuit_drawing(nodes: tuple[CircuitNode, ...], letters: Letters, size: float, detail: int) -> Drawing:
    """The drawing of a circuit, which may be too large for a page; see `sized` for the arguments."""
    parts = [sized(node, letters, size, detail, len(node.inputs)) for node in nodes]
    plans = [_Plan(layered(nodes, is_late=is_late), parts, size) for is_late in (False, True)]
    at_left, late = (plan.drawing() for plan in plans)
    is_tangled = plans[1].layering.crossings < plans[0].layering.crossings
    is_better = late.fits and (not at_left.fits or is_tangled or plans[0].layering.tallest > MANY_ROWS)
    return late if is_better else at_left


@dataclass(frozen=True, slots=True)
class _Plan:
    """Columns of nodes of known sizes."""

    layering: Layering
    sizes: Sequence[Sized]
    size: float

    def drawing(self) -> Drawing:
        extents = {item: self.extent(item) for column in self.layering.columns for item in column}
        tops = heights(self.layering, extents)
        lefts, rights = self.columns(tops)
        tops = {item: top + FRAME for item, top in tops.items()}
        height = max(top + extents[item].down for item, top in tops.items()) + FRAME
        ends = [self.end(item, lefts, rights) for column in self.layering.columns for item in column]
        marks = [*self.wires(tops, lefts, rights), *self.discs(tops, lefts)]
        labels = tuple(self.labels(tops, lefts))
        tints = (tint(label) for label in labels if label.is_tinted)
        return Drawing(max(ends) + FRAME, height, (*marks, *tints), labels)

    def extent(self, item: Item) -> Extent:
        return Extent(2.0, 2.0) if item.is_passing else self.sizes[item.node].extent

    def is_read(self, number: int) -> bool:
        return any(number in one.node.inputs for one in self.sizes)

    def columns(self, tops: Mapping[Item, float]) -> tuple[list[float], list[float]]:
        """Where the circles and boxes of each column have their middle, and where its level wires end."""
        needs = []
        for column in self.layering.columns:
            own = [self.sizes[item.node] for item in column if not item.is_passing]
            widest = max(one.width for one in own) if own else 0.0
            needs.append((widest, max((one.wire for one in own), default=0.0)))
        bends = [self.bend(number, tops) for number in range(len(needs) - 1)]
        used = sum(map(sum, needs)) + 2 * FRAME + END
        spare = WIDTH - used - sum(bends)
        bends = [bend * min(1.0, max((WIDTH - used) / sum(bends), 0.01)) for bend in bends] if spare < 0 else bends
        bends = [max(bend, LEAST_BEND) for bend in bends]
        lefts, rights, x = [], [], FRAME
        for number, (disc, wire) in enumerate(needs):
            lefts.append(x + disc / 2)
            rights.append(x + disc + wire)
            x = rights[-1] + (bends[number] if number < len(bends) else 0.0)
        return lefts, rights

    def bend(self, number: int, tops: Mapping[Item, float]) -> float:
        """Room for the wires behind a column: more where they go far up or down."""
        steep = [abs(tops[one.end] - tops[one.start]) for one in self.layering.links if one.start.column == number]
        return min(max(40.0, 0.42 * max(steep, default=0.0)), MOST_BEND)

    def end(self, item: Item, lefts: Sequence[float], rights: Sequence[float]) -> float:
        """Where the wire of a node ends."""
        if item.is_passing or self.is_read(item.node):
            return rights[item.column]
        one = self.sizes[item.node]
        return lefts[item.column] + one.width / 2 + max(one.wire + HEAD + 2, END)

    def start(self, item: Item, lefts: Sequence[float]) -> float:
        """Where the wire of a node begins."""
        one = self.sizes[item.node]
        is_given = one.node.outline == "none"
        # Names before wires stand at the right of their column, so that all wires begin level.
        return lefts[item.column] + (self.widest(item.column) if is_given else one.width) / 2 + (3.0 if is_given else 0)

    def widest(self, column: int) -> float:
        return max(self.sizes[item.node].width for item in self.layering.columns[column] if not item.is_passing)

    def wires(self, tops: Mapping[Item, float], lefts: Sequence[float], rights: Sequence[float]) -> Iterator[str]:
        """All wires as one path, and their heads as another."""
        lines, heads = "", ""
        for column in self.layering.columns:
            for item in column:
                y = tops[item]
                half = self.widest_passing(item.column) / 2 if item.is_passing else 0.0
                x = lefts[item.column] - half if item.is_passing else self.start(item, lefts)
                end = self.end(item, lefts, rights)
                is_last = not item.is_passing and not self.is_read(item.node)
                lines += f"M{number(x)} {number(y)}H{number(end - (HEAD - 1 if is_last else 0))}"
                heads += _head(end, y) if is_last else ""
        for curve, y, x in self.bent(tops, lefts, rights):
            lines += curve
            heads += _head(x, y) if x else ""
        yield f'<path d="{lines}" fill="none" stroke="{WIRE}" stroke-width="1.1" stroke-linejoin="round"/>'
        yield f'<path d="{heads}" fill="{WIRE}"/>'

    def widest_passing(self, column: int) -> float:
        own = [self.sizes[item.node].width for item in self.layering.columns[column] if not item.is_passing]
        return max(own, default=0.0)

    def bent(
        self, tops: Mapping[Item, float], lefts: Sequence[float], rights: Sequence[float]
    ) -> Iterator[tuple[str, float, float]]:
        """Each piece of wire between two columns; with a head at (x, y) where it ends at a node."""
        ports = self.ports(tops)
        for place, link in enumerate(self.layering.links):
            x, y, end = rights[link.start.column], tops[link.start], tops[link.end]
            if link.end.is_passing:
                tip, head = lefts[link.end.column] - self.widest_passing(link.end.column) / 2, 0.0
            else:
                one = self.sizes[link.end.node]
                end += ports[place]
                tip = lefts[link.end.column] - _edge(one, ports[place])
                head = HEAD - 1
            bend = lefts[link.end.column] - self.widest_passing(link.end.column) / 2 - head - x
            stop = x + bend
            middle = x + bend * 0.55
            curve = f"M{numbers(x, y)}C{numbers(middle, y, x + bend * 0.4, end, stop, end)}"
            yield curve + f"H{number(tip - head)}", end, tip if head else 0.0

    def ports(self, tops: Mapping[Item, float]) -> list[float]:
        """How far from the middle of a node each link ends, by place of the link."""
        found = [0.0] * len(self.layering.links)
        by_end: dict[Item, list[int]] = {}
        for place, link in enumerate(self.layering.links):
            if not link.end.is_passing:
                by_end.setdefault(link.end, []).append(place)
        for item, places in by_end.items():
            links = self.layering.links
            if self.sizes[item.node].node.is_ordered:
                places.sort(key=lambda place: links[place].port)
            else:
                places.sort(key=lambda place: (tops[links[place].start], links[place].port))
            room = self.sizes[item.node].height * (0.58 if len(places) < 4 else 0.74)
            for number, place in enumerate(places):
                found[place] = room * (number / (len(places) - 1) - 0.5) if len(places) > 1 else 0.0
        return found

    def discs(self, tops: Mapping[Item, float], lefts: Sequence[float]) -> Iterator[str]:
        for column in self.layering.columns:
            for item in column:
                one = self.sizes[item.node]
                if not item.is_passing and one.node.outline != "none":
                    yield disc(one, lefts[item.column], tops[item])

    def labels(self, tops: Mapping[Item, float], lefts: Sequence[float]) -> Iterator[Label]:
        for column in self.layering.columns:
            for item in column:
                if not item.is_passing:
                    one, x, y = self.sizes[item.node], lefts[item.column], tops[item]
                    if one.node.outline == "none":
                        x += (self.widest(item.column) - one.width) / 2
                    yield from labels_of(one, x, y, self.size, self.start(item, lefts))


def labels_of(one: Sized, x: float, y: float, size: float, start: float) -> Iterator[Label]:
    """What is written in a node with this middle, and above and below its wire, which begins at `start`."""
    if one.node.sign:
        width, height = one.sign
        yield Label(one.node.sign, x - width / 2, y - height / 2, width, height, size)
    for (latex, wide, high), top, is_tinted in (
        (one.above, y - LIFT - one.above[2], False),
        (one.below, y + LIFT, True),
    ):
        if latex:
            yield Label(latex, start + 2 + (one.wire - 4 - wide) / 2, top, wide, high, size, is_tinted)


def disc(one: Sized, x: float, y: float) -> str:
    """The outline of a node: a circle, or a box with round corners."""
    is_box = one.node.outline == "box"
    round_by = 5.0 if is_box else min(one.width, one.height) / 2
    return (
        f'<rect x="{number(x - one.width / 2)}" y="{number(y - one.height / 2)}" width="{number(one.width)}" '
        f'height="{number(one.height)}" rx="{number(round_by)}" fill="{BOX if is_box else CIRCLE}" stroke="{INK}" '
        'stroke-width="1.1"/>'
    )


def tint(label: Label) -> str:
    """What is behind a derivative, which tells it from values in grey, too."""
    return (
        f'<rect x="{number(label.x - 2)}" y="{number(label.y - 1)}" width="{number(label.width + 4)}" '
        f'height="{number(label.height + 2)}" rx="2" fill="{TINT}"/>'
    )


def _edge(one: Sized, port: float) -> float:
    """How far left of the middle the outline is, at this height."""
    if one.node.outline == "box":
        return one.width / 2
    radius = min(one.width, one.height) / 2
    beyond = max(abs(port) - (one.height / 2 - radius), 0.0)
    return one.width / 2 - radius + sqrt(max(radius**2 - beyond**2, 0.0))


def _head(x: float, y: float) -> str:
    """An arrow head to the right, with its tip here."""
    return f"M{number(x)} {number(y)}l{number(-HEAD)} -2.4v4.8z"


def numbers(*values: float) -> str:
    """Numbers of a path."""
    return " ".join(map(number, values))


def number(value: float) -> str:
    """A number with at most two decimals, and no minus zero."""
    return f"{round(value, 2) + 0:g}"
