"""All that an instructor is told about a marking, the most serious first: for the terminal, and as notes.csv.

Called by `grading`. One note speaks of all unreadable answers of a student, so that no student's hundred hide those of
another.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from examgen.core.formulas.number_grammar import DOUBTFUL
from examgen.exams.folders.files import csv_bytes, safe_text
from examgen.exams.keys.key_folder import Key
from examgen.exams.wording.words import original
from examgen.marking.judging.outcomes import OUTCOMES
from examgen.marking.reading.answers import REASON_CODES, AnswerTable
from examgen.marking.reading.matching import Matched
from examgen.marking.reading.owners.repeats import grouped
from examgen.marking.reading.problems import PROBLEMS, Notice, Problem, who
from examgen.marking.reading.typed.typed_numbers import Unreadable
from examgen.marking.results.earlier import Paper
from examgen.marking.results.overrides import Override
from examgen.marking.results.result_rows import EntryColumns, shortened
from examgen.tables.csv_tables import printable

COLUMNS = ("student", "file", "place", "kind", "text")
MOST_NAMED = 100
"""So many absent students are named in one line; all of them are in the gradebook."""

_OF_EACH_KIND = 3
_TOLD_ONCE = {"absent": "student", "untouched": "file"}
"""Kinds of which one line speaks for a whole class, and what each of them is of."""

_MOST_REASONS = 3
_ORDER = {kind: place for place, kind in enumerate(PROBLEMS)}
_SETTLES = {"ambiguous_mark": "; --decimal . or --decimal , settles it"}
"""By reason, what an instructor can do about it."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something to tell the instructor.

    Attributes:
        student: whom it is about, empty where it is nobody or several.
        file: path of the file, if it is about one.
        place: line or entry.
        kind: a key of `PROBLEMS`.
        text: a sentence that says all of it.
    """

    student: str
    file: str
    place: str
    kind: str
    text: str

    @staticmethod
    def of_problem(problem: Problem) -> "Note":
        """Where and what; a problem of a whole file has line 0, and its text may name the file itself."""
        file, entry = printable(problem.path), f"{problem.question} {problem.field}".strip()
        line = f"line {problem.line}" if problem.line else ""
        named = problem.detail if problem.path.name in problem.detail else f"{file}: {problem.detail}"
        text = f"{file}: {line}: {problem.detail}" if line else named
        return Note(problem.student, file, ", ".join(filter(None, (line, entry))), problem.reason, text)

    @staticmethod
    def of_notice(notice: Notice) -> "Note":
        """A notice about students."""
        return Note(notice.student, printable(notice.path) if notice.path else "", "", notice.kind, notice.text)


def sorted_notes(notes: Iterable[Note]) -> tuple[Note, ...]:
    """The most serious first, else as they came."""
    return tuple(sorted(notes, key=lambda note: _ORDER[note.kind]))


def notes_csv(notes: Iterable[Note]) -> bytes:
    """notes.csv."""
    return csv_bytes(COLUMNS, ([safe_text(getattr(note, name)) for name in COLUMNS] for note in notes))


def shown_notes(notes: Sequence[Note], most: int) -> tuple[list[Note], int]:
    """The notes to print, at most so many: some of each kind before the rest of the most serious; how many are left.

    Of what is wrong with many rows of a file, and of empty files beside others, the first is shown, and how many there
    are; absent students are one note.
    """
    heads = list(_headed(notes))
    chosen, seen = [], Counter[str]()
    for place, (note, _) in enumerate(heads):
        seen[note.kind] += 1
        if seen[note.kind] <= _OF_EACH_KIND:
            chosen.append(place)
    chosen = chosen[:most]
    rest = [place for place in range(len(heads)) if place not in set(chosen)]
    chosen = sorted([*chosen, *rest[: most - len(chosen)]])
    return [heads[place][0] for place in chosen], len(notes) - sum(heads[place][1] for place in chosen)


def _headed(notes: Sequence[Note]) -> Iterator[tuple[Note, int]]:
    """Notes of one kind and file made one, and how many each stands for."""
    groups: dict[tuple[object, ...], list[Note]] = defaultdict(list)
    for number, note in enumerate(notes):
        is_row = note.place.startswith("line ") and note.file
        key = (note.kind,) if note.kind in _TOLD_ONCE else (note.kind, note.file) if is_row else (number,)
        groups[key].append(note)
    for group in groups.values():
        first, count = group[0], len(group)
        if first.kind == "absent":
            yield _absent(group), count
        elif count > 1:
            more = _TOLD_ONCE.get(first.kind, "row") + ("" if count == 2 else "s")
            text = f"{first.text} (and so on in {count - 1:,} more {more})"
            yield Note(first.student, first.file, first.place, first.kind, text), count
        else:
            yield first, 1


def _absent(group: Sequence[Note]) -> Note:
    named = ", ".join(printable(note.student, 40) for note in group[:MOST_NAMED])
    more = f" and {len(group) - MOST_NAMED:,} more; gradebook.csv has all" if len(group) > MOST_NAMED else ""
    people = "1 student of the key" if len(group) == 1 else f"{len(group):,} students of the key"
    return Note("", "", "", "absent", f"{people} handed in nothing: {named}{more}")


def absent_notes(students: Iterable[str]) -> Iterator[Note]:
    """One for each student who handed in nothing."""
    for student in students:
        yield Note(student, "", "", "absent", f"{who(student)} handed in nothing")


def held_back_notes(matched: Matched, entries: EntryColumns) -> Iterator[Note]:
    """A note for each student of whose marks for what follows some were held back, for a person to look at."""
    of_student: dict[int, dict[str, float]] = defaultdict(dict)
    for member, question, marks in entries.held_back:
        of_student[member][question] = marks
    for member, questions in sorted(of_student.items()):
        student = matched.submissions[member].student
        held = ", ".join(f"{marks:.4g} in {question}" for question, marks in questions.items())
        reason = "much of it needs no calculation, or rests on answers that are not right"
        text = f"{who(student)}: {held} held back of the marks for what follows: {reason}"
        yield Note(student, "", "", "held_back", text)


def neighbour_notes(matched: Matched, entries: EntryColumns) -> Iterator[Note]:
    """A note for each student and question with answers that are right on another paper, for a person to look at."""
    for one in sorted(entries.collected.on_other_papers, key=lambda one: (one.member, one.question)):
        student = matched.submissions[one.member].student
        text = (
            f"{who(student)}: {len(one.fields):,} wrong answers in {one.question} equal the right answers of the paper "
            f"of {printable(one.whose, 80)}; nothing follows from them"
        )
        yield Note(student, "", "", "other_paper", text)


def unread_notes(
    matched: Matched, answers: AnswerTable, entries: EntryColumns, paths: Sequence[Path]
) -> Iterator[Note]:
    """A note for each student with answers that cannot be read, with the reasons and the first answer of each.

    Answers that were handed in twice are told where that is settled.
    """
    rows = matched.row_at.astype(np.int64)
    is_unread = (entries.outcome == OUTCOMES["unreadable"].code) & (rows >= 0)
    places = np.flatnonzero(is_unread)
    told = [REASON_CODES["duplicate"], REASON_CODES[DOUBTFUL]]
    places = places[~np.isin(answers.parsed.reason[rows[places]], told)]
    student = np.repeat(np.arange(len(matched.sizes)), matched.sizes)[places]
    names, comments = list(entries.names), list(entries.comments)
    for mine in grouped(places, student):
        row = int(rows[mine[0]])
        whose = answers.student.at(row)
        parts, first = _reasons(answers, entries, mine, rows[mine], names, comments)
        count = f"{len(mine):,} {'answer' if len(mine) == 1 else 'answers'} cannot be read"
        text = f"{who(printable(whose, 60))}: {count}: {'; '.join(parts)}"
        yield Note(whose, printable(paths[answers.file[row]]), first, "unread", text)


def _reasons(
    answers: AnswerTable,
    entries: EntryColumns,
    places: NDArray[np.int64],
    rows: NDArray[np.int64],
    names: Sequence[str],
    comments: Sequence[str],
) -> tuple[list[str], str]:
    """The reasons of one student's unreadable answers, the most frequent first, and the first entry."""
    groups: dict[int, list[int]] = defaultdict(list)
    for place in range(len(places)):
        groups[int(entries.comment[places[place]])].append(place)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    parts = []
    for code, members in ordered[:_MOST_REASONS]:
        place, row = places[members[0]], int(rows[members[0]])
        entry = f"{names[entries.question[place]]} {names[entries.field[place]]}"
        more = f" and {len(members) - 1:,} more" if len(members) > 1 else ""
        read = answers.parsed.at(row)
        settles = _SETTLES.get(read.reason, "") if isinstance(read, Unreadable) else ""
        reason = original(comments[code]).rstrip(".") + settles
        parts.append(f"{entry} {shortened(answers.answer.at(row))!r}{more}: {reason}")
    if len(ordered) > _MOST_REASONS:
        parts.append(f"and for {len(ordered) - _MOST_REASONS:,} more reasons")
    first = places[0]
    return parts, f"{names[entries.question[first]]} {names[entries.field[first]]}"


