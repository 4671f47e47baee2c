"""Matches handed-in rows with the key: whose paper each row answers, and which of its fields.

Called by `grading`. Nothing that a student wrote raises; what cannot be matched is counted and named, and the rest is
marked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from examgen.errors import AnswersError, some
from examgen.exams.exam import Exam, Variant
from examgen.exams.folders.files import safe_text
from examgen.exams.keys.given_rows import stacked
from examgen.exams.keys.key_folder import Key
from examgen.marking.reading.answers import READABLE, AnswerTable, Numbers
from examgen.marking.reading.entry_places import Codes, Layout, PaperAnswers
from examgen.marking.reading.owners.repeats import grouped, run_starts
from examgen.marking.reading.problems import Notice, who
from examgen.tables.csv_tables import printable
from examgen.tables.text_columns import Flags

MAX_ENTRIES = 20_000_000
"""Of all submissions; 200,000 students with a hundred each, in some 6 GB of memory."""

_MOST_NAMED = 5


@dataclass(frozen=True, eq=False, slots=True)
class Submission:
    """Who handed something in, as named by the key, else by the sheet, and the paper that it is marked against."""

    student: str
    variant: Variant


@dataclass(frozen=True, eq=False, slots=True)
class Matched:
    """What a class handed in, by student and field.

    Attributes:
        submissions: in the order in which the sheets name them.
        papers: for each question and shape.
        row_at: (entries,) row of the answer of every asked entry of every submission, in the order of submissions,
            questions and fields; -1 where nothing was handed in.
        sizes: (submissions,) entries of each.
        notices: what could not be matched.
    """

    submissions: tuple[Submission, ...]
    papers: tuple[PaperAnswers, ...]
    row_at: NDArray[np.int32]
    sizes: Codes
    notices: tuple[Notice, ...]

    def givens(self, part: PaperAnswers) -> dict[str, NDArray[np.float64]]:
        """(members, *shape) by given quantity, the numbers of a question of these students."""
        question, members = part.paper.question.id, part.members.tolist()
        return stacked([self.submissions[member].variant.questions[question].givens for member in members])

    def heads(self, exam: Exam) -> dict[str, list[str]]:
        """The gradebook's columns before the marks, a cell for each submission."""
        names = [one.variant.name if one.variant.student == one.student else "" for one in self.submissions]
        return {
            "student": [safe_text(one.student) for one in self.submissions],
            "name": [safe_text(name) for name in names],
            "exam": [exam.id] * len(self.submissions),
            "variant": [one.variant.code for one in self.submissions],
        }


@dataclass(slots=True)
class _Group:
    """Rows of one student for one variant, while they are found."""

    number: int
    student: str
    variant: Variant
    codes: set[str]
    rows: int = 0


def match(key: Key, answers: AnswerTable) -> Matched:
    """Match every row with the submissions, in the order in which the sheets name them.

    Raises: AnswersError if there are too many to be marked together.
    """
    is_ours = answers.exam.codes == answers.exam.code_of(key.exam.id)
    notices = list(_other_exams(key, answers, ~is_ours))
    rows = np.flatnonzero(is_ours)
    groups, member, strangers = _groups(key, answers, rows)
    notices += strangers
    layout = Layout.of(key, [group.variant for group in groups])
    if layout.total > MAX_ENTRIES:
        raise AnswersError(
            f"the sheets name {len(groups):,} students with {layout.total:,} entries; at most {MAX_ENTRIES:,} can be "
            f"marked together"
        )
    place = layout.places_of(answers, rows, member)
    row_at = np.full(layout.total, -1, dtype=np.int32)
    row_at[place[place >= 0]] = rows[place >= 0]
    known = {variant.student for variant in key.variants if variant.student}
    unknown = _unknown_fields(answers, groups, rows, member, (member >= 0) & (place < 0))
    for number, group in enumerate(groups):
        notices += _identity(group, is_known=group.student in known)
        notices += unknown.get(number, [])
    submissions = tuple(Submission(group.student, group.variant) for group in groups)
    return Matched(submissions, tuple(layout.papers(key, row_at)), row_at, layout.sizes, tuple(notices))


def only_numbers(matched: Matched, answers: AnswerTable) -> Numbers:
    """The numbers of the answers without those that no number is asked of, such as a shape that reads as 4,1."""
    others = [part.rows[:, part.paper.other_places].ravel() for part in matched.papers if part.paper.other_places]
    if not others:
        return answers.parsed
    rows = np.concatenate(others)
    rows = rows[rows >= 0]
    return answers.parsed.with_reason(rows[answers.parsed.reason[rows] == READABLE], "not_a_number")


