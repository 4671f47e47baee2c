"""Keys and answer sheets in folders, for the tests of marking and of the command line; no PDF is made for them."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.exam import Exam, Variant
from examgen.exams.keys.key_folder import key_files
from examgen.exams.keys.key_lines import SHEET_COLUMNS
from examgen.exams.paper_shapes import PaperShape
from examgen.exams.policy import Policy
from examgen.marking.judging.entries import DEFAULT_POLICY, Marked, mark
from examgen.marking.judging.outcomes import BY_CODE
from examgen.marking.judging.written_digits import Submitted, submitted_of
from examgen.marking.reading.answers import Numbers
from examgen.marking.reading.typed.typed_numbers import parse_number
from examgen.marking.results.graded_class import GradedClass

Row = dict[str, str]


@dataclass(frozen=True, repr=False)
class MadeKey:
    """An exam's folder with `key/` in it, and the rows of key/answers.csv."""

    folder: Path
    exam: Exam
    variants: tuple[Variant, ...]
    rows: tuple[Row, ...]

    @property
    def key(self) -> Path:
        """The folder of the key."""
        return self.folder / "key"

    def of(self, student: str) -> list[Row]:
        """The rows of one student."""
        return [row for row in self.rows if row["student"] == student]


def make_key(
    folder: Path,
    name: str = "scalar-chain",
    students: Sequence[str] = ("s1", "s2"),
    seed: int = 7,
    notation: str | None = None,
    names: Mapping[str, str] | None = None,
) -> MadeKey:
    """Draw papers and write their key below a folder; students who are not among the names have some name."""
    loaded = load_exam(name, seed, notation)
    known = {student: f"Name of {student}" if student else "" for student in students} | dict(names or {})
    variants = draw_variants(loaded, [Student(student, known[student]) for student in students])
    key = folder / "key"
    key.mkdir(parents=True)
    files = key_files(loaded.exam, variants, "0")
    for file, content in files.items():
        (key / file).write_bytes(content)
    rows = tuple(csv.DictReader(io.StringIO(files["answers.csv"].decode())))
    return MadeKey(folder, loaded.exam, tuple(variants), rows)


def exact(row: Row) -> str:
    """The key's answer at full precision."""
    return row["answer"]


def rounded(row: Row) -> str:
    """The key's answer rounded to the asked decimals."""
    return f"{float(row['answer']):.{int(row['decimals'])}f}"


def blank(_row: Row) -> str:
    """No answer."""
    return ""


def write_sheet(
    path: Path,
    rows: Iterable[Row],
    answer: Callable[[Row], str] = rounded,
    *,
    changes: Mapping[str, str] | None = None,
    delimiter: str = ",",
    encoding: str = "utf-8",
) -> Path:
    """Write an answer sheet from rows of the key; `changes` are put into every row."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(SHEET_COLUMNS)
    for row in rows:
        filled = {**row, "answer": answer(row), **(changes or {})}
        writer.writerow([filled[column] for column in SHEET_COLUMNS])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def read_rows(path: Path) -> list[Row]:
    """The rows of a CSV file with a header."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def shares(graded: GradedClass) -> dict[str, float]:
    """Percent of the marks by student who is marked."""
    book = graded.gradebook
    rows = zip(book["student"], book["status"], book["percent"], strict=True)
    return {student: percent for student, status, percent in rows if status == "marked"}


def mark_texts(
    paper: PaperShape,
    givens: Sequence[Mapping[str, NDArray[np.float64]]],
    texts: Sequence[Sequence[str]],
    policy: Policy = DEFAULT_POLICY,
) -> Marked:
    """Mark what students wrote into the fields of a paper shape, in their order."""
    together = {given.name: np.stack([one[given.name] for one in givens]) for given in paper.graph.givens}
    return mark(paper, together, submitted_texts(texts), policy)


def submitted_texts(texts: Sequence[Sequence[str]]) -> Submitted:
    """What students wrote, field by field."""
    numbers = Numbers.of(parse_number(text) for student in texts for text in student)
    return submitted_of(numbers, np.arange(len(numbers.values)).reshape(len(texts), -1))


def outcomes(marked: Marked) -> list[list[str]]:
    """Names of the outcomes by student and field."""
    return [[BY_CODE[code].name for code in student] for student in marked.outcome.tolist()]
