"""What is written on the bubble pages of a paper, beside their bubbles; `printing` asks, once for a shape.

Where everything stands is said by `exams.bubbles`, which the reader of scanned pages asks, too.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from examgen.documents.style import PaperStyle
from examgen.exams.bubbles.bubble_grids import Grid
from examgen.exams.bubbles.bubble_pages import CODE, HEADING, BubblePage, BubblePaper, bubble_paper_of, frame_origin
from examgen.exams.bubbles.rectangles import Rectangle
from examgen.exams.fields import Field, task_letter
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.task import CHOICE

_BRACED = r"\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}"
_DERIVATIVE = re.compile(rf"\\frac\s*(?=\{{\\partial){_BRACED}\s*{_BRACED}")
"""A fraction above whose line a derivative begins; braces may stand in braces in braces."""

PAGE_SIZES = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
"""Width and height of each size of paper, in millimetres."""


@dataclass(frozen=True, slots=True)
class GridLabel:
    """What stands over a grid.

    Attributes:
        task: its letter on the paper, behind the number of the question where there are several.
        symbol: LaTeX; empty for a choice.
        step: in words, where there are several.
        field: the name on the answer sheet; of a number it is drawn elsewhere.
        place: on the page, in millimetres from its upper left corner.
    """

    task: str
    symbol: str
    step: str
    field: str
    place: Rectangle


@dataclass(frozen=True, slots=True)
class BubbleSheet:
    """One bubble page.

    Attributes:
        page: its grids; where they stand follows from what is asked, so that nothing of it need be said of a page.
        count: how many such pages the paper has.
        labels: of its grids.
        heading: the room for words, as `GridLabel.place`.
        has_choices, has_others: whether options are asked on some of the pages, and entries that no bubble can hold.
    """

    page: BubblePage = field(repr=False)
    count: int
    labels: tuple[GridLabel, ...]
    heading: Rectangle
    has_choices: bool
    has_others: bool

    @property
    def number(self) -> int:
        """Its number among them."""
        return self.page.number


def bubble_sheets(papers: Sequence[PaperShape], style: PaperStyle) -> tuple[BubbleSheet, ...]:
    """The bubble pages of a paper with questions of these shapes; none where nothing can be bubbled."""
    if not papers:
        return ()
    paper = bubbles_of(papers)
    left, top = frame_origin(*PAGE_SIZES[style.paper])
    labels = dict(_labels(papers, style))
    has_choices = any(grid.kind != "number" for page in paper.pages for grid in page.grids)

    def placed(where: Rectangle) -> Rectangle:
        return Rectangle(round(where.left + left, 3), round(where.top + top, 3), where.width, where.height)

    def label_of(grid: Grid) -> GridLabel:
        named = "" if grid.boxes else grid.field
        return GridLabel(*labels[grid.question, grid.field], named, placed(grid.label))

    return tuple(
        BubbleSheet(
            page,
            len(paper.pages),
            tuple(map(label_of, page.grids)),
            placed(HEADING),
            has_choices,
            bool(paper.unfit),
        )
        for page in paper.pages
    )


def bubbles_of(papers: Sequence[PaperShape]) -> BubblePaper:
    """Where the bubbles of a paper stand."""
    return bubble_paper_of(papers[0].naming.notation, tuple((paper.question, paper.label) for paper in papers))


def code_place(style: PaperStyle) -> Rectangle:
    """Where the code stands on a page of this style, in millimetres from its upper left corner."""
    left, top = frame_origin(*PAGE_SIZES[style.paper])
    return Rectangle(left + CODE.left, top + CODE.top, CODE.width, CODE.height)


def _labels(papers: Sequence[PaperShape], style: PaperStyle) -> Iterator[tuple[tuple[str, str], tuple[str, str, str]]]:
    """Task, symbol and step of each entry, by question and field."""
    for number, paper in enumerate(papers, start=1):
        before = f"{number} " if len(papers) > 1 else ""
        for one in paper.fields:
            if one.as_ in ("number", CHOICE):
                symbol = "" if one.as_ == CHOICE else in_line(paper.naming.entry(one.quantity, one.index).latex)
                task = f"{before}({task_letter(one.task)})"
                yield (paper.question.id, one.name), (task, symbol, _step(paper, one, style))


def _step(paper: PaperShape, entry: Field, style: PaperStyle) -> str:
    if paper.shape.steps == 1 or entry.step is None:
        return ""
    step: str = style.words["worked"]["step_alone"]
    return step.format(step=entry.step)


def in_line(latex: str) -> str:
    """A symbol with strokes in the place of the fractions of derivatives, for which there is no room."""
    return _DERIVATIVE.sub(r"\1 / \2", latex)
