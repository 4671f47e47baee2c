"""How numbers in the options of choices look: as marks for what differs between students, and in the options' texts.

`solved_numbers` adds their values to those of a paper; `papers` and `typed_tasks` print options with them.
"""

from collections.abc import Iterator

import numpy as np

from examgen.core.rules.rule import Array
from examgen.documents.numbers import Entry, entries
from examgen.documents.style import PaperStyle
from examgen.documents.worked.solved_paper import SolvedPaper
from examgen.exams.option_numbers import name_in_task, option_numbers
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.wording.option_texts import OptionNumber, with_numbers


def marks_of(paper: PaperShape) -> dict[str, Array]:
    """Arrays of marks in the place of a paper's values, and of the numbers in its options, by name."""
    return {**entries(paper.graph), **dict(_option_marks(paper))}


def shown_options(solved: SolvedPaper, task: int, style: PaperStyle) -> tuple[str, ...]:
    """The options of a task, 0-based, in the language of a page: plain text with `$LaTeX$`."""

    def shown(number: OptionNumber) -> str:
        name = name_in_task(task, number)
        return f"${solved.numbers.text(solved.values[name][()], solved.decimals[name])}$"

    return tuple(with_numbers(style.phrase(option), shown) for option in solved.paper.options(task))


def _option_marks(paper: PaperShape) -> Iterator[tuple[str, Array]]:
    for one in option_numbers(paper):
        mark = np.empty((), dtype=object)
        mark[()] = Entry(((one.name, ()),))
        yield one.name, mark