MOST_REASONS = 20
"""So many reasons are told where nothing can be marked."""


def nothing_to_mark(answers: Path, key: Key, told: Sequence[Problem | Notice]) -> str:
    """Why no answer can be marked, as far as the files tell it."""
    notes = sorted_notes(Note.of_problem(one) if isinstance(one, Problem) else Note.of_notice(one) for one in told)
    shown, hidden = shown_notes(notes, MOST_REASONS)
    reasons = [note.text for note in shown] or ["the sheets have no rows"]
    more = [f"and {hidden:,} more"] if hidden else []
    return f"{printable(answers)}: nothing to mark with the key of {key.exam.id}: {'; '.join([*reasons, *more])}"


def kept_notices(
    kept: Mapping[Paper, object], by_hand: Sequence[Override], now: frozenset[str], folder: Path
) -> Iterator[Notice]:
    """Who keeps earlier marks, and whose marks set by hand are therefore not looked at."""
    if kept:
        people = "1 student keeps" if len(kept) == 1 else f"{len(kept):,} students keep"
        text = f"{people} the marks of earlier markings in {printable(folder)}; --fresh begins anew without them"
        yield Notice("kept", "", len(kept), text)
    there = {student for student, _ in kept}
    waiting = [override for override in by_hand if safe_text(override.student) in there - now]
    for student in dict.fromkeys(override.student for override in waiting):
        text = f"marks set by hand for {printable(student)!r} count when their sheet is marked again"
        yield Notice("override", student, 1, text)
