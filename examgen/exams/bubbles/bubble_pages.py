"""Which entries of a paper stand on which of its bubble pages, and where; nothing about it is stored.

Read by who prints the pages and by who reads them back. All places are millimetres in the frame that the corner marks
span, the same on every paper size; the frame stands in the middle of the page.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from examgen.exams.bubbles.bubble_grids import GRID_HEIGHT, Entry, Grid, GridKind, grid_at, size_of
from examgen.exams.bubbles.rectangles import Rectangle
from examgen.exams.exam import Exam, Question, Variant
from examgen.exams.fields import Field, task_letter
from examgen.exams.naming.notation import Notation
from examgen.exams.paper_shapes import PaperShape, paper_shape
from examgen.exams.task import CHOICE

FRAME_WIDTH, FRAME_HEIGHT = 190.0, 264.0
"""Of the frame: it leaves a margin on A4 and on Letter."""

MARK_SIDE = 9.0
MARKS = tuple(
    Rectangle(left, top, MARK_SIDE, MARK_SIDE)
    for left, top in (
        (0.0, 0.0),
        (FRAME_WIDTH - MARK_SIDE, 0.0),
        (FRAME_WIDTH - MARK_SIDE, FRAME_HEIGHT - MARK_SIDE),
        (0.0, FRAME_HEIGHT - MARK_SIDE),
    )
)
"""Where the corner marks stand, by their numbers."""

QUIET = 1.7
"""Around each mark nothing is printed."""

CODE = Rectangle(152.0, 0.0, 26.0, 26.0)
"""Where the code of the page stands, the white around it included."""

HEADING = Rectangle(MARK_SIDE + 3.0, 0.0, 137.0, 28.0)
"""Where it says whose page it is, and how to fill it."""

_GRIDS_TOP = 30.0
_GRIDS_BOTTOM = FRAME_HEIGHT - MARK_SIDE - QUIET
_GAP = 5.5
_ROW_HEIGHT = GRID_HEIGHT + 1.1
_STACK_GAP = 1.5


@dataclass(frozen=True, slots=True)
class BubblePage:
    """One page: its number, from 1 on, and its grids in the order of the paper."""

    number: int
    grids: tuple[Grid, ...]


@dataclass(frozen=True, slots=True)
class BubblePaper:
    """The bubble pages of a paper.

    Attributes:
        pages: in order.
        unfit: question and name of each field that bubbles cannot hold: a formula, or a shape.
    """

    pages: tuple[BubblePage, ...]
    unfit: tuple[tuple[str, str], ...]


def bubble_paper(exam: Exam, variant: Variant) -> BubblePaper:
    """The bubble pages of a student's paper; the same for all papers of the same shapes."""
    return bubble_paper_of(exam.notation, tuple((one, variant.questions[one.id].label) for one in exam.questions))


def frame_origin(page_width: float, page_height: float) -> tuple[float, float]:
    """Where the frame's upper left corner stands on a page of this size, in millimetres."""
    return (page_width - FRAME_WIDTH) / 2, (page_height - FRAME_HEIGHT) / 2


@lru_cache(maxsize=256)
def bubble_paper_of(notation: Notation, parts: tuple[tuple[Question, str], ...]) -> BubblePaper:
    """The bubble pages of a paper in a notation with these questions, each in the shape of this label."""
    fields = [
        (question.id, paper, field)
        for question, label in parts
        for paper in (paper_shape(question, label, notation),)
        for field in paper.fields
    ]
    entries = [_entry(question, paper, field) for question, paper, field in fields if _is_fit(field)]
    unfit = tuple((question, field.name) for question, _, field in fields if not _is_fit(field))
    by_page: dict[int, list[Grid]] = {}
    for page, grid in _placed(entries):
        by_page.setdefault(page, []).append(grid)
    return BubblePaper(tuple(BubblePage(page, tuple(grids)) for page, grids in by_page.items()), unfit)


def _is_fit(field: Field) -> bool:
    return field.as_ in {"number", CHOICE}


def _entry(question: str, paper: PaperShape, field: Field) -> Entry:
    if field.as_ == "number":
        return Entry(question, field.name, field.symbol, field.digits)
    task = paper.question.tasks[field.task]
    kind: GridKind = "several" if task.takes_several else "one"
    letters = tuple(map(task_letter, range(len(task.options))))
    return Entry(question, field.name, field.symbol, field.digits, kind, letters)


def _placed(entries: Iterable[Entry]) -> Iterator[tuple[int, Grid]]:
    """The page and the grid of each entry: from left to right, row by row; choices below one another where they fit."""
    page, left, top = 1, 0.0, _GRIDS_TOP
    stacked: Rectangle | None = None
    for entry in entries:
        width, height = size_of(entry)
        if entry.kind != "number" and stacked is not None and stacked.bottom + _STACK_GAP + height <= top + GRID_HEIGHT:
            grid = grid_at(entry, stacked.left, stacked.bottom + _STACK_GAP)
            stacked = grid.area
            yield page, grid
            continue
        if left + width > FRAME_WIDTH + 1e-6:
            left, top = 0.0, top + _ROW_HEIGHT
        if top + GRID_HEIGHT > _GRIDS_BOTTOM:
            page, left, top = page + 1, 0.0, _GRIDS_TOP
        grid = grid_at(entry, left, top)
        stacked = grid.area if entry.kind != "number" else None
        left = grid.area.right + _GAP
        yield page, grid
