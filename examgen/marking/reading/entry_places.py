"""Where the entries of a class are: all in a row, by submission, question and field.

Made by `matching`; whoever marks reads the answers of each question and shape from it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from examgen.exams.exam import Variant
from examgen.exams.keys.key_folder import Key
from examgen.exams.keys.solved_papers import papers
from examgen.exams.paper_shapes import PaperShape, paper_shape
from examgen.marking.reading.answers import AnswerTable

Codes = NDArray[np.int64]

_BLOCK = 1 << 16
"""Rows that are looked up at once: few enough to stay in the cache."""


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
class Layout:
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
    def of(key: Key, variants: Sequence[Variant]) -> "Layout":
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
        return Layout(variants, kind, fields, offsets, sizes, (np.cumsum(sizes) - sizes)[:, None] + inside)

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
