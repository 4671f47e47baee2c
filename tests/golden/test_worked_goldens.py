"""Whole keys as text: every shipped exam in its own notation, and two of them in every notation that fits.

Refreshed by `pytest --update-goldens`; the difference is to be read as an instructor reads a worked solution.
"""

from collections.abc import Callable, Iterator

import pytest

from examgen.documents.pages import NetworkPicture, PaperPage, QuestionPart
from examgen.documents.paper.papers import key_page
from examgen.exams.banks.building import Student, draw_variants, load_exam
from tests.small_banks import fitting_notations, shipped_names

SEED = 7
IN_ALL_NOTATIONS = ("question2", "sigmoid-chain")
PAGES = [(name, None) for name in shipped_names() if name not in IN_ALL_NOTATIONS] + [
    (name, notation) for name in IN_ALL_NOTATIONS for notation in fitting_notations(name)
]


@pytest.mark.parametrize(("name", "notation"), PAGES)
def test_whole_keys(name: str, notation: str | None, golden: Callable[[str, str], None]) -> None:
    """The key of an exam reads as it did."""
    loaded = load_exam(name, SEED, notation)
    [variant] = draw_variants(loaded, [Student("s1", "Ada")])
    lines = list(page_lines(key_page(loaded.exam, variant)))
    suffix = f"-{notation}" if notation else ""
    golden(f"worked/{name}{suffix}.txt", "\n".join(lines) + "\n")


def page_lines(page: PaperPage) -> Iterator[str]:
    """A page as text, one relation a line."""
    yield f"{page.title} | {page.marks} marks"
    yield from page.instructions
    for question in page.questions:
        yield ""
        yield f"# {question.number} {question.title}"
        yield from _question_lines(question)
        for section in question.sections:
            yield ""
            yield f"## {section.title}"
            for line in section.lines:
                yield from [line.text] if line.text else []
                yield from (f"{'    ' if place else '  '}{part}" for place, part in enumerate(line.relations))


def _question_lines(question: QuestionPart) -> Iterator[str]:
    yield from question.text
    if question.picture:
        yield f"picture: {question.picture.description}"
        for layer in question.picture.layers if isinstance(question.picture, NetworkPicture) else ():
            yield f"  {layer.caption}{' with biases' if layer.has_bias else ''}: {', '.join(layer.units)}"
    for given in question.givens:
        label = rf"\text{{{given.label}: }} " if given.label else ""
        yield f"  {label}{given.latex}"
    for task in question.tasks:
        yield f"({task.letter}) {task.text} [{task.digits}; {task.marks} marks]"
        for box in task.boxes:
            rows = [", ".join(f"{cell.symbol} = {cell.field}" for cell in row if cell) for row in box.cells]
            yield f"  {box.symbol}: {' / '.join(rows)}"
