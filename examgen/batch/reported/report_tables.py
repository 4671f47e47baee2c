"""The tables of a class report that come from the other tables in the folder of marks, and from its statistics."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import isnan

from examgen.documents.numbers import with_minus
from examgen.documents.report.report_page import TextTable
from examgen.exams.exam import Exam
from examgen.marking.results.earlier import MARKED, STATUS
from examgen.marking.results.read_back import Row
from examgen.marking.statistics.class_figures import Reason
from examgen.marking.statistics.classical import Reliability, Spread, short_text

MOST_ROWS = 40
"""Of a table that may be as long as the class."""

LOOKED_AT = frozenset(
    {"unread", "held_back", "other_paper", "contradiction", "annotated", "other_variant", "out_of_time"}
)
"""Kinds of notes on a student's paper that a person settles."""

NEAR = 1.0
"""Percent below a grade's boundary for which a paper is worth a second look."""

DASH = "–"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> TextTable:
    """A table, cut where it is too long."""
    shown = tuple(tuple(row) for row in rows[:MOST_ROWS])
    return TextTable(tuple(heads), shown, frozenset(numbers), len(rows) - len(shown))


def spread_table(marks: Spread, percents: Spread) -> TextTable:
    """Marks and percent, side by side."""
    names = {
        "mean": "mean", "median": "median", "deviation": "standard deviation", "least": "lowest",
        "lower": "lower quartile", "upper": "upper quartile", "most": "highest",
    }  # fmt: skip
    rows = [(label, _number(getattr(marks, name)), _number(getattr(percents, name))) for name, label in names.items()]
    return table(("figure", "marks", "percent"), rows if marks.count else (), (1, 2))


def reliability_table(by_tasks: Reliability | None, by_entries: Reliability | None) -> TextTable:
    """Alpha by tasks and by entries; where it cannot be told, there is no row."""
    rows = [
        (
            name,
            _signed(found.alpha),
            f"{_signed(found.low)} to {_signed(found.high)}",
            str(found.parts),
            str(found.papers),
        )
        for name, found in (("tasks", by_tasks), ("entries", by_entries))
        if found is not None
    ]
    return table(("by", "alpha", "95% interval", "parts", "papers"), rows, (1, 2, 3, 4))


def reasons_table(reasons: Sequence[Reason]) -> TextTable:
    """Why answers could not be read."""
    rows = [(one.text, str(one.entries), str(one.students)) for one in reasons]
    return table(("what the student is told", "answers", "students"), rows, (1, 2))


def students_table(exam: Exam, book: Sequence[Row], notes: Sequence[Row]) -> TextTable:
    """Whom to look at: of whom a person has something to settle, and who is just below a grade."""
    reasons = defaultdict[str, list[str]](list)
    for note in notes:
        if note["student"] and note["kind"] in LOOKED_AT:
            reasons[note["student"]].append(_without_name(note["text"], note["student"]))
    for row in book:
        reasons[row["student"]] += _of_marks(exam, row)
    rows = [
        (row["student"], row.get("name", ""), row["marks"], "; ".join(reasons[row["student"]]))
        for row in book
        if row[STATUS] == MARKED and reasons.get(row["student"])
    ]
    return table(("student", "name", "marks", "why"), rows, (2,))


def variants_table(groups: Mapping[tuple[str, str], Spread]) -> TextTable:
    """Marks by question and shape, where a question has several."""
    several = {question for question, _ in groups}
    several = {one for one in several if sum(question == one for question, _ in groups) > 1}
    rows = [
        (question, label, str(found.count), _number(found.mean), _number(found.deviation))
        for (question, label), found in groups.items()
        if question in several
    ]
    return table(("question", "shape", "papers", "mean marks", "standard deviation"), rows, (2, 3, 4))


def integrity_table(rows: Sequence[Row]) -> TextTable:
    """Evidence, the least probable first."""
    ordered = sorted(rows, key=lambda row: float(row["probability"] or 1))
    shown = [
        (row["student"], row["other"], row["evidence"], row["entries"], row["probability"], row["detail"])
        for row in ordered
    ]
    return table(("student", "other", "evidence", "entries", "probability", "detail"), shown, (3, 4))


def _of_marks(exam: Exam, row: Row) -> Iterator[str]:
    if row[STATUS] != MARKED:
        return
    if row["blank"] and not any(int(row[name] or 0) for name in ("correct", "wrong", "follow_through", "imprecise")):
        yield "nothing that can be read was handed in"
    percent = float(row["percent"] or "nan")
    for grade in exam.policy.grades:
        below = float(grade.percent) - percent
        if 0 < below <= NEAR:
            yield f"{below:.2g} percent below {grade.name}"


def _without_name(text: str, student: str) -> str:
    return text.removeprefix(f"student {student!r}: ")


def _interval(found: Reliability) -> str:
    return f"{_signed(found.low)} to {_signed(found.high)}"


def _signed(value: float) -> str:
    return with_minus(f"{value:.2f}")


def _number(value: float) -> str:
    return DASH if isnan(value) else short_text(value)
