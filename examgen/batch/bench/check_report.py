"""The test bench's findings as lines of text, for the command line."""

from collections.abc import Iterator, Sequence

from examgen.batch.bench.checked import Checked, QuestionCheck, Spread, Work
from examgen.batch.bench.mistaken_sitters import InFormulas
from examgen.core.misconceptions.table import MISCONCEPTIONS
from examgen.exams.draws.screens import SCREENS

MANY = 1000.0
"""Beyond so many tolerances it does not matter how many."""


def report(checked: Checked) -> Iterator[str]:
    """What the bench found, line by line; what is wrong comes last."""
    for question in checked.questions:
        yield from _question(question)
        yield from _in_formulas(checked.others.formulas.get(question.id, ()))
    yield ""
    if checked.sitters:
        yield from _sat(checked)
    yield from (f"Note: {note}" for note in checked.notes)
    yield from (f"Problem: {problem}" for problem in checked.problems)
    yield _verdict(checked)


def _verdict(checked: Checked) -> str:
    if any(question.is_untried for question in checked.questions):
        return "Too few draws to judge this bank."
    return "Something is wrong with this bank." if checked.problems else "All is well."


def _sat(checked: Checked) -> Iterator[str]:
    mistaken, others = checked.mistaken, checked.others
    yield f"Handed in and marked: {checked.sitters} papers, right ones in the notations {', '.join(checked.notations)}"
    if mistaken.sitters:
        yield f"Wrong numbers: {mistaken.sitters} students with a misconception, named to {mistaken.named} of them"
    tried = [one for of_question in others.formulas.values() for one in of_question]
    if tried:
        count, lost, named = (sum(getattr(one, part) for one in tried) for part in ("tried", "lost", "named"))
        yield f"Wrong formulas: {count} with a misconception, {lost} lose marks, named for {named} of them"
    if others.wrong_answers:
        nothing = others.wrong_answers - others.scored
        yield f"Swapped shapes and wrong choices: {others.wrong_answers}, {nothing} score nothing"
    yield f"Sample paper: {checked.sample}"


def _question(question: QuestionCheck) -> Iterator[str]:
    yield f"{question.id}: {question.title}"
    shapes = "1 shape" if question.shapes == 1 else f"{question.shapes} shapes"
    if question.draws:
        rate = _percent(question.accepted / question.draws)
        draws = "1 draw" if question.draws == 1 else f"{question.draws} draws"
        yield f"  {draws} of {shapes}, {question.accepted} accepted ({rate})"
        rows = list(_turned_away(question))
        yield from _table("turned away by", ("draws", ""), rows)
        if len(rows) > 1:
            yield "  (one draw may be turned away by several)"
    else:
        yield "  fixed numbers, nothing is drawn"
    if question.work is not None:
        yield from _table("a paper has", ("least", "middle", "most"), list(_work(question.work)))
    yield from _in_numbers(question)


def _turned_away(question: QuestionCheck) -> Iterator[tuple[str, tuple[str, str]]]:
    """Screens with how often and why; below that of misconceptions each of them."""
    for name, count in question.rejections.items():
        if count:
            yield name, (_percent(count / question.draws), SCREENS[name].reason)
        if count and SCREENS[name].is_slow:
            counted = [(one, times) for one, times in question.mistaken.items() if times]
            for one, times in sorted(counted, key=lambda row: -row[1]):
                yield f"  {one}", (_percent(times / question.draws), MISCONCEPTIONS[one].mistake)


def _work(work: Work) -> Iterator[tuple[str, tuple[str, str, str]]]:
    yield "multiplications", _spread(work.multiplications, "{:.0f}")
    yield "negative numbers", _spread(work.minus_signs, "{:.0f}")
    if work.live_units is not None:
        yield "units with a slope", _spread(work.live_units, "{:.0f}")
    yield "work of it all", _spread(work.work, "{:.1f}")
    yield "smallest answer but 0", _spread(work.smallest, "{:.3g}")
    yield "largest answer", _spread(work.largest, "{:.3g}")


def _in_numbers(question: QuestionCheck) -> Iterator[str]:
    rows = [
        (
            one.name,
            (
                _percent(one.shown),
                _many(one.tolerances.low),
                _many(one.tolerances.middle),
                MISCONCEPTIONS[one.name].mistake,
            ),
        )
        for one in question.separations
    ]
    yield from _table("wrong numbers from", ("show on papers", "least off", "middle", ""), rows)
    if rows:
        yield "  (off: how far the worst answer of a paper is off, in tolerances; up to 1 it would look right)"


def _in_formulas(formulas: Sequence[InFormulas]) -> Iterator[str]:
    seen = [one for one in formulas if one.tried]
    rows = [
        (
            one.name,
            (f"{one.changes} of {one.formulas}", str(one.tried), str(one.lost), str(one.named), str(one.alone)),
        )
        for one in seen
    ]
    yield from _table("wrong formulas from", ("can show in", "tried", "lose marks", "named", "named alone"), rows)
    if rows:
        yield "  (named alone: no other misconception gives the same formula)"
    hidden = [one.name for one in formulas if not one.tried]
    if hidden:
        yield f"  cannot show in formulas, which may use the symbols that it changes: {', '.join(hidden)}"


def _spread(spread: Spread, form: str) -> tuple[str, str, str]:
    return form.format(spread.low), form.format(spread.middle), form.format(spread.high)


def _many(tolerances: float) -> str:
    return f"over {MANY:.0f}" if tolerances > MANY else f"{tolerances:.1f}"


def _percent(share: float) -> str:
    """With one decimal; never rounded to all or nothing."""
    if share in {0, 1}:
        return f"{share:.0%}"
    return f"{min(max(100 * share, 0.1), 99.9):.1f}%"


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
