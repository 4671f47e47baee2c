"""A recurrence that is drawn unrolled: a row of boxes with time going to the right, inputs of single steps below, and
weights that all steps share on lines above, each named once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from examgen.documents.pages import CircuitNode, TimeLine
from examgen.documents.paper.pictures.circuit_drawing import (
    END,
    FRAME,
    HEAD,
    LIFT,
    WIRE,
    Sized,
    disc,
    labels_of,
    number,
    numbers,
    sized,
    tint,
)
from examgen.documents.paper.pictures.lettering import Drawing, Label, Letters

GAP = 11.0
"""Of the wire between two boxes, with its arrow head."""

DROP = 24.0
"""Length of the wires from inputs below, and from the last shared line to the boxes."""

SIDE = 9.0
"""Between the ends of wires at the top of a box, and at its bottom."""

STEP = "#f1f4f8"


def unrolled_drawing(
    nodes: Sequence[CircuitNode], line: TimeLine, letters: Letters, size: float, detail: int
) -> Drawing:
    """The drawing of a recurrence; arguments as of `circuit_drawing`, and where its nodes stand in time."""
    return _Row(tuple(sized(node, letters, size, detail) for node in nodes), line, letters, size, detail).drawing()


@dataclass(frozen=True)
class _Row:
    """Boxes of known sizes in a row."""

    sizes: tuple[Sized, ...]
    line: TimeLine
    letters: Letters
    size: float
    detail: int

    @cached_property
    def row(self) -> tuple[int, ...]:
        """The boxes from left to right."""
        return (*(place for step in self.line.steps for place in step), *self.line.behind)

    @cached_property
    def readers(self) -> dict[int, list[int]]:
        """Who reads each node, from left to right."""
        return {
            place: [one for one in self.row if place in self.sizes[one].node.inputs] for place in range(len(self.sizes))
        }

    @cached_property
    def given(self) -> list[int]:
        return [place for place in range(len(self.sizes)) if place not in self.row]

    @cached_property
    def start(self) -> int | None:
        """The state before the first step, which stands at the left: what the next step has from the one before."""
        first, second = (self.sizes[step[0]].node for step in self.line.steps[:2])
        pairs = zip(first.inputs, second.inputs, strict=True)
        return next((one for one, other in pairs if one in self.given and other in self.row), None)

    @cached_property
    def shared(self) -> list[int]:
        return [one for one in self.given if len(self.readers[one]) > 1]

    def single(self, place: int) -> list[int]:
        """The inputs that stand below a box."""
        inputs = dict.fromkeys(self.sizes[place].node.inputs)
        return [one for one in inputs if one in self.given and one not in self.shared and one != self.start]

    # Where all stands.

    @cached_property
    def below(self) -> dict[int, tuple[Sized, float, float]]:
        """Of what stands below: with its name and value in one line, its width and its height."""
        found = {}
        for place in self.given:
            one = self.sizes[place]
            node = one.node
            above = tuple(
                f"{node.sign} = {text}" if r"\scriptstyle" not in text else rf"{node.sign} \; {text}"
                for text in node.above
            )
            plain = sized(replace(node, above=above or (node.sign,)), self.letters, self.size, self.detail)
            width = max(plain.above[1], plain.below[1] + 4)
            found[place] = plain, width, plain.above[2] + (plain.below[2] + LIFT + 2 if plain.below[0] else 0)
        return found

    def width_below(self, place: int) -> float:
        return sum(self.below[one][1] + 10 for one in self.single(place))

    @cached_property
    def middles(self) -> list[float]:
        """Of the boxes, from left to right."""
        before = 0.0
        for place in self.shared:
            one = self.sizes[place]
            before = max(before, FRAME + one.width + one.wire + 12)
        if self.start is not None:
            one = self.sizes[self.start]
            before = max(before, FRAME + one.width + max(one.wire, 6) + GAP)
        found: list[float] = []
        x = before + FRAME
        for place in self.row:
            one = self.sizes[place]
            side = max(self.width(place), self.width_below(place)) / 2
            least = found[-1] + self.width_below(self.row[len(found) - 1]) / 2 if found else 0.0
            found.append(max(x + self.width(place) / 2, least + side, side + FRAME))
            x = found[-1] + self.width(place) / 2 + max(one.wire, 4.0) + GAP
        return found

    def width(self, place: int) -> float:
        """Of a box: all wires that come from above and below have room at it."""
        one = self.sizes[place]
        return max(one.width, SIDE * (len(self.shared) + 1), SIDE * (len(self.single(place)) + 2))

    def drawing(self) -> Drawing:
        tops, y = [], FRAME
        for place in self.shared:
            extent = self.sizes[place].extent
            y += extent.up
            tops.append(y)
            y += extent.down + 6
        boxes = [self.sizes[place] for place in (*self.row, *([] if self.start is None else [self.start]))]
        high = max(box.height for box in boxes) / 2
        middle = y + (DROP if self.shared else 0) + max(high, *(box.extent.up for box in boxes))
        floor = middle + max(high, *(box.extent.down for box in boxes))
        under = floor + DROP * 0.6
        marks, labels = [*self.frames(middle, high)], [*self.bus_labels(tops)]
        lines, heads, dots = "", "", ""
        for path, head, dot in (*self.buses(tops, middle), *self.level(middle), *self.rising(middle, under)):
            lines, heads, dots = lines + path, heads + head, dots + dot
        marks.append(f'<path d="{lines}" fill="none" stroke="{WIRE}" stroke-width="1.1" stroke-linejoin="round"/>')
        marks.append(f'<path d="{heads}{dots}" fill="{WIRE}"/>')
        for x, place in zip(self.middles, self.row, strict=True):
            one = replace(self.sizes[place], width=self.width(place))
            marks.append(disc(one, x, middle))
            labels += labels_of(one, x, middle, self.size, x + one.width / 2 + 1)
        labels += [*self.start_labels(middle), *self.labels_below(under)]
        marks += [tint(label) for label in labels if label.is_tinted]
        height = max(floor, *(label.y + label.height for label in labels)) + FRAME
        return Drawing(self.right + FRAME, height, tuple(marks), tuple(labels))

    @cached_property
    def right(self) -> float:
        last = self.row[-1]
        end = self.middles[-1] + self.width(last) / 2 + max(self.sizes[last].wire + HEAD + 2, END)
        return max([end, *(x + self.width_below(place) / 2 for x, place in zip(self.middles, self.row, strict=True))])

    # What is drawn: lines, heads and dots of wires.

    def frames(self, middle: float, high: float) -> Iterator[str]:
        """A shade behind the boxes of each time step, where they are several."""
        first = 0
        for step in self.line.steps:
            last = first + len(step) - 1
            if last > first:
                left = self.middles[first] - self.width(self.row[first]) / 2 - 6
                right = self.middles[last] + self.width(self.row[last]) / 2 + 6
                yield (
                    f'<rect x="{number(left)}" y="{number(middle - high - 7)}" width="{number(right - left)}" '
                    f'height="{number(2 * high + 14)}" rx="8" fill="{STEP}" stroke="{WIRE}" stroke-width="0.5" '
                    'stroke-dasharray="3 2.5"/>'
                )
            first = last + 1

    def buses(self, tops: Sequence[float], middle: float) -> Iterator[tuple[str, str, str]]:
        for count, (place, y) in enumerate(zip(self.shared, tops, strict=True)):
            one, drops = self.sizes[place], []
            for x, reader in zip(self.middles, self.row, strict=True):
                if reader in self.readers[place]:
                    drops.append((x + SIDE * (count - (len(self.shared) - 1) / 2), self.sizes[reader].height / 2))
            yield f"M{number(FRAME + one.width + 3)} {number(y)}H{number(drops[-1][0])}", "", ""
            for x, half in drops:
                tip = middle - half
                dot = f"M{number(x - 2)} {number(y)}a2 2 0 1 0 4 0a2 2 0 1 0 -4 0z" if x != drops[-1][0] else ""
                yield f"M{number(x)} {number(y)}V{number(tip - HEAD + 1)}", _down(x, tip), dot

    def level(self, y: float) -> Iterator[tuple[str, str, str]]:
        """The wires from each box to the next, from the start, and behind the last."""
        if self.start is not None:
            one, tip = self.sizes[self.start], self.middles[0] - self.width(self.row[0]) / 2
            left = tip - GAP - max(one.wire, 6) - 2
            yield f"M{number(left)} {number(y)}H{number(tip - HEAD + 1)}", _right(tip, y), ""
        for place, x in enumerate(self.middles):
            box = self.row[place]
            left = x + self.width(box) / 2
            is_next = place + 1 < len(self.row) and box in self.sizes[self.row[place + 1]].node.inputs
            if is_next:
                end = self.middles[place + 1] - self.width(self.row[place + 1]) / 2
            else:
                end = left + max(self.sizes[box].wire + HEAD + 2, END if not self.readers[box] else 8)
            is_end = is_next or not self.readers[box]
            yield (
                f"M{number(left)} {number(y)}H{number(end - (HEAD - 1 if is_end else 0))}",
                _right(end, y) if is_end else "",
                "",
            )

    def rising(self, y: float, under: float) -> Iterator[tuple[str, str, str]]:
        """Wires from inputs below; of several, those at the sides bend."""
        for _, place, x, left, width in self.places_below():
            tip = y + self.sizes[place].height / 2
            start = left + width / 2
            bend = numbers(start, under - 12, x, under - 6, x, tip + HEAD - 1)
            yield f"M{numbers(start, under)}C{bend}", _up(x, tip), ""

    def places_below(self) -> Iterator[tuple[int, int, float, float, float]]:
        """Each input below with its box, where its wire ends at it, its own left edge and width."""
        for x, place in zip(self.middles, self.row, strict=True):
            inputs = self.single(place)
            left = x - self.width_below(place) / 2 + 5
            for count, one in enumerate(inputs):
                width = self.below[one][1]
                yield one, place, x + SIDE * (count - (len(inputs) - 1) / 2), left, width
                left += width + 10

    def bus_labels(self, tops: Sequence[float]) -> Iterator[Label]:
        for place, y in zip(self.shared, tops, strict=True):
            one = self.sizes[place]
            yield from labels_of(one, FRAME + one.width / 2, y, self.size, FRAME + one.width + 3)

    def start_labels(self, y: float) -> Iterator[Label]:
        if self.start is not None:
            one = self.sizes[self.start]
            wire = self.middles[0] - self.width(self.row[0]) / 2 - GAP - max(one.wire, 6) - 2
            yield from labels_of(one, wire - 3 - one.width / 2, y, self.size, wire)

    def labels_below(self, under: float) -> Iterator[Label]:
        for one, _, _, left, width in self.places_below():
            plain = self.below[one][0]
            (latex, wide, high), (lower, wider, higher) = plain.above, plain.below
            yield Label(latex, left + (width - wide) / 2, under + LIFT, wide, high, self.size)
            if lower:
                yield Label(
                    lower,
                    left + (width - wider) / 2,
                    under + 2 * LIFT + high + 1,
                    wider,
                    higher,
                    self.size,
                    is_tinted=True,
                )


def _right(x: float, y: float) -> str:
    return f"M{number(x)} {number(y)}l{number(-HEAD)} -2.4v4.8z"


def _up(x: float, y: float) -> str:
    return f"M{number(x)} {number(y)}l-2.4 {number(HEAD)}h4.8z"


def _down(x: float, y: float) -> str:
    return f"M{number(x)} {number(y)}l-2.4 {number(-HEAD)}h4.8z"
