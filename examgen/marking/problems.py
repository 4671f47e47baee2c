"""What instructors are told about answer files: problems of files and rows, and notices about students.

Made by the readers (`reading` and the modules that it calls) and by `matching`; shown by the command line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

PROBLEMS: Mapping[str, str] = MappingProxyType(
    {
        "after_quote": "A row has text behind a closing quote and was not read.",
        "annotated": "The form of a PDF is empty, but something is written over its pages.",
        "control_char": "A row has a control character in what names its entry and was not read.",
        "damaged_cell": "A row has bytes that are no text in what names its entry and was not read.",
        "damaged_text": "A file has bytes that are no UTF-8 text; what counts in it was read.",
        "duplicate": "An entry was handed in twice with different answers; neither counts.",
        "extra_columns": "A sheet has columns that are not its own; they were passed over.",
        "key": "A file is a key and not what a student handed in; it was not read.",
        "lines_above": "A sheet has lines above its header; they were passed over.",
        "link": "A symbolic link was not followed.",
        "member": "A member of a zip file was not read.",
        "more_problems": "A file has more problems than are listed.",
        "nameless": "Rows name neither a student nor a variant.",
        "no_rows": "A sheet has no rows for answers.",
        "not_read": "A file is of a kind that is not read.",
        "open_quote": "A row has a quote that is not closed and was not read.",
        "other_sheets": "A workbook has several sheets with answers; the first was read.",
        "out_of_time": "The files of an upload took too long; those that were left were not read.",
        "repeated": "An entry was handed in twice with the same answer; it was read once.",
        "too_long": "A cell is too long.",
        "too_many_rows": "The folder has too many rows; its largest files were not read.",
        "untouched": "A sheet of a student has no answers, and the same student's answers in another file were read.",
        "unusable_file": "A file is no answer sheet and was not read.",
        "wrong_columns": "A row has another number of cells than the header and was not read.",
    }
)

NOTES = frozenset({"damaged_text", "extra_columns", "lines_above", "other_sheets"})
"""Problems that keep nothing from being read."""

MAX_PROBLEMS = 1_000  # of one file, so that files full of nonsense cannot fill the memory


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to tell the instructor: a key of `PROBLEMS`, where (line 0: the whole file), whose, and the details."""

    path: Path
    line: int
    student: str
    question: str
    field: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something for the instructor to know: a kind, whom it is about, how often, and a sentence."""

    kind: str
    student: str
    count: int
    text: str


def who(student: str) -> str:
    """A student in a sentence, also one whom no sheet names."""
    return f"student {student!r}" if student else "a student without a name"


def file_problem(path: Path, reason: str, detail: str, line: int = 0) -> Problem:
    """A problem of a file or row that is nobody's."""
    return Problem(path, line, "", "", "", reason, detail)


def limited(path: Path, problems: list[Problem], untold: int = 0) -> list[Problem]:
    """The first problems of a file, and how many more there are."""
    untold += max(len(problems) - MAX_PROBLEMS, 0)
    if not untold:
        return problems
    detail = f"{untold:,} more problems of this file are not listed"
    return [*problems[:MAX_PROBLEMS], file_problem(path, "more_problems", detail)]
