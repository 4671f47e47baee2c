"""Marks a class: reads the sheets, finds the key, marks every entry, and makes the tables.

`grade` is what the command line and the public function call.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from examgen.errors import AnswersError
from examgen.exams.files import csv_bytes, safe_text, write_files
from examgen.exams.keys import Key, read_key
from examgen.exams.policy import Policy
from examgen.marking import totals
from examgen.marking.answers import FRACTION, READABLE, REASON_CODES, AnswerTable, Numbers, Texts
from examgen.marking.csv_columns import Column
from examgen.marking.diagnosis import diagnose
from examgen.marking.entries import mark
from examgen.marking.finding import find_key
from examgen.marking.following import NO_DIGITS, Submitted
from examgen.marking.matching import Matched, PaperAnswers, Submission, match, missing_students
from examgen.marking.other_answers import mark_others
from examgen.marking.outcomes import OUTCOMES
from examgen.marking.overrides import Override, find_overrides, read_overrides, with_overrides
from examgen.marking.problems import Notice, Problem, who
from examgen.marking.reading import DecimalChoice, HandedIn, read_files
from examgen.marking.remarking import Remarking, changes
from examgen.marking.results import EntryColumns, comments, result_columns, results_csv, results_frame

if TYPE_CHECKING:
    import pandas as pd

_MARKS = ("marks", "max_marks")


@dataclass(frozen=True, slots=True)
class UnreadEntry:
    """An answer that could not be read: whose, which, what was written, and why."""

    student: str
    question: str
    field: str
    answer: str
    comment: str

    @property
    def text(self) -> str:
        """All of it in a sentence."""
        return f"{who(self.student)}: {self.question} {self.field}: cannot read {self.answer!r}: {self.comment}"


@dataclass(frozen=True, eq=False)
class GradedClass:
    """A marked class.

    Attributes:
        exam: id of the exam.
        result_columns: columns of results.csv by name; see `results`.
        gradebook_columns: columns of gradebook.csv by name; see `gradebook`.
        notices: what could not be matched with the key.
        problems: what could not be read.
        missing: students of the key who handed in nothing.
        remarking: whose marks are other than when the class was marked before.
        key: folder of the key that was used.
        folder: where results.csv and gradebook.csv were written.
    """

    exam: str
    result_columns: Mapping[str, Column]
    gradebook_columns: Mapping[str, Any]
    notices: tuple[Notice, ...]
    problems: tuple[Problem, ...]
    missing: tuple[str, ...]
    remarking: Remarking
    key: Path
    folder: Path

    @cached_property
    def results(self) -> "pd.DataFrame":
        """A row per student and field, columns `results.COLUMNS`; made when it is first asked for."""
        return results_frame(self.result_columns)

    @cached_property
    def gradebook(self) -> "pd.DataFrame":
        """A row per student: marks, share, marks of each question, entries of each outcome."""
        import pandas as pd

        return pd.DataFrame(dict(self.gradebook_columns))

    def unread(self, most: int) -> tuple[int, list[UnreadEntry]]:
        """How many answers could not be read, and the first of them."""
        columns = {name: column for name, column in self.result_columns.items() if isinstance(column, Texts)}
        rows = np.flatnonzero(columns["outcome"].codes == OUTCOMES["unreadable"].code)
        names = ("student", "question", "field", "answer", "comment")
        return len(rows), [UnreadEntry(*(columns[name].at(row) for name in names)) for row in rows[:most].tolist()]


def grade(
    answers: Path,
    key: Path | None = None,
    out: Path | None = None,
    decimal: DecimalChoice = "auto",
    *,
    latest: bool = False,
    overrides: Path | None = None,
    time_limit: float = 60.0,
) -> GradedClass:
    """Mark answer sheets and write results.csv and gradebook.csv.

    Args:
        answers: one file with the answers of one or many students, or a folder or zip file of such files.
        key: folder of the key, or of the exam around it; looked up by the sheets' exam when it is not given.
        out: folder for the two tables; `marks` in the exam's folder when it is not given.
        decimal: the decimal mark of the answers.
        latest: whether of a student's files with different answers the newest counts.
        overrides: marks set by hand; overrides.csv beside the key where it is None and there is one.
        time_limit: seconds that reading the files of one student may take together.

    Raises:
        AnswersError: the answers cannot be read at all, none belongs to the key, or a student handed in different
            answers in several files and not `latest`.
        KeyFileError: the key is missing, damaged or of another format.
        ExamgenError: the tables cannot be written.
    """
    files = read_files(answers, decimal, time_limit=time_limit)
    found = read_key(key) if key is not None else _key_of(answers, files)
    handed_in = files.of_exam(found.exam).once(latest=latest)
    matched = match(found, handed_in.table)
    notices = (*handed_in.notices, *matched.notices)
    if not matched.submissions:
        reason = notices[0].text if notices else "the sheets have no rows"
        raise AnswersError(f"{answers}: nothing to mark with the key of {found.exam.id}: {reason}")
    results, gradebook = _tables(found, matched, handed_in.table, _overrides(found, matched, overrides))
    folder = out if out is not None else found.folder.parent / "marks"
    remarking = changes(folder / "gradebook.csv", found.exam.id, _printed_marks(gradebook))
    write_files(folder, {"results.csv": results_csv(results), "gradebook.csv": _gradebook_csv(found, gradebook)})
    missing = missing_students(found, matched.submissions)
    return GradedClass(
        found.exam.id, results, gradebook, notices, handed_in.problems, missing, remarking, found.folder, folder
    )


def _overrides(key: Key, matched: Matched, given: Path | None) -> tuple[Override, ...]:
    path = find_overrides(key.folder, given)
    people = {variant.student: variant for variant in key.variants}
    people |= {submission.student: submission.variant for submission in matched.submissions}
    return read_overrides(path, key.exam, people) if path else ()


def _printed_marks(gradebook: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    columns = (gradebook[name] for name in ("student", "variant", "marks"))
    return {(student, variant): f"{marks:.15g}" for student, variant, marks in zip(*columns, strict=True)}


def _key_of(answers: Path, files: HandedIn) -> Key:
    table = files.table
    counts = np.bincount(table.exam.codes, minlength=len(table.exam.distinct))
    exams = table.exam.distinct.to_pylist()
    order = sorted(np.flatnonzero(counts).tolist(), key=lambda code: -counts[code])
    identities = frozenset([*table.student.distinct.to_pylist(), *table.variant.distinct.to_pylist()])
    return find_key(answers, [exams[code] for code in order], identities)


def submitted_of(parsed: Numbers, rows: NDArray[np.int64]) -> Submitted:
    """What students wrote into the fields of a paper shape.

    Args:
        parsed: the numbers of all answers.
        rows: (students, fields) their rows; -1 where nothing was handed in, which is blank.
    """
    has_row = rows >= 0
    decimals, digits = (
        np.where(has_row & (counts[rows] != FRACTION), counts[rows], NO_DIGITS).astype(np.int64)
        for counts in (parsed.decimals, parsed.digits)
    )
    is_unreadable = has_row & ~np.isin(parsed.reason[rows], [READABLE, REASON_CODES["blank"]])
    return Submitted(np.where(has_row, parsed.values[rows], np.nan), decimals, digits, is_unreadable)


def _tables(
    key: Key, matched: Matched, answers: AnswerTable, overrides: tuple[Override, ...]
) -> tuple[dict[str, Column], dict[str, Any]]:
    policy = key.exam.policy
    by_hand = [override.marks for override in overrides]
    unit = totals.mark_unit(policy, [part.paper for part in matched.papers], by_hand)
    entries = EntryColumns(len(matched.row_at))
    parts = []
    answers = replace(answers, parsed=_only_numbers(matched, answers))
    for part in matched.papers:
        outcome, units = np.zeros(part.rows.shape, dtype=np.int8), np.zeros(part.rows.shape, dtype=unit.dtype)
        for places, put in ((part.paper.number_places, _put_numbers), (part.paper.other_places, _put_others)):
            if places:
                chosen = part.of_fields(places)
                outcome[:, places], units[:, places] = put(entries, unit, policy, matched, answers, chosen)
        students = [matched.submissions[member].student for member in part.members.tolist()] if overrides else []
        units, placed = with_overrides(unit, part.paper, students, units, overrides)
        if placed:
            entries.marks[part.places] = unit.marks(units)
            entries.set_comments({part.places[place]: override.comment for place, override in placed.items()})
        parts.append(totals.question_marks(unit, part.paper, part.members.tolist(), units, outcome))
    heads = _heads(key, matched.submissions)
    return result_columns(entries, matched, answers), totals.gradebook(key.exam, unit, heads, parts)


def _put_numbers(
    entries: EntryColumns,
    unit: totals.MarkUnit,
    policy: Policy,
    matched: Matched,
    answers: AnswerTable,
    part: PaperAnswers,
) -> tuple[NDArray[np.int8], totals.Units]:
    """Mark fields that ask for numbers; their outcomes and marks in units, (students, fields)."""
    paper = part.paper
    submitted = submitted_of(answers.parsed, part.rows)
    givens = _givens(part, matched.submissions)
    marked = mark(paper, givens, submitted, policy)
    diagnosis = diagnose(paper, givens, submitted, marked)
    reason = np.where(part.rows >= 0, answers.parsed.reason[part.rows], REASON_CODES["blank"])
    units = totals.entry_units(unit, policy, paper, marked.outcome, diagnosis.codes > 0)
    entries.put(paper, part.places, marked, diagnosis, comments(paper, marked, diagnosis, reason), unit.marks(units))
    return marked.outcome, units


def _put_others(
    entries: EntryColumns,
    unit: totals.MarkUnit,
    policy: Policy,
    _matched: Matched,
    answers: AnswerTable,
    part: PaperAnswers,
) -> tuple[NDArray[np.int8], totals.Units]:
    """Mark fields that ask for formulas, shapes and choices, as `_put_numbers` does."""
    marked = mark_others(part.paper, answers, part.rows)
    units = totals.entry_units(unit, policy, part.paper, marked.outcome, marked.labels > 0)
    entries.put_others(part.paper, part.places, marked, unit.marks(units))
    return marked.outcome, units


def _only_numbers(matched: Matched, answers: AnswerTable) -> Numbers:
    """The numbers of the answers without those that no number is asked of, such as a shape that reads as 4,1."""
    others = [part.rows[:, part.paper.other_places].ravel() for part in matched.papers if part.paper.other_places]
    if not others:
        return answers.parsed
    rows = np.concatenate(others)
    rows = rows[rows >= 0]
    return answers.parsed.with_reason(rows[answers.parsed.reason[rows] == READABLE], "not_a_number")


def _givens(part: PaperAnswers, submissions: tuple[Submission, ...]) -> dict[str, NDArray[np.float64]]:
    question = part.paper.question.id
    numbers = [submissions[member].variant.questions[question].givens for member in part.members.tolist()]
    return {given.name: np.array([one[given.name] for one in numbers]) for given in part.paper.graph.givens}


def _heads(key: Key, submissions: tuple[Submission, ...]) -> dict[str, list[str]]:
    names = [one.variant.name if one.variant.student == one.student else "" for one in submissions]
    return {
        "student": [safe_text(submission.student) for submission in submissions],
        "name": [safe_text(name) for name in names],
        "exam": [key.exam.id] * len(submissions),
        "variant": [submission.variant.code for submission in submissions],
    }


def _gradebook_csv(key: Key, columns: Mapping[str, Any]) -> bytes:
    marks_of = {*_MARKS, *(question.id for question in key.exam.questions)}
    texts = [
        [f"{value:.15g}" for value in column] if name in marks_of else [str(value) for value in column]
        for name, column in columns.items()
    ]
    return csv_bytes(list(columns), zip(*texts, strict=True))
