"""Where the answer boxes of a task stand on the printed paper: in lines beside or under its text.

A filter of the templates calls this for each task when a page is laid out. A matrix of several rows and columns keeps
its shape; the entries of a vector may stand side by side, since each has its symbol above it. Of all ways to break the
boxes into lines the lowest is taken, and of these the most even one.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import inf

from markupsafe import Markup

from examgen.documents.lengths import length
from examgen.documents.pages import Cell, Task
from examgen.documents.typesetting import SIZE, TEXT_WIDTH, letters_width

# All lengths in points.
ROOM = TEXT_WIDTH - length("task")
"""Of a line of boxes: the width of the text without the indent of tasks."""

BOX_HEIGHT = length("box")
"""Inside a box: 11 mm, so that a number is easily written by hand."""

BORDER, LABEL_SIZE, LABEL_HEIGHT = length("border"), length("label-size"), length("label")
BETWEEN = length("between")
"""Between two boxes of a matrix, from side to side."""

BELOW, BETWEEN_BLOCKS = length("below"), length("between-blocks")
BETWEEN_LINES = 4.0
RELATION = 14.0
"""Of an equals sign or colon with the space around it."""

LETTER_WIDTHS = (8.2, 6.6)
"""For each character of an answer: as there is room, or where narrower boxes save a line."""

LEAST_WIDTHS = (44.0, 38.0)
LONE = 80.0
"""As much height as a single box alone on a line is taken for."""

RAGGED = 4.0
BESIDE = 250.0
"""The widest boxes that stand beside a task's text."""

LEAST_TEXT = 170.0
"""The narrowest text beside boxes."""

MARKS = 58.0
"""At the right of a task's text, for its marks."""

LINE = 15.2
"""The height of a line of text."""

MOST_LINES = 4
"""A text of more lines has its boxes under it."""

AVERAGE_LETTER = 0.47
"""Of the size of the text: what a letter of a text takes on average."""

_COMMANDS = re.compile(r"\\[A-Za-z]+|[{}$^_\\]")

Rows = tuple[tuple[Cell | None, ...], ...]
Lead = Callable[[str], tuple[Markup, float]]
"""The typeset symbol of a box, and its width."""


@dataclass(frozen=True, slots=True)
class Block:
    """The boxes of one quantity as they stand on the paper.

    Attributes:
        lead: typeset symbol; empty before entries that do not stand in the shape of the quantity.
        relation: what stands behind it.
        rows: the boxes.
        box_width: inside each.
        is_labelled: whether each has its symbol above it.
        width, height: of all, with the symbol.
    """

    lead: Markup
    relation: str
    rows: Rows
    box_width: float
    is_labelled: bool
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class TaskLayout:
    """A task's lines of boxes.

    Attributes:
        lines: of blocks.
        text_width: of the task's text where the boxes stand beside it, 0 where they stand under it.
        height: of all boxes.
    """

    lines: tuple[tuple[Block, ...], ...]
    text_width: float
    height: float

    @property
    def is_short(self) -> bool:
        """Whether the task is kept on one page."""
        return self.height < 7 * BOX_HEIGHT


def laid_out(task: Task, lead: Lead) -> TaskLayout:
    """The boxes of a task that asks for numbers, shapes or a choice.

    Args:
        task: with its boxes.
        lead: typesets a symbol.
    """
    leads = [lead(box.symbol) if box.symbol else (Markup(""), 0.0) for box in task.boxes]
    relation = ":" if task.kind == "shape" else "="
    wide, narrow = (
        _lines(list(_forms(task, leads, relation, ROOM, place)), ROOM) for place in range(len(LETTER_WIDTHS))
    )
    lines = narrow if _height(narrow) < _height(wide) - 1 else wide
    width = sum(block.width for block in lines[0]) + BETWEEN_BLOCKS * (len(lines[0]) - 1) if lines else 0.0
    height = _height(lines)
    beside = ROOM - width - MARKS - BETWEEN_BLOCKS
    if len(lines) == 1 and width <= BESIDE and beside >= LEAST_TEXT and not task.options and not task.spellings:
        rows, under = _text_lines(task, beside), _text_lines(task, ROOM - MARKS)
        if rows <= MOST_LINES and max(rows * LINE, height) < under * LINE + height:
            return TaskLayout(lines, beside, height)
    return TaskLayout(lines, 0.0, height)


