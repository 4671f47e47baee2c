"""The test bench's findings as lines of text, for the command line."""

from collections.abc import Iterator, Sequence

from examgen.batch.checking import Checked, QuestionCheck, Spread
from examgen.exams.screens import SCREENS

MANY = 1000.0
"""Beyond so many tolerances it does not matter how many."""


def report(checked: Checked) -> Iterator[str]:
    """What the bench found, line by line; what is wrong comes last."""
    for question in checked.questions:
        yield from _question(question)
    yield ""
    if checked.sitters:
        yield f"Marked: {checked.sitters} papers in the notations {', '.join(checked.notations)}"
        yield f"Misconceptions named to the students who have them: {_percent(checked.named)}"
        yield f"Sample paper: {checked.sample}"
    yield from (f"Note: {note}" for note in checked.notes)
    yield from (f"Problem: {problem}" for problem in checked.problems)
    yield "Something is wrong with this bank." if checked.problems else "All is well."


def _question(question: QuestionCheck) -> Iterator[str]:
    yield f"{question.id}: {question.title}"
    shapes = "1 shape" if question.shapes == 1 else f"{question.shapes} shapes"
    if question.draws:
        rate = _percent(question.accepted / question.draws)
        yield f"  {question.draws} draws of {shapes}, {question.accepted} accepted ({rate})"
        turned_away = [(name, count) for name, count in question.rejections.items() if count]
        yield from _table(
            "turned away by",
            ("draws", ""),
            [(name, (_percent(count / question.draws), SCREENS[name].reason)) for name, count in turned_away],
        )
    else:
        yield "  fixed numbers, nothing is drawn"
    spreads = [
        ("multiplications", question.multiplications, "{:.0f}"),
        ("minus signs", question.minus_signs, "{:.0f}"),
        ("live units", question.live_units, "{:.0f}"),
        ("smallest answer", question.smallest, "{:.3g}"),
        ("largest answer", question.largest, "{:.3g}"),
    ]
    if question.accepted:
        rows = [(name, _spread(spread, form)) for name, spread, form in spreads if spread is not None]
        yield from _table("a paper has", ("least", "middle", "most"), rows)
    if question.separations:
        yield from _table(
            "misconception",
            ("shows on", "off by, in tolerances: least", "middle"),
            [
                (one.name, (_percent(one.shown), _many(one.tolerances.low), _many(one.tolerances.middle)))
                for one in question.separations
            ],
        )


def _spread(spread: Spread, form: str) -> tuple[str, str, str]:
    return form.format(spread.low), form.format(spread.middle), form.format(spread.high)


def _many(tolerances: float) -> str:
    return f"over {MANY:.0f}" if tolerances > MANY else f"{tolerances:.1f}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g}%"


def _table(head: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> Iterator[str]:
    """Aligned columns; numbers to the right, the last column of words to the left."""
    if not rows:
        return
    width = max(len(head), *(len(name) for name, _ in rows))
    widths = [max(len(column), *(len(cells[n]) for _, cells in rows)) for n, column in enumerate(columns)]
    yield ""
    for name, cells in [(head, columns), *rows]:
        aligned = [
            cell if not column else cell.rjust(size) for cell, size, column in zip(cells, widths, columns, strict=True)
        ]
        yield f"  {name.ljust(width)}  {'  '.join(aligned)}".rstrip()
