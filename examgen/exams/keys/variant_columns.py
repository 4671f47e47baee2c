"""variants.jsonl of a class read by columns: its numbers become arrays without an object for each of them.

Called by `key_folder`, which reads line by line what is not as it was written, and says what is wrong with it. The
form of the lines is that of the exam, so nothing is guessed: neither which numbers there are nor of what kind.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import json as arrow_json

from examgen.core.graph import Quantity
from examgen.core.rules.rule import Array
from examgen.exams.exam import Exam, Question, QuestionVariant, Variant
from examgen.exams.keys.given_rows import GivenRow
from examgen.exams.keys.key_documents import OWN_LOOKS
from examgen.exams.keys.key_reading import given_array

_TEXTS = ("student", "name", "variant")


class OtherFormError(ValueError):
    """Some line has another form than the others."""


def variants_by_columns(text: bytes, lines: int, exam: Exam) -> list[Variant]:
    """The variants of a variants.jsonl.

    Args:
        text: of the file, UTF-8.
        lines: how many it has.
        exam: theirs.

    Raises: ValueError: a line is not as the exam says, or has something more or less.
    """
    table = arrow_json.read_json(
        pa.BufferReader(text),
        arrow_json.ReadOptions(use_threads=False, block_size=max(1 << 16, 2 * len(text))),
        arrow_json.ParseOptions(explicit_schema=_schema(exam), unexpected_field_behavior="error"),
    )
    if table.num_rows != lines or any(table.column(name).null_count for name in (*_TEXTS, "questions")):
        raise OtherFormError
    texts = [table.column(name).to_pylist() for name in _TEXTS]
    looks = [table.column(name).fill_null("").to_pylist() for name in OWN_LOOKS]
    questions = table.column("questions").combine_chunks()
    parts = [_question(question, _of(questions, question.id), lines) for question in exam.questions]
    names = [question.id for question in exam.questions]
    return [
        Variant(student, name, code, dict(zip(names, found, strict=True)), language, paper)
        for student, name, code, language, paper, *found in zip(*texts, *looks, *parts, strict=True)
    ]


def _question(question: Question, column: Any, lines: int) -> list[QuestionVariant]:
    """The numbers of one question, paper by paper."""
    labels, table = _of(column, "shape"), _of(column, "givens")
    found: list[Any] = [None] * lines
    for label in labels.unique().to_pylist():
        rows = np.flatnonzero(np.asarray(pc.equal(labels, label)))
        mine = table.take(pa.array(rows))
        asked = {one.name: one for one in question.shapes[label].graph.givens}
        for name in {field.name for field in mine.type} - asked.keys():
            if mine.field(name).null_count < len(rows):
                raise OtherFormError
        givens = {name: given_array(_numbers(mine.field(name), one), question, one) for name, one in asked.items()}
        for place, row in enumerate(rows.tolist()):
            found[row] = QuestionVariant(label, GivenRow(givens, place))
    return found


def _of(column: Any, name: str) -> Any:
    """A part of a column, which has something in every line."""
    found = column.field(name)
    if found.null_count:
        raise OtherFormError
    return found


def _numbers(column: Any, given: Quantity) -> Array:
    """(lines, *shape) of a given quantity."""
    lines = len(column)
    for size in given.shape:
        if column.null_count or not bool(pc.all(pc.equal(pc.list_value_length(column), size)).as_py()):
            raise OtherFormError
        column = column.flatten()
    if column.null_count:
        raise OtherFormError
    return np.asarray(column).reshape(lines, *given.shape)


def _schema(exam: Exam) -> Any:
    """The form of a line."""
    questions = [
        (question.id, pa.struct([("shape", pa.string()), ("givens", pa.struct(list(_givens(question).items())))]))
        for question in exam.questions
    ]
    return pa.schema([*((name, pa.string()) for name in (*_TEXTS, *OWN_LOOKS)), ("questions", pa.struct(questions))])


def _givens(question: Question) -> Mapping[str, Any]:
    """By name of a quantity that is given in some shape of the question, the type of its numbers.

    Raises: OtherFormError: it has another number of axes in another shape.
    """
    found: dict[str, Any] = {}
    for name, kind in _types(question):
        if found.setdefault(name, kind) != kind:
            raise OtherFormError
    return found


def _types(question: Question) -> Iterator[tuple[str, Any]]:
    for shape in question.shapes.values():
        for one in shape.graph.givens:
            kind = pa.float64()
            for _ in one.shape:
                kind = pa.list_(kind)
            yield one.name, kind
