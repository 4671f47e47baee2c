"""The lines of answer sheets and of a key's answers.csv: what all students of a shape share is spelled once."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from examgen.core.evaluation import Evaluation
from examgen.exams.digits import Digits
from examgen.exams.exam import Exam, Variant
from examgen.exams.fields import Field
from examgen.exams.folders.files import csv_bytes, safe_text
from examgen.exams.keys.solved_papers import entry, papers, solve
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.references.typed_references import typed_reference

SHEET_COLUMNS = ("exam", "variant", "student", "question", "field", "symbol", "answer")
KEY_COLUMNS = (*SHEET_COLUMNS, "quantity", "layer", "step", "sample", "row", "col", "decimals", "marks")


def sheet_rows(exam: Exam, variants: Sequence[Variant]) -> list[tuple[str, ...]]:
    """The rows of answers.csv, answers left empty."""
    return [
        (*_whose(exam, variant), *asked_entry(paper, field), "")
        for variant in variants
        for paper, _ in papers(exam, variant)
        for field in paper.fields
    ]


def asked_entry(paper: PaperShape, field: Field) -> tuple[str, str, str]:
    """Question, field and symbol, as sheets name an asked entry."""
    return (paper.question.id, field.name, field.symbol)


def sheet_csv(exam: Exam, variants: Sequence[Variant]) -> bytes:
    """answers.csv for these students: the `sheet_rows`, of which only the student's part is spelled for each."""
    lines = [csv_bytes(SHEET_COLUMNS, ())]
    for variant in variants:
        whose = _part(_whose(exam, variant))
        lines += [whose + asked + b"\n" for paper, _ in papers(exam, variant) for asked, *_ in _shared_parts(paper)]
    return b"".join(lines)


def key_lines(exam: Exam, variant: Variant) -> bytes:
    """The lines of a student in the key's answers.csv."""
    whose, lines = _part(_whose(exam, variant)), []
    for paper, numbers in papers(exam, variant):
        references = _references(paper, solve(paper, numbers.givens))
        for (asked, place, marks), (answer, decimals) in zip(_shared_parts(paper), references, strict=True):
            lines.append(b"%b%b%b%b%b,%b\n" % (whose, asked, answer, place, decimals, marks))
    return b"".join(lines)


def _whose(exam: Exam, variant: Variant) -> tuple[str, ...]:
    return (exam.id, variant.code, variant.student)


def _part(cells: Sequence[str]) -> bytes:
    """The beginning of a line, with the comma behind it; each cell of a line is quoted for itself."""
    return csv_bytes((*cells, ""), ()).removesuffix(b"\n")


@lru_cache(maxsize=512)
def _shared_parts(paper: PaperShape) -> tuple[tuple[bytes, bytes, bytes], ...]:
    """Of each entry what is the same in the lines of all students: what is asked, and behind its answer in the key the
    columns from `quantity` to `col`, and its marks."""
    places = [(field.layer, field.step, field.sample, field.row, field.col) for field in paper.fields]
    return tuple(
        (
            _part(asked_entry(paper, field)),
            _part((field.kind, *("" if number is None else str(number) for number in place))),
            format(field.marks, "f").encode(),
        )
        for field, place in zip(paper.fields, places, strict=True)
    )


def _references(paper: PaperShape, solution: Evaluation) -> list[tuple[bytes, bytes]]:
    """Of each entry the right answer, with the comma behind it, and to how many decimals it is asked; none where it is
    no number."""
    found = [(b"", b"")] * len(paper.fields)
    for digits, places in _number_places(paper):
        values = np.array([entry(solution, paper.fields[place]) for place in places])
        counts = digits.decimals_for(values).tolist()
        for place, value, count in zip(places, values.tolist(), counts, strict=True):
            found[place] = (b"%b," % repr(_plain_number(value)).encode(), b"%d" % count)
    for place, field in enumerate(paper.fields):
        if field.as_ != "number":
            found[place] = (_part([safe_text(typed_reference(paper, field))]), b"")
    return found


@lru_cache(maxsize=512)
def _number_places(paper: PaperShape) -> tuple[tuple[Digits, tuple[int, ...]], ...]:
    """The places of entries that are numbers, by the digits to which they are asked."""
    asked = [(field.digits, place) for place, field in enumerate(paper.fields) if field.as_ == "number"]
    kinds = list(dict.fromkeys(digits for digits, _ in asked))
    return tuple((one, tuple(place for digits, place in asked if digits == one)) for one in kinds)


def _plain_number(value: float) -> float | int:
    """Whole numbers without a point, as an instructor would write them; -0.0 as 0."""
    return int(value) if value.is_integer() and abs(value) < 2**53 else value
