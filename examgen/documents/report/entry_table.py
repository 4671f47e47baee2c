"""The table of all entries of a question in a class report: what is the same in every row stands above it, once."""

from collections.abc import Callable, Mapping, Sequence
from math import isnan
from types import MappingProxyType

from examgen.documents.numbers import with_minus
from examgen.documents.report.report_page import EntryRow, QuestionReport, TextTable

HARD, TELLS_LITTLE = 0.5, 0.1
"""Entries that are pointed out: fewer marks than half on average, or hardly any correlation with the rest."""

PAPERS = "papers"
TEXTS = frozenset({"entry", "commonest cause", "note"})

_COLUMNS: Mapping[str, Callable[[EntryRow], str]] = MappingProxyType(
    {
        "entry": lambda one: one.symbol,
        PAPERS: lambda one: str(one.asked),
        "difficulty": lambda one: _two(one.difficulty),
        "discrimination": lambda one: _two(one.discrimination),
        "blank": lambda one: str(one.blank or ""),
        "unreadable": lambda one: str(one.unreadable or ""),
        "wrong": lambda one: str(one.wrong or ""),
        "wrong first": lambda one: str(one.first_wrong or ""),
        "commonest cause": lambda one: one.cause,
        "note": lambda one: _points_out(one),
    }
)
"""Heads in order, and what stands below them."""


def entry_table(entries: Sequence[EntryRow]) -> TextTable:
    """A row for each entry, without columns that say nothing: empty ones, and papers where all entries have as many."""
    columns = {head: [told(one) for one in entries] for head, told in _COLUMNS.items()}
    shown = {
        head: cells
        for head, cells in columns.items()
        if any(cells) and not (head == PAPERS and len(set(cells)) == 1)
    }  # fmt: skip
    numbers = frozenset(place for place, head in enumerate(shown) if head not in TEXTS)
    return TextTable(tuple(shown), tuple(zip(*shown.values(), strict=True)), numbers)


def entry_caption(question: QuestionReport) -> str:
    """What the table is of."""
    papers = {one.asked for one in question.entries}
    of_all = f", of {papers.pop():,} papers each" if len(papers) == 1 else ""
    return f"Entries of {question.name}{of_all}"


def _two(number: float) -> str:
    return "–" if isnan(number) else with_minus(f"{number:.2f}")


def _points_out(entry: EntryRow) -> str:
    """What an entry is pointed out for, in a word or two."""
    found = ["hard"] if entry.difficulty < HARD else []
    if entry.discrimination < TELLS_LITTLE:
        found.append("tells little")
    return ", ".join(found)
