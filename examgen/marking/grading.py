"""Marks a class: reads the sheets, finds the key, marks every entry, and makes the tables.

`grade` is what the command line and the public function call.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from examgen.errors import AnswersError
from examgen.exams.folders.files import Content, typed_text, write_files
from examgen.exams.folders.places import QUIZ_KEY, marks_folder
from examgen.exams.keys.key_folder import Key, read_key
from examgen.exams.policy import Policy
from examgen.exams.wording.sentences import Wording
from examgen.marking.class_files import AS_USUAL, key_of, read_answers, told_apart, with_quiz, with_scans
from examgen.marking.class_files import GradeOptions as GradeOptions
from examgen.marking.integrity.evidence import INTEGRITY, integrity_csv, integrity_rows, kept_rows
from examgen.marking.integrity.sheet_answers import other_answers
from examgen.marking.judging.class_papers import ClassKey
from examgen.marking.judging.entries import Marked
from examgen.marking.judging.fairness.neighbours import Neighbours, without_neighbours
from examgen.marking.judging.fairness.work_shown import WHY, Paid, held_back_text, paid
from examgen.marking.judging.judged_numbers import judge, too_short_to_take
from examgen.marking.judging.outcomes import HUNDREDTHS, OUTCOMES
from examgen.marking.judging.typed_answers import mark_others
from examgen.marking.judging.written_digits import Submitted, submitted_of
from examgen.marking.reading.answers import REASON_CODES, AnswerTable
from examgen.marking.reading.character_comments import with_characters
from examgen.marking.reading.class_sheets import read_files
from examgen.marking.reading.entry_places import PaperAnswers
from examgen.marking.reading.matching import Matched, match, only_numbers
from examgen.marking.reading.problems import Notice, Problem
from examgen.marking.reading.scans.scan_tables import SCANNED, scanned_csv
from examgen.marking.results import totals
from examgen.marking.results.class_book import book_csv, class_book
from examgen.marking.results.earlier import FEEDBACK, GRADEBOOK, NOTES, RESULTS, read_earlier, row_digests
from examgen.marking.results.entry_comments import comments
from examgen.marking.results.graded_class import GradedClass
from examgen.marking.results.key_of_marks import KEY_NOTE, key_note
from examgen.marking.results.notes import (
    Note,
    absent_notes,
    held_back_notes,
    kept_notices,
    neighbour_notes,
    notes_csv,
    nothing_to_mark,
    sorted_notes,
    unread_notes,
)
from examgen.marking.results.overrides import Override, find_overrides, read_overrides, with_overrides
from examgen.marking.results.remarking import changes, printed_marks
from examgen.marking.results.result_rows import EntryColumns, result_columns, results_csv
from examgen.marking.results.shape_groups import compared_shapes
from examgen.tables.csv_writing import Column


def grade(
    answers: Path,
    key: Path | None = None,
    out: Path | None = None,
    options: GradeOptions = AS_USUAL,
    *,
    overrides: Path | None = None,
    unread: Sequence[Problem] = (),
    others: Sequence[Path] = (),
) -> GradedClass:
    """Mark answer sheets and write results.csv, gradebook.csv, notes.csv and integrity.csv.

    Args:
        answers: one file with the answers of one or many students, or a folder or zip file of such files.
        key: folder of the key, or of the exam around it; looked up by the sheets' exam when it is not given.
        out: folder for the tables; `marks` in the exam's folder when it is not given.
        options: how sheets are read, and what happens to earlier marks.
        overrides: marks set by hand; overrides.csv beside the key where it is None and there is one.
        unread: what is to be told of files that are not among the answers.
        others: further such files, and what was settled of doubtful entries of scans.

    Raises:
        AnswersError: the answers cannot be read at all, or none belongs to the key.
        KeyFileError: the key is missing, damaged or of another format.
        ExamgenError: the tables cannot be written, or would replace those of another exam.
    """
    answers, others, settled = told_apart(answers, others)
    files = read_files(answers, time_limit=options.time_limit, with_tables=options.tables, unread=unread, others=others)
    found = read_key(key) if key is not None else key_of(answers, files)
    folder = out if out is not None else marks_folder(answers, found.folder.parent)
    earlier = read_earlier(folder, found.exam, force=options.force)
    files, scans = with_scans(found, files, settled, earlier, options)
    by_hand_in = found.folder
    found, files, of_quiz = with_quiz(found, files, folder / QUIZ_KEY, earlier, options)
    handed_in, scans = read_answers(files, found, scans, options)
    matched = match(found, handed_in.table)
    if not matched.submissions:
        told: list[Problem | Notice] = [*handed_in.problems, *handed_in.notices, *matched.notices]
        raise AnswersError(nothing_to_mark(answers, found, told))
    by_hand = _overrides(found, by_hand_in, matched, overrides)
    results, entries, book = _tables(found, matched, handed_in.table, by_hand)
    now = frozenset(book["student"])
    kept = {} if options.fresh else earlier.kept(now)
    whole = class_book(found, book, kept)
    shapes = compared_shapes(found, whole.columns)
    remarking = changes(earlier, printed_marks(whole.columns))
    of_key = [Notice("key_file", "", 1, line) for line in found.notices]
    notices = (*of_key, *handed_in.notices, *matched.notices, *kept_notices(kept, by_hand, now, folder))
    notes = sorted_notes(
        [
            *(Note.of_problem(problem) for problem in handed_in.problems),
            *(Note.of_notice(notice) for notice in notices),
            *held_back_notes(matched, entries),
            *neighbour_notes(matched, entries),
            *unread_notes(matched, handed_in.table, entries, [sheet.path for sheet in handed_in.sheets]),
            *shapes.notes,
            *absent_notes(whole.absent),
        ]
    )
    before = row_digests(folder) if (folder / FEEDBACK).is_dir() else {}
    lines = earlier.result_lines(frozenset(student for student, _ in kept)) if kept else []
    students = [submission.student for submission in matched.submissions]
    before_now = kept_rows(folder, frozenset(student for student, _ in kept))
    evidence = integrity_rows(entries.collected, entries.reference, students, before_now)
    tables: dict[str, Content] = {
        RESULTS: chain(results_csv(results), lines),
        GRADEBOOK: book_csv(found, whole.columns),
        NOTES: notes_csv(notes),
        INTEGRITY: integrity_csv(evidence),
        KEY_NOTE: key_note(folder, found.folder),
        **({SCANNED: scanned_csv(scans.entries)} if scans is not None else {}),
    }
    write_files(folder, {**tables, **of_quiz}, private=(QUIZ_KEY,) if of_quiz else ())
    after = row_digests(folder) if before else {}
    changed = tuple(typed_text(student) for student, digest in before.items() if after.get(student) != digest)
    return GradedClass(
        found.exam.id, results, whole.columns, whole.is_now, notices, handed_in.problems, notes, whole.absent,
        remarking, changed, found.folder, folder, len(evidence), shapes.alike, scans,
    )  # fmt: skip


def _overrides(key: Key, folder: Path, matched: Matched, given: Path | None) -> tuple[Override, ...]:
    path = find_overrides(folder, given)
    people = {variant.student: variant for variant in key.variants}
    people |= {submission.student: submission.variant for submission in matched.submissions}
    return read_overrides(path, key.exam, people) if path else ()


def _tables(
    key: Key, matched: Matched, answers: AnswerTable, overrides: tuple[Override, ...]
) -> tuple[dict[str, Column], EntryColumns, dict[str, Any]]:
    """The columns of results.csv, the entries that they are made from, and the gradebook's of those marked now."""
    policy = key.exam.policy
    by_hand = [override.marks for override in overrides]
    unit = totals.mark_unit(policy, [part.paper for part in matched.papers], by_hand)
    entries = EntryColumns(len(matched.row_at), Wording.of(key.making.language))
    parts, known = [], ClassKey(key)
    answers = replace(answers, parsed=only_numbers(matched, answers))
    for part in matched.papers:
        outcome, units = np.zeros(part.rows.shape, dtype=np.int8), np.zeros(part.rows.shape, dtype=unit.dtype)
        for places, put in ((part.paper.number_places, _put_numbers), (part.paper.other_places, _put_others)):
            if places:
                chosen = part.of_fields(places)
                outcome[:, places], units[:, places] = put(entries, unit, known, matched, answers, chosen)
        students = [matched.submissions[member].student for member in part.members.tolist()] if overrides else []
        units, placed = with_overrides(unit, part.paper, students, units, overrides)
        if placed:
            entries.marks[part.places] = unit.marks(units)
            texts = [override.comment(entries.wording) for override in placed.values()]
            entries.set_comments(part.places[tuple(zip(*placed, strict=True))], np.arange(len(texts)), texts)
        parts.append(totals.question_marks(unit, part.paper, part.members.tolist(), units, outcome))
    heads = matched.heads(key.exam)
    return result_columns(entries, matched, answers), entries, totals.gradebook(key.exam, unit, heads, parts)


