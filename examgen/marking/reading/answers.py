"""Answers by columns: the entries of a whole class as a few arrays, each text held once.

Made by `class_sheets`, read by `matching` and `result_rows`. A class of 100,000 students has millions of entries, so
that an object for each of them is made only where one is looked at.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from examgen.marking.reading.typed.typed_numbers import REASONS, Number, Unreadable, unreadable
from examgen.tables.text_columns import Flags, Places, Rows, Texts

FRACTION = np.iinfo(np.int16).max
"""Written decimals and digits of a fraction, which is exact."""

READABLE = 0
"""The reason of a number."""

REASON_CODES = {reason: place for place, reason in enumerate(sorted(REASONS), start=1)}
"""By reason why a text is no number, its code in `Numbers.reason`."""

_REASON_NAMES = ("", *sorted(REASONS))


@dataclass(frozen=True, eq=False, slots=True)
class Numbers:
    """What texts were read as; all (rows,).

    Attributes:
        values: NaN where the text is no number.
        decimals: place of the last written digit; `FRACTION` for a fraction.
        digits: written significant digits; `FRACTION` for a fraction.
        reason: `READABLE` for a number, else a code of `REASON_CODES`.
    """

    values: NDArray[np.float64]
    decimals: NDArray[np.int16]
    digits: NDArray[np.int16]
    reason: NDArray[np.int8]

    @staticmethod
    def of(parsed: "Iterable[Number | Unreadable]") -> "Numbers":
        """Columns of what texts were read as one by one."""
        rows = [
            (np.nan, FRACTION, FRACTION, REASON_CODES[one.reason])
            if isinstance(one, Unreadable)
            else (one.value, _or_none(one.decimals), _or_none(one.digits), READABLE)
            for one in parsed
        ]
        values, decimals, digits, reason = zip(*rows, strict=True) if rows else ((), (), (), ())
        return Numbers(
            np.array(values, dtype=np.float64),
            np.array(decimals, dtype=np.int16),
            np.array(digits, dtype=np.int16),
            np.array(reason, dtype=np.int8),
        )

    def take(self, rows: Rows) -> "Numbers":
        """The columns of these rows."""
        return Numbers(self.values[rows], self.decimals[rows], self.digits[rows], self.reason[rows])

    def followed_by(self, other: "Numbers") -> "Numbers":
        """The same with the rows of another behind."""
        values, decimals = np.append(self.values, other.values), np.append(self.decimals, other.decimals)
        return Numbers(values, decimals, np.append(self.digits, other.digits), np.append(self.reason, other.reason))

    def with_reason(self, rows: Places | Flags, reason: str) -> "Numbers":
        """These rows made unreadable."""
        new = Numbers(self.values.copy(), self.decimals.copy(), self.digits.copy(), self.reason.copy())
        new.values[rows], new.reason[rows] = np.nan, REASON_CODES[reason]
        new.decimals[rows] = new.digits[rows] = FRACTION
        return new

    def replaced(self, rows: Flags, others: "Numbers") -> "Numbers":
        """These rows taken from others, which are as many."""
        new = Numbers(self.values.copy(), self.decimals.copy(), self.digits.copy(), self.reason.copy())
        new.values[rows], new.reason[rows] = others.values, others.reason
        new.decimals[rows], new.digits[rows] = others.decimals, others.digits
        return new

    def at(self, row: int) -> Number | Unreadable:
        """What one text was read as."""
        if self.reason[row] != READABLE:
            return unreadable(_REASON_NAMES[self.reason[row]])
        return Number(float(self.values[row]), _or_nothing(self.digits[row]), _or_nothing(self.decimals[row]))


Names = tuple[Texts, Texts, Texts, Texts, Texts]
"""exam, variant, student, question and field of rows."""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One asked entry as handed in; `answer` is the text as written, `line` where its row begins in the file.

    Entries of a filled PDF have the line 0.
    """

    line: int
    exam: str
    variant: str
    student: str
    question: str
    field: str
    answer: str
    parsed: Number | Unreadable


@dataclass(frozen=True, eq=False, slots=True)
class AnswerTable:
    """The entries of one file or of a class, a row for each.

    Attributes:
        file: (rows,) place of the file among those that were read.
        line: (rows,) where the row begins in its file.
        exam, variant, student, question, field: names without the spaces around them.
        answer: texts as written.
        parsed: what they were read as.
    """

    file: NDArray[np.int32]
    line: NDArray[np.int64]
    exam: Texts
    variant: Texts
    student: Texts
    question: Texts
    field: Texts
    answer: Texts
    parsed: Numbers

    def __len__(self) -> int:
        return len(self.file)

    def take(self, rows: Rows) -> "AnswerTable":
        """These rows only."""
        exam, variant, student, question, field = take_names(self.names, rows)
        answer, parsed = self.answer.take(rows), self.parsed.take(rows)
        return AnswerTable(self.file[rows], self.line[rows], exam, variant, student, question, field, answer, parsed)

    def followed_by(self, other: "AnswerTable", files: int) -> "AnswerTable":
        """The same with the rows of another table behind, whose files are so many places further on."""
        file = np.concatenate([self.file, other.file + np.int32(files)])
        line = np.concatenate([self.line, other.line])
        exam, variant, student, question, field = map(Texts.joined, zip(self.names, other.names, strict=True))
        answer, parsed = Texts.joined([self.answer, other.answer]), self.parsed.followed_by(other.parsed)
        return AnswerTable(file, line, exam, variant, student, question, field, answer, parsed)

    def compact(self) -> "AnswerTable":
        """The same rows without texts that none of them has."""
        exam, variant, student, question, field = (column.compact() for column in self.names)
        answer = self.answer.compact()
        return AnswerTable(self.file, self.line, exam, variant, student, question, field, answer, self.parsed)

    def row(self, row: int) -> AnswerRow:
        """One row."""
        exam, variant, student, question, field = (column.at(row) for column in self.names)
        line, answer = int(self.line[row]), self.answer.at(row)
        return AnswerRow(line, exam, variant, student, question, field, answer, self.parsed.at(row))

    @property
    def names(self) -> "Names":
        """exam, variant, student, question and field."""
        return (self.exam, self.variant, self.student, self.question, self.field)


def take_names(names: Names, rows: Rows) -> Names:
    """The names of these rows."""
    exam, variant, student, question, field = names
    return exam.take(rows), variant.take(rows), student.take(rows), question.take(rows), field.take(rows)


def _or_none(count: int | None) -> int:
    return FRACTION if count is None else count


def _or_nothing(count: np.int16) -> int | None:
    return None if count == FRACTION else int(count)
