"""results.csv: an entry of a student in each row, by columns.

Called by `grading` with the marks of each paper shape; nothing here makes an object for an entry.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from examgen.core.formulas.typed_characters import trimmed
from examgen.exams.fields import Field
from examgen.exams.folders.files import safe_text
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.wording.sentences import IN_ENGLISH, Wording
from examgen.marking.integrity.evidence import Collected
from examgen.marking.judging.diagnosing.diagnosis import Diagnosis
from examgen.marking.judging.entries import Marked
from examgen.marking.judging.outcomes import BY_CODE
from examgen.marking.judging.typed_answers import OtherMarks
from examgen.marking.reading.answers import READABLE, AnswerTable
from examgen.marking.reading.matching import Matched
from examgen.tables.csv_writing import Column, csv_table, number_texts, repeated
from examgen.tables.text_columns import Texts

if TYPE_CHECKING:
    import pandas as pd


COLUMNS = (
    "student",
    "question",
    "field",
    "answer",
    "value",
    "reference",
    "follow_through",
    "tolerance",
    "outcome",
    "misconception",
    "marks",
    "max_marks",
    "comment",
)

_POWERS = 10.0 ** np.arange(23)
"""The powers of ten that are exact."""

_REPEATED = frozenset({"tolerance", "marks", "max_marks"})
"""Columns of numbers of which many are equal."""

_LONGEST_ANSWER = 80

Codes = NDArray[np.int64]


class EntryColumns:
    """The marked entries of a class as flat arrays, filled by paper shape and read when all are there.

    Attributes:
        wording: of the comments.
        question, field: places in `names`.
        comment: places in `comments`.
        label: places in `labels`, the names of misconceptions.
        outcome: codes of `OUTCOMES`.
        reference, own, tolerance: as marked; NaN where a student's wild number has made them overflow, and where no
            number is asked.
        marks, max_marks: of each entry.
        held_back: (submission, question, marks) of what is not paid for what follows.
        collected: for evidence about sheets, among it what equals the right answers of another paper.
    """

    def __init__(self, entries: int, wording: Wording = IN_ENGLISH) -> None:
        self.wording = wording
        self.names: dict[str, int] = {}
        self.comments: dict[str, int] = {"": 0}
        self.held_back: list[tuple[int, str, float]] = []
        self.collected = Collected()
        self.labels: dict[str, int] = {"": 0}
        self.question, self.field, self.comment, self.label = (np.zeros(entries, dtype=np.int32) for _ in range(4))
        self.outcome = np.zeros(entries, dtype=np.int8)
        self.reference, self.own, self.tolerance, self.marks, self.max_marks = (np.zeros(entries) for _ in range(5))

    def put(
        self,
        paper: PaperShape,
        places: Codes,
        marked: Marked,
        diagnosis: Diagnosis,
        comment: tuple[Codes, Sequence[str]],
        marks: NDArray[np.float64],
    ) -> None:
        """Put the entries of one paper shape where they belong; all arrays are (students, fields)."""
        codes, texts = comment
        known = self._known(texts)
        labels = [self.labels.setdefault(label, len(self.labels)) for label in diagnosis.labels]
        columns = (
            *self._of_fields(paper, paper.fields),
            (self.comment, known[codes]),
            (self.label, np.array(labels, dtype=np.int32)[diagnosis.codes]),
            (self.outcome, marked.outcome),
            (self.reference, marked.reference + 0.0),  # as in `_finite`
            (self.own, _finite(marked.own)),
            (self.tolerance, _finite(six_digits(marked.tolerance))),
            (self.marks, marks),
        )
        _put(places, columns)

    def set_comments(self, places: Codes, codes: Codes, texts: Sequence[str]) -> None:
        """Put other comments on some entries: by place, where in the texts each entry's is."""
        self.comment[places] = self._known(texts)[codes]

    def _known(self, texts: Sequence[str]) -> NDArray[np.int32]:
        return np.array([self.comments.setdefault(text, len(self.comments)) for text in texts], dtype=np.int32)

    def put_others(self, paper: PaperShape, places: Codes, others: OtherMarks, marks: NDArray[np.float64]) -> None:
        """Put the entries that ask for no number; all arrays are (students, fields) of `PaperShape.other_fields`."""
        known = self._known(others.texts)
        labels = np.array([self.labels.setdefault(name, len(self.labels)) for name in others.names], dtype=np.int32)
        columns = (
            *self._of_fields(paper, paper.other_fields),
            *((column, np.array(np.nan)) for column in (self.reference, self.own, self.tolerance)),
            (self.comment, known[others.comments]),
            (self.label, labels[others.labels]),
            (self.outcome, others.outcome),
            (self.marks, marks),
        )
        _put(places, columns)

    def _of_fields(self, paper: PaperShape, fields: Sequence[Field]) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
        """What is the same for all students of a shape: columns, and a value for each field."""
        # Names have their places in the order in which they are first met.
        names = [self.names.setdefault(field.name, len(self.names)) for field in fields]
        yield self.question, np.array(self.names.setdefault(paper.question.id, len(self.names)))
        yield self.field, np.array(names)
        yield self.max_marks, np.array([float(field.marks) for field in fields])


def result_columns(entries: EntryColumns, matched: Matched, answers: AnswerTable) -> dict[str, Column]:
    """The columns of results.csv by name."""
    names, remarks = pa.array(list(entries.names)), pa.array(list(entries.comments))
    students = Texts.of([safe_text(submission.student) for submission in matched.submissions])
    answer, value = _answers(answers, matched.row_at)
    outcomes = pa.array([outcome.name for outcome in BY_CODE])
    return {
        "student": students.take(np.repeat(np.arange(len(students.codes)), matched.sizes)),
        "question": Texts(entries.question, names).compact(),
        "field": Texts(entries.field, names),
        "answer": answer,
        "value": value,
        "reference": entries.reference,
        "follow_through": entries.own,
        "tolerance": entries.tolerance,
        "outcome": Texts(entries.outcome.astype(np.int32), outcomes),
        "misconception": Texts(entries.label, pa.array(list(entries.labels))),
        "marks": entries.marks,
        "max_marks": entries.max_marks,
        "comment": Texts(entries.comment, remarks),
    }


