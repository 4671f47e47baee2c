"""Answers that came back from a platform as answers to papers: who answered which questions of which variants.

A quiz draws each question by itself, so that a student's questions may be of several variants. Together they are a
paper, and the papers of all make the key that the class is marked by. Called by `grading` once the key is read.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from examgen.errors import some
from examgen.exams.exam import Exam, Question, Variant
from examgen.exams.keys.key_folder import Key, exam_id_of, pool_of, read_key
from examgen.exams.paper_shapes import paper_shape
from examgen.marking.reading.class_sheets import HandedIn, together
from examgen.marking.reading.handed_in.sheet_rows import RawSheet, finished, rows_of
from examgen.marking.reading.owners.identities import folded
from examgen.marking.reading.platforms.attempts import OneAttempt, attempts_that_count
from examgen.marking.reading.platforms.response_texts import answers_of
from examgen.marking.reading.platforms.responses import Response
from examgen.marking.reading.platforms.tags import quiz_fields
from examgen.marking.reading.problems import Notice, who
from examgen.tables.csv_tables import printable

CODE_LENGTH = 8

_MOST_NAMED = 5

Cells = tuple[str, str, str, str, str, str, str]
"""A row of answers.csv."""


@dataclass(frozen=True, eq=False, slots=True)
class QuizPapers:
    """A class that was asked by a platform.

    Attributes:
        key: the paper of each student who answered, and those of others as they were.
        files: what was handed in, with a row for each field.
    """

    key: Key
    files: HandedIn


def quiz_papers(
    key: Key, files: HandedIn, folder: Path, kept: frozenset[str] = frozenset(), *, with_unknown: bool = False
) -> QuizPapers | None:
    """The papers that students had on a platform; None where nobody had one.

    Args:
        key: of the exam.
        files: as they were read.
        folder: where the key of these papers is to lie, or lies from before.
        kept: students who were marked before; those who do not answer now keep their papers.
        with_unknown: whether students whom the key of a class does not know have papers.

    Raises: KeyFileError: the key's pool of variants is damaged.
    """
    is_quiz = any(sheet.responses is not None for sheet in files.sheets)
    before = _before(key, folder, kept, files)
    if not is_quiz and before is None:
        return None
    numbers = {variant.code: variant for variant in (*pool_of(key), *key.variants)}
    found = _Papers(key, numbers, with_unknown=with_unknown)
    sheets = tuple(sheet if sheet.responses is None else found.read(sheet) for sheet in files.sheets)
    # Who hands in a paper was asked all of it.
    is_whole = any(sheet.responses is None and len(sheet.rows.line) for sheet in files.sheets)
    asked = found.asked if before is None else _united(found.asked, before.exam)
    exam = key.exam if is_whole else _only_asked(key.exam, asked)
    again = files
    if is_quiz:
        notices = (*files.notices, *found.notices())
        again = replace(together(files.path, sheets, files.sources), notices=notices, is_only_file=files.is_only_file)
    papers = {variant.student: variant for variant in key.variants if variant.student}
    papers |= {variant.student: variant for variant in (before.variants if before is not None else ())} | found.made
    nobodys = [variant for variant in key.variants if not variant.student]
    variants = tuple(_of_exam(exam, variant, key.variants[0]) for variant in (*papers.values(), *nobodys))
    return QuizPapers(Key(folder, exam, variants, key.making, key.notices), again)


def _before(key: Key, folder: Path, kept: frozenset[str], files: HandedIn) -> Key | None:
    """The papers of those who were asked by a platform before and hand in nothing now; None where there are none."""
    if not kept or exam_id_of(folder) != key.exam.id:
        return None
    now = set(map(folded, files.table.student.distinct.to_pylist()))
    there = read_key(folder)
    own = {variant.student: variant.code for variant in key.variants}
    papers = tuple(
        variant
        for variant in there.variants
        if variant.student in kept and folded(variant.student) not in now and own.get(variant.student) != variant.code
    )
    return replace(there, variants=papers) if papers else None


def _united(asked: Mapping[str, set[str]], before: Exam) -> dict[str, set[str]]:
    """What is asked now, or was asked before, by question."""
    found = {question: set(fields) for question, fields in asked.items()}
    for question in before.questions:
        fields = [one for label in question.shapes for one in paper_shape(question, label, before.notation).fields]
        found.setdefault(question.id, set()).update(one.name for one in fields if one.exact_marks)
    return found


def _only_asked(exam: Exam, asked: Mapping[str, set[str]]) -> Exam:
    """The exam without the questions that nobody was asked; tasks that nobody was asked are worth nothing.

    Args:
        exam: as the key has it.
        asked: names of fields by question.
    """
    questions = (one for one in exam.questions if one.id in asked)
    return replace(exam, questions=tuple(_with_asked(exam, one, asked[one.id]) for one in questions))


def _with_asked(exam: Exam, question: Question, asked: set[str]) -> Question:
    fields = [one for label in question.shapes for one in paper_shape(question, label, exam.notation).fields]
    there = {one.task for one in fields if one.name in asked}
    nothing = {"marks": Decimal(0), "marks_per_task": None}
    tasks = (task if number in there else task.model_copy(update=nothing) for number, task in enumerate(question.tasks))
    return replace(question, tasks=tuple(tasks))


def _of_exam(exam: Exam, variant: Variant, other: Variant) -> Variant:
    """A paper with the questions of an exam; of those that were not asked it has the numbers of another."""
    parts = {
        question.id: variant.questions.get(question.id, other.questions[question.id]) for question in exam.questions
    }
    return replace(variant, questions=parts)


@dataclass(eq=False)
class _Papers:
    """What is found while tables are read.

    Attributes:
        key: of the exam.
        numbers: variants by code.
        with_unknown: whether students whom the key does not know have papers.
        made: by student, the paper.
        asked: by question, the fields that somebody was asked.
    """

    key: Key
    numbers: Mapping[str, Variant]
    with_unknown: bool
    made: dict[str, Variant] = field(default_factory=dict)
    asked: dict[str, set[str]] = field(default_factory=dict)
    told: list[Notice] = field(default_factory=list)
    strange: dict[str, list[str]] = field(default_factory=dict)

    def read(self, sheet: RawSheet) -> RawSheet:
        """A sheet with a row for each field of each attempt that counts."""
        assert sheet.responses is not None
        people = [variant.student for variant in self.key.variants if variant.student]
        attempts, notices = attempts_that_count(sheet.path, sheet.responses, people)
        self.told += notices
        rows = [
            (one.attempt.line, False, cells)
            for one in attempts
            for cells in self._rows(one, is_known=not people or one.student in people)
        ]
        return replace(sheet, rows=finished(sheet.path, rows_of(rows), []).rows)

    def notices(self) -> Iterator[Notice]:
        """What is to be told of all tables."""
        yield from self.told
        for code, students in self.strange.items():
            count = len(students)
            named = some([who(printable(student, 40)) for student in students], _MOST_NAMED)
            text = (
                f"variant {printable(code, 40)!r} is not in the key, nor in its pool, and the answers of {named} to it "
                f"were not marked; --key names the folder that was exported, as it was then"
            )
            yield Notice("unknown_variant", students[0] if count == 1 else "", count, text)

    def _rows(self, one: OneAttempt, *, is_known: bool) -> Iterator[Cells]:
        """The rows of an attempt; its paper is made on the way."""
        parts = self._parts(one)
        variants = {question: self.numbers[responses[0].tag.variant] for question, responses in parts.items()}
        code = _code(self.key.exam.id, one.student, [variant.code for variant in variants.values()])
        if variants and (is_known or self.with_unknown):
            self._make(one, variants, code)
        for response in one.attempt.responses:
            tag = response.tag
            if tag.exam != self.key.exam.id:
                yield tag.exam, tag.variant, one.student, tag.question, tag.field, "", response.text
        for question, responses in parts.items():
            for response in responses:
                yield from self._cells(one.student, code, question, response)

    def _parts(self, one: OneAttempt) -> dict[str, list[Response]]:
        """By question the responses that can be marked: of one variant of the key, the one with most of them."""
        found: dict[str, dict[str, list[Response]]] = {}
        for response in one.attempt.responses:
            tag = response.tag
            if tag.exam != self.key.exam.id:
                continue
            if tag.variant not in self.numbers or tag.question not in self.numbers[tag.variant].questions:
                self.strange.setdefault(tag.variant, []).append(one.student)
                continue
            found.setdefault(tag.question, {}).setdefault(tag.variant, []).append(response)
        parts = {}
        for question in sorted(found, key=[one.id for one in self.key.exam.questions].index):
            by_variant = found[question]
            most = max(by_variant, key=lambda code: len(by_variant[code]))
            parts[question] = by_variant[most]
            if len(by_variant) > 1:
                self.told.append(_mixed(one.student, question, most, by_variant))
        return parts

    def _make(self, one: OneAttempt, variants: Mapping[str, Variant], code: str) -> None:
        """The paper of a student; of a question that was not asked it has the numbers of another."""
        mine = next((variant for variant in self.key.variants if variant.student == one.student), None)
        first = next(iter(variants.values()))
        numbers = {
            question.id: variants.get(question.id, first).questions[question.id] for question in self.key.exam.questions
        }
        looks = mine or first
        name = mine.name if mine is not None and mine.name else one.attempt.name
        self.made[one.student] = Variant(one.student, name, code, numbers, looks.language, looks.paper)

    def _cells(self, student: str, code: str, question: str, response: Response) -> Iterator[Cells]:
        exam = self.key.exam
        asked = next(one for one in exam.questions if one.id == question)
        label = self.numbers[response.tag.variant].questions[question].label
        for name, answer in answers_of(response, quiz_fields(paper_shape(asked, label, exam.notation))):
            self.asked.setdefault(question, set()).add(name)
            yield exam.id, code, student, question, name, "", answer


def _mixed(student: str, question: str, kept: str, by_variant: Mapping[str, Sequence[Response]]) -> Notice:
    others = [code for code in by_variant if code != kept]
    count = sum(len(by_variant[code]) for code in others)
    text = (
        f"{who(printable(student, 40))} was asked {question} in several variants; what was answered to "
        f"{some(others, _MOST_NAMED)} was not marked, but to {kept}"
    )
    return Notice("mixed_variants", student, count, text)


def _code(exam: str, student: str, codes: Iterable[str]) -> str:
    """The code of a paper: no two students have the same, whatever they were asked."""
    digest = hashlib.sha256("\0".join((exam, student, *codes)).encode()).digest()
    return base64.b32encode(digest).decode()[:CODE_LENGTH]
