"""Six lines on a class that was marked, for the terminal: what a teacher asks first."""

from collections.abc import Iterator, Mapping, Sequence
from math import isnan
from typing import Any

import numpy as np

from examgen.marking.statistics.class_figures import EntryFigures, causes, entry_figures
from examgen.marking.statistics.classical import short_text, spread
from examgen.marking.statistics.marks_table import MarksTable, marks_table
from examgen.tables.csv_writing import Column


def summary_lines(book: Mapping[str, Sequence[Any]], results: Mapping[str, Column]) -> list[str]:
    """Mean, median and spread of all marks; hardest entry, commonest cause and unreadable answers of those marked now.

    Args:
        book: columns of gradebook.csv by name, of everybody.
        results: columns of results.csv by name, of those marked now.
    """
    return [*_of_marks(book), *_of_entries(marks_table(results))]


def _of_marks(book: Mapping[str, Sequence[Any]]) -> Iterator[str]:
    marks = np.array([one for one in book["marks"] if one is not None], dtype=float)
    most = max((float(one) for one in book["max_marks"] if one is not None), default=0.0)
    percents = np.array([one for one in book["percent"] if one is not None], dtype=float)
    found = spread(marks)
    yield f"Mean: {short_text(found.mean)} of {short_text(most)} ({percents.mean():.1f}%)"
    yield f"Median: {short_text(found.median)}"
    if isnan(found.deviation):
        yield "Spread: one paper has none"
    else:
        low, high = short_text(found.least), short_text(found.most)
        yield f"Spread: standard deviation {short_text(found.deviation)}, from {low} to {high}"


def _of_entries(table: MarksTable) -> Iterator[str]:
    figures = [one for one in entry_figures(table) if not isnan(one.difficulty)]
    hardest = min(figures, key=lambda one: one.difficulty, default=None)
    is_told = hardest is not None and hardest.difficulty < 1
    yield f"Hardest entry: {_told(hardest) if hardest is not None and is_told else 'none, all have full marks'}"
    named = causes(table)
    yield f"Commonest cause: {_counted(named[0].name, named[0].students, 'student') if named else 'none is named'}"
    unreadable = table.came_out("unreadable")
    students, answers = int(unreadable.any(axis=1).sum()), int(unreadable.sum())
    yield f"Unreadable: {_count(answers, 'answer')} of {_count(students, 'student')}" if answers else "Unreadable: none"


def _told(entry: EntryFigures) -> str:
    return f"{entry.place[0]} {entry.place[1]}, {100 * entry.difficulty:.0f}% of its marks on average"


def _counted(name: str, count: int, of: str) -> str:
    return f"{name}, {_count(count, of)}"


def _count(count: int, of: str) -> str:
    return f"1 {of}" if count == 1 else f"{count:,} {of}s"
