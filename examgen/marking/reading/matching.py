"""Matches handed-in rows with the key: whose paper each row answers, and which of its fields.

Called by `grading`. Nothing that a student wrote raises; what cannot be matched is counted and named, and the rest is
marked.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from examgen.errors import AnswersError
from examgen.exams.exam import PaperShape, Variant, paper_shape
from examgen.exams.keys.key_folder import Key, papers
from examgen.marking.reading.answers import AnswerTable, Flags
from examgen.marking.reading.owners.repeats import grouped, run_starts
from examgen.marking.reading.problems import Notice, some, who
from examgen.tables.csv_tables import printable

Codes = NDArray[np.int64]

MAX_ENTRIES = 20_000_000
"""Of all submissions; 200,000 students with a hundred each, in some 6 GB of memory."""

_MOST_NAMED = 5

_BLOCK = 1 << 16
"""Rows that are looked up at once: few enough to stay in the cache."""


@dataclass(frozen=True, eq=False, slots=True)
class Submission:
    """Who handed something in, as named by the key, else by the sheet, and the paper that it is marked against."""

    student: str
    variant: Variant


@dataclass(frozen=True, eq=False, slots=True)
class PaperAnswers:
    """One question of all students who share its shape.

    Attributes:
        members: (members,) places of the students among the submissions.
        places: (members, fields) where each entry is among all entries of the class.
        rows: (members, fields) rows of the answers, -1 where nothing was handed in.
    """

    paper: PaperShape
    members: Codes
    places: Codes
    rows: Codes

    def of_fields(self, columns: tuple[int, ...]) -> "PaperAnswers":
        """Those fields only; all that ask for numbers, or all others."""
        if len(columns) == len(self.paper.fields):
            return self
        paper = self.paper.only_numbers if columns == self.paper.number_places else self.paper.only_others
        return PaperAnswers(paper, self.members, self.places[:, columns], self.rows[:, columns])


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
    layout = _Layout.of(key, [group.variant for group in groups])
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


def missing_students(key: Key, submissions: Iterable[Submission]) -> tuple[str, ...]:
    """Students of the key who handed in nothing."""
    there = {submission.student for submission in submissions}
    return tuple(variant.student for variant in key.variants if variant.student and variant.student not in there)


@dataclass(frozen=True, eq=False, slots=True)
class _Layout:
    """Where the entries of submissions are: all in a row, by submission, question and field.

    Attributes:
        variants: of the submissions.
        kind: (submissions,) which combination of shapes, one for each question, a submission has.
        fields: by question id and field, its column in `offsets`.
        offsets: (kinds, known fields) place among the entries of a submission; -1 where it has no such field.
        sizes: (submissions,) entries of each.
        begins: (submissions, questions) where the entries of each question begin.
    """

    variants: Sequence[Variant]
    kind: Codes
    fields: Mapping[tuple[str, str], int]
    offsets: Codes
    sizes: Codes
    begins: Codes

    @property
    def total(self) -> int:
        """Entries of all submissions."""
        return int(self.sizes.sum())

    @staticmethod
    def of(key: Key, variants: Sequence[Variant]) -> "_Layout":
        ids = [question.id for question in key.exam.questions]
        kinds: dict[tuple[str, ...], int] = {}
        examples: list[Variant] = []
        kind = np.empty(len(variants), dtype=np.int64)
        for number, variant in enumerate(variants):
            labels = tuple([variant.questions[question].label for question in ids])
            if labels not in kinds:
                examples.append(variant)
            kind[number] = kinds.setdefault(labels, len(kinds))
        fields: dict[tuple[str, str], int] = {}
        found = [list(_fields(key, example)) for example in examples]
        for names in found:
            for name in names:
                fields.setdefault(name, len(fields))
        offsets = np.full((max(len(found), 1), len(fields) + 1), -1, dtype=np.int64)
        for row, names in enumerate(found):
            offsets[row, [fields[name] for name in names]] = np.arange(len(names))
        counts = np.array(
            [[len(paper.fields) for paper, _ in papers(key.exam, example)] for example in examples], dtype=np.int64
        ).reshape(len(examples), len(ids))
        sizes = counts.sum(axis=1)[kind]
        inside = (np.cumsum(counts, axis=1) - counts)[kind]
        return _Layout(variants, kind, fields, offsets, sizes, (np.cumsum(sizes) - sizes)[:, None] + inside)

    def places_of(self, answers: AnswerTable, rows: Codes, member: Codes) -> Codes:
        """(rows,) where the entries of these rows are; -1 for those of no submission or no field of it."""
        questions = {name: place for place, name in enumerate(dict.fromkeys(name for name, _ in self.fields))}
        names = {name: place for place, name in enumerate(dict.fromkeys(name for _, name in self.fields))}
        table = np.full((len(questions) + 1, len(names) + 1), len(self.fields), dtype=np.int64)
        for (question, field), column in self.fields.items():
            table[questions[question], names[field]] = column
        asked = _looked_up(answers.question.distinct.to_pylist(), questions) * table.shape[1]
        named = _looked_up(answers.field.distinct.to_pylist(), names)
        # One more for the rows of no submission, which are counted as -1.
        kind, start = np.append(self.kind, 0) * self.offsets.shape[1], np.append(self.begins[:, :1], 0)
        found = np.empty(len(rows), dtype=np.int64)
        for begin in range(0, len(rows), _BLOCK):
            part, of = rows[begin : begin + _BLOCK], member[begin : begin + _BLOCK]
            columns = table.ravel().take(asked[answers.question.codes[part]] + named[answers.field.codes[part]])
            offset = self.offsets.ravel().take(kind.take(of) + columns)
            found[begin : begin + _BLOCK] = np.where((of >= 0) & (offset >= 0), start.take(of) + offset, -1)
        return found

    def papers(self, key: Key, row_at: NDArray[np.int32]) -> Iterator[PaperAnswers]:
        """Every question and shape that submissions have."""
        for number, question in enumerate(key.exam.questions):
            labels = np.array([variant.questions[question.id].label for variant in self.variants])
            for label in question.shapes:
                members = np.flatnonzero(labels == label)
                if len(members):
                    paper = paper_shape(question, label, key.exam.notation)
                    places = self.begins[members, number][:, None] + np.arange(len(paper.fields))
                    yield PaperAnswers(paper, members, places, row_at[places].astype(np.int64))


def _fields(key: Key, variant: Variant) -> Iterator[tuple[str, str]]:
    for paper, _ in papers(key.exam, variant):
        for field in paper.fields:
            yield paper.question.id, field.name


def _looked_up(texts: Sequence[str], places: Mapping[str, int]) -> Codes:
    """(texts,) their places; the last place is for others."""
    return np.array([places.get(text, len(places)) for text in texts], dtype=np.int64)


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
