"""From simulated sheets to files and back: the key, answers.csv, `examgen.grade`, and the rows of results.csv.

Only what is public is used: the formats of the files, and `examgen.grade`.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import examgen
from examgen.exams.exam import Exam, Variant
from examgen.exams.keys.key_folder import key_files
from examgen.exams.keys.key_lines import SHEET_COLUMNS
from examgen.exams.keys.solved_papers import papers
from tests.classroom.figures import Array
from tests.classroom.pupils import Pupil, Sheet

_READ = ("question", "field", "outcome", "misconception", "marks", "max_marks", "reference")

PART = 4_000
"""Students in one file of answers, so that a class of any size stays within what one file may hold."""


@dataclass(frozen=True, slots=True)
class Result:
    """How one student's entries were marked, in the order of the paper.

    Attributes:
        outcomes: (fields,) names.
        names: (fields,) names of misconceptions, separated by `|` where several fit.
        marks, most: (fields,) marks and the marks that were to be had.
        references: (fields,) right values.
    """

    outcomes: NDArray[np.object_]
    names: NDArray[np.object_]
    marks: Array
    most: Array
    references: Array

    @property
    def lost(self) -> NDArray[np.bool_]:
        """(fields,) whether the entry has less than its marks."""
        return np.asarray(self.marks < self.most - 1e-9)

    @property
    def named(self) -> list[frozenset[str]]:
        """What each entry with a name is called; several where the marker cannot tell them apart."""
        return [frozenset(name.split("|")) for name in self.names if name]


def mark(folder: Path, exam: Exam, pupils: Sequence[Pupil], sheets: Sequence[Sheet]) -> list[Result]:
    """Hand the sheets in, have them marked, and read results.csv; in the order of the students."""
    write_key(folder, exam, [pupil.own_variant for pupil in pupils])
    write_answers(folder / "answers.csv", exam, pupils, sheets)
    examgen.grade(folder / "answers.csv", key=folder / "key", out=folder / "marks")
    return read_results(folder / "marks" / "results.csv", exam, pupils)


def write_key(folder: Path, exam: Exam, variants: Iterable[Variant]) -> None:
    """key/exam.json and key/variants.jsonl below a folder."""
    (folder / "key").mkdir(parents=True, exist_ok=True)
    files = key_files(exam, [], examgen.__version__)
    document = json.loads(files["exam.json"])
    del document["counts"]  # papers are added one after another, as keys of before the counts have them
    for name, content in (files | {"exam.json": json.dumps(document).encode()}).items():
        (folder / "key" / name).write_bytes(content)
    add_variants(folder, variants)


def add_variants(folder: Path, variants: Iterable[Variant]) -> None:
    """Append students to key/variants.jsonl."""
    with (folder / "key" / "variants.jsonl").open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(_line(variant)) + "\n" for variant in variants)


def write_answers(path: Path, exam: Exam, pupils: Sequence[Pupil], sheets: Sequence[Sheet]) -> None:
    """One file with the answers of many students, a row for each entry."""
    with path.open("w", encoding="utf-8") as file:
        file.write(_csv_row(SHEET_COLUMNS) + "\n")
        places: dict[tuple[str, ...], list[str]] = {}
        for pupil, sheet in zip(pupils, sheets, strict=True):
            labels = tuple(numbers.label for numbers in pupil.variant.questions.values())
            if labels not in places:
                places[labels] = [_csv_row(place) for place in _places(exam, pupil.variant)]
            head = _csv_row((exam.id, pupil.own_variant.code, pupil.id))
            file.writelines(f"{head},{place},{text}\n" for place, text in zip(places[labels], sheet.texts, strict=True))


def read_results(path: Path, exam: Exam, pupils: Sequence[Pupil]) -> list[Result]:
    """The rows of results.csv by student.

    Raises: AssertionError if a student's rows are not those of the paper.
    """
    rows: dict[str, list[list[str]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        at = {name: place for place, name in enumerate(next(reader))}
        wanted = [at[name] for name in _READ]
        student = at["student"]
        for row in reader:
            rows.setdefault(row[student], []).append([row[place] for place in wanted])
    return [_result(rows[pupil.id], exam, pupil) for pupil in pupils]


def _result(rows: Sequence[Sequence[str]], exam: Exam, pupil: Pupil) -> Result:
    questions, fields, outcomes, names, marks, most, references = zip(*rows, strict=True)
    expected = [(question, field) for question, field, _ in _places(exam, pupil.variant)]
    assert list(zip(questions, fields, strict=True)) == expected
    return Result(
        np.array(outcomes, dtype=object),
        np.array(names, dtype=object),
        np.array(marks, dtype=float),
        np.array(most, dtype=float),
        np.array(references, dtype=float),
    )


def _places(exam: Exam, variant: Variant) -> Iterator[tuple[str, str, str]]:
    """Question, field and symbol of each entry of a paper."""
    for paper, _ in papers(exam, variant):
        yield from ((paper.question.id, field.name, field.symbol) for field in paper.fields)


def _line(variant: Variant) -> dict[str, object]:
    questions = {
        name: {"shape": numbers.label, "givens": {given: values.tolist() for given, values in numbers.givens.items()}}
        for name, numbers in variant.questions.items()
    }
    return {"student": variant.student, "name": variant.name, "variant": variant.code, "questions": questions}


def _csv_row(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()