def _text_lines(task: Task, width: float) -> int:
    """About how many lines the text of a task takes."""
    letters = len(_COMMANDS.sub("", task.text)) + len(task.digits) + 3
    return int(letters * AVERAGE_LETTER * SIZE / width) + 1


def _forms(
    task: Task, leads: Sequence[tuple[Markup, float]], relation: str, room: float, place: int
) -> Iterator[tuple[Block, ...]]:
    """The ways in which each of a task's boxes may stand, the usual one first."""
    for box, (lead, lead_width) in zip(task.boxes, leads, strict=True):
        cells = [cell for row in box.cells for cell in row if cell]
        label = max((letters_width(cell.symbol) * LABEL_SIZE for cell in cells), default=0.0) if len(cells) > 1 else 0
        width = max(task.characters * LETTER_WIDTHS[place] + 4, LEAST_WIDTHS[place], label + 2)
        before = lead_width + (RELATION if box.symbol else 0)
        across = width + 2 * BORDER + BETWEEN
        fitting, alone = (max(int((room - lead - BETWEEN) / across), 1) for lead in (before, 0))
        flat = _block(
            Markup(""), "", tuple(tuple(cells[at : at + alone]) for at in range(0, len(cells), alone)), width, 0
        )
        shaped = _block(lead, relation, box.cells, width, before)
        columns = len(box.cells[0])
        if columns > fitting:
            yield (flat,)
        elif columns > 1 or len(cells) == 1:
            yield (shaped,)
        else:
            yield flat, shaped


def _block(lead: Markup, relation: str, rows: Rows, width: float, before: float) -> Block:
    is_labelled = sum(map(len, rows)) > 1
    columns = max(map(len, rows))
    row = BOX_HEIGHT + 2 * BORDER + BELOW + (LABEL_HEIGHT if is_labelled else 0)
    across = before + columns * (width + 2 * BORDER) + (columns + 1) * BETWEEN
    return Block(lead, relation if before else "", rows, width, is_labelled, across, row * len(rows))


def _lines(forms: list[tuple[Block, ...]], room: float) -> tuple[tuple[Block, ...], ...]:
    """The lowest lines that hold all boxes in their order."""
    best: list[tuple[float, tuple[tuple[Block, ...], ...]]] = [(0.0, ())]
    for end in range(1, len(forms) + 1):
        found: tuple[float, tuple[tuple[Block, ...], ...]] = (inf, ())
        for start in range(end - 1, -1, -1):
            line = _line(forms[start:end], room)
            if line is None:
                break
            is_lone = len(line) == len(line[0].rows) == len(line[0].rows[0]) == 1 and len(forms) > 1
            slack = (room - sum(block.width for block in line)) / room
            cost = _height((line,)) + BETWEEN_LINES + LONE * is_lone + RAGGED * slack**2
            if best[start][0] + cost < found[0]:
                found = best[start][0] + cost, (*best[start][1], line)
        best.append(found)
    return best[-1][1]


def _line(forms: Sequence[tuple[Block, ...]], room: float) -> tuple[Block, ...] | None:
    """These boxes side by side, as low as they fit; None where they do not. One alone always has a line."""
    for height in sorted({form.height for each in forms for form in each}):
        low = [[form for form in each if form.height <= height] for each in forms]
        if not all(low):
            continue
        line = tuple(min(each, key=lambda form: form.width) for each in low)
        if sum(block.width for block in line) + BETWEEN_BLOCKS * (len(line) - 1) <= room or len(line) == 1:
            return line
    return None


def _height(lines: Sequence[Sequence[Block]]) -> float:
    return sum(max(block.height for block in line) for line in lines) + BETWEEN_LINES * max(len(lines) - 1, 0)