def _put_numbers(
    entries: EntryColumns,
    unit: totals.MarkUnit,
    known: ClassKey,
    matched: Matched,
    answers: AnswerTable,
    part: PaperAnswers,
) -> tuple[NDArray[np.int8], totals.Units]:
    """Mark fields that ask for numbers; their outcomes and marks in units, (students, fields)."""
    paper, policy = part.paper, known.key.exam.policy
    submitted = submitted_of(answers.parsed, part.rows)
    givens = matched.givens(part)
    marked, diagnosis = judge(paper, givens, submitted, policy)
    entries.collected.add_numbers(part, submitted, marked, diagnosis)
    marked, diagnosis, neighbours = without_neighbours(known, paper, givens, submitted, marked, diagnosis, policy)
    reason = np.where(part.rows >= 0, answers.parsed.reason[part.rows], REASON_CODES["blank"])
    units = totals.entry_units(unit, policy, paper, marked.outcome, diagnosis.codes > 0)
    earned = paid(paper, givens, submitted, marked, diagnosis.codes > 0, unit.marks(units))
    full, units = units, units * earned.share // HUNDREDTHS
    held = unit.marks((full - units).sum(axis=1))
    students = np.flatnonzero(held > 0)
    entries.held_back += zip(
        part.members[students].tolist(), [paper.question.id] * len(students), held[students].tolist(), strict=True
    )
    is_unreadable = marked.outcome == OUTCOMES["unreadable"].code
    comment = with_characters(
        comments(paper, marked, diagnosis, reason, entries.wording), answers, part.rows, is_unreadable, entries.wording
    )
    entries.put(paper, part.places, marked, diagnosis, comment, unit.marks(units))
    _tell_few_digits(entries, part.places, marked, submitted, policy)
    _tell_held_back(entries, part.places, earned)
    _tell_neighbours(entries, part, neighbours)
    return marked.outcome, units


