"""There is room on the bubble pages for the right answers of every exam, or it is told that there is none."""

import pytest

from examgen.batch.bubble_notices import bubble_notices
from examgen.documents.style import PaperStyle
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.bubbles.bubble_grids import Grid
from examgen.exams.bubbles.bubble_pages import bubble_paper
from examgen.exams.keys.solved_papers import entry, papers, solve
from tests.scanned_pages import columns_of
from tests.small_banks import shipped_names

CLASS = [Student(f"s{number}", "") for number in range(6)]

TOO_LONG = {"relu-1-1-3-1": ["C"]}
"""A published example with numbers of eight digits."""


@pytest.mark.parametrize("name", shipped_names())
def test_right_answers_have_room(name: str) -> None:
    """Whatever the seed: each character of each has a column, or the notice of the paper names the entry."""
    loaded = load_exam(name, 41)
    variants = draw_variants(loaded, CLASS)
    long = set()
    for variant in variants:
        grids = {
            (grid.question, grid.field): grid
            for page in bubble_paper(loaded.exam, variant).pages
            for grid in page.grids
        }
        for paper, numbers in papers(loaded.exam, variant):
            solved = solve(paper, numbers.givens)
            for field in paper.number_fields:
                value = entry(solved, field)
                decimals = max(int(field.digits.decimals_for(value)), 0)
                if not has_room(grids[paper.question.id, field.name], f"{abs(float(value)):.{decimals}f}"):
                    long.add(field.name)
    assert sorted(long) == TOO_LONG.get(name, [])
    told = [line for line in bubble_notices(loaded.exam, variants, PaperStyle(scan=True)) if "right answers" in line]
    assert len(told) == bool(long)
    assert all(field in told[0] for field in long)


def has_room(grid: Grid, text: str) -> bool:
    """Whether each character has a column with a bubble for it, the sign's aside."""
    columns = columns_of(grid)[1:]
    return len(text) <= len(columns) and all(
        any(bubble.value == sign for bubble in column) for sign, column in zip(text, columns, strict=False)
    )