def _put(places: Codes, columns: Iterable[tuple[NDArray[Any], NDArray[Any]]]) -> None:
    """Put values, which are broadcast to (students, fields), where they belong in each column."""
    last = places.shape[1] - 1
    # Of a student they mostly stand behind one another: row by row is several times as fast as number by number.
    are_runs = last >= 0 and bool((places[:, -1] - places[:, 0] == last).all())
    for column, values in columns:
        if are_runs:
            sliding_window_view(column, last + 1, writeable=True)[places[:, 0]] = values
        else:
            column[places] = np.ascontiguousarray(np.broadcast_to(values, places.shape))


def results_csv(columns: Mapping[str, Column]) -> Iterator[bytes | memoryview]:
    """results.csv, in pieces that are made one by one."""
    return csv_table(COLUMNS, [_ready(name, columns[name]) for name in COLUMNS])


def _ready(name: str, column: Column) -> Column:
    return repeated(column) if name in _REPEATED and not isinstance(column, Texts) else column


def results_frame(columns: Mapping[str, Column]) -> "pd.DataFrame":
    """The same as a data frame; `value` is NaN where an answer is no number."""
    import pandas as pd

    found = {
        name: column.list() if isinstance(column, Texts) and name != "value" else column
        for name, column in columns.items()
    }
    value = columns["value"]
    assert isinstance(value, Texts)
    numbers = np.array([float(text) if text else np.nan for text in value.distinct.to_pylist()])
    return pd.DataFrame(
        {**found, "value": numbers[value.codes] if len(numbers) else np.empty(0)}, columns=list(COLUMNS)
    )


def six_digits(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values rounded to six significant digits, each the double that is nearest to its decimal."""
    with np.errstate(all="ignore"):
        power = 5 - np.floor(np.log10(np.abs(values)))
        # Looked up: powers take many times as long.
        scale = _POWERS[np.fmin(np.abs(power), len(_POWERS) - 1).astype(np.intp)]
        scaled = np.where(power >= 0, values * scale, values / scale)
        whole = np.rint(scaled)
        rounded = np.where(power >= 0, whole / scale, whole * scale)
        # A product that is nearly a tie, or beyond the powers that are exact, is left to the slow way.
        is_plain = (np.abs(np.abs(scaled - np.trunc(scaled)) - 0.5) > 1e-6) & (np.abs(power) < len(_POWERS))
    for place in np.argwhere(~is_plain).tolist():
        index = tuple(place)
        rounded[index] = float(f"{values[index]:.6g}")
    return np.asarray(rounded)


def _finite(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isfinite(values), values + 0.0, np.nan)  # + 0.0 turns -0.0 into 0.0


def _answers(answers: AnswerTable, row_at: NDArray[np.int32]) -> tuple[Texts, Texts]:
    """What is shown of each answer, and its value; both have the same codes.

    Each distinct text has two codes: one for where it is a number, and one for where it is none.
    """
    has_row = row_at >= 0
    parsed, texts = answers.parsed, answers.answer
    none = 2 * len(texts.distinct)
    codes = np.full(len(row_at), none, dtype=np.int32)
    rows = row_at[has_row]
    codes[has_row] = 2 * texts.codes[rows] + (parsed.reason[rows] != READABLE)
    is_used = np.zeros(none + 1, dtype=bool)
    is_used[codes] = True
    used = np.flatnonzero(is_used)
    new = np.zeros(none + 1, dtype=np.int32)
    new[used] = np.arange(len(used))
    codes = new[codes]
    row_of = np.full(len(used), -1, dtype=np.int64)
    row_of[codes[has_row]] = rows
    shown = _shown(texts.distinct.take(pa.array(used[used < none] // 2)), used[used < none] % 2 == 1)
    values = np.where(row_of >= 0, parsed.values[row_of] + 0.0 if len(parsed.values) else np.nan, np.nan)
    if is_used[none]:
        shown = pa.concat_arrays([shown, pa.array([""])])
    return Texts(codes, shown), Texts(codes, number_texts(values))


def _shown(texts: "pa.StringArray", is_other: NDArray[np.bool_]) -> "pa.StringArray":
    """Numbers without what nobody sees around them, other texts short, on one line, and no formula."""
    is_plain = np.asarray(pc.binary_length(pc.ascii_ltrim(texts, "0123456789.-"))) == 0
    rest = is_other | ~is_plain
    found = texts.filter(pa.array(rest)).to_pylist()
    new = [
        safe_text(shortened(text.strip())) if other else _number(text)
        for text, other in zip(found, is_other[rest].tolist(), strict=True)
    ]
    return pc.replace_with_mask(texts, pa.array(rest), pa.array(new, pa.string()))


def _number(text: str) -> str:
    """A number as typed; the sign of a full-width one could begin a formula, unlike that of a plain one."""
    text = trimmed(text)
    return text if text.isascii() else safe_text(text)


def shortened(text: str) -> str:
    """What a student typed that is no number, short and on one line."""
    text = " ".join("".join(char if char.isprintable() else " " for char in text[: 4 * _LONGEST_ANSWER]).split())
    return text if len(text) <= _LONGEST_ANSWER else f"{text[: _LONGEST_ANSWER - 1]}…"