def _groups(key: Key, answers: AnswerTable, rows: Codes) -> tuple[list[_Group], Codes, list[Notice]]:
    """The submissions, (rows,) the submission of each row or -1, and what is told about rows of nobody."""
    by_student = {variant.student: variant for variant in key.variants if variant.student}
    by_code = {variant.code: variant for variant in key.variants}
    pair = answers.student.codes[rows] * np.int64(len(answers.variant.distinct)) + answers.variant.codes[rows]
    starts = run_starts(pair)
    _, first, run = np.unique(pair[starts], return_index=True, return_inverse=True)
    lengths = np.diff(starts, append=len(rows))
    counts = np.bincount(run, weights=lengths).astype(np.int64)
    groups: dict[tuple[str, str], _Group] = {}
    strangers: list[tuple[str, str, int]] = []
    of_pair = np.full(len(first), -1, dtype=np.int64)
    students, variants = answers.student.distinct.to_pylist(), answers.variant.distinct.to_pylist()
    for place in np.argsort(first).tolist():
        row = rows[starts[first[place]]]
        student, code = students[answers.student.codes[row]], variants[answers.variant.codes[row]]
        # The student first: codes are short, and in a very large class two papers may share one.
        variant = by_student.get(student) or by_code.get(code)
        if variant is None:
            strangers.append((student, code, int(counts[place])))
            continue
        group = groups.get((student, variant.code))
        if group is None:
            group = groups[student, variant.code] = _Group(len(groups), student, variant, set())
        group.codes.add(code)
        group.rows += int(counts[place])
        of_pair[place] = group.number
    told = [_strangers(strangers)] if strangers else []
    return list(groups.values()), np.repeat(of_pair[run], lengths), told


def _strangers(found: Sequence[tuple[str, str, int]]) -> Notice:
    """One notice about all whose student and variant are not in the key."""
    count = sum(rows for _, _, rows in found)
    named = [f"{who(printable(name, 40))} with variant {printable(code, 40)!r}" for name, code, _ in found]
    is_one = len(found) == 1
    text = f"{some(named, _MOST_NAMED)} {'is' if is_one else 'are'} not in the key; {count:,} rows were not marked"
    return Notice("unknown_student", found[0][0] if is_one else "", count, text)


def _other_exams(key: Key, answers: AnswerTable, is_other: Flags) -> Iterator[Notice]:
    """A notice for each of the first other exams, with the first of its students."""
    rows = np.flatnonzero(is_other)
    exams, first, counts = np.unique(answers.exam.codes[rows], return_index=True, return_counts=True)
    order = np.argsort(first).tolist()
    for place in order[:_MOST_NAMED]:
        of_exam = rows[answers.exam.codes[rows] == exams[place]]
        codes = np.unique(answers.student.codes[of_exam], return_index=True)[1]
        students = [answers.student.at(int(row)) for row in of_exam[np.sort(codes)][: _MOST_NAMED + 1]]
        exam = printable(answers.exam.at(int(of_exam[0])), 60)
        people = some([who(printable(student, 40)) for student in students], _MOST_NAMED, len(codes))
        text = f"{counts[place]:,} rows of {people} are of exam {exam!r}, the key is of {key.exam.id!r}; not marked"
        yield Notice("other_exam", students[0] if len(codes) == 1 else "", int(counts[place]), text)
    if len(order) > _MOST_NAMED:
        count = int(counts[order[_MOST_NAMED:]].sum())
        text = (
            f"{count:,} rows are of {len(order) - _MOST_NAMED:,} more exams, the key is of {key.exam.id!r}; not marked"
        )
        yield Notice("other_exam", "", count, text)


def _identity(group: _Group, *, is_known: bool) -> list[Notice]:
    """A sheet of another student's variant, and a student whom the key of a class does not know."""
    student, variant = group.student, group.variant
    if is_known:
        codes = sorted(group.codes - {variant.code, ""})
        if not codes:
            return []
        text = f"student {student!r} handed in variant {', '.join(codes)} and is marked on the own one, {variant.code}"
        return [Notice("other_variant", student, group.rows, text)]
    if variant.student and student:
        text = f"student {student!r} is not in the key and is marked on variant {variant.code} of {variant.student!r}"
        return [Notice("unknown_student", student, group.rows, text)]
    if variant.student:
        text = (
            f"a sheet of variant {variant.code}, the paper of {variant.student!r}, names no student; "
            f"it is marked without a name; fill in the column student"
        )
        return [Notice("no_student", student, group.rows, text)]
    if not student:
        text = f"the sheet of variant {variant.code} names no student; fill in the column student"
        return [Notice("no_student", student, group.rows, text)]
    return []


def _unknown_fields(
    answers: AnswerTable, groups: Sequence[_Group], rows: Codes, member: Codes, is_unknown: Flags
) -> dict[int, list[Notice]]:
    """By submission, what is told about its rows that answer no field."""
    found = np.flatnonzero(is_unknown)
    notices = {}
    for of_one in grouped(found, member[found]):
        number = int(member[of_one[0]])
        student = groups[number].student
        named = [int(row) for row in rows[of_one[:_MOST_NAMED]]]
        names = ", ".join(dict.fromkeys(f"{answers.question.at(row)} {answers.field.at(row)!r}" for row in named))
        more = f" and {len(of_one) - _MOST_NAMED} more" if len(of_one) > _MOST_NAMED else ""
        text = f"{who(student)}: {len(of_one)} unknown fields were passed over: {names}{more}"
        notices[number] = [Notice("unknown_field", student, len(of_one), text)]
    return notices