def _tell_few_digits(
    entries: EntryColumns, places: NDArray[np.int64], marked: Marked, submitted: Submitted, policy: Policy
) -> None:
    """Say beside each answer that has too few digits to be taken as it is written how many it needs."""
    is_short = too_short_to_take(marked, submitted, policy)
    text = entries.wording.tell("too_few_to_take", count=policy.least_digits)
    entries.set_comments(places[is_short], np.zeros(int(is_short.sum()), dtype=np.int64), [text])


def _tell_held_back(entries: EntryColumns, places: NDArray[np.int64], earned: Paid) -> None:
    """Say beside each entry that is not paid in full how much of its marks is."""
    is_held = earned.share < HUNDREDTHS
    kinds, codes = np.unique(len(WHY) * earned.share[is_held] + earned.why[is_held], return_inverse=True)
    texts = [held_back_text(kind // len(WHY), kind % len(WHY), entries.wording) for kind in kinds.tolist()]
    entries.set_comments(places[is_held], codes, texts)


def _tell_neighbours(entries: EntryColumns, part: PaperAnswers, neighbours: Neighbours) -> None:
    """Say beside each entry that it is right on another paper, and keep whose papers these are."""
    entries.collected.add_neighbours(part, neighbours)
    text = entries.wording.tell("other_paper")
    places = part.places[neighbours.equal]
    entries.set_comments(places, np.zeros(len(places), dtype=np.int64), [text])


def _put_others(
    entries: EntryColumns,
    unit: totals.MarkUnit,
    known: ClassKey,
    matched: Matched,
    answers: AnswerTable,
    part: PaperAnswers,
) -> tuple[NDArray[np.int8], totals.Units]:
    """Mark fields that ask for formulas, shapes and choices, as `_put_numbers` does."""
    marked = mark_others(part.paper, answers, part.rows, entries.wording, matched.givens(part))
    entries.collected.sheets.append(other_answers(part, marked, answers))
    units = totals.entry_units(unit, known.key.exam.policy, part.paper, marked.outcome, marked.labels > 0)
    entries.put_others(part.paper, part.places, marked, unit.marks(units))
    return marked.outcome, units
