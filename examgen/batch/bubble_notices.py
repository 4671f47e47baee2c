"""What an instructor is told of bubble pages when papers are made: what is not on them, and whose they are."""

from collections.abc import Iterator, Sequence

from examgen.documents.paper.bubbled.page_squares import check_installed
from examgen.documents.style import PaperStyle
from examgen.errors import ExamgenError, some
from examgen.exams.bubbles.bubble_grids import columns_for
from examgen.exams.bubbles.bubble_pages import BubblePaper, bubble_paper
from examgen.exams.digits import print_decimals
from examgen.exams.exam import Exam, Variant
from examgen.exams.keys.solved_papers import entry, papers, solve

MOST_NAMED = 5
"""So many entries are named in a line; the rest is counted."""

MOST_SOLVED = 20
"""Papers whose right answers are tried on the circles: the numbers of an exam are much alike."""


def check_scan(style: PaperStyle, *, has_pages: bool = True) -> None:
    """Check that bubble pages can be made where they are wanted.

    Args:
        style: of the papers.
        has_pages: whether there are PDFs.

    Raises: ExamgenError: there are none, or a library is missing.
    """
    if not style.scan:
        return
    if not has_pages:
        raise ExamgenError("--scan adds pages to PDFs, and with --no-pdf there are none; leave one of the two out")
    check_installed()


def bubble_notices(exam: Exam, variants: Sequence[Variant], style: PaperStyle) -> tuple[str, ...]:
    """What is to be told of the bubble pages of these papers, a line each; nothing where none are wanted."""
    return tuple(_notices(exam, variants)) if style.scan and variants else ()


def _notices(exam: Exam, variants: Sequence[Variant]) -> Iterator[str]:
    # Papers of the same shapes have the same pages.
    shapes = {tuple(numbers.label for numbers in one.questions.values()): one for one in variants}
    made = [bubble_paper(exam, variant) for variant in shapes.values()]
    if fullest := max(made, key=lambda paper: len(paper.unfit)).unfit:
        several = len(exam.questions) > 1
        named = [f"{question} {field}" if several else field for question, field in fullest]
        yield (
            f"bubbles hold no formulas and no shapes: {_counted(made)} left to the boxes of the questions "
            f"({some(named, MOST_NAMED)})"
        )
    if long := list(dict.fromkeys(_too_long(exam, variants[:MOST_SOLVED]))):
        yield (
            f"right answers have more characters than their circles have columns: {some(long, MOST_NAMED)}; ask for "
            f"fewer digits, or students must round them"
        )
    if not all(paper.pages for paper in made):
        yield "papers on which nothing can be bubbled have no bubble pages"
    if any(not variant.student for variant in variants):
        yield (
            "the bubble pages of a paper for anybody do not say whose they are: give --student, or make papers for a "
            "class list with batch"
        )


def _too_long(exam: Exam, variants: Sequence[Variant]) -> Iterator[str]:
    """The entries whose right answers have no room."""
    for variant in variants:
        for paper, numbers in papers(exam, variant):
            solved = solve(paper, numbers.givens)
            for field in paper.number_fields:
                value = entry(solved, field)
                text = print_decimals(float(value), int(field.digits.decimals_for(value)))
                if len(text.lstrip("-")) > columns_for(field.digits):
                    yield f"{paper.question.id} {field.name}" if len(exam.questions) > 1 else field.name


def _counted(papers: Sequence[BubblePaper]) -> str:
    """How many entries are on no bubble page."""
    counts = sorted({len(paper.unfit) for paper in papers})
    count = str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    return f"{count} entry of a paper is" if counts == [1] else f"{count} entries of a paper are"
