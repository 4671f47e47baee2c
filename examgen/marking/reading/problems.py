"""What instructors are told about answer files: problems of files and rows, and notices about students.

Made by the readers (`class_sheets` and the modules that it calls) and by `matching`; `notes` brings them together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

PROBLEMS: Mapping[str, str] = MappingProxyType(
    {
        "unusable_file": "A file is no answer sheet and was not read.",
        "not_read": "A file is of a kind that is not read.",
        "out_of_time": "The files of an upload took too long; those that were left were not read.",
        "scan_unread": "A page of a scan was not read.",
        "key": "A file is a key and not what a student handed in; it was not read.",
        "key_file": "A file of the key is missing; it is not needed for marking.",
        "too_many_rows": "The folder has too many rows; its largest files were not read.",
        "member": "A member of a zip file was not read.",
        "link": "A symbolic link was not followed.",
        "annotated": "The form of a PDF is empty, but something is written over its pages.",
        "missing_page": "Pages of bubbles of a student are not among the scans.",
        "settled_elsewhere": "Settled entries are not on these scans.",
        "settled_sure": "Settled entries had been read as something else without doubt; what was settled counts.",
        "contradiction": "A student handed in different answers for an entry; none of them counts.",
        "unread": "Answers of a student cannot be read.",
        "held_back": "Marks for what follows were held back: a sheet shows little work on its paper.",
        "other_paper": "Wrong answers of a student equal the right ones of another student's paper.",
        "unequal_shapes": "Marks differ between the shapes of a question by more than chance.",
        "rows_of_others": "A student's file has rows of other students, which were left out.",
        "unknown_student": "Students are not in the key.",
        "unknown_variant": "Answers from a platform are to a variant that is not in the key; they were not marked.",
        "mixed_variants": "A student was asked one question in several variants; one of them was marked.",
        "unfinished": "An attempt on a platform was not handed in; it was not marked.",
        "other_exam": "Rows are of another exam than the key.",
        "nameless": "Rows name neither a student nor a variant.",
        "no_student": "A sheet names no student.",
        "other_variant": "A student handed in another student's variant.",
        "wrong_columns": "A row has another number of cells than the header and was not read.",
        "open_quote": "A row has a quote that is not closed and was not read.",
        "after_quote": "A row has text behind a closing quote and was not read.",
        "control_char": "A row has a control character in what names its entry and was not read.",
        "damaged_cell": "A row has bytes that are no text in what names its entry and was not read.",
        "too_long": "A cell is too long.",
        "no_rows": "A sheet has no rows for answers.",
        "not_own": "A file that is less surely a student's disagrees with one that is, and was passed over.",
        "latest": "A student's older answers were passed over for newer ones.",
        "several_files": "A student was put together from several files.",
        "respelled": "A student's id was spelled in another way than in the key.",
        "override": "Marks set by hand are of a student who is not marked now.",
        "other_sheets": "A workbook has several sheets with answers; the first was read.",
        "unknown_field": "Rows or columns are no fields of the exam.",
        "extra_columns": "A sheet has columns that are not its own; they were passed over.",
        "lines_above": "A sheet has lines above its header; they were passed over.",
        "damaged_text": "A file has bytes that are no UTF-8 text; what counts in it was read.",
        "scan_blank": "No circle is filled on a page of a scan.",
        "scan_again": "A page was scanned more than once.",
        "repeated": "An entry was handed in twice with the same answer; it was read once.",
        "untouched": "A sheet of a student has no answers, and the same student's answers in another file were read.",
        "more_problems": "A file has more problems than are listed.",
        "kept": "Students of earlier markings keep their marks.",
        "feedback": "Feedback of an earlier marking was removed.",
        "absent": "A student of the key handed in nothing.",
    }
)
"""What may be told, the most serious first."""

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
    """Something for the instructor to know: a key of `PROBLEMS`, whom it is about, how often, a sentence, and where."""

    kind: str
    student: str
    count: int
    text: str
    path: Path | None = None


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
